/** Finds what matches the pattern of an `include` on this disk. */
import { lstatSync, readdirSync } from "node:fs";
import { posix } from "node:path";
import { compareBytes, isIncludePattern, matchesPart } from "../semantics/index.ts";

/** Directory entries that one pattern may look at, so that patterns over a whole disk end. */
const MOST_ENTRIES = 500_000;

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
 */
export function matchPaths(pattern: string, mayLook: (directory: string) => boolean): PatternMatches {
  const { root } = posix.parse(pattern);
  const parts = pattern.slice(root.length).split("/");
  let found: string[] = [root === "" ? "." : root];
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
      const names = listDirectory(directory);
      if (!Array.isArray(names)) {
        failure ??= names.failure === null ? null : { path: directory, error: names.failure };
        continue;
      }
      looked += names.length;
      if (looked > MOST_ENTRIES) return { paths: [], failure: "too-many", refused };
      // A pattern that begins with a dot takes in these, too, and with them an error.
      if (part.startsWith(".")) names.push(".", "..");
      for (const name of names) if (matchesPart(name, part)) next.push(posix.join(directory, name));
    }
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

function listDirectory(path: string): string[] | { readonly failure: unknown } {
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
