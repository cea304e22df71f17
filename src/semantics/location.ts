/** How the words of a `location` are read. */
import { isFilledIn } from "../parser/index.ts";

export type LocationModifier = "" | "=" | "^~" | "~" | "~*" | "@";

/** `location` as `ngx_http_core_location` reads it: `location = /x`, but also `location =/x`. */
export function readLocation(args: readonly string[]): { modifier: LocationModifier; pattern: string } {
  const [first = "", second] = args;
  if (second !== undefined) {
    // A template may write the modifier, or none.
    if (isFilledIn(first)) return { modifier: "", pattern: `${first} ${second}` };
    return isModifier(first) ? { modifier: first, pattern: second } : { modifier: "", pattern: second };
  }
  if (first.startsWith("=")) return { modifier: "=", pattern: first.slice(1) };
  if (first.startsWith("^~")) return { modifier: "^~", pattern: first.slice(2) };
  if (first.startsWith("~*")) return { modifier: "~*", pattern: first.slice(2) };
  if (first.startsWith("~")) return { modifier: "~", pattern: first.slice(1) };
  // A named location keeps its `@`, as try_files and error_page write it.
  if (first.startsWith("@")) return { modifier: "@", pattern: first };
  return { modifier: "", pattern: first };
}

function isModifier(text: string): text is LocationModifier {
  return text === "=" || text === "^~" || text === "~" || text === "~*";
}

/** What the words of a `location` make of it. */
export function locationKind(args: readonly string[]): "prefix" | "exact" | "regex" | "named" {
  switch (readLocation(args).modifier) {
    case "=":
      return "exact";
    case "~":
    case "~*":
      return "regex";
    case "@":
      return "named";
    case "":
    case "^~":
      return "prefix";
  }
}
