/** How much memory the tree of a text takes, before it is made: so that a text without end is read as far as there is room. */

import {
  BACKSLASH,
  CR,
  DOUBLE_QUOTE,
  HASH,
  LEFT_BRACE,
  LF,
  QUOTE,
  RIGHT_BRACE,
  SEMICOLON,
  SPACE,
  TAB,
} from "./characters.ts";
import { endOfLua } from "./scan.ts";

/** In words, of which each takes about a hundred bytes, what else belongs to them. */
const COMMENT = 2;
const DIRECTIVE = 3;
const BLOCK = 8;

/**
 * Words of one directive, behind which each weighs twice as much: names of servers, conditions and files are looked up one by one,
 * and what is found is kept beside the tree.
 */
const LONG_LIST = 1_000;

/** How the names of directives end that open blocks of Lua. */
const LUA_BLOCK = "_by_lua_block";

/** What of a text is read. */
export interface Extent {
  /** In words; a directive, a block and a comment weigh as much as a few. */
  readonly weight: number;
  /** Where reading ends: the length of the text, or the start of a line. */
  readonly end: number;
}

/** How far a text is read that may weigh so much. */
export function extentOf(text: string, most: number): Extent {
  let weight = 0;
  let lineStart = 0;
  let lineWeight = 0;
  let depth = 0;
  /** Words of the directive so far. */
  let words = 0;
  /** Where each directive's first word begins, for that of a Lua block. */
  let first = -1;
  let firstEnd = -1;
  for (let at = 0; at < text.length; ) {
    switch (text.charCodeAt(at)) {
      case LF:
        if (weight > most) return { weight: lineWeight, end: lineStart };
        at++;
        lineStart = at;
        lineWeight = weight;
        continue;
      case SPACE:
      case TAB:
      case CR:
        at++;
        continue;
      case SEMICOLON:
        weight += DIRECTIVE;
        words = 0;
        first = -1;
        at++;
        continue;
      case RIGHT_BRACE:
        // One that closes nothing is a mistake, which has to be told.
        if (depth > 0) depth--;
        else weight += DIRECTIVE;
        words = 0;
        first = -1;
        at++;
        continue;
      case LEFT_BRACE:
        weight += BLOCK + DIRECTIVE;
        if (first >= 0 && text.startsWith(LUA_BLOCK, firstEnd - LUA_BLOCK.length)) {
          at = endOfLua(text, at + 1);
        } else {
          depth++;
          at++;
        }
        words = 0;
        first = -1;
        continue;
      case HASH:
        weight += COMMENT;
        at = lineEnd(text, at);
        continue;
      default:
    }
    weight += ++words > LONG_LIST ? 2 : 1;
    const start = at;
    const code = text.charCodeAt(at);
    at = code === DOUBLE_QUOTE || code === QUOTE ? endOfString(text, at, code) : endOfWord(text, at);
    if (first < 0) {
      first = start;
      firstEnd = at;
    }
  }
  return weight > most ? { weight: lineWeight, end: lineStart } : { weight, end: text.length };
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

function endOfWord(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= SPACE || code === SEMICOLON || code === LEFT_BRACE) return at;
    if (code === BACKSLASH) at++;
  }
  return text.length;
}

/** A string that its line does not close may be a forgotten quote. */
function endOfString(text: string, start: number, quote: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return at + 1;
    if (code === LF) return endOfWord(text, start);
    if (code === BACKSLASH) at++;
  }
  return endOfWord(text, start);
}
