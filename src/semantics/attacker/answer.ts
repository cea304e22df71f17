/** Of one simulated request: which parts of the answer, and of what an upstream is sent, clients choose. */
import type { Model } from "../model.ts";
import type { Request, Simulation } from "../request/index.ts";
import type { Statement } from "../tree.ts";
import { sourceOf } from "./sources.ts";
import { AttackedValue } from "./value.ts";

/** A value of the answer, with its parts. */
export interface Exposure {
  readonly what: "target" | "redirect" | "request-header" | "response-header";
  /** The header; the directive for a target. */
  readonly name: string;
  readonly value: AttackedValue;
  readonly statement: Statement | null;
}

/** The values of an answer in which somebody else than the configuration has a say. */
export function exposuresOf(model: Model, request: Request, simulation: Simulation): readonly Exposure[] {
  const { context, server, outcome, requestHeaders, responseHeaders } = simulation;
  if (context === null || server === null) return [];
  const found: Exposure[] = [];
  const add = (
    what: Exposure["what"],
    name: string,
    argument: string | undefined,
    statement: Statement | null,
    isRewrite = false,
  ) => {
    if (argument === undefined || !argument.includes("$")) return;
    const place = model.place(isRewrite && statement !== null ? statement.context : context);
    const value = place.value(argument, isRewrite ? statement : null);
    if (value === null || value.parts.every(isOperators)) return;
    found.push({ what, name, value, statement });
  };
  const { by, kind } = outcome;
  if (by !== null && (by.name.endsWith("_pass") || kind === "static")) add("target", by.name, by.args[0], by);
  for (const { name, statement, value } of requestHeaders) {
    if (statement !== null) add("request-header", name, statement.args[1], statement);
    else if (isSentOn(request, name, value))
      found.push({ what: "request-header", name, value: sentOn(name), statement: null });
  }
  for (const { name, statement } of responseHeaders) {
    if (statement === null) continue;
    const { args } = statement;
    if (statement.name === "return") {
      if (name === "Location") add("redirect", name, args[1] ?? args[0], statement, true);
    } else if (statement.name === "rewrite") add("redirect", name, args[1], statement, true);
    else if (statement.name === "add_header") add("response-header", name, args[1], statement);
  }
  return found;
}

function isOperators({ chooser, pickedBy }: AttackedValue["parts"][number]): boolean {
  return chooser === "operator" && pickedBy === "operator";
}

/** nginx sends on what the client sent. */
function isSentOn({ headers = [] }: Request, name: string, value: string): boolean {
  return headers.some(([each, sent]) => each.toLowerCase() === name.toLowerCase() && sent.trim() === value);
}

function sentOn(name: string): AttackedValue {
  const variable = `http_${name.toLowerCase().replaceAll("-", "_")}`;
  const source = sourceOf(variable);
  return new AttackedValue(
    source === null ? [] : [{ ...source, written: `$${variable}`, pickedBy: "operator" }],
  );
}
