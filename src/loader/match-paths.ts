/** Finds what matches the pattern of an `include` on this disk. */
import { lstatSync, readdirSync } from "node:fs";
import { posix } from "node:path";
import { compareBytes, isIncludePattern, matchesPart } from "../semantics/index.ts";

/** Directory entries that one pattern may look at, so that patterns over a whole disk end. */
const MOST_ENTRIES = 500_000;

/** What all patterns of a run may take together: entries, and more for a long pattern. */
const MOST_WORK = 20_000_000;

/** Names that are kept for the next pattern. */
const MOST_KEPT = 1_000_000;

/** Few sites miss so many of their files. */
const MANY_MISSES = 1_000;

/** What is in the directories of a run; a thousand patterns look into the same one. */
export class Listings {
  readonly #names = new Map<string, Listing>();
  #kept = 0;
  readonly #letters = new Map<string, ReadonlySet<string> | null>();
  #left: number;
  #missed = 0;

  constructor(work = MOST_WORK) {
    this.#left = work;
  }

  of(directory: string): Listing {
    const known = this.#names.get(directory);
    if (known !== undefined) return known;
    const listing = listDirectory(directory);
    this.#kept += "failure" in listing ? 1 : listing.length;
    if (this.#kept <= MOST_KEPT) this.#names.set(directory, listing);
    return listing;
  }

  /** Counts a path that was looked for and is not there. */
  miss(): void {
    this.#missed++;
  }

  /** So many paths were not there that reading the folders costs less than asking for each. */
  get isOften(): boolean {
    return this.#missed >= MANY_MISSES;
  }

  /** The letters of the names in a directory, see {@link lettersOf}; null where it cannot be read. */
  lettersOf(directory: string): ReadonlySet<string> | null {
    let letters = this.#letters.get(directory);
    if (letters === undefined) {
      const names = this.of(directory);
      letters = "failure" in names ? null : new Set(names.map(lettersOf));
      this.#letters.set(directory, letters);
    }
    return letters;
  }

  /** Whether so many names may be compared with a part of a pattern. */
  affords(names: number, part: string): boolean {
    this.#left -= names * (1 + (part.length >> 5));
    return this.#left >= 0;
  }
}

/** What names have in common that a file system may take for the same: their letters, in whatever case or composition. */
export function lettersOf(name: string): string {
  return name.normalize("NFD").toLowerCase();
}

type Listing = readonly string[] | { readonly failure: unknown };

export interface PatternMatches {
  /** Absolute paths in byte order. */
  readonly paths: readonly string[];
  /** What went wrong with a directory on the way; a directory that is not there is fine. */
  readonly failure: { readonly path: string; readonly error: unknown } | "too-many" | null;
  /** A directory on the way that may not be looked into. */
  readonly refused: string | null;
}

/**
 * The paths that an absolute pattern matches, as glob(3) finds and sorts them.
 * @param mayLook whether a directory may be looked into.
 * @param listings of all patterns of the run.
 */
export function matchPaths(
  pattern: string,
  mayLook: (directory: string) => boolean,
  listings = new Listings(),
): PatternMatches {
  const { root } = posix.parse(pattern);
  const written = pattern.slice(root.length).split("/");
  // What comes before the first part that is a pattern is one directory.
  const first = written.findIndex(isIncludePattern);
  const before = written.slice(0, first < 0 ? -1 : first).map(withoutEscapes);
  const parts = written.slice(before.length);
  let found: string[] = [posix.join(root === "" ? "." : root, before.join("/"))];
  let failure: PatternMatches["failure"] = null;
  let refused: string | null = null;
  let looked = 0;
  for (const [index, part] of parts.entries()) {
    const next: string[] = [];
    for (const directory of found) {
      if (!isIncludePattern(part)) {
        const path = posix.join(directory, withoutEscapes(part));
        // A last part that is no pattern must be there; others show it by what is in them.
        if (index < parts.length - 1) next.push(path);
        else if (!mayLook(posix.dirname(path))) refused ??= path;
        else if (exists(path)) next.push(path);
        continue;
      }
      if (!mayLook(directory)) {
        refused ??= directory;
        continue;
      }
      const names = listings.of(directory);
      if ("failure" in names) {
        failure ??= names.failure === null ? null : { path: directory, error: names.failure };
        continue;
      }
      looked += names.length;
      if (looked > MOST_ENTRIES || !listings.affords(names.length, part))
        return { paths: [], failure: "too-many", refused };
      // A pattern that begins with a dot takes in these, too, and with them an error.
      const all = part.startsWith(".") ? [...names, ".", ".."] : names;
      for (const name of all) if (matchesPart(name, part)) next.push(posix.join(directory, name));
    }
    // Each will be looked at.
    if (isIncludePattern(part) && !listings.affords(10 * next.length, ""))
      return { paths: [], failure: "too-many", refused };
    found = next;
  }
  return { paths: found.sort(compareBytes), failure, refused };
}

function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // Below a file, or where nobody may look.
    return false;
  }
}

function listDirectory(path: string): Listing {
  try {
    return readdirSync(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    // Whatever else glob(3) meets is no match to it.
    return { failure: code === "EACCES" || code === "EPERM" ? error : null };
  }
}

function withoutEscapes(part: string): string {
  return part.includes("\\") ? part.replace(/\\(.)/g, "$1") : part;
}
