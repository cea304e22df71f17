/** The schema as editors and strict validators get it: nothing in it that JSON Schema does not know, no loose tuple, no union of types. */
import type { Rule } from "../rules/index.ts";
import { type Schema, settingsSchema } from "./schema.ts";

/** Says the same as `settingsSchema`, and passes Ajv's strict mode. */
export function publishedSchema(rules: readonly Rule[]): Schema {
  return strictly(settingsSchema(rules));
}

function strictly(schema: Schema): Schema {
  const { patternErrorMessage, type, pattern, items, minItems, maxItems, ...rest } = schema;
  const { anyOf, properties, definitions } = rest;
  const inner: Schema = {
    ...rest,
    ...(anyOf === undefined ? {} : { anyOf: anyOf.flatMap(tupleByTuple).map(strictly) }),
    ...(properties === undefined ? {} : { properties: each(properties) }),
    ...(definitions === undefined ? {} : { definitions: each(definitions) }),
    ...(patternErrorMessage === undefined || rest.description !== undefined
      ? {}
      : { description: `Expected: ${patternErrorMessage}` }),
    ...(items === undefined ? {} : { items: isTuple(items) ? items.map(strictly) : strictly(items) }),
    ...(minItems === undefined ? {} : { minItems }),
    ...(maxItems === undefined ? {} : { maxItems }),
    ...(isTuple(items) ? { additionalItems: false } : {}),
  };
  const typed = (one: string) =>
    ({ type: one, ...(one === "string" && pattern ? { pattern } : {}) }) as Schema;
  if (Array.isArray(type)) return { ...inner, anyOf: type.map(typed) };
  return type === undefined ? inner : { ...inner, ...typed(String(type)) };
}

function each(schemas: Readonly<Record<string, Schema>>): Record<string, Schema> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, strictly(schema)]));
}

function isTuple(items: Schema["items"]): items is readonly Schema[] {
  return Array.isArray(items);
}

/** A list of one or two is a list of one, or one of two. */
function tupleByTuple(schema: Schema): Schema[] {
  const { items, minItems } = schema;
  if (!isTuple(items)) return [schema];
  return items
    .map((_, index) => index + 1)
    .filter((length) => length >= (minItems ?? 0))
    .map((length) => ({ ...schema, items: items.slice(0, length), minItems: length, maxItems: length }));
}
