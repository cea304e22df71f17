/** What PCRE's escapes and POSIX classes stand for, outside UTF mode and in the C locale. */
import { type ByteSet, complement, setOf } from "./bytes.ts";
import type { Position } from "./pattern.ts";

const DIGITS = setOf([0x30, 0x39]);
const WORD = setOf([0x30, 0x39], [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]);
const SPACE = setOf([0x09, 0x0d], [0x20, 0x20]);
const HORIZONTAL = setOf([0x09, 0x09], [0x20, 0x20], [0xa0, 0xa0]);
const VERTICAL = setOf([0x0a, 0x0d], [0x85, 0x85]);
export const NOT_NEWLINE = complement(setOf([0x0a, 0x0a]));
export const ANY = setOf([0x00, 0xff]);

/** Escapes that stand for a set of bytes; upper case is the complement. */
export const SET_ESCAPES: ReadonlyMap<string, ByteSet> = new Map([
  ["d", DIGITS],
  ["D", complement(DIGITS)],
  ["w", WORD],
  ["W", complement(WORD)],
  ["s", SPACE],
  ["S", complement(SPACE)],
  ["h", HORIZONTAL],
  ["H", complement(HORIZONTAL)],
  ["v", VERTICAL],
  ["V", complement(VERTICAL)],
]);

export const POSITION_ESCAPES: ReadonlyMap<string, Position> = new Map([
  ["A", "start"],
  // nginx always matches from offset 0, where \G holds.
  ["G", "start"],
  ["z", "end"],
  ["Z", "last-line-end"],
  ["b", "word-boundary"],
  ["B", "no-word-boundary"],
]);

export const CONTROL_ESCAPES: ReadonlyMap<string, number> = new Map([
  ["a", 0x07],
  ["e", 0x1b],
  ["f", 0x0c],
  ["n", 0x0a],
  ["r", 0x0d],
  ["t", 0x09],
]);

export const ALPHA = setOf([0x41, 0x5a], [0x61, 0x7a]);
export const POSIX_CLASSES: ReadonlyMap<string, ByteSet> = new Map([
  ["alpha", ALPHA],
  ["lower", setOf([0x61, 0x7a])],
  ["upper", setOf([0x41, 0x5a])],
  ["alnum", setOf([0x30, 0x39], [0x41, 0x5a], [0x61, 0x7a])],
  ["ascii", setOf([0x00, 0x7f])],
  ["blank", setOf([0x09, 0x09], [0x20, 0x20])],
  ["cntrl", setOf([0x00, 0x1f], [0x7f, 0x7f])],
  ["digit", DIGITS],
  ["graph", setOf([0x21, 0x7e])],
  ["print", setOf([0x20, 0x7e])],
  ["punct", setOf([0x21, 0x2f], [0x3a, 0x40], [0x5b, 0x60], [0x7b, 0x7e])],
  ["space", SPACE],
  ["word", WORD],
  ["xdigit", setOf([0x30, 0x39], [0x41, 0x46], [0x61, 0x66])],
]);
