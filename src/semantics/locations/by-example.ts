/**
 * What an example shows of a regex location, without an automaton: that is made where no example tells, and would be most of the
 * work for an ordinary site.
 */
import { spend } from "../budget.ts";
import { type Coverage, plainExample, toBytes } from "../regex/index.ts";
import type { Location } from "../server.ts";
import { winnerOf } from "./winner.ts";

/** Among up to so many locations, examples are tried before automata are made. */
const FEW_LOCATIONS = 40;

/**
 * Known by an example: nginx selects the location for some URI.
 *
 * @param earlier how many regex locations are asked before it
 */
export function isChosenForExample(location: Location, earlier: number): boolean {
  const { server, outer } = location;
  if (earlier > FEW_LOCATIONS || (outer !== null && !outer.isPrefix)) return false;
  return exampleUris(location, outer?.pattern ?? "/").some((uri) => {
    const winner = winnerOf(server, uri);
    return winner.kind === "location" && winner.location === location;
  });
}

/** Known by an example: some URI below a prefix matches the pattern of a regex location. */
export function meetsByExample(regex: Location, { pattern }: Location): boolean {
  const compiled = regex.compiled();
  const prefix = toBytes(pattern);
  const isProof = (uri: string) => uri.startsWith(prefix) && compiled.kind === "exact" && compiled.test(uri);
  return exampleUris(regex, pattern).some(isProof);
}

/** URIs below a prefix that a regex location is likely to match. */
function exampleUris({ pattern, isCaseless }: Location, prefix: string): readonly string[] {
  const text = plainExample(pattern, isCaseless);
  if (text === null) return [];
  const folder = toBytes(prefix.replace(/\/?$/, "/"));
  const uris = [text, `${folder}${NOBODYS}${text}`, `${folder}${text.replace(/^\//, "")}`];
  return [...uris, ...uris.map((uri) => uri + NOBODYS)].filter(looksNormal);
}

/** A name that is in no pattern. */
const NOBODYS = "zq9";

/**
 * Known by examples, how a regex location covers the prefixes of its level: `some` where it matches one URI for which the prefix
 * is remembered and not another. Null where that leaves a prefix open.
 */
export function coverageByExamples(
  regex: Location,
  level: readonly Location[],
): ReadonlyMap<string, Coverage> | null {
  const compiled = level.length <= FEW_LOCATIONS ? regex.compiled() : null;
  if (compiled?.kind !== "exact") return null;
  const coverages = new Map<string, Coverage>();
  const literal = level.filter(({ isPrefix, isExact }) => isPrefix || isExact);
  spend(STEPS_FOR_EXAMPLES * literal.length);
  const start = regex.isCaseless ? "" : regex.literalPrefix;
  for (const location of literal) {
    const { pattern, isPrefix } = location;
    if (!isPrefix) continue;
    const isBeforeLonger = (other: Location) =>
      other.isPrefix && other.pattern.length > pattern.length && start.startsWith(other.pattern);
    if (startsElsewhere(regex, location) || literal.some(isBeforeLonger)) {
      coverages.set(pattern, "disjoint");
      continue;
    }
    const isProof = (uri: string, matches: boolean) =>
      looksNormal(uri) && remembered(literal, uri) === location && compiled.test(uri) === matches;
    const other = `${toBytes(pattern).replace(/\/?$/, "/")}${NOBODYS}`;
    if (!isProof(other, false)) return null;
    if (!exampleUris(regex, pattern).some((uri) => isProof(uri, true))) return null;
    coverages.set(pattern, "some");
  }
  return coverages;
}

/** What it takes to make the examples for a prefix, and to look at them. */
const STEPS_FOR_EXAMPLES = 16;

/** Of literal locations, the exact one of a URI (in bytes), or the prefix that nginx remembers for it; null for none. */
function remembered(literal: readonly Location[], uri: string): Location | null {
  let found: Location | null = null;
  for (const location of literal) {
    const pattern = toBytes(location.pattern);
    if (location.isExact) {
      if (uri === pattern) return location;
    } else if (
      uri.startsWith(pattern) &&
      (found === null || location.pattern.length > found.pattern.length)
    ) {
      found = location;
    }
  }
  return found;
}

/** The URIs of both begin with letters that differ: none is like both. */
export function startsElsewhere(one: Location, other: Location): boolean {
  let [a, b] = [one.literalPrefix, other.literalPrefix];
  if (one.isCaseless || other.isCaseless) [a, b] = [a.toLowerCase(), b.toLowerCase()];
  return !a.startsWith(b) && !b.startsWith(a);
}

/** Beyond doubt the beginning of some URI, without asking an automaton. */
export function looksNormal(pattern: string): boolean {
  return /^\/[!-~]*$/.test(pattern) && !/\/\/|\/\.\.?(\/|$)/.test(pattern);
}
