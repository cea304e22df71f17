/** Edits of whole lines for fixes, made from statements and contexts: whoever builds a fix never counts offsets. */
import type { Context, Statement } from "../semantics/index.ts";
import type { Edit } from "./rule.ts";

/** Lines behind a statement, and behind its comment, indented alike. */
export function insertAfter(statement: Statement, lines: readonly string[]): Edit {
  const { file } = statement;
  const { lead, offset } = gapBehind(statement);
  return { file, offset, length: 0, text: lines.map((line) => lead + line).join("") };
}

/** Lines before a statement, and before the comment above it, indented alike. */
export function insertBefore({ file, directive: { start } }: Statement, lines: readonly string[]): Edit {
  const { text } = file;
  const lineStart = ownLine(text, start);
  if (lineStart === null)
    return { file, offset: start, length: 0, text: lines.map((line) => `${line} `).join("") };
  const indent = text.slice(lineStart, start);
  const newLine = text.charAt(text.indexOf("\n") - 1) === "\r" ? "\r\n" : "\n";
  const own = lines
    .flatMap((line) => line.split(/\r?\n/))
    .map((line) => (line === "" ? newLine : indent + line + newLine));
  return { file, offset: commentStart(text, lineStart), length: 0, text: own.join("") };
}

/** Lines in place of a statement, indented alike; the comments around it stay. */
export function replaceBy({ file, directive: { start, end } }: Statement, texts: readonly string[]): Edit {
  const lineStart = ownLine(file.text, start);
  const newLine = file.text.includes("\r\n") ? "\r\n" : "\n";
  const indent = lineStart === null ? null : file.text.slice(lineStart, start);
  const lines = texts.flatMap((text) => text.split(/\r?\n/));
  const text = indent === null ? lines.map((line) => line.trim()).join(" ") : lines.join(newLine + indent);
  return { file, offset: start, length: end - start, text };
}

/** Where the line begins that a place is the first of; null where something stands before it. A line may be as long as the file. */
function ownLine(text: string, place: number): number | null {
  let start = place;
  while (start > 0 && text.charAt(start - 1) !== "\n") {
    if (text.charAt(start - 1).trim() !== "") return null;
    start--;
  }
  return start;
}

/** Where the comment begins whose lines stand right above a line. */
function commentStart(text: string, lineStart: number): number {
  let start = lineStart;
  while (start > 0) {
    const before = text.lastIndexOf("\n", start - 2) + 1;
    if (!/^[ \t]*#/.test(text.slice(before, start))) break;
    start = before;
  }
  return start;
}

/**
 * A block with the comment above it before another that stands in the same file at the same level; null where one of them has not
 * its lines for itself.
 */
export function moveBefore(statement: Statement, target: Statement): readonly Edit[] | null {
  const { file, directive, chain } = statement;
  const { text } = file;
  if (target.file !== file || target.chain !== chain || !isMovable(statement) || !isMovable(target))
    return null;
  const lineStart = ownLine(text, directive.start);
  const rest = /^[ \t]*(?:\r?\n|$)/.exec(text.slice(directive.end))?.[0];
  if (lineStart === null || rest === undefined) return null;
  const from = commentStart(text, lineStart);
  const comment = text
    .slice(from, lineStart)
    .split(/\r?\n/)
    .map((line) => line.trim());
  const to = directive.end + rest.length;
  // Of the empty lines around it one stays.
  const isApart = /\n[ \t]*\r?\n$/.test(text.slice(0, from));
  const gap = isApart ? (/^[ \t]*\r?\n/.exec(text.slice(to))?.[0] ?? "") : "";
  const lines = [...comment.slice(0, -1), textOf(statement), ...(isApart ? [""] : [])];
  const removal = { file, offset: from, length: to + gap.length - from, text: "" };
  return [insertBefore(target, lines), removal];
}

/** The statement, or the include in the context's own file that brings it. */
export function standingIn({ opener }: Context, statement: Statement): Statement | null {
  const own = opener?.chain ?? null;
  let at = statement;
  while (at.chain !== own) {
    if (at.chain === null) return null;
    at = at.chain.include;
  }
  return at;
}

/** The text of it ends where it seems to, and no template leaves it out. */
export function isMovable({ file, directive }: Statement): boolean {
  return (directive.terminated || directive.block !== null) && !file.branches.isConditional(directive.start);
}

/** A statement without its line, where it has one for itself; a comment behind it stays. */
export function remove({ file, directive: { start, end } }: Statement): Edit {
  const { text } = file;
  const lineStart = ownLine(text, start);
  const rest = /^[ \t]*(?:\r?\n|$)/.exec(text.slice(end))?.[0];
  if (lineStart !== null && rest !== undefined)
    return { file, offset: lineStart, length: end + rest.length - lineStart, text: "" };
  const space = /^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0;
  return { file, offset: start, length: end + (rest === undefined ? space : 0) - start, text: "" };
}

/** Lines at the end of a statement's block; null where it has none that is closed. */
export function appendInside(statement: Statement, texts: readonly string[]): Edit | null {
  const { file, directive } = statement;
  const { block } = directive;
  if (block === null || block.kind !== "block" || file.text.charAt(block.end - 1) !== "}") return null;
  const lineStart = ownLine(file.text, block.end - 1);
  if (lineStart === null) {
    const inner = texts
      .map((text) => text.replace(/\s+/g, (space) => (space.includes("\n") ? " " : space)))
      .join(" ");
    const isApart = file.text.charAt(block.end - 2).trim() === "";
    return { file, offset: block.end - 1, length: 0, text: `${isApart ? "" : " "}${inner} ` };
  }
  const margin = file.text.slice(lineStart, block.end - 1);
  const newLine = file.text.charAt(lineStart - 2) === "\r" ? "\r\n" : "\n";
  const [first] = block.items;
  const firstLine = first === undefined ? null : ownLine(file.text, first.start);
  const lead = first === undefined || firstLine === null ? "" : file.text.slice(firstLine, first.start);
  const indent = lead !== "" ? lead : `${margin}    `;
  const lines = texts.flatMap((text) => text.split(/\r?\n/)).map((line) => indent + line + newLine);
  return { file, offset: lineStart, length: 0, text: lines.join("") };
}

/** The text of a simple statement. */
export function writtenAs({ file, directive: { start, end } }: Statement): string {
  return file.text.slice(start, end);
}

/** The text of a statement with its block, as it would stand at the left margin. */
export function textOf({ file, directive: { start, end } }: Statement): string {
  const lineStart = file.text.lastIndexOf("\n", start - 1) + 1;
  const indent = /^[ \t]*/.exec(file.text.slice(lineStart, start))?.[0] ?? "";
  const [first = "", ...rest] = file.text.slice(start, end).split(/\r?\n/);
  return [first, ...rest.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))].join(
    "\n",
  );
}

/** Where a line fits behind a statement, and what to put before it. */
function gapBehind({ file: { text }, directive: { start, end } }: Statement): {
  readonly lead: string;
  readonly offset: number;
} {
  const lineStart = ownLine(text, start);
  const rest = /^[ \t]*(?:#[^\r\n]*)?(?=\r?\n|$)/.exec(text.slice(end))?.[0];
  if (lineStart === null || lineStart === 0 || rest === undefined) return { lead: " ", offset: end };
  const indent = text.slice(lineStart, start);
  const newLine = text.charAt(lineStart - 2) === "\r" ? "\r\n" : "\n";
  return { lead: newLine + indent, offset: end + rest.length };
}
