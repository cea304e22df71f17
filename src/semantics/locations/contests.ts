/** Which requests a regex location takes from the prefix that nginx had remembered for them. */
import { bounded, type CompiledPattern, isSubset, languageOf, Memo, prefixCoverage } from "../regex/index.ts";
import { matchLocation } from "../request/index.ts";
import type { Location, Server } from "../server.ts";
import { meetsByExample } from "./by-example.ts";
import { isOnlyEnding, languageOfLocation, neverMeets } from "./reachability.ts";

/** The end of a URI, in ASCII. */
export interface UriTail {
  readonly text: string;
  /** From the last slash of the URI on. */
  readonly ending: string;
}

/** A prefix, and the regex locations that nginx asks once it has remembered it, in their order. */
export class Contest {
  readonly prefix: Location;
  readonly askers: readonly Location[];
  readonly #patterns: PatternList;

  constructor(prefix: Location, askers: readonly Location[], patterns: PatternList) {
    this.prefix = prefix;
    this.askers = askers;
    this.#patterns = patterns;
  }

  /**
   * Of the URIs below a folder (in bytes), those that a regex location is the first to match, and nothing before it cannot be
   * decided.
   */
  *taken<T extends UriTail>(folder: string, tails: readonly T[]): Generator<readonly [T, Location]> {
    for (const [tail, index] of this.#patterns.taken(folder, tails)) {
      const asker = this.askers[index];
      if (asker !== undefined) yield [tail, asker];
    }
  }

  /** The location that really takes a URI (in bytes) of the prefix, where it is the regex location or one nested in it. */
  winner(asker: Location, uri: string): Location | null {
    const match = matchLocation(this.prefix.server, uri);
    if (match.kind !== "location") return null;
    let remembered: Location | null = null;
    for (const step of match.steps) {
      if (step.kind === "prefix") remembered = step.location;
      if (step.kind === "regex" && step.matches === true) break;
    }
    if (remembered !== this.prefix) return null;
    for (let around: Location | null = match.location; around !== null; around = around.outer) {
      if (around === asker) return match.location;
    }
    return null;
  }

  /** The location of the regex location's level in which the prefix stands, or the prefix itself; null for none. */
  rivalOf(asker: Location): Location | null {
    let rival: Location | null = this.prefix;
    while (rival !== null && rival.outer !== asker.outer) rival = rival.outer;
    return rival;
  }

  /** The regex locations that would no longer be asked for some URI of theirs if the prefix had `^~`. */
  get silenced(): readonly Location[] {
    return this.askers.filter(
      (asker) =>
        asker.outer === this.prefix.outer && !neverMeets(asker, this.prefix) && meets(asker, this.prefix),
    );
  }
}

/** What an automaton cannot decide may meet. */
function meets(asker: Location, prefix: Location): boolean {
  if (meetsByExample(asker, prefix)) return true;
  const language = languageOfLocation(asker);
  if (language === null) return true;
  const coverage = bounded(() => prefixCoverage(language, prefix.pattern));
  return coverage === "undecidable" || coverage === "some" || coverage === "all";
}

/** Every prefix of a server that some regex location is asked before. Not `/`, which is there for the rest. */
export function* contestsOf(server: Server): Generator<Contest> {
  const pending: { level: readonly Location[]; outer: readonly Location[] }[] = [
    { level: server.locations, outer: [] },
  ];
  const lists = new Map<readonly Location[], PatternList>();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { level, outer } = next;
    const own = level.filter(({ isRegex }) => isRegex);
    const open = own.length > 0 || outer.length > 0 ? [...own, ...outer] : outer;
    for (const location of level) {
      const { pattern, children, isPrefix, stopsRegexes } = location;
      // `^~` stops the regex locations of its own level; one of an outer level still wins.
      const askers = stopsRegexes ? outer : open;
      if (isPrefix && pattern !== "/" && askers.length > 0) {
        let list = lists.get(askers);
        if (list === undefined) {
          list = patternList(askers);
          lists.set(askers, list);
        }
        yield new Contest(location, askers, list);
      }
      if (children.length > 0) pending.push({ level: children, outer: isPrefix ? askers : [] });
    }
  }
}

/** Whether a regex location matches only URIs that begin with a prefix, in whatever case. */
export function isWithinPrefix(asker: Location, prefix: string): boolean {
  if (!asker.pattern.startsWith("^")) return false;
  const language = languageOfLocation(asker);
  const start = prefix.replace(/\/$/, "");
  if (language === null) return asker.literalPrefix.startsWith(start);
  const escaped = start.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const below = languageOf(`^${escaped}`, { caseless: true });
  return below.kind === "language" && bounded(() => isSubset(language, below.language)) === true;
}

const patternLists = new Memo<PatternList>(100);

/** One for all that is written alike: a thousand sites share a few lists. */
function patternList(askers: readonly Location[]): PatternList {
  const key = askers.map(({ modifier, pattern }) => `${modifier} ${pattern.length} ${pattern}`).join("\n");
  return patternLists.get(key, () => new PatternList(askers));
}

interface NumberedPattern {
  readonly number: number;
  readonly compiled: () => CompiledPattern;
}

/** Finds the first pattern of a list that matches, by its number. */
class PatternList {
  readonly #byEnding: readonly NumberedPattern[];
  readonly #byAll: readonly NumberedPattern[];
  readonly #endings = new Map<string, number | "undecided" | null>();
  /** Where all patterns look at the ending alone, by the list of tails. */
  readonly #taken = new Map<readonly UriTail[], readonly (readonly [UriTail, number])[]>();

  constructor(askers: readonly Location[]) {
    const byEnding: NumberedPattern[] = [];
    const byAll: NumberedPattern[] = [];
    askers.forEach((asker, number) => {
      // What stands before the last segment of a URI does not matter to those.
      (isOnlyEnding(asker) ? byEnding : byAll).push({ number, compiled: asker.compiled });
    });
    this.#byEnding = byEnding;
    this.#byAll = byAll;
  }

  /** The tails below a folder for which some pattern is the first to match, with its number. */
  taken<T extends UriTail>(folder: string, tails: readonly T[]): readonly (readonly [T, number])[] {
    // They were found for this very list.
    const known = this.#taken.get(tails) as readonly (readonly [T, number])[] | undefined;
    if (known !== undefined) return known;
    const found: [T, number][] = [];
    for (const tail of tails) {
      const index = this.#first(folder + tail.text, tail.ending);
      if (index !== null) found.push([tail, index]);
    }
    if (this.#byAll.length === 0) this.#taken.set(tails, found);
    return found;
  }

  /** Null where none matches, or one before it cannot be decided. */
  #first(uri: string, ending: string): number | null {
    let byEnding = this.#endings.get(ending);
    if (byEnding === undefined) {
      byEnding = firstMatch(this.#byEnding, ending, Number.POSITIVE_INFINITY);
      this.#endings.set(ending, byEnding);
    }
    if (byEnding === "undecided") return null;
    if (this.#byAll.length === 0) return byEnding;
    const byAll = firstMatch(this.#byAll, uri, byEnding ?? Number.POSITIVE_INFINITY);
    return byAll === "undecided" ? null : (byAll ?? byEnding);
  }
}

function firstMatch(
  patterns: readonly NumberedPattern[],
  uri: string,
  bound: number,
): number | "undecided" | null {
  for (const { number, compiled } of patterns) {
    if (number > bound) return null;
    const pattern = compiled();
    if (pattern.kind !== "exact") return "undecided";
    if (pattern.test(uri)) return number;
  }
  return null;
}
