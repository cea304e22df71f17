/** Edits for fixes, made from statements: whoever builds a fix never counts offsets. */
import type { Statement } from "../semantics/index.ts";
import type { Edit } from "./rule.ts";

/** New arguments in place of all old ones; each as it is to be written, quotes included. */
export function replaceArguments(statement: Statement, args: readonly string[]): Edit {
  const { file, directive } = statement;
  const [first] = directive.args;
  const start = first?.start ?? directive.name.end;
  const end = directive.args.at(-1)?.end ?? start;
  const text = first === undefined ? ` ${args.join(" ")}` : args.join(" ");
  return { file, offset: start, length: end - start, text };
}

/** One argument in place of another. */
export function replaceArgument(statement: Statement, index: number, text: string): Edit {
  const word = statement.directive.args[index];
  if (word === undefined) throw new RangeError(`${statement.name} has no argument ${index}`);
  return { file: statement.file, offset: word.start, length: word.end - word.start, text };
}

/** One more argument before the one with that index, or at the end. */
export function insertArgument(statement: Statement, index: number, text: string): Edit {
  const { file, directive } = statement;
  const next = directive.args[index];
  const offset = next?.start ?? directive.args.at(-1)?.end ?? directive.name.end;
  return { file, offset, length: 0, text: next === undefined ? ` ${text}` : `${text} ` };
}

/** A statement without one of its arguments, and without the space before it. */
export function removeArgument(statement: Statement, index: number): Edit {
  const { args, name } = statement.directive;
  const word = args[index];
  if (word === undefined) throw new RangeError(`${statement.name} has no argument ${index}`);
  const start = (index === 0 ? name : args[index - 1])?.end ?? word.start;
  return { file: statement.file, offset: start, length: word.end - start, text: "" };
}

/** Another name in place of the directive's. */
export function rename({ file, directive: { name } }: Statement, text: string): Edit {
  return { file, offset: name.start, length: name.end - name.start, text };
}

/** Lines behind a statement, and behind its comment, indented alike. */
export function insertAfter(statement: Statement, lines: readonly string[]): Edit {
  const { file } = statement;
  const { lead, offset } = gapBehind(statement);
  return { file, offset, length: 0, text: lines.map((line) => lead + line).join("") };
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
  if (indent.trim() !== "" || lineStart === 0) return { lead: " ", offset: end };
  const rest = /^[ \t]*(?:#[^\r\n]*)?(?=\r?\n)/.exec(text.slice(end))?.[0] ?? "";
  const newLine = text.charAt(lineStart - 2) === "\r" ? "\r\n" : "\n";
  return { lead: newLine + indent, offset: end + rest.length };
}
