/** The requests that clients send for a prefix, and that a regex location takes and treats differently. */
import {
  type Contest,
  compareTreatments,
  type Difference,
  handlerOf,
  isWithinPrefix,
  type Location,
  languageOfLocation,
  mayTreatDifferently,
  neverMeets,
  toBytes,
  treatmentOf,
  witnessOf,
} from "../semantics/index.ts";
import { candidatesFor, isForFiles } from "./usual-requests.ts";

export interface TakenRequest {
  readonly prefix: Location;
  /** The regex location. */
  readonly asker: Location;
  /** The same, or a location nested in it. */
  readonly winner: Location;
  readonly uri: string;
  /** Clients are known to ask for it, or somebody looks for it who wants past a guard. */
  readonly isCredible: boolean;
  readonly difference: Difference;
}

/** Searches for witnesses by automaton, beyond the usual paths. */
const MAX_SEARCHES = 200;

/** Of each regex location that is asked before a prefix, the most telling request that it takes. */
export class TakenRequests {
  #searches = 0;

  of(contest: Contest): readonly TakenRequest[] {
    const { prefix, askers } = contest;
    const taken = new Map<Location, TakenRequest>();
    const settled = new Set<Location>();
    const { folder, tails } = candidatesFor(prefix);
    const folderBytes = toBytes(folder);
    for (const [{ text, isCredible }, asker] of contest.taken(folderBytes, tails)) {
      const bytes = folderBytes + text;
      if (taken.has(asker) && !isCredible) continue;
      if (taken.get(asker)?.isCredible) continue;
      const isTold = isCredible || isStatic(prefix) || treatmentOf(prefix).isRefusing;
      // What is not told only spares a search for other witnesses.
      if (!isTold && (settled.has(asker) || !isUnusual(asker))) continue;
      if (!mayTreatDifferently(prefix, asker) || neverMeets(asker, prefix)) continue;
      const winner = contest.winner(asker, bytes);
      if (winner === null) continue;
      settled.add(asker);
      const difference = isTold ? compareTreatments(prefix, winner, bytes) : null;
      if (difference === null) continue;
      // Whoever looks for a way past a guard asks for what nobody else does.
      const isSought = isCredible || difference.kind === "access";
      if (isSought || isStatic(prefix)) {
        const uri = folder + text;
        taken.set(asker, { prefix, asker, winner, uri, isCredible: isSought, difference });
      }
    }
    for (const asker of askers) {
      if (settled.has(asker) || !isUnusual(asker)) continue;
      if (!mayTreatDifferently(prefix, asker) || neverMeets(asker, prefix)) continue;
      const found = this.#search(contest, asker);
      if (found !== null) taken.set(asker, found);
    }
    return [...taken.values()].filter((each) => !isIntended(each));
  }

  /** Unusual patterns: any URI of both. */
  #search(contest: Contest, asker: Location): TakenRequest | null {
    const { prefix } = contest;
    if (this.#searches >= MAX_SEARCHES) return null;
    if (!isForFiles(prefix) && !treatmentOf(prefix).isRefusing) return null;
    const language = languageOfLocation(asker);
    if (language === null) return null;
    this.#searches++;
    const found = witnessOf(language, { prefix: prefix.pattern });
    if (found === null || isFarFetched(asker, prefix, found.uri)) return null;
    const winner = contest.winner(asker, found.bytes);
    const difference = winner === null ? null : compareTreatments(prefix, winner, found.bytes);
    if (winner === null || difference === null) return null;
    if (isBesideBy(asker, prefix) && !isGuard(difference)) return null;
    return { prefix, asker, winner, uri: found.uri, isCredible: true, difference };
  }
}

/** Requests that nobody sends: they only show how much a careless pattern matches. */
function isFarFetched(asker: Location, { pattern }: Location, uri: string): boolean {
  const isFile = /\/[^/]+\.\w+$/.test(pattern);
  // `/.well-known` with a dot that stands for any letter.
  // `/cow/(say|think)$`: without `^`, and still meant for one place.
  const isPath = /^\/\w[\w-]*\/[\w(]/.test(asker.pattern);
  return isFile || isPath || /\.?well-known/.test(asker.pattern) || uri.slice(pattern.length).includes("/.");
}

/** `^/api/[^/]+/export$` beside `/api/files/`: for paths of the same parent, one of which a free part happens to fit. */
function isBesideBy({ pattern, literalPrefix }: Location, prefix: Location): boolean {
  return pattern.startsWith("^") && literalPrefix.length > 1 && prefix.pattern.startsWith(literalPrefix);
}

/** Somebody is kept out. `return 404` only says that nothing else is there. */
function isGuard(difference: Difference): boolean {
  if (difference.kind !== "access") return false;
  const { guard } = difference;
  return guard === null || guard.name !== "return" || !/^4(04|10)$/.test(guard.args[0] ?? "");
}

/** Not about endings of files: the usual paths say little about it. */
function isUnusual({ pattern }: Location): boolean {
  return !/\\\.|\.\(/.test(pattern);
}

function isStatic({ context }: Location): boolean {
  return handlerOf(context).kind === "static";
}

/** Who writes a pattern for a part of the prefix wants it to win; a guard is easily forgotten all the same. */
function isIntended({ asker, prefix, winner, difference }: TakenRequest): boolean {
  // Nobody asks for what is `internal`: that scripts of that name run is no way to its files.
  if (prefix.context.has("internal") && winner.context.has("fastcgi_pass")) return true;
  return isWithinPrefix(asker, prefix.pattern) || (difference.kind !== "access" && isMeantFor(asker, prefix));
}

/**
 * A regex location that was written with the prefix in mind: for nothing but a part of it, in whatever case, or for the last
 * part of its name among others (`^/(static|media)/.*\.css$` beside `/static/`).
 */
export function isMeantFor(asker: Location, prefix: Location): boolean {
  if (isWithinPrefix(asker, prefix.pattern)) return true;
  const name = prefix.pattern.split("/").filter(Boolean).at(-1);
  if (name === undefined || name.length < 2) return false;
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\\\?\\$&");
  // An extension is no folder of that name.
  const paths = asker.pattern.replace(/\\\.(?:\((?:\?:)?[^()]*\)|\w+)/g, "");
  return new RegExp(`[/(|^]${escaped}(?:[/)|(]|\\\\/|$)`, "i").test(paths);
}
