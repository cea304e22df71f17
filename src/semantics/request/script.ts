/** A directive's argument with its variables and captures (`ngx_http_script_compile`). */
import { isFilledIn, piecesOf } from "../../parser/index.ts";
import { toBytes } from "../regex/index.ts";

export type ScriptPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "variable"; readonly name: string }
  /** `$1` to `$9`. */
  | { readonly kind: "capture"; readonly index: number }
  /** What a template fills in. */
  | { readonly kind: "filled"; readonly text: string };

/** Reads an argument. What nginx would refuse (`$` at the end) stays text. */
export function readScript(argument: string): readonly ScriptPart[] {
  if (!MAY_BE_FILLED.test(argument) || !isFilledIn(argument)) return readText(argument);
  return piecesOf(argument).flatMap(({ text, isFilled }): readonly ScriptPart[] =>
    isFilled ? [{ kind: "filled", text: toBytes(text) }] : readText(text),
  );
}

/** Spares most arguments a closer look. */
const MAY_BE_FILLED = /[{<%@[]|__/;

function readText(argument: string): readonly ScriptPart[] {
  const text = toBytes(argument);
  if (!text.includes("$")) return [{ kind: "text", text }];
  const parts: ScriptPart[] = [];
  const reference = /\$(?:([1-9])|\{([A-Za-z0-9_]+)\}|([A-Za-z0-9_]+))/g;
  let end = 0;
  for (const match of text.matchAll(reference)) {
    if (match.index > end) parts.push({ kind: "text", text: text.slice(end, match.index) });
    const [whole, digit, braced, plain] = match;
    if (digit !== undefined) parts.push({ kind: "capture", index: Number(digit) });
    else parts.push({ kind: "variable", name: (braced ?? plain ?? "").toLowerCase() });
    end = match.index + whole.length;
  }
  if (end < text.length) parts.push({ kind: "text", text: text.slice(end) });
  return parts;
}

/** Whether an argument holds a variable or a capture. */
export function hasVariables(argument: string): boolean {
  return (
    (argument.includes("$") || MAY_BE_FILLED.test(argument)) &&
    readScript(argument).some(({ kind }) => kind !== "text")
  );
}
