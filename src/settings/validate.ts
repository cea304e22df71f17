/** Checks a settings tree against the schema; says every mistake, each at its place. */
import { didYouMean } from "../linter/index.ts";
import type { Located, Place, Scalar } from "./document.ts";
import type { Schema } from "./schema.ts";

export interface Mistake {
  readonly at: Place;
  readonly message: string;
}

/** All mistakes of a tree, in the order of the file. */
export function validate(root: Located, schema: Schema): Mistake[] {
  const mistakes: Mistake[] = [];
  const resolve = (given: Schema): Schema => {
    if (given.$ref === undefined) return given;
    const target = schema.definitions?.[given.$ref.slice("#/definitions/".length)];
    if (target === undefined) throw new TypeError(`the schema has no ${given.$ref}`);
    return target;
  };

  const check = (node: Located, given: Schema, name: string): void => {
    const wanted = resolve(given);
    if (wanted.anyOf !== undefined) {
      const branch = branches(wanted).find((candidate) => fits(node, candidate));
      if (branch === undefined) mistakes.push({ at: node.at, message: mismatch(node, wanted, name) });
      else check(node, branch, name);
      return;
    }
    if (!fits(node, wanted)) {
      mistakes.push({ at: node.at, message: mismatch(node, wanted, name) });
      return;
    }
    if (node.kind === "mapping") checkKeys(node, wanted, name);
    else if (node.kind === "list") checkItems(node, wanted, name);
  };

  const checkKeys = (node: Extract<Located, { kind: "mapping" }>, wanted: Schema, name: string) => {
    const properties = wanted.properties ?? {};
    const known = Object.keys(properties);
    for (const { key, keyAt, value } of node.entries) {
      const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
      if (property !== undefined) check(value, property, name === "" ? key : `${name}.${key}`);
      else mistakes.push({ at: keyAt, message: unknownKey(key, wanted.title ?? "key", known) });
    }
    for (const key of wanted.required ?? []) {
      if (!node.entries.some((entry) => entry.key === key)) {
        mistakes.push({ at: node.at, message: `\`${name}\` needs the key \`${key}\`` });
      }
    }
  };

  const checkItems = (node: Extract<Located, { kind: "list" }>, wanted: Schema, name: string) => {
    const { items, minItems = 0, maxItems = Infinity } = wanted;
    if (node.items.length < minItems || node.items.length > maxItems) {
      const count = minItems === maxItems ? `${minItems}` : `${minItems} to ${maxItems}`;
      mistakes.push({
        at: node.at,
        message: `\`${name}\` has ${node.items.length} items, expected ${count}`,
      });
      return;
    }
    node.items.forEach((item, index) => {
      const schemaOfItem = Array.isArray(items)
        ? (items[index] as Schema | undefined)
        : (items as Schema | undefined);
      if (schemaOfItem !== undefined) check(item, schemaOfItem, `${name}[${index}]`);
    });
  };

  /** The alternatives of a schema, those within alternatives included. */
  const branches = (wanted: Schema): Schema[] => {
    const own = resolve(wanted);
    return own.anyOf === undefined ? [own] : own.anyOf.flatMap(branches);
  };

  const mismatch = (node: Located, wanted: Schema, name: string): string => {
    const choices = branches(wanted);
    const expected = [...new Set(choices.map(describe))].join(", or ");
    const subject = name === "" ? "a settings file" : `\`${name}\``;
    if (node.kind === "scalar" && node.value === null) return `${subject} has no value, expected ${expected}`;
    const names = choices.flatMap((choice) => choice.enum ?? []);
    const guess = node.kind === "scalar" ? suggestion(node, names) : "";
    return `${subject} is ${show(node)}, expected ${expected}${guess}`;
  };

  check(root, schema, "");
  return mistakes.sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
}

function types(wanted: Schema): readonly string[] {
  if (wanted.type === undefined) return [];
  return typeof wanted.type === "string" ? [wanted.type] : wanted.type;
}

/** Whether a value itself is what is wanted; what it holds is another question. */
function fits(node: Located, wanted: Schema): boolean {
  const allowed = types(wanted);
  if (node.kind === "mapping") return allowed.includes("object");
  if (node.kind === "list") return allowed.includes("array");
  const { value } = node;
  switch (typeof value) {
    case "boolean":
      return allowed.includes("boolean");
    case "number":
      if (!allowed.includes("number") && !(allowed.includes("integer") && Number.isInteger(value)))
        return false;
      // As written: the number 1.30 is the version 1.30, not 1.3.
      return value >= (wanted.minimum ?? -Infinity) && matches(node.source, wanted);
    case "string":
      return allowed.includes("string") && matches(value, wanted);
    default:
      return false;
  }
}

function matches(text: string, { pattern, minLength = 0, enum: names }: Schema): boolean {
  if (text.length < minLength) return false;
  if (names !== undefined && !names.includes(text)) return false;
  return pattern === undefined || new RegExp(pattern).test(text);
}

function unknownKey(key: string, what: string, known: readonly string[]): string {
  return `there is no ${what} called \`${key}\`${didYouMean(key, known)}`;
}

/** What other linters write for the levels. */
const HABITS = new Map([
  ["false", "off"],
  ["0", "off"],
  ["warn", "warning"],
  ["1", "warning"],
  ["2", "error"],
]);

function suggestion({ value, source }: Scalar, names: readonly string[]): string {
  const habit = names.includes("off") ? HABITS.get(String(value)) : undefined;
  return habit === undefined ? didYouMean(source, names) : `; did you mean \`${habit}\`?`;
}

function describe(wanted: Schema): string {
  if (wanted.enum !== undefined) return `one of ${wanted.enum.map((name) => `\`${name}\``).join(", ")}`;
  if (wanted.patternErrorMessage !== undefined) return wanted.patternErrorMessage;
  const names: Record<string, string> = {
    string: wanted.minLength === undefined ? "a text" : "a non-empty text",
    number: "a number",
    integer: wanted.minimum === undefined ? "a whole number" : `a whole number from ${wanted.minimum}`,
    boolean: "`true` or `false`",
    array: Array.isArray(wanted.items) ? "a list of severity and options" : "a list",
    object: "keys with values",
  };
  return types(wanted)
    .map((type) => names[type] ?? type)
    .join(" or ");
}

function show(node: Located): string {
  switch (node.kind) {
    case "mapping":
      return "a mapping";
    case "list":
      return "a list";
    case "scalar": {
      if (node.value === "") return "empty";
      const text = node.source.length > 40 ? `${node.source.slice(0, 39)}…` : node.source;
      return typeof node.value === "string" ? `\`${text}\`` : `the ${typeof node.value} \`${text}\``;
    }
  }
}
