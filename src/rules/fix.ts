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

/** A statement without its text; with its line where it stands alone there. */
export function remove({ file, directive: { start, end } }: Statement): Edit {
  const { text } = file;
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const behind = /^[ \t]*(?:\r?\n|$)/.exec(text.slice(end, end + 1000))?.[0];
  if (behind !== undefined && text.slice(lineStart, start).trim() === "")
    return { file, offset: lineStart, length: end + behind.length - lineStart, text: "" };
  return { file, offset: start, length: end - start, text: "" };
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
