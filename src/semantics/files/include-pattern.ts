/**
 * The patterns of `include`, which are those of glob(3): `*`, `?` and `[…]` within one part of a path.
 *
 * Matched here and not by fast-glob: braces, `**` and `!(…)` mean nothing to glob(3), a plain start-up need not load it,
 * and a hostile pattern must not take exponential time.
 */

import { isFilledIn } from "../../parser/index.ts";

/** nginx takes a path with one of these for a pattern (`strpbrk(file.data, "*?[")`). */
export function isIncludePattern(path: string): boolean {
  return /[*?[]/.test(path);
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
export function matchesPart(name: string, part: string): boolean {
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

/** A path with what comes from a variable or is filled in by a template language. */
export function isPlaceholder(path: string): boolean {
  return path.includes("$") || path.includes("%%") || isFilledIn(path);
}

/** The order of strcmp(3), which is that of the UTF-8 bytes, and so that of the code points. */
export function compareBytes(a: string, b: string): number {
  if (!NOT_ASCII.test(a) || !NOT_ASCII.test(b)) return a < b ? -1 : a > b ? 1 : 0;
  const others = [...b];
  for (const [index, letter] of [...a].entries()) {
    const difference = (letter.codePointAt(0) ?? 0) - (others[index]?.codePointAt(0) ?? -1);
    if (difference !== 0) return difference;
  }
  return [...a].length - others.length;
}

const NOT_ASCII = /[^\x00-\x7f]/;
