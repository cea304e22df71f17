/**
 * Patterns on which PCRE tries exponentially many ways. Found in the pattern's positions (Glushkov's automaton): a loop that
 * can read one text in two ways. Then tried: a counter that backtracks as PCRE does, on a text made for it.
 */
import { giveUp, OutOfSteps, partly, spend } from "../budget.ts";
import { type ByteSet, hasByte, rangesOf, toBytes } from "./bytes.ts";
import { isAmbiguousLoop } from "./compile.ts";
import { contains } from "./measure.ts";
import { parsePattern } from "./parse-pattern.ts";
import type { PatternNode } from "./pattern.ts";

/** A text that takes exponential time: `start`, `pump` again and again, `end`. Byte strings. */
export interface Attack {
  readonly start: string;
  readonly pump: string;
  readonly end: string;
}

/** More positions than in any pattern that people write by hand. */
const MOST_POSITIONS = 300;
/** Steps of the counter for one text; a text for which they do not suffice takes too long. */
const MOST_STEPS = 60_000;
const LONGEST_PUMP = 100;
/** Pairs of positions that are looked at. */
const MOST_PAIRS = 40_000;

/** A text on which the pattern backtracks exponentially, tried out; null where none was found. */
export function attackOn(
  text: string,
  caseless: boolean,
  isSendable: (byte: number) => boolean,
): Attack | null {
  const parsed = parsePattern(toBytes(text), caseless);
  if (parsed.kind !== "pattern" || !contains(parsed.pattern.root, isAmbiguousLoop)) return null;
  const { root } = parsed.pattern;
  try {
    return partly(() => {
      const positions = new Positions(root, isSendable);
      for (const found of positions.ambiguities()) {
        const attack = firstThatWorks(root, found, isSendable);
        if (attack !== null) return attack;
      }
      return null;
    });
  } catch (error) {
    if (!(error instanceof OutOfSteps)) throw error;
    giveUp(`how long \`${text}\` takes`);
    return null;
  }
}

function firstThatWorks(
  root: PatternNode,
  { start, pump }: Omit<Attack, "end">,
  isSendable: (byte: number) => boolean,
): Attack | null {
  // PCRE gives up at once where a byte that every match has is not there at all.
  const wanted = [...new Set(bytesOfEveryMatch(root))].filter((byte) => !`${start}${pump}`.includes(byte));
  for (const misfit of MISFITS) {
    if (!isSendable(misfit.charCodeAt(0))) continue;
    const end = misfit + wanted.join("");
    const take = (times: number) => stepsFor(root, start + pump.repeat(times) + end);
    const few = take(8);
    // Whatever the end, the same part of the pattern would be met.
    if (few === UNFOLLOWED) return null;
    const more = few === null ? null : take(12);
    // Each turn doubles it, or nearly so; a power of the length grows more slowly.
    if (few === null ? take(3) === null : more !== null && more < 6 * few) continue;
    if (take(40) === null) return { start, pump, end };
  }
  return null;
}

/** Bytes behind the loop that keep the pattern from matching, as most patterns go. */
const MISFITS = ["!", "~", "|", "\x01", "\n\n", "0", "a", "/"];

/** The single bytes that stand in a pattern outside of branches and optional parts. */
function bytesOfEveryMatch(node: PatternNode): readonly string[] {
  if (node.type === "set") {
    const [first, second, more] = rangesOf(node.set);
    const isOne = first !== undefined && first[0] === first[1] && more === undefined;
    const isEitherCase = second === undefined || second[0] === second[1];
    return isOne && isEitherCase ? [String.fromCharCode(first[0])] : [];
  }
  if (node.type === "sequence") return node.items.flatMap(bytesOfEveryMatch);
  if (node.type === "group") return bytesOfEveryMatch(node.body);
  return node.type === "repeat" && node.min > 0 ? bytesOfEveryMatch(node.body) : [];
}

/** A part of a pattern: the positions that it may begin and end with, and whether it may be empty. */
interface Fragment {
  readonly first: readonly number[];
  readonly last: readonly number[];
  readonly empty: boolean;
}

/** The sets of a pattern as positions, and which may follow which. */
class Positions {
  readonly #sets: ByteSet[] = [];
  /** In how many ways a position follows another. */
  readonly #follow: Map<number, number>[] = [];
  readonly #first: readonly number[];
  readonly #isSendable: (byte: number) => boolean;

  constructor(root: PatternNode, isSendable: (byte: number) => boolean) {
    this.#isSendable = isSendable;
    this.#first = this.#read(root).first;
  }

  /** Texts that lead to a loop, and through it back to its start in two ways. */
  *ambiguities(): Generator<Omit<Attack, "end">> {
    for (let at = 0; at < this.#sets.length; at++) {
      const pump = this.#twice(at);
      const start = pump === null ? null : this.#wordTo(at);
      if (pump !== null && start !== null && pump.length <= LONGEST_PUMP) yield { start, pump };
    }
  }

  #read(node: PatternNode): Fragment {
    switch (node.type) {
      case "set": {
        if (this.#sets.length >= MOST_POSITIONS) throw new OutOfSteps("a pattern of that size");
        const at = this.#sets.push(node.set) - 1;
        this.#follow.push(new Map());
        return { first: [at], last: [at], empty: false };
      }
      case "sequence": {
        let read: Fragment = { first: [], last: [], empty: true };
        for (const item of node.items) {
          const next = this.#read(item);
          this.#connect(read.last, next.first);
          read = {
            first: read.empty ? [...read.first, ...next.first] : read.first,
            last: next.empty ? [...read.last, ...next.last] : next.last,
            empty: read.empty && next.empty,
          };
        }
        return read;
      }
      case "alternation": {
        const branches = node.branches.map((branch) => this.#read(branch));
        return {
          first: branches.flatMap(({ first }) => first),
          last: branches.flatMap(({ last }) => last),
          empty: branches.some(({ empty }) => empty),
        };
      }
      case "group":
        return this.#read(node.body);
      case "repeat": {
        const body = this.#read(node.body);
        if (node.max > 1) this.#connect(body.last, body.first);
        return { ...body, empty: body.empty || node.min === 0 };
      }
      default:
        return { first: [], last: [], empty: true };
    }
  }

  #connect(from: readonly number[], to: readonly number[]): void {
    spend(1 + from.length * to.length);
    for (const source of from) {
      const follow = this.#follow[source];
      for (const target of to) follow?.set(target, (follow.get(target) ?? 0) + 1);
    }
  }

  /** A byte that both positions take, as a string; null for none. Letters and digits first. */
  #shared(a: number, b: number): string | null {
    const [left, right] = [this.#sets[a], this.#sets[b]];
    if (left === undefined || right === undefined) return null;
    const fits = (byte: number) => hasByte(left, byte) && hasByte(right, byte) && this.#isSendable(byte);
    for (const byte of PREFERRED) if (fits(byte)) return String.fromCharCode(byte);
    for (let byte = 0; byte < 256; byte++) if (fits(byte)) return String.fromCharCode(byte);
    return null;
  }

  /** A shortest word from the start of a match to a position. */
  #wordTo(target: number): string | null {
    const words = new Map<number, string>();
    const pending: number[] = [];
    const visit = (at: number, before: string): void => {
      const byte = words.has(at) ? null : this.#shared(at, at);
      if (byte === null) return;
      words.set(at, before + byte);
      pending.push(at);
    };
    for (const at of this.#first) visit(at, "");
    for (let next = 0; next < pending.length && !words.has(target); next++) {
      const at = pending[next] ?? 0;
      spend(1);
      for (const follower of this.#follow[at]?.keys() ?? []) visit(follower, words.get(at) ?? "");
    }
    return words.get(target) ?? null;
  }

  /** A word that leads from a position back to it in two ways: two threads part, and are both back at its end. */
  #twice(start: number): string | null {
    const size = this.#sets.length;
    /** By pair and whether the threads have parted. */
    const words = new Map<number, string>();
    const pending: [left: number, right: number, parted: boolean][] = [[start, start, false]];
    for (let next = 0; next < pending.length; next++) {
      const [left, right, parted] = pending[next] ?? [0, 0, false];
      const word = words.get((left * size + right) * 2 + (parted ? 1 : 0)) ?? "";
      if (words.size > MOST_PAIRS) return null;
      for (const [a, ways] of this.#follow[left] ?? []) {
        for (const b of this.#follow[right]?.keys() ?? []) {
          spend(1);
          const byte = this.#shared(a, b);
          if (byte === null) continue;
          const isParted = parted || a !== b || (left === right && ways > 1);
          if (a === start && b === start && isParted) return word + byte;
          const key = (a * size + b) * 2 + (isParted ? 1 : 0);
          if (words.has(key)) continue;
          words.set(key, word + byte);
          pending.push([a, b, isParted]);
        }
      }
    }
    return null;
  }
}

const PREFERRED = [...toBytes("axA0-_./")].map((character) => character.charCodeAt(0));

/** A matcher ran out of its steps. */
class TooManySteps extends Error {}

/** Stands for the steps of a match that meets a part of the pattern which the counter does not follow. */
const UNFOLLOWED = 0;

/** How many steps PCRE's way of matching takes to find out: {@link UNFOLLOWED} where that cannot be told, null for more than {@link MOST_STEPS}. */
function stepsFor(root: PatternNode, subject: string): number | null {
  let steps = 0;
  type Next = (at: number) => boolean;
  const match = (node: PatternNode, at: number, next: Next): boolean => {
    if (++steps > MOST_STEPS) throw new TooManySteps();
    switch (node.type) {
      case "set":
        return at < subject.length && hasByte(node.set, subject.charCodeAt(at)) && next(at + 1);
      case "sequence": {
        const from = (index: number, here: number): boolean => {
          const item = node.items[index];
          return item === undefined ? next(here) : match(item, here, (end) => from(index + 1, end));
        };
        return from(0, at);
      }
      case "alternation":
        return node.branches.some((branch) => match(branch, at, next));
      case "group":
        return node.atomic ? once(node.body, at, next) : match(node.body, at, next);
      case "repeat":
        return node.mode === "possessive"
          ? once({ ...node, mode: "greedy" }, at, next)
          : repeat(node, 0, at, next);
      case "look":
        if (node.behind) throw new Unfollowed();
        return match(node.body, at, () => true) !== node.negative && next(at);
      case "position":
        return isAt(node.at, subject, at) && next(at);
      default:
        throw new Unfollowed();
    }
  };
  const once = (node: PatternNode, at: number, next: Next): boolean => {
    let end = -1;
    return (
      match(node, at, (here) => {
        end = here;
        return true;
      }) && next(end)
    );
  };
  const repeat = (
    node: Extract<PatternNode, { type: "repeat" }>,
    turn: number,
    at: number,
    next: Next,
  ): boolean => {
    const again = () =>
      turn < node.max &&
      match(node.body, at, (end) => (end > at || turn < node.min) && repeat(node, turn + 1, end, next));
    if (turn < node.min) return again();
    return node.mode === "lazy" ? next(at) || again() : again() || next(at);
  };
  try {
    const isAnchored = startsAtStart(root);
    for (let at = 0; at <= (isAnchored ? 0 : subject.length); at++) if (match(root, at, () => true)) break;
    return steps;
  } catch (error) {
    if (error instanceof TooManySteps) return null;
    if (error instanceof Unfollowed) return UNFOLLOWED;
    throw error;
  } finally {
    spend(steps);
  }
}

/** Something in the pattern is not followed: nothing is claimed. */
class Unfollowed extends Error {}

function startsAtStart(node: PatternNode): boolean {
  if (node.type === "position") return node.at === "start";
  if (node.type === "group") return startsAtStart(node.body);
  return node.type === "sequence" && node.items[0] !== undefined && startsAtStart(node.items[0]);
}

function isAt(
  position: Extract<PatternNode, { type: "position" }>["at"],
  subject: string,
  at: number,
): boolean {
  const isWord = (index: number) => /\w/.test(subject[index] ?? "");
  switch (position) {
    case "start":
      return at === 0;
    case "end":
      return at === subject.length;
    case "last-line-end":
      return at === subject.length || (at === subject.length - 1 && subject[at] === "\n");
    case "line-start":
      return at === 0 || subject[at - 1] === "\n";
    case "line-end":
      return at === subject.length || subject[at] === "\n";
    case "word-boundary":
      return isWord(at - 1) !== isWord(at);
    case "no-word-boundary":
      return isWord(at - 1) === isWord(at);
  }
}
