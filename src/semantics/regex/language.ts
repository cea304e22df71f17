/**
 * Sets of URIs: what a location's pattern or prefix can be asked for.
 *
 * All are subsets of the normalised URIs, as nginx matches them: decoded, beginning with a slash, without `.` and `..`
 * segments, and without `//` unless `merge_slashes` is off. URIs with control characters do not count.
 */
import { askedOnce } from "../../lists/index.ts";
import { isFilledIn } from "../../parser/index.ts";
import { forgetBetweenRuns, giveUp, OutOfSteps, partly, spend } from "../budget.ts";
import type { Statement } from "../tree.ts";
import {
  type Automaton,
  accepts,
  combine,
  NotAutomatic,
  shareWord,
  step,
  TooLarge,
  unable,
} from "./automaton.ts";
import { toBytes } from "./bytes.ts";
import { automatonOf } from "./determinise.ts";
import { Memo } from "./memo.ts";
import { parsePattern } from "./parse-pattern.ts";

/** A regular set of normalised URIs. Made by {@link languageOf} and {@link urisOf}. */
export interface UriLanguage {
  /** The URIs of the set. */
  readonly inside: Automaton;
  /** The normalised URIs that are not in the set. */
  readonly outside: Automaton;
  readonly mergeSlashes: boolean;
}

export interface Undecidable {
  readonly kind: "undecidable";
  readonly reason: string;
  /** Only its size is in the way. */
  readonly tooLarge?: boolean;
}

/**
 * The URIs in which a pattern matches, or why no automaton can tell (references, atomic groups, size).
 * @param options.at where the pattern stands
 */
export function languageOf(
  pattern: string,
  options: { readonly caseless: boolean; readonly mergeSlashes?: boolean; readonly at?: Statement },
): MadeLanguage {
  const { caseless, mergeSlashes = true, at = null } = options;
  const made = languages.get(`${caseless}${mergeSlashes}${pattern}`, () =>
    make(pattern, caseless, mergeSlashes),
  );
  if (made.kind === "undecidable" && made.tooLarge === true) giveUp(`which URIs \`${pattern}\` matches`, at);
  return made;
}

type MadeLanguage = { readonly kind: "language"; readonly language: UriLanguage } | Undecidable;

const languages = new Memo<MadeLanguage>(500);
forgetBetweenRuns(() => languages.forget());

function make(pattern: string, caseless: boolean, mergeSlashes: boolean): MadeLanguage {
  if (isFilledIn(pattern)) return { kind: "undecidable", reason: "a template fills it in" };
  const parsed = parsePattern(toBytes(pattern), caseless);
  if (parsed.kind === "invalid") return { kind: "undecidable", reason: parsed.message };
  if (parsed.kind === "unsure") return { kind: "undecidable", reason: parsed.reason };
  try {
    const language = partly(() => within(automatonOf(parsed.pattern), mergeSlashes));
    return { kind: "language", language };
  } catch (error) {
    if (error instanceof TooLarge || error instanceof OutOfSteps)
      return { kind: "undecidable", reason: error.message, tooLarge: true };
    if (error instanceof NotAutomatic) return { kind: "undecidable", reason: error.message };
    throw error;
  }
}

/** The URIs that begin with one of the prefixes or are one of the exact ones. */
export function urisOf(
  uris: { readonly prefixes?: readonly string[]; readonly exact?: readonly string[] },
  options: { readonly mergeSlashes?: boolean } = {},
): UriLanguage {
  return within(literalAutomaton(uris.prefixes ?? [], uris.exact ?? []), options.mergeSlashes ?? true);
}

/**
 * Answers a question put with the operations below; "undecidable" where an automaton would grow beyond its bound.
 * The operations themselves may only be used inside.
 */
export function bounded<T>(question: () => T): T | "undecidable" {
  try {
    return partly(question);
  } catch (error) {
    if (!(error instanceof NotAutomatic) && !(error instanceof OutOfSteps)) throw error;
    giveUp("how the URIs of patterns lie to each other");
    return "undecidable";
  }
}

/** URIs of either set. */
export function unionOf(a: UriLanguage, b: UriLanguage): UriLanguage {
  return {
    inside: combine(a.inside, b.inside, (left, right) => left || right),
    outside: combine(a.outside, b.outside, (left, right) => left && right),
    mergeSlashes: a.mergeSlashes,
  };
}

/** URIs of `a` that are not in `b`. */
export function differenceOf(a: UriLanguage, b: UriLanguage): UriLanguage {
  return {
    inside: combine(a.inside, b.outside, (left, right) => left && right),
    outside: combine(a.outside, b.inside, (left, right) => left || right),
    mergeSlashes: a.mergeSlashes,
  };
}

export function isEmptyLanguage(language: UriLanguage): boolean {
  return reach(language.inside).live[language.inside.start] === 0;
}

/** Whether every URI of `a` is in `b`. */
export function isSubset(a: UriLanguage, b: UriLanguage): boolean {
  return !shareWord(a.inside, b.outside, reach(a.inside).live, reach(b.outside).live);
}

/** Whether no URI is in both sets. */
export function isDisjoint(a: UriLanguage, b: UriLanguage): boolean {
  return !shareWord(a.inside, b.inside, reach(a.inside).live, reach(b.inside).live);
}

/** Whether a normalised URI, given as a byte string, is in the set. */
export function includesUri(language: UriLanguage, uri: string): boolean {
  return accepts(language.inside, uri);
}

/**
 * How a set of URIs covers another one:
 * - `disjoint`: no URI of the other is in the set;
 * - `some`: at least one is, at least one is not;
 * - `all`: every one is;
 * - `impossible`: the other is empty, as a prefix with `//` is where slashes are merged.
 */
export type Coverage = "disjoint" | "some" | "all" | "impossible";

/** How the set covers the URIs that begin with `prefix` (text as it stands in the file). */
export function prefixCoverage(language: UriLanguage, prefix: string): Coverage {
  const bytes = toBytes(prefix);
  return coverage(
    reach(language.inside).live[walk(language.inside, bytes)] === 1,
    reach(language.outside).live[walk(language.outside, bytes)] === 1,
  );
}

function coverage(some: boolean, someNot: boolean): Coverage {
  if (some) return someNot ? "some" : "all";
  return someNot ? "disjoint" : "impossible";
}

/** The literal locations of one level: which of them nginx remembers for a URI. A tree, one byte an edge. */
export interface LiteralLocations {
  readonly nodes: readonly LiteralNode[];
}

/** A node stands behind its parent in the list; the first is the root. */
interface LiteralNode {
  readonly parent: number;
  /** The byte that leads here from the parent. */
  readonly byte: number;
  readonly children: Map<number, number>;
  /** The prefix that ends here, as given. */
  prefix: string | null;
  isExact: boolean;
}

/** Builds the tree of a level's prefix (`^~` included) and exact locations, to be asked for many patterns. */
export function literalLocations(prefixes: readonly string[], exact: readonly string[]): LiteralLocations {
  const nodes: LiteralNode[] = [{ parent: 0, byte: 0, children: new Map(), prefix: null, isExact: false }];
  const insert = (bytes: string): LiteralNode | undefined => {
    let number = 0;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes.charCodeAt(at);
      const children = nodes[number]?.children;
      let child = children?.get(byte);
      if (child === undefined) {
        child = nodes.push({ parent: number, byte, children: new Map(), prefix: null, isExact: false }) - 1;
        children?.set(byte, child);
      }
      number = child;
    }
    return nodes[number];
  };
  for (const prefix of prefixes) {
    const node = insert(toBytes(prefix));
    if (node !== undefined) node.prefix = prefix;
  }
  for (const uri of exact) {
    const node = insert(toBytes(uri));
    if (node !== undefined) node.isExact = true;
  }
  return { nodes };
}

/**
 * For each prefix, how the set covers the URIs for which nginx remembers that prefix: those with no longer prefix and
 * no exact location among `locations`. One pass over the whole tree, whatever the number of prefixes.
 */
export function remembersCoverage(language: UriLanguage, locations: LiteralLocations): Map<string, Coverage> {
  spend(locations.nodes.length);
  const some = remembersSome(language.inside, locations);
  const someNot = remembersSome(language.outside, locations);
  const result = new Map<string, Coverage>();
  locations.nodes.forEach(({ prefix }, number) => {
    if (prefix !== null) result.set(prefix, coverage(some[number] === 1, someNot[number] === 1));
  });
  return result;
}

/** For each node that is a prefix, 1 where the automaton accepts a URI for which that prefix is remembered. */
function remembersSome(automaton: Automaton, { nodes }: LiteralLocations): Uint8Array {
  const { live, exits } = reach(automaton);
  const states = new Int32Array(nodes.length);
  /** How many bytes leave the tree at a node and still lead to a URI of the language. */
  const escapes = new Int32Array(nodes.length);
  nodes.forEach(({ parent, byte }, number) => {
    const state = number === 0 ? automaton.start : step(automaton, states[parent] ?? 0, byte);
    states[number] = state;
    escapes[number] = exits[state] ?? 0;
    if (number > 0) escapes[parent] = (escapes[parent] ?? 0) - (live[state] ?? 0);
  });
  const owners = new Int32Array(nodes.length);
  const found = new Uint8Array(nodes.length);
  nodes.forEach(({ parent, prefix, isExact }, number) => {
    const owner = prefix === null ? (owners[parent] ?? 0) : number;
    owners[number] = owner;
    const isAccepted = !isExact && automaton.accepting[states[number] ?? 0] === 1;
    if (isAccepted || (escapes[number] ?? 0) > 0) found[owner] = 1;
  });
  return found;
}

/** What can be reached from each state of an automaton. */
interface Reach {
  /** 1 where an accepting state can be reached (the state itself counts). */
  readonly live: Uint8Array;
  /** How many of the 256 bytes lead to a live state. */
  readonly exits: Uint16Array;
}

/** Computed once an automaton. */
export const reach = askedOnce((automaton: Automaton): Reach => {
  const live = unable(automaton, 1).map((flag) => 1 - flag);
  const sizes = new Uint16Array(automaton.classes);
  for (const number of automaton.classOf) sizes[number] = (sizes[number] ?? 0) + 1;
  const exits = new Uint16Array(live.length);
  for (let state = 0; state < live.length; state++) {
    let count = 0;
    for (let c = 0; c < automaton.classes; c++)
      if (live[automaton.next[state * automaton.classes + c] ?? 0] === 1) count += sizes[c] ?? 0;
    exits[state] = count;
  }
  return { live, exits };
});

/** The state after a byte string. */
export function walk(automaton: Automaton, bytes: string): number {
  let state = automaton.start;
  for (let at = 0; at < bytes.length; at++) state = step(automaton, state, bytes.charCodeAt(at));
  return state;
}

function within(automaton: Automaton, mergeSlashes: boolean): UriLanguage {
  const universe = normalisedUris(mergeSlashes);
  return {
    inside: combine(automaton, universe, (matches, isUri) => matches && isUri),
    outside: combine(automaton, universe, (matches, isUri) => !matches && isUri),
    mergeSlashes,
  };
}

/** The automaton of all normalised URIs without control characters. */
function normalisedUris(mergeSlashes: boolean): Automaton {
  const classOf = new Uint8Array(256).fill(Byte.other);
  classOf.fill(Byte.control, 0, 0x20);
  classOf[0x7f] = Byte.control;
  classOf[0x2f] = Byte.slash;
  classOf[0x2e] = Byte.dot;
  // States: start, behind a slash, in `.`, in `..`, in another segment, no URI.
  const [start, slash, dot, dots, segment, none] = [0, 1, 2, 3, 4, 5];
  const afterSlash = mergeSlashes ? none : slash;
  // Columns: control, slash, dot, other.
  const next = [
    [none, slash, none, none],
    [none, afterSlash, dot, segment],
    [none, none, dots, segment],
    [none, none, segment, segment],
    [none, slash, segment, segment],
    [none, none, none, none],
  ];
  return {
    classOf,
    classes: 4,
    next: Int32Array.from(next.flat()),
    accepting: Uint8Array.of(0, 1, 0, 0, 1, 0),
    start,
  };
}

const Byte = { control: 0, slash: 1, dot: 2, other: 3 } as const;

/** The automaton of the byte strings that begin with a prefix or are an exact one. */
function literalAutomaton(prefixes: readonly string[], exact: readonly string[]): Automaton {
  const { nodes } = literalLocations(prefixes, exact);
  const used = new Set<number>();
  for (const node of nodes) for (const byte of node.children.keys()) used.add(byte);
  const classOf = new Uint8Array(256);
  let classes = 1;
  for (const byte of used) classOf[byte] = classes++;
  // With every byte in use, class 0 is empty, which does no harm; 256 classes and one more would.
  if (classes > 255) throw new NotAutomatic("locations of every byte");
  const none = nodes.length;
  const all = nodes.length + 1;
  const next = new Int32Array((nodes.length + 2) * classes).fill(none);
  const accepting = new Uint8Array(nodes.length + 2);
  next.fill(all, all * classes);
  accepting[all] = 1;
  nodes.forEach((node, number) => {
    if (node.prefix !== null) {
      accepting[number] = 1;
      next.fill(all, number * classes, (number + 1) * classes);
      return;
    }
    accepting[number] = node.isExact ? 1 : 0;
    for (const [byte, child] of node.children) next[number * classes + (classOf[byte] ?? 0)] = child;
  });
  return { classOf, classes, next, accepting, start: 0 };
}
