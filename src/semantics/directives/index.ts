/**
 * What is known of every directive: where it may stand, how many arguments it takes, how they are read, how it is
 * inherited, and in which versions it exists. The table is a string until the first question; a directive is decoded
 * when it is asked for.
 */
import { greatest, least } from "../../lists/index.ts";
import type { ContextKind } from "../context-kind.ts";
import { isSince, type Version } from "../version.ts";
import { type ArgumentPattern, parseArgumentPatterns } from "./argument-pattern.ts";
import { CONTEXTS, MODULES, TABLE, VALUES } from "./directives.generated.ts";

export { type ArgumentKind, type ArgumentPattern, patternAt } from "./argument-pattern.ts";

/** The kind of module that owns a directive. `core` holds those of the main level. */
export type DirectiveFamily = "core" | "events" | "http" | "stream" | "mail" | "rtmp";

/** How a value set outside reaches a place inside (nginx's `merge_conf` functions). */
export type Inheritance =
  /** The innermost value replaces the outer one. */
  | "single"
  /** May be repeated; any one inside replaces the whole outer list. */
  | "list"
  /** A list to which the inner level may add (`add_header_inherit merge`, headers-more). */
  | "merge"
  /** Holds at its own level only. */
  | "none";

/** How many arguments a directive takes. `counts` lists them; `max` is Infinity where there is no end. */
export interface Arity {
  readonly min: number;
  readonly max: number;
  /** The exact counts (`TAKE1|TAKE3`); null where every count from `min` to `max` is fine. */
  readonly counts: readonly number[] | null;
}

export interface EarlierDefault {
  /** The first version that no longer has it. */
  readonly until: string;
  /** Null: there was none. */
  readonly value: string | null;
}

export interface DirectiveFacts {
  readonly name: string;
  /** As nginx names it: `ngx_http_core_module`. */
  readonly module: string;
  readonly family: DirectiveFamily;
  readonly edition: "open-source" | "plus" | "third-party";
  readonly contexts: readonly ContextKind[];
  readonly arity: Arity;
  /** One for each argument; the last one may repeat. Null: read by rules of its own. */
  readonly values: readonly ArgumentPattern[] | null;
  readonly block: "none" | "directives" | "entries" | "lua";
  /** What its block is a context for; `if` says `location-if` and is `server-if` in a server. */
  readonly opens: ContextKind | null;
  /** As documented; null where there is none or it cannot be written in a line. */
  readonly default: string | null;
  /** What the default was before, oldest first. */
  readonly earlierDefaults: readonly EarlierDefault[];
  readonly inheritance: Inheritance;
  /** Whether it may stand twice at one level. */
  readonly repeatable: boolean;
  /** Contexts and arity are nginx's own (command tables, change log). False: known by name, judge neither. */
  readonly exact: boolean;
  /** The first version that has it; null: as old as anything in use. */
  readonly since: string | null;
  /** Since when nginx warns of it or ignores it. */
  readonly deprecated: string | null;
  /** The first version that refuses it. */
  readonly removed: string | null;
  /** What replaces it. */
  readonly instead: string | null;
}

/** Facts by family and block (`server` is one in http, in stream, in an upstream…); undefined: nobody knows it. */
export function lookupDirective(name: string): readonly DirectiveFacts[] | undefined {
  let known = decoded.get(name);
  if (known === undefined) {
    known = find(name) ?? NONE;
    decoded.set(name, known);
  }
  return known === NONE ? undefined : known;
}

/** The facts that hold in a context; undefined where the directive is not allowed there or unknown. */
export function directiveIn(name: string, context: ContextKind): DirectiveFacts | undefined {
  // Asked of every directive by several rules.
  for (const facts of lookupDirective(name) ?? NONE) if (facts.contexts.includes(context)) return facts;
  return undefined;
}

/** The names of all directives that may stand in a context. */
export function directivesIn(context: ContextKind): readonly string[] {
  return directiveNames().filter((name) => directiveIn(name, context) !== undefined);
}

/** The names of all known directives. */
export function directiveNames(): readonly string[] {
  names ??= TABLE.split("\n")
    .map((line) => line.slice(0, line.indexOf("~")))
    .filter((name) => name !== "");
  return names;
}

/** The documented default of a directive in a version; without one, in the newest. */
export function defaultIn(facts: DirectiveFacts, version: Version | null): string | null {
  const earlier = version && facts.earlierDefaults.find(({ until }) => isSince(version, until) === false);
  return earlier ? earlier.value : facts.default;
}

/** The inheritance of a directive in a context (default: the first family that knows it); `single` if unknown. */
export function inheritanceOf(name: string, context?: ContextKind): Inheritance {
  const facts = context === undefined ? lookupDirective(name)?.[0] : directiveIn(name, context);
  return facts?.inheritance ?? "single";
}

export function acceptsCount(arity: Arity, count: number): boolean {
  return arity.counts === null ? count >= arity.min && count <= arity.max : arity.counts.includes(count);
}

const NONE: readonly DirectiveFacts[] = [];
const decoded = new Map<string, readonly DirectiveFacts[]>();
let names: readonly string[] | undefined;
let modules: readonly string[] | undefined;
let contextSets: readonly (readonly ContextKind[])[] | undefined;
let patterns: readonly string[] | undefined;

/** Binary search over the lines of the table, which are sorted by name: no index to build. */
function find(name: string): readonly DirectiveFacts[] | undefined {
  let [low, high] = [0, TABLE.length];
  while (low < high) {
    let start = TABLE.lastIndexOf("\n", ((low + high) >> 1) - 1) + 1;
    while (TABLE[start] === "~") start = TABLE.lastIndexOf("\n", start - 2) + 1;
    const found = TABLE.slice(start, TABLE.indexOf("~", start));
    if (found === name) return decodeFrom(name, start);
    if (found > name) {
      high = start;
    } else {
      low = endOfLine(start) + 1;
      while (TABLE[low] === "~") low = endOfLine(low) + 1;
    }
  }
  return undefined;
}

function endOfLine(start: number): number {
  const end = TABLE.indexOf("\n", start);
  return end < 0 ? TABLE.length : end;
}

function decodeFrom(name: string, first: number): readonly DirectiveFacts[] {
  const facts: DirectiveFacts[] = [];
  let start = first;
  do {
    const end = endOfLine(start);
    facts.push(decode(name, TABLE.slice(start, end)));
    start = end + 1;
  } while (TABLE[start] === "~");
  return facts;
}

function decode(name: string, line: string): DirectiveFacts {
  const [, flags = "", family = "", module = "", kinds = "", args = "", value = "", opens = "", ...rest] =
    line.split("~");
  const [preset, since, deprecated, removed, instead, earlier] = rest;
  modules ??= MODULES.split("\n");
  contextSets ??= CONTEXTS.split(" ").map((set) => set.split(",") as ContextKind[]);
  patterns ??= VALUES.split("\n");
  return {
    name,
    module: modules[Number.parseInt(module, 36)] ?? "",
    family: FAMILIES[family] ?? "http",
    edition: EDITIONS[flags.charAt(0)] ?? "third-party",
    contexts: contextSets[Number.parseInt(kinds, 36)] ?? [],
    arity: parseArity(args),
    values: parseArgumentPatterns(patterns[Number.parseInt(value, 36)] ?? "custom"),
    block: BLOCKS[flags.charAt(1)] ?? "none",
    opens: (opens || null) as ContextKind | null,
    default: preset || null,
    earlierDefaults: parseEarlierDefaults(earlier),
    inheritance: INHERITANCES[flags.charAt(2)] ?? "single",
    repeatable: flags.charAt(3) === "+",
    exact: flags.charAt(4) === "x",
    since: since || null,
    deprecated: deprecated || null,
    removed: removed || null,
    instead: instead || null,
  };
}

/** `1.23.4=TLSv1|1.27.3=TLSv1.2`. */
function parseEarlierDefaults(text: string | undefined): readonly EarlierDefault[] {
  if (!text) return NO_DEFAULTS;
  return text.split("|").map((entry) => {
    const [until = "", value = ""] = entry.split("=");
    return { until, value: value || null };
  });
}
const NO_DEFAULTS: readonly EarlierDefault[] = [];

const FAMILIES: Readonly<Record<string, DirectiveFamily>> = {
  c: "core",
  e: "events",
  h: "http",
  s: "stream",
  m: "mail",
  r: "rtmp",
};
const EDITIONS: Readonly<Record<string, DirectiveFacts["edition"]>> = {
  o: "open-source",
  p: "plus",
  t: "third-party",
};
const BLOCKS: Readonly<Record<string, DirectiveFacts["block"]>> = {
  "-": "none",
  d: "directives",
  e: "entries",
  l: "lua",
};
const INHERITANCES: Readonly<Record<string, Inheritance>> = { s: "single", l: "list", m: "merge", n: "none" };

/** `1`, `1,2`, `2+` or `any`: the bits of `ngx_command_t.type`. */
function parseArity(text: string): Arity {
  if (text === "any") return { min: 0, max: Number.POSITIVE_INFINITY, counts: null };
  if (text.endsWith("+"))
    return { min: Number.parseInt(text, 10), max: Number.POSITIVE_INFINITY, counts: null };
  const counts = text.split(",").map(Number);
  const [min, max] = [least(counts), greatest(counts)];
  return { min, max, counts: max - min + 1 === counts.length ? null : counts };
}
