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
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const indent = text.slice(lineStart, start);
  if (indent.trim() !== "")
    return { file, offset: start, length: 0, text: lines.map((line) => `${line} `).join("") };
  const newLine = text.charAt(text.indexOf("\n") - 1) === "\r" ? "\r\n" : "\n";
  const above = /(?:^[ \t]*#[^\n]*\n)+$/m.exec(text.slice(0, lineStart))?.[0] ?? "";
  const own = lines.flatMap((line) => line.split(/\r?\n/)).map((line) => indent + line + newLine);
  return { file, offset: lineStart - above.length, length: 0, text: own.join("") };
}

/** Lines that are to join a list of a context. */
export interface Joining {
  readonly context: Context;
  readonly lines: readonly string[];
}

/**
 * Lines behind the last statement of these names that stands in the context, or behind the include that brings it. Null where
 * there is none, and where others read the same text.
 */
export function insertBeside(
  context: Context,
  names: readonly string[] | RegExp,
  lines: readonly string[],
): Edit | null {
  return context.readings === 1 ? joinList({ context, lines }, names) : null;
}

/**
 * The same for several contexts, each with its own lines. What several read is changed where all of them want the same; null
 * where one of the edits cannot be made.
 */
export function insertBesideEach(
  all: readonly Joining[],
  names: readonly string[] | RegExp,
): readonly Edit[] | null {
  const written = new Map<unknown, [Joining, ...Joining[]]>();
  for (const each of all) {
    const key = each.context.opener?.directive;
    const same = written.get(key);
    if (same === undefined) written.set(key, [each]);
    else same.push(each);
  }
  const edits: Edit[] = [];
  for (const [first, ...others] of written.values()) {
    const edit = joinList(first, names);
    const text = first.lines.join("\n");
    const isAgreed =
      others.length + 1 === first.context.readings && others.every(({ lines }) => lines.join("\n") === text);
    if (edit === null || !isAgreed) return null;
    edits.push(edit);
  }
  return edits;
}

/**
 * Lines that join the same list of several contexts, in the file that all of them have it from where nobody else reads that
 * file, or in each of them.
 */
export function insertInList(
  contexts: readonly Context[],
  name: string,
  lines: readonly string[],
): readonly Edit[] | null {
  const shared = sharedEnd(contexts, name);
  if (shared !== null && isMovable(shared)) return [insertAfter(shared, lines)];
  return insertBesideEach(
    contexts.map((context) => ({ context, lines })),
    [name],
  );
}

/** The last line of a list that contexts, and they alone, have from an included file. */
function sharedEnd(contexts: readonly Context[], name: string): Statement | null {
  const [first] = contexts;
  const head = first?.all(name)[0];
  if (first === undefined || head === undefined || head.chain === (first.opener?.chain ?? null)) return null;
  const isSame = contexts.every((context) => context.all(name)[0]?.directive === head.directive);
  const readers = first.root.allBelow(name).filter(({ directive }) => directive === head.directive);
  if (!isSame || readers.length !== contexts.length) return null;
  return first.all(name).findLast(({ file }) => file === head.file) ?? null;
}

function joinList({ context, lines }: Joining, names: readonly string[] | RegExp): Edit | null {
  const last = context.statements.findLast(({ name }) =>
    names instanceof RegExp ? names.test(name) : names.includes(name),
  );
  const anchor = last === undefined ? null : standingIn(context, last);
  return anchor === null || !isMovable(anchor) ? null : insertAfter(anchor, lines);
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
function isMovable({ file, directive }: Statement): boolean {
  return (directive.terminated || directive.block !== null) && !file.branches.isConditional(directive.start);
}

/**
 * A line of a context for itself: behind the last simple directive before the first block, where settings stand. Null where the
 * context has none of its own, and where others read the same text.
 */
export function insertSetting(context: Context, line: string): Edit | null {
  if (context.readings > 1) return null;
  const own = context.opener?.chain ?? null;
  const statements = context.statements.filter(({ chain }) => chain === own);
  const block = statements.findIndex(({ directive }) => directive.block !== null);
  const before = block === -1 ? statements : statements.slice(0, block);
  const last = before.findLast(isMovable);
  if (last !== undefined) return insertAfter(last, [line]);
  const first = statements[block];
  if (first !== undefined) return isMovable(first) ? insertBefore(first, [line]) : null;
  return context.opener === null ? null : appendInside(context.opener, [line]);
}

/** A statement without its line, where it has one for itself; a comment behind it stays. */
export function remove({ file, directive: { start, end } }: Statement): Edit {
  const { text } = file;
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const isFirst = text.slice(lineStart, start).trim() === "";
  const rest = /^[ \t]*(?:\r?\n|$)/.exec(text.slice(end))?.[0];
  if (isFirst && rest !== undefined)
    return { file, offset: lineStart, length: end + rest.length - lineStart, text: "" };
  const space = /^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0;
  return { file, offset: start, length: end + (rest === undefined ? space : 0) - start, text: "" };
}

/** Lines at the end of a statement's block; null where it has none that is closed. */
export function appendInside(statement: Statement, texts: readonly string[]): Edit | null {
  const { file, directive } = statement;
  const { block } = directive;
  if (block === null || block.kind !== "block" || file.text.charAt(block.end - 1) !== "}") return null;
  const lineStart = file.text.lastIndexOf("\n", block.end - 2) + 1;
  const margin = file.text.slice(lineStart, block.end - 1);
  if (margin.trim() !== "") {
    const inner = texts.map((text) => text.replace(/\s*\n\s*/g, " ")).join(" ");
    return { file, offset: block.end - 1, length: 0, text: `${/\s$/.test(margin) ? "" : " "}${inner} ` };
  }
  const newLine = file.text.charAt(lineStart - 2) === "\r" ? "\r\n" : "\n";
  const [first] = block.items;
  const firstLine = first === undefined ? 0 : file.text.lastIndexOf("\n", first.start) + 1;
  const lead = first === undefined ? "" : file.text.slice(firstLine, first.start);
  const indent = lead !== "" && lead.trim() === "" ? lead : `${margin}    `;
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
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const indent = text.slice(lineStart, start);
  const rest = /^[ \t]*(?:#[^\r\n]*)?(?=\r?\n|$)/.exec(text.slice(end))?.[0];
  const isAlone = indent.trim() === "" && lineStart > 0 && rest !== undefined;
  if (!isAlone) return { lead: " ", offset: end };
  const newLine = text.charAt(lineStart - 2) === "\r" ? "\r\n" : "\n";
  return { lead: newLine + indent, offset: end + rest.length };
}
