/** A directive's argument with its variables and captures (`ngx_http_script_compile`). */
import { toBytes } from "../regex/index.ts";

export type ScriptPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "variable"; readonly name: string }
  /** `$1` to `$9`. */
  | { readonly kind: "capture"; readonly index: number };

/** Reads an argument. What nginx would refuse (`$` at the end) stays text. */
export function readScript(argument: string): readonly ScriptPart[] {
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
  return argument.includes("$") && readScript(argument).some(({ kind }) => kind !== "text");
}
