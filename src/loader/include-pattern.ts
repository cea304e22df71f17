/**
 * The patterns of `include`, which are those of glob(3): `*`, `?` and `[…]` within one part of a path.
 *
 * Matched here and not by fast-glob: braces, `**` and `!(…)` mean nothing to glob(3), a plain start-up need not load it,
 * and a hostile pattern must not take exponential time.
 */
import { lstatSync, readdirSync } from "node:fs";
import { posix } from "node:path";

/** nginx takes a path with one of these for a pattern (`strpbrk(file.data, "*?[")`). */
export function isIncludePattern(path: string): boolean {
  return /[*?[]/.test(path);
}

/** Directory entries that one pattern may look at, so that patterns over a whole disk end. */
const MOST_ENTRIES = 500_000;

export interface PatternMatches {
  /** Absolute paths in byte order. */
  readonly paths: readonly string[];
  /** What went wrong with a directory on the way; a directory that is not there is fine. */
  readonly failure: { readonly path: string; readonly error: unknown } | "too-many" | null;
}

/** The paths that an absolute pattern matches, as glob(3) finds and sorts them. */
export function matchPaths(pattern: string): PatternMatches {
  const { root } = posix.parse(pattern);
  const parts = pattern.slice(root.length).split("/");
  let found: string[] = [root === "" ? "." : root];
  let failure: PatternMatches["failure"] = null;
  let looked = 0;
  for (const [index, part] of parts.entries()) {
    const next: string[] = [];
    for (const directory of found) {
      if (!isIncludePattern(part)) {
        const path = posix.join(directory, withoutEscapes(part));
        // A last part that is no pattern must be there; others show it by what is in them.
        if (index < parts.length - 1 || exists(path)) next.push(path);
        continue;
      }
      const names = listDirectory(directory);
      if (!Array.isArray(names)) {
        failure ??= names.failure === null ? null : { path: directory, error: names.failure };
        continue;
      }
      looked += names.length;
      if (looked > MOST_ENTRIES) return { paths: [], failure: "too-many" };
      // A pattern that begins with a dot takes in these, too, and with them an error.
      if (part.startsWith(".")) names.push(".", "..");
      for (const name of names) if (matchesPart(name, part)) next.push(posix.join(directory, name));
    }
    found = next;
  }
  return { paths: found.sort(compareBytes), failure };
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

/** Whether an absolute path matches a pattern, part by part. */
export function matchesPath(path: string, pattern: string): boolean {
  const names = path.split("/");
  const parts = pattern.split("/");
  return names.length === parts.length && parts.every((part, index) => matchesPart(names[index] ?? "", part));
}

/**
 * Whether one part of a path matches one part of a pattern, in linear time for each star. A leading dot must be
 * written (glob(3) without `GLOB_PERIOD`).
 */
function matchesPart(name: string, part: string): boolean {
  if (name.startsWith(".") && !part.startsWith(".")) return false;
  let at = 0;
  let from = 0;
  /** Where to go back to: the last star, and the name's letter that it has not eaten yet. */
  let star = -1;
  let retry = 0;
  while (at < name.length) {
    if (part[from] === "*") {
      star = from++;
      retry = at;
      continue;
    }
    const after = matchesLetter(name[at] ?? "", part, from);
    if (after > 0) {
      from = after;
      at++;
    } else if (star >= 0) {
      from = star + 1;
      at = ++retry;
    } else {
      return false;
    }
  }
  while (part[from] === "*") from++;
  return from === part.length;
}

/** The place in the pattern behind what matches the letter; -1 where it does not match. */
function matchesLetter(letter: string, part: string, at: number): number {
  const sign = part[at];
  if (sign === undefined) return -1;
  if (sign === "?") return at + 1;
  if (sign === "\\" && at + 1 < part.length) return part[at + 1] === letter ? at + 2 : -1;
  if (sign !== "[") return sign === letter ? at + 1 : -1;
  return matchesClass(letter, part, at);
}

function matchesClass(letter: string, part: string, open: number): number {
  let at = open + 1;
  const negated = part[at] === "!" || part[at] === "^";
  if (negated) at++;
  // A bracket that comes first belongs to the class.
  const close = part.indexOf("]", at + 1);
  if (close < 0) return letter === "[" ? open + 1 : -1;
  let found = false;
  while (at < close) {
    const first = part[at] ?? "";
    if (part[at + 1] === "-" && at + 2 < close) {
      if (first <= letter && letter <= (part[at + 2] ?? "")) found = true;
      at += 3;
    } else {
      if (first === letter) found = true;
      at++;
    }
  }
  return found === negated ? -1 : close + 1;
}

function withoutEscapes(part: string): string {
  return part.includes("\\") ? part.replace(/\\(.)/g, "$1") : part;
}

/** The order of strcmp(3), which is that of the UTF-8 bytes. */
export function compareBytes(a: string, b: string): number {
  if (!NOT_ASCII.test(a) || !NOT_ASCII.test(b)) return a < b ? -1 : a > b ? 1 : 0;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

const NOT_ASCII = /[^\x00-\x7f]/;
