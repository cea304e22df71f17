/** Which location takes a URI: `ngx_http_core_find_location`, with a record of every decision. */
import { askedOnce } from "../../lists/index.ts";
import { giveUp, spend } from "../budget.ts";
import { type CompiledPattern, type PatternMatch, SlowMatch } from "../regex/index.ts";
import type { Location, Server } from "../server.ts";
import { type LiteralMatch, LocationIndex } from "./location-index.ts";

export type LocationStep =
  /** `=`: wins at once. */
  | { readonly kind: "exact"; readonly location: Location }
  /** The longest prefix of its level: remembered, and searched inside first. */
  | { readonly kind: "prefix"; readonly location: Location }
  /** No literal location of the level (null: the server's own) fits. */
  | { readonly kind: "no-prefix"; readonly within: Location | null }
  /** `^~` keeps the regex locations of its level from being asked. */
  | { readonly kind: "regex-skipped"; readonly by: Location; readonly skipped: readonly Location[] }
  | { readonly kind: "regex"; readonly location: Location; readonly matches: boolean | "undecided" }
  /** No regex location of the level fits: the remembered one keeps the request (null: the server itself). */
  | { readonly kind: "remembered"; readonly location: Location | null }
  /** `/p` is answered with a redirect to `/p/`. */
  | { readonly kind: "redirect"; readonly location: Location };

export type LocationMatch =
  | {
      readonly kind: "location";
      readonly location: Location;
      readonly steps: readonly LocationStep[];
      /** The whole match and `$1`… of the last regex location that matched; empty without one. */
      readonly captures: readonly (string | undefined)[];
      /** Named captures of every regex location that matched. */
      readonly named: ReadonlyMap<string, string | undefined>;
    }
  /** 301 to the location's name, before any regex location is asked. */
  | { readonly kind: "redirect"; readonly location: Location; readonly steps: readonly LocationStep[] }
  /** No location: the server's own directives hold. */
  | { readonly kind: "server"; readonly steps: readonly LocationStep[] }
  /** A pattern that may win cannot be decided. */
  | {
      readonly kind: "undecided";
      readonly pattern: Location;
      readonly reason: string;
      /** What takes the request if the pattern does not match. */
      readonly otherwise: Location | null;
      /** What `otherwise` captures. */
      readonly captures: readonly (string | undefined)[];
      readonly named: ReadonlyMap<string, string | undefined>;
      readonly steps: readonly LocationStep[];
    };

/**
 * Finds the location of a normalised URI (a byte string, see `normalizeUri`).
 *
 * Cheap to call often: every level is indexed once per server, and patterns are compiled once.
 */
export function matchLocation(server: Server, uri: string): LocationMatch {
  const search = new Search(uri);
  const end = search.level(server, null);
  const { steps, captures, named, current } = search;
  if (search.undecided !== null) {
    return { kind: "undecided", ...search.undecided, otherwise: current, captures, named, steps };
  }
  if (end === "redirect" && current !== null) return { kind: "redirect", location: current, steps };
  if (current === null) return { kind: "server", steps };
  return { kind: "location", location: current, captures, named, steps };
}

/** How a level ended: `found` ends the search, `open` lets the regex locations of outer levels be asked. */
type LevelEnd = "found" | "redirect" | "open";

class Search {
  readonly #uri: string;
  readonly steps: LocationStep[] = [];
  readonly named = new Map<string, string | undefined>();
  captures: readonly (string | undefined)[] = [];
  current: Location | null = null;
  undecided: { readonly pattern: Location; readonly reason: string } | null = null;

  constructor(uri: string) {
    this.#uri = uri;
  }

  level(holder: Server | Location, within: Location | null): LevelEnd {
    const index = indexOf(holder);
    const literal = index.find(this.#uri);
    // What is written out is assumed to be what it says: nobody fills in the same path again.
    const isNamed = literal.kind !== "none" && literal.location.pattern.length >= this.#uri.length;
    const open = isNamed ? undefined : index.open.find(({ start }) => this.#uri.startsWith(start));
    if (open !== undefined) this.undecided ??= { pattern: open.location, reason: "a template fills it in" };
    const settled = this.#takeLiteral(literal, within, index);
    if (settled !== null) return settled;
    const prefix = literal.kind === "prefix" ? literal.location : null;
    if (prefix?.modifier === "^~") {
      if (index.patterns.length > 0) {
        this.steps.push({ kind: "regex-skipped", by: prefix, skipped: index.patterns });
      }
      return "open";
    }
    return this.#patterns(index.patterns);
  }

  /** The literal locations of a level; null where its regular ones are to be asked. */
  #takeLiteral(literal: LiteralMatch, within: Location | null, index: LocationIndex): LevelEnd | null {
    switch (literal.kind) {
      case "none":
        if (!index.empty) this.steps.push({ kind: "no-prefix", within });
        return null;
      case "exact":
      case "redirect":
        this.current = literal.location;
        this.steps.push({ kind: literal.kind, location: literal.location });
        return literal.kind === "exact" ? "found" : "redirect";
      case "prefix": {
        this.current = literal.location;
        this.steps.push({ kind: "prefix", location: literal.location });
        const inside = this.level(literal.location, literal.location);
        return inside === "open" ? null : inside;
      }
    }
  }

  #patterns(patterns: readonly Location[]): LevelEnd {
    for (const location of patterns) {
      const compiled = location.compiled();
      if (compiled.kind === "undecidable") {
        this.steps.push({ kind: "regex", location, matches: "undecided" });
        this.undecided ??= { pattern: location, reason: compiled.reason };
        continue;
      }
      const match = execute(compiled, this.#uri);
      if (match === "too long") {
        const reason = "matching it takes too long";
        giveUp(`whether \`${location.title}\` matches \`${this.#uri}\``, location.statement);
        this.steps.push({ kind: "regex", location, matches: "undecided" });
        this.undecided ??= { pattern: location, reason };
        continue;
      }
      this.steps.push({ kind: "regex", location, matches: match !== null });
      if (match === null) continue;
      this.captures = match.captures;
      for (const [name, value] of match.named) this.named.set(name, value);
      this.current = location;
      // Inside a regex location even a redirect is an ordinary match (ngx_http_core_find_location).
      this.level(location, location);
      return "found";
    }
    if (patterns.length > 0) this.steps.push({ kind: "remembered", location: this.current });
    return "open";
  }
}

function execute(
  pattern: Extract<CompiledPattern, { kind: "exact" }>,
  uri: string,
): PatternMatch | null | "too long" {
  spend(6);
  try {
    return pattern.exec(uri);
  } catch (error) {
    if (error instanceof SlowMatch) return "too long";
    throw error;
  }
}

const indexOf = askedOnce(
  (holder: Server | Location): LocationIndex =>
    new LocationIndex("children" in holder ? holder.children : holder.locations),
);
