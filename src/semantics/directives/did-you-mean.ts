/** The nearest name to a misspelt one. */
import type { ContextKind } from "../context-kind.ts";
import { directiveIn, directiveNames, lookupDirective } from "./index.ts";

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
  for (const candidate of candidates) {
    const { name: text, handicap } =
      typeof candidate === "string" ? { name: candidate, handicap: 0 } : candidate;
    if (text === name) continue;
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
  const wanted = name.toLowerCase();
  const limit = limitFor(wanted.length);
  // The facts of the near ones only: decoding thousands would cost more than the search.
  const near = directiveNames().filter(
    (candidate) => distanceBetween(wanted, candidate.toLowerCase(), limit) <= limit,
  );
  return didYouMean(
    name,
    near.map((candidate) => ({ name: candidate, handicap: handicapOf(candidate, context) })),
  );
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

/** Optimal string alignment; 1 for the same words in another order, 3 for a last word left out; at most `limit + 1`. */
function distanceBetween(a: string, b: string, limit: number): number {
  if (a.length === b.length && a.includes("_") && sortedWords(a) === sortedWords(b)) return 1;
  if (b.startsWith(`${a}_`) && a.includes("_") && !b.slice(a.length + 1).includes("_"))
    return Math.min(3, limit + 1);
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    let least = row;
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, at(beforeLast, column - 2) + 1);
      }
      current.push(cost);
      if (cost < least) least = cost;
    }
    if (least > limit) return limit + 1;
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}

function sortedWords(name: string): string {
  return name.split("_").sort().join("_");
}
