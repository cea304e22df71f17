/** Which locations no request can select, with the proof: inclusion of languages, or nginx's own order of steps. */
import { askedOnce, least } from "../../lists/index.ts";

import { isFilledIn } from "../../parser/index.ts";
import { asFarAsItGoes, type GivenUp, giveUpAgain, spend, watching } from "../budget.ts";
import { unconditionalAnswer } from "../content.ts";
import { effective } from "../effective.ts";
import {
  bounded,
  type Coverage,
  isDisjoint,
  isEmptyLanguage,
  isSubset,
  languageOf,
  literalLocations,
  prefixCoverage,
  remembersCoverage,
  type UriLanguage,
  unionOf,
  urisOf,
} from "../regex/index.ts";
import type { Location, Server } from "../server.ts";
import type { Statement } from "../tree.ts";
import { coverageByExamples, isChosenForExample, looksNormal, startsElsewhere } from "./by-example.ts";

export type Unreachable =
  /** The server answers before a location is looked for. */
  | { readonly kind: "answered"; readonly by: Statement }
  /** Every URI of the pattern is taken by these regex locations, asked before it. */
  | { readonly kind: "regex-before"; readonly by: readonly Location[] }
  /** A regex location takes every URI for which this prefix is remembered. */
  | { readonly kind: "prefix-taken"; readonly by: Location }
  /** Every URI of the pattern lies under prefixes with `^~`, or is an exact location's. */
  | { readonly kind: "not-asked"; readonly by: readonly Location[] }
  /** The pattern matches no URI of the location around it. */
  | { readonly kind: "outside-outer"; readonly by: Location }
  /** No URI looks like that. */
  | { readonly kind: "no-uri" }
  /** An earlier named location of the same name. */
  | { readonly kind: "twin"; readonly by: Location };

/** More regex locations than this are compared one by one, not together. */
const MAX_UNION = 12;
/** Earlier regex locations that a pattern is compared with. */
const MAX_PAIRS = 3_000;

interface Result {
  readonly unreachable: ReadonlyMap<Location, Unreachable>;
  /** For a regex location, how it covers each prefix of its own level. */
  readonly coverages: ReadonlyMap<Location, ReadonlyMap<string, Coverage>>;
}

const results = new WeakMap<Server, { readonly value: Result; readonly givenUp: GivenUp | null }>();

/** The locations that no request can select. Empty where an include could hold other locations. */
export function unreachableLocations(server: Server): ReadonlyMap<Location, Unreachable> {
  return resultOf(server).unreachable;
}

/** Whether it is known that a regex location matches no URI for which a prefix of its level is remembered. */
export function neverMeets(regex: Location, prefix: Location): boolean {
  if (regex.outer !== prefix.outer) return false;
  if (startsElsewhere(regex, prefix)) return true;
  return resultOf(regex.server).coverages.get(regex)?.get(prefix.pattern) === "disjoint";
}

/** Computed once a server. */
function resultOf(server: Server): Result {
  const known = results.get(server);
  if (known !== undefined) {
    giveUpAgain(known.givenUp);
    return known.value;
  }
  const search = new Search(server);
  const result = watching((): Result => {
    if (server.context.incomplete) search.findShapes();
    else asFarAsItGoes(() => search.run());
    return search;
  });
  results.set(server, result);
  return result.value;
}

/**
 * `\\.(css|js)$`: it matches some URIs below every prefix, and never all of them. Known without an automaton, whose
 * making would be most of the work for an ordinary site.
 */
export function isOnlyEnding({ pattern }: Location): boolean {
  return /^\\\.(?:[\w()|?:-]|\\\.)*\$$/.test(pattern);
}

/**
 * `^/media/.*\\.(php|py)$`: folders, a free part or a name, and an ending. There are URIs like that, and below no prefix do all
 * of them have the ending.
 */
function isFolderWithEnding({ pattern }: Location): boolean {
  return /^\^(?:\/[\w~-]+)+\/(?:[\w-]+|\.\*|\(\.\*\))\\\.(?:\w+|\(\w+(?:\|\w+)*\))\$$/.test(pattern);
}

/** The URIs that a regex location matches; null where no automaton can tell. */
export function languageOfLocation({ pattern, modifier, server, statement }: Location): UriLanguage | null {
  const caseless = modifier === "~*";
  const mergeSlashes = mergesSlashes(server);
  const made = languageOf(pattern, { caseless, mergeSlashes, at: statement });
  return made.kind === "language" ? made.language : null;
}

/** How the language of a pattern lies to that of an earlier one. */
type Relation = "inside" | "apart" | "crossing" | "undecidable";

const relations = new WeakMap<UriLanguage, WeakMap<UriLanguage, Relation>>();

function relationOf(language: UriLanguage, earlier: UriLanguage): Relation {
  let known = relations.get(language);
  if (known === undefined) {
    known = new WeakMap();
    relations.set(language, known);
  }
  let relation = known.get(earlier);
  if (relation === undefined) {
    const answer = bounded((): Relation => {
      if (isSubset(language, earlier)) return "inside";
      return isDisjoint(language, earlier) ? "apart" : "crossing";
    });
    relation = answer;
    known.set(earlier, relation);
  }
  return relation;
}

const mergesSlashes = askedOnce(
  (server: Server): boolean =>
    effective(server.context, "merge_slashes").statements.at(-1)?.args[0] !== "off",
);

class Search implements Result {
  readonly #server: Server;
  readonly #found = new Map<Location, Unreachable>();
  readonly coverages = new Map<Location, ReadonlyMap<string, Coverage>>();
  #pairs = 0;

  constructor(server: Server) {
    this.#server = server;
  }

  get unreachable(): ReadonlyMap<Location, Unreachable> {
    return this.#found;
  }

  run(): void {
    const answer = unconditionalAnswer(this.#server.context);
    for (const location of this.#server.locations) {
      if (answer !== null && !location.isNamed) {
        this.#found.set(location, { kind: "answered", by: answer.statement });
      }
    }
    this.#level(this.#server.locations, []);
  }

  /** What holds whatever else the server has: patterns that were meant to be regular ones, and match no URI. */
  findShapes(): void {
    for (const location of this.#server.allLocations()) {
      if (location.isPrefix && /[\\^$*()|]/.test(location.pattern) && this.#isNoUri(location))
        this.#found.set(location, { kind: "no-uri" });
    }
  }

  /** `outer` are the regex locations of outer levels that are asked for what this level does not take, nearest first. */
  #level(locations: readonly Location[], outer: readonly Location[]): void {
    this.#twins(locations);
    if (locations.every(({ isNamed }) => isNamed)) return;
    const patterns = locations.filter(({ isRegex }) => isRegex);
    this.#patterns(locations, patterns);
    this.#literals(locations, patterns, outer);
    for (const location of locations) {
      if (this.#found.has(location) || location.children.length === 0) continue;
      const isFinal = location.isRegex || location.modifier === "=";
      const asked = isFinal ? [] : location.modifier === "^~" ? outer : [...patterns, ...outer];
      this.#level(location.children, asked);
    }
  }

  #twins(locations: readonly Location[]): void {
    const names = new Map<string, Location>();
    for (const location of locations) {
      if (!location.isNamed) continue;
      const first = names.get(location.pattern);
      if (first === undefined) names.set(location.pattern, location);
      else this.#found.set(location, { kind: "twin", by: first });
    }
  }

  #patterns(level: readonly Location[], patterns: readonly Location[]): void {
    const carets = level.filter(({ modifier }) => modifier === "^~");
    // Only `^~` keeps a pattern from being asked.
    const literals = carets.length === 0 ? null : literalsOf(level);
    const earlier: Location[] = [];
    /** By modifier and pattern, the number of the first of them. */
    const firsts = new Map<string, number>();
    for (const location of patterns) {
      if (!this.#found.has(location)) {
        const reason =
          this.#patternReason(location, earlier, firsts) ??
          (literals === null ? null : notAsked(location, literals, carets, level));
        if (reason !== null) this.#found.set(location, reason);
      }
      if (this.#found.has(location)) continue;
      const key = `${location.modifier} ${location.pattern}`;
      if (!firsts.has(key)) firsts.set(key, earlier.length);
      earlier.push(location);
    }
  }

  #patternReason(
    location: Location,
    earlier: readonly Location[],
    firsts: ReadonlyMap<string, number>,
  ): Unreachable | null {
    const same = earlier.length === 0 ? undefined : earlier[sameBefore(location, firsts)];
    if (same !== undefined) return { kind: "regex-before", by: [same] };
    if (earlier.length === 0 && location.outer === null && isOnlyEnding(location)) return null;
    if (isChosenForExample(location, earlier.length)) return null;
    const language = languageOfLocation(location);
    if (language === null) return null;
    if (isEmptyLanguage(language))
      return reachedFromInside(this.#server, location) ? null : { kind: "no-uri" };
    const { outer } = location;
    if (outer !== null && isOutside(language, outer)) return { kind: "outside-outer", by: outer };
    const others: [Location, UriLanguage][] = [];
    for (const other of earlier) {
      spend(4);
      const known = languageOfLocation(other);
      if (known === null) continue;
      if (this.#pairs++ > MAX_PAIRS) return null;
      const relation = relationOf(language, known);
      if (relation === "inside") return { kind: "regex-before", by: [other] };
      if (relation === "crossing") others.push([other, known]);
    }
    return takenTogether(language, others);
  }

  /** No URI begins like that, or is that. */
  #isNoUri(location: Location): boolean {
    const { modifier, pattern, statement } = location;
    if (looksNormal(pattern) || isFilledIn(pattern)) return false;
    if (statement.file.template && pattern.includes("${")) return false;
    const uris = modifier === "=" ? { exact: [pattern] } : { prefixes: [pattern] };
    const mergeSlashes = mergesSlashes(this.#server);
    const isNone = bounded(() => isEmptyLanguage(urisOf(uris, { mergeSlashes })));
    return isNone === true && !reachedFromInside(this.#server, location);
  }

  /** Prefixes whose every URI a regex location takes; exact ones and prefixes that no URI is like. */
  #literals(level: readonly Location[], patterns: readonly Location[], outer: readonly Location[]): void {
    for (const location of level) {
      if (location.isRegex || location.isNamed || this.#found.has(location)) continue;
      if (this.#isNoUri(location)) this.#found.set(location, { kind: "no-uri" });
    }
    let literals: ReturnType<typeof literalsOf> | undefined;
    for (const regex of [...patterns, ...outer]) {
      if (isOnlyEnding(regex) || isFolderWithEnding(regex)) continue;
      let coverages = coverageByExamples(regex, level);
      if (coverages === null) {
        const language = languageOfLocation(regex);
        if (language === null) continue;
        literals ??= literalsOf(level);
        spend(level.length >> 2);
        coverages = remembersCoverage(language, literals);
      }
      if (regex.outer === level[0]?.outer) this.coverages.set(regex, coverages);
      for (const location of level) {
        const { modifier, pattern, children } = location;
        // `^~` stops the patterns of its own level; one of an outer level still wins.
        const isAsked = modifier === "" || (modifier === "^~" && regex.outer !== location.outer);
        if (!isAsked || this.#found.has(location) || children.length > 0) continue;
        if (coverages.get(pattern) === "all") this.#found.set(location, { kind: "prefix-taken", by: regex });
      }
    }
  }
}

/** The number of the first earlier location with this pattern, in this case or in any; -1 for none. */
function sameBefore({ modifier, pattern }: Location, firsts: ReadonlyMap<string, number>): number {
  const numbers = [firsts.get(`${modifier} ${pattern}`), firsts.get(`~* ${pattern}`)];
  const found = numbers.filter((number) => number !== undefined);
  return found.length === 0 ? -1 : least(found);
}

function literalsOf(level: readonly Location[]) {
  const literal = level.filter(({ isRegex, isNamed }) => !isRegex && !isNamed);
  const prefixes = literal.filter(({ modifier }) => modifier !== "=").map(({ pattern }) => pattern);
  const exact = literal.filter(({ modifier }) => modifier === "=").map(({ pattern }) => pattern);
  return literalLocations(prefixes.includes("/") ? prefixes : ["/", ...prefixes], exact);
}

/** A regex location that is asked for no URI: `^~` and exact locations take them all. */
function notAsked(
  location: Location,
  literals: ReturnType<typeof literalLocations>,
  carets: readonly Location[],
  level: readonly Location[],
): Unreachable | null {
  const language = languageOfLocation(location);
  if (language === null) return null;
  const coverages = remembersCoverage(language, literals);
  const touched = [...coverages].filter(([, coverage]) => coverage === "some" || coverage === "all");
  const by = touched.flatMap(([prefix]) => carets.filter(({ pattern }) => pattern === prefix));
  if (touched.length === 0 || by.length < touched.length) return null;
  // A location nested under `^~` may stand between; its level asks its own patterns only.
  return level.includes(location) ? { kind: "not-asked", by } : null;
}

function isOutside(language: UriLanguage, outer: Location): boolean {
  if (outer.isRegex) {
    const around = languageOfLocation(outer);
    return around !== null && bounded(() => isDisjoint(language, around)) === true;
  }
  return prefixCoverage(language, outer.pattern) === "disjoint";
}

/** By the patterns before, whether together they take all of a language. */
const unions = new WeakMap<UriLanguage, Map<string, boolean | "undecidable">>();

/** Several earlier patterns that take all of it together. */
function takenTogether(
  language: UriLanguage,
  others: readonly (readonly [Location, UriLanguage])[],
): Unreachable | null {
  const [first, ...rest] = others;
  if (first === undefined || rest.length === 0 || others.length > MAX_UNION) return null;
  let known = unions.get(language);
  if (known === undefined) {
    known = new Map();
    unions.set(language, known);
  }
  const key = others.map(([{ modifier, pattern }]) => `${modifier} ${pattern}`).join("\n");
  let isTaken = known.get(key);
  if (isTaken === undefined) {
    isTaken = bounded(() => {
      let union = first[1];
      for (const [, next] of rest) union = unionOf(union, next);
      return isSubset(language, union);
    });
    known.set(key, isTaken);
  }
  return isTaken === true ? { kind: "regex-before", by: others.map(([location]) => location) } : null;
}

/** URIs of internal redirects and rewrites are not normalised: they may be what no client can send. */
function reachedFromInside(server: Server, { pattern }: Location): boolean {
  const start = pattern.replace(/^\^/, "").slice(0, 3);
  for (const { name, args } of server.context.below) {
    const target = name === "rewrite" ? args[1] : args.at(-1);
    if (name !== "rewrite" && name !== "try_files" && name !== "error_page" && name !== "index") continue;
    if (target === undefined || target.startsWith("$") || target.startsWith(start)) return true;
    if (name === "rewrite" && !target.startsWith("/") && !/^https?:/.test(target)) return true;
    if (name === "rewrite" && target.includes("//") && !target.includes("://")) return true;
  }
  return false;
}
