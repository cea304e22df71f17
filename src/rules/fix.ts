/** Edits of words for fixes, made from statements: whoever builds a fix never counts offsets. */
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

/** One argument in place of another, or at the end where it is missing. */
export function replaceArgument(statement: Statement, index: number, text: string): Edit {
  const word = statement.directive.args[index];
  if (word === undefined) return insertArgument(statement, index, text);
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

/** The `;` that a directive lacks. */
export function terminate({ file, directive: { args, name } }: Statement): Edit {
  return { file, offset: (args.at(-1) ?? name).end, length: 0, text: ";" };
}

/** Another name in place of the directive's. */
export function rename({ file, directive: { name } }: Statement, text: string): Edit {
  return { file, offset: name.start, length: name.end - name.start, text };
}
