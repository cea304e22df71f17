/** Suppression comments as they are written. */
import { askedOnce } from "../lists/index.ts";
import type { Comment, ConfigFile } from "../parser/index.ts";
import { didYouMean } from "./nearest.ts";

type Verb = "disable" | "enable" | "disable-line" | "disable-next-line";

/** A piece of a comment. Offsets are UTF-16 units into the file's text; `end` is exclusive. */
export interface Mention {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** One suppressing (or ending) comment as written. */
export interface SuppressionComment {
  readonly verb: Verb;
  /** Rules that exist. */
  readonly rules: readonly string[];
  /** Names that no rule has. */
  readonly strangers: readonly Mention[];
  /** No rule is named: all are meant. */
  readonly all: boolean;
  readonly reason: string | null;
  readonly start: number;
  readonly end: number;
}

/** Something that looks like a suppression and does nothing. */
export interface Stray {
  readonly start: number;
  readonly end: number;
  /** What is wrong, without a final stop unless it asks. */
  readonly message: string;
}

const VERBS: readonly Verb[] = ["disable", "enable", "disable-line", "disable-next-line"];
const MARK = /^#+[ \t]*nginx-lint-([\w-]+)(.*)/su;

/** All rules there are, with a reason, take less. */
const LONGEST_TAIL = 32_768;

/** Whether the file can hold suppressions at all. */
export const mayBeSuppressed = askedOnce(({ text }: ConfigFile) => text.includes("nginx-lint-"));

/** Reads one comment: null where it has nothing to do with suppressions. `isRule` knows the catalogue. */
export function readComment(
  comment: Comment,
  isRule: (id: string) => boolean,
): SuppressionComment | Stray | null {
  const match = MARK.exec(comment.raw);
  const word = match?.[1];
  if (match === null || word === undefined) return null;
  const { start, end } = comment;
  const verb = VERBS.find((candidate) => candidate === word);
  if (verb === undefined) {
    const hint = didYouMean(word, VERBS).replace("`", "`nginx-lint-");
    // Other words that begin so (a file's name, say) are just words.
    if (hint === "" && !/^(?:dis|en)able/.test(word)) return null;
    const message = `\`nginx-lint-${word}\` is not a suppression comment and has no effect${hint}`;
    return { start, end, message };
  }
  const tail = match[2] ?? "";
  if (tail.length > LONGEST_TAIL) {
    const message = `This \`nginx-lint-${word}\` is too long to be read and has no effect`;
    return { start, end: start + word.length, message };
  }
  return { verb, ...readTail(tail, start + comment.raw.length - tail.length, isRule), start, end };
}

/** The rules and the reason; `tail` begins at offset `from` of the file. */
function readTail(
  tail: string,
  from: number,
  isRule: (id: string) => boolean,
): Pick<SuppressionComment, "rules" | "strangers" | "all" | "reason"> {
  const dashes = /(?:^|\s)--(?:\s|$)/.exec(tail);
  const list = dashes === null ? tail : tail.slice(0, dashes.index);
  const reason = dashes === null ? "" : tail.slice(dashes.index + dashes[0].length).trim();
  const rules: string[] = [];
  const strangers: Mention[] = [];
  let all = true;
  for (const { 0: part, index } of list.matchAll(/[^,]+/g)) {
    // A part is one rule, or rules with only blanks between them; words that are none are kept together.
    let rest = part;
    for (let word = firstWord(rest); word !== null; word = firstWord(rest)) {
      all = false;
      if (!isRule(word.text)) break;
      rules.push(word.text);
      rest = rest.slice(word.end);
    }
    if (rest.trim() === "") continue;
    const at = from + index + part.length - rest.trimStart().length;
    strangers.push({ text: rest.trim(), start: at, end: at + rest.trim().length });
  }
  return { rules, strangers, all, reason: reason === "" ? null : reason };
}

function firstWord(text: string): { readonly text: string; readonly end: number } | null {
  const match = /^\s*(\S+)/.exec(text);
  return match?.[1] === undefined ? null : { text: match[1], end: match[0].length };
}
