/** The nearest name to a misspelt one. */
import { affords, forgetBetweenRuns } from "../budget.ts";
import type { ContextKind } from "../context-kind.ts";
import { acceptsCount, directiveIn, directiveNames, lookupDirective } from "./index.ts";

export interface Candidate {
  readonly name: string;
  /** Added to the distance: a better known candidate wins over an equally near one. Below 1 it only breaks ties. */
  readonly handicap: number;
}

/**
 * The candidate that a person most likely meant; null where none is near enough. Distances count insertions, deletions,
 * substitutions and swaps of neighbours; words of a name in another order (`header_add`) count as one.
 */
export function didYouMean(name: string, candidates: Iterable<string | Candidate>): string | null {
  const wanted = name.toLowerCase();
  const limit = limitFor(wanted.length);
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  const letters = lettersOf(wanted);
  for (const candidate of candidates) {
    const { name: text, handicap } =
      typeof candidate === "string" ? { name: candidate, handicap: 0 } : candidate;
    if (text === name || !mayBeNear(wanted, letters, text, limit)) continue;
    const distance = distanceBetween(wanted, text.toLowerCase(), limit);
    const cost = distance + handicap + (text[0]?.toLowerCase() === wanted[0] ? 0 : 0.2);
    if (distance <= limit && cost < least) {
      least = cost;
      best = text;
    }
  }
  return best;
}

/** The directive most likely meant where `name` stands, rather one that may stand there. */
export function suggestDirective(name: string, context: ContextKind): string | null {
  const key = `${context} ${name}`;
  const known = suggestions.get(key);
  if (known !== undefined) return known;
  // A help that can be left out: ten thousand unknown names are looked up, a million are not.
  if (!affords(LOOK_UP)) return null;
  const suggestion = searchDirective(name, context);
  suggestions.set(key, suggestion);
  return suggestion;
}

/** Steps that going through the names of all directives takes. */
const LOOK_UP = 200;

const suggestions = new Map<string, string | null>();
forgetBetweenRuns(() => suggestions.clear());

function searchDirective(name: string, context: ContextKind): string | null {
  const wanted = name.toLowerCase();
  const limit = limitFor(wanted.length);
  // The facts of the near ones only: decoding thousands would cost more than the search.
  const letters = lettersOf(wanted);
  const near = directiveNames().filter(
    (candidate, index) =>
      mayBeNear(wanted, letters, candidate, limit, namesLetters()[index]) &&
      distanceBetween(wanted, candidate.toLowerCase(), limit) <= limit,
  );
  return didYouMean(
    name,
    near.map((candidate) => ({ name: candidate, handicap: handicapOf(candidate, context) })),
  );
}

/**
 * The only directive that a misspelt one can be: no other name within two slips may stand there with so many arguments. Null
 * where there is none, or several.
 *
 * @param hasBlock whether a block follows
 */
export function soleDirectiveNear(
  name: string,
  context: ContextKind,
  count: number,
  hasBlock: boolean,
): string | null {
  const wanted = name.toLowerCase();
  const limit = Math.min(limitFor(wanted.length), 2);
  const letters = lettersOf(wanted);
  const [only, ...others] = directiveNames().filter((candidate, index) => {
    if (!mayBeNear(wanted, letters, candidate, limit, namesLetters()[index])) return false;
    if (distanceBetween(wanted, candidate.toLowerCase(), limit) > limit) return false;
    const facts = directiveIn(candidate, context);
    return facts !== undefined && (facts.block !== "none") === hasBlock && acceptsCount(facts.arity, count);
  });
  return others.length > 0 ? null : (only ?? null);
}

function handicapOf(name: string, context: ContextKind): number {
  const here = context === "unknown" ? lookupDirective(name)?.[0] : directiveIn(name, context);
  const facts = here ?? lookupDirective(name)?.[0];
  const rarity = facts?.edition === "open-source" ? 0 : facts?.exact === true ? 0.3 : 0.6;
  return rarity + (facts?.removed === null ? 0 : 0.4) + (here === undefined ? 1.5 : 0);
}

/** One slip in a short name, two in an ordinary one, three in a long one. */
function limitFor(length: number): number {
  if (length <= 2) return 0;
  if (length <= 4) return 1;
  return length <= 10 ? 2 : 3;
}

/** Which letters a name has, as bits. */
const letterSets = new Map<string, number>();
forgetBetweenRuns(() => letterSets.clear());

function lettersOf(name: string): number {
  let set = letterSets.get(name);
  if (set === undefined) {
    set = readLetters(name);
    letterSets.set(name, set);
  }
  return set;
}

function readLetters(name: string): number {
  let set = 0;
  for (let index = 0; index < name.length; index++) set |= 1 << ((name.charCodeAt(index) | 0x20) & 31);
  return set;
}

/** Another order of words has the same letters; a word left out may bring in many. */
function mayBeNear(
  wanted: string,
  letters: number,
  candidate: string,
  limit: number,
  others = lettersOf(candidate),
): boolean {
  if (differIn(letters, others) <= limit) return true;
  return candidate.startsWith(wanted) && candidate[wanted.length] === "_";
}

let lettersOfNames: readonly number[] | undefined;

/** Of each directive. */
function namesLetters(): readonly number[] {
  lettersOfNames ??= directiveNames().map(readLetters);
  return lettersOfNames;
}

/** How many letters stand in one of the names only, at the least: every slip brings in one at most, and loses one. */
function differIn(a: number, b: number): number {
  return Math.max(bitsOf(a & ~b), bitsOf(b & ~a));
}

function bitsOf(set: number): number {
  let count = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** Optimal string alignment; 1 for the same words in another order, 3 for a last word left out; at most `limit + 1`. */
function distanceBetween(a: string, b: string, limit: number): number {
  if (a.length === b.length && a.includes("_") && sortedWords(a) === sortedWords(b)) return 1;
  if (b.startsWith(`${a}_`) && a.includes("_") && !b.slice(a.length + 1).includes("_"))
    return Math.min(3, limit + 1);
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast = ROWS[0];
  let last = ROWS[1];
  let current = ROWS[2];
  const width = b.length;
  if (width >= WIDEST) return limit + 1;
  for (let column = 0; column <= width; column++) last[column] = column;
  for (let row = 1; row <= a.length; row++) {
    current[0] = row;
    let least = row;
    for (let column = 1; column <= width; column++) {
      const same = a.charCodeAt(row - 1) === b.charCodeAt(column - 1);
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (
        row > 1 &&
        column > 1 &&
        a.charCodeAt(row - 1) === b.charCodeAt(column - 2) &&
        a.charCodeAt(row - 2) === b.charCodeAt(column - 1)
      ) {
        cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      }
      current[column] = cost;
      if (cost < least) least = cost;
    }
    if (least > limit) return limit + 1;
    [beforeLast, last, current] = [last, current, beforeLast];
  }
  return last[width] ?? limit + 1;
}

/** No name is longer. */
const WIDEST = 256;
/** Three rows of the table of distances, used again for every pair. */
const ROWS = [new Uint16Array(WIDEST), new Uint16Array(WIDEST), new Uint16Array(WIDEST)] as const;

function sortedWords(name: string): string {
  return name.split("_").sort().join("_");
}
