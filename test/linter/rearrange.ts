import { type Directive, type Item, parse } from "../../src/parser/index.ts";

/** Directives whose order is their meaning: access, conditions, variables, rewrites, and what includes hold of them. */
const ORDERED = new Set(["allow", "deny", "if", "set", "rewrite", "break", "return", "include"]);

/**
 * The same configuration in another coat: simple directives first and sorted by name (those of one name keep their
 * order), other indentation, every word on a line of its own, no comments, further blank lines.
 */
export function rearrange(text: string): string {
  const file = parse(text, "rearranged");
  if (file.problems.length > 0 || file.template) return text.replace(/^[ \t]+/gm, "   ");
  return `\n\n# rearranged\n${blockText(file.items, true)}`;
}

function blockText(items: readonly Item[], sorted: boolean): string {
  const directives = items.filter((item) => item.kind === "directive");
  const isFree = (directive: Directive) => directive.block === null && !ORDERED.has(directive.name.value);
  const free = directives.filter(isFree);
  if (sorted) free.sort((a, b) => compare(sortKey(a), sortKey(b)));
  const ordered = sorted ? [...free, ...directives.filter((directive) => !isFree(directive))] : directives;
  return ordered.map(directiveText).join("\n");
}

/** A log format stands before the logs that are written in it. */
function sortKey({ name }: Directive): string {
  return name.value === "log_format" ? "" : name.value;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function directiveText({ name, args, block }: Directive): string {
  const words = [name, ...args].map((word) => word.raw).join("\n \t");
  if (block === null) return `\t${words};\n`;
  if (block.kind === "raw") return `\t${words} {}\n`;
  // The first regex of a map that matches wins; in an upstream the method stands before `keepalive`.
  const isData = ["map", "geo", "types", "split_clients", "upstream"].includes(name.value);
  return `${words}\n{\n${blockText(block.items, !isData)}\n}\n`;
}
