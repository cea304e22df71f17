/** What the checks of single directives share: how they ask, and how they answer. */

import { isFilledIn } from "../../../parser/index.ts";
import type { Anchor } from "../../anchor.ts";
import type { Configuration } from "../../configuration.ts";
import type { Statement } from "../../tree.ts";
import { parseMilliseconds, parseNumber, parseOffset, parseSeconds, parseSize } from "../../values/index.ts";
import { isSince, type Version } from "../../version.ts";

export interface ArgumentProblem {
  readonly at: Anchor;
  /** nginx's own words. */
  readonly message: string;
  /** What to write. */
  readonly help: string;
}

export interface Surroundings {
  readonly configuration: Configuration;
  /** Null: any. */
  readonly version: Version | null;
}

/** What the setter of a directive refuses beyond the count of arguments and the kinds of the table. */
export type ArgumentCheck = (statement: Statement, around: Surroundings) => Iterable<ArgumentProblem>;

/** A problem with the argument at an index; with the whole directive where there is none. */
export function problemAt(
  statement: Statement,
  index: number,
  message: string,
  help: string,
): ArgumentProblem {
  const word = statement.directive.args[index];
  const at = word === undefined ? statement : { file: statement.file, start: word.start, end: word.end };
  return { at, message, help };
}

/** The word is, or may be, filled in before nginx reads it (`listen $PORT`, `%PORT%`, `<port>`). */
export function isOpen(word: string): boolean {
  return isFilledIn(word) || /\$\{?[A-Z]|(?<!\?P?)<[\w -]+>|\[\[/.test(word);
}

/** One word that may follow the first arguments of a directive. */
export interface Parameter {
  /** Of what follows `=`; absent for a bare word. */
  readonly accepts?: (value: string) => boolean;
  /** nginx's words where it refuses the value; default: `invalid parameter "weight=x"`. */
  readonly says?: (word: string, value: string) => string;
  /** An example of a right value, the parameter included. */
  readonly write: string;
  /** The first version that knows it; absent: as old as anything in use. */
  readonly since?: string;
  /** The first version that refuses it. */
  readonly until?: string;
}

/** By name; one that takes a value has its `=` in the name (`weight=`). */
export type Parameters = Readonly<Record<string, Parameter>>;

export function parameterIn(parameters: Parameters, word: string): Parameter | undefined {
  const equals = word.indexOf("=");
  const name = equals < 0 ? word : word.slice(0, equals + 1);
  return Object.hasOwn(parameters, name) ? parameters[name] : undefined;
}

/** The first of the arguments from an index on that is no parameter, or has a value that nginx refuses. */
export function* checkParameters(
  statement: Statement,
  from: number,
  parameters: Parameters,
  { version }: Surroundings,
  refusal: (word: string) => string = (word) => `invalid parameter "${word}"`,
): Generator<ArgumentProblem> {
  for (const [index, word] of statement.args.entries()) {
    if (index < from) continue;
    const parameter = parameterIn(parameters, word);
    if (parameter === undefined) {
      yield problemAt(statement, index, refusal(word), `write ${oneOf(Object.keys(parameters), parameters)}`);
      return;
    }
    const { accepts, says = refusal, write, since, until } = parameter;
    if (since !== undefined && isSince(version, since) === false) {
      yield problemAt(statement, index, refusal(word), `it needs nginx ${since}`);
      return;
    }
    if (until !== undefined && version !== null && isSince(version, until)) {
      yield problemAt(statement, index, refusal(word), `remove it: nginx ${until} no longer knows it`);
      return;
    }
    const value = word.slice(word.indexOf("=") + 1);
    if (accepts !== undefined && !accepts(value)) {
      yield problemAt(statement, index, says(word, value), `write \`${write}\``);
      return;
    }
  }
}

function oneOf(names: readonly string[], parameters: Parameters): string {
  const words = names
    .filter((name) => parameters[name]?.until === undefined)
    .map((name) => `\`${name.endsWith("=") ? `${name}…` : name}\``);
  return words.length === 1 ? (words[0] ?? "") : `one of ${words.join(", ")}`;
}

export const isNumber = (text: string): boolean => parseNumber(text).ok;
export const isPositive = (text: string): boolean => {
  const number = parseNumber(text);
  return number.ok && number.value > 0;
};
export const isSeconds = (text: string): boolean => parseSeconds(text).ok;
export const isMilliseconds = (text: string): boolean => parseMilliseconds(text).ok;
export const isSize = (text: string): boolean => parseSize(text).ok;
export const isOffset = (text: string): boolean => parseOffset(text).ok;
export const isOnOrOff = (text: string): boolean => text === "on" || text === "off";
export const isAnything = (): boolean => true;

/** The memory page that nginx counts zones in; 4 KiB on nearly every machine, larger ones refuse more. */
const PAGE = 4096;

/** Whether a shared zone has at least so many pages; false also where the text is no size. */
export function hasPages(text: string, pages: number): boolean {
  const size = parseSize(text);
  return size.ok && size.value >= pages * PAGE;
}
