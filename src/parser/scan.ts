/**
 * Cuts a file into the words of nginx's configuration language, as `ngx_conf_read_token` (src/core/ngx_conf_file.c)
 * does: one walk, no pattern that could backtrack. White space is space, tab, CR and LF only. Chevrotain's lexer has a
 * pattern for each kind of token; here what `{`, `#` or a quote means depends on the word that is being read.
 */

import type { IToken, TokenType } from "chevrotain";
import {
  AT,
  BACKSLASH,
  CR,
  DOLLAR,
  DOUBLE_QUOTE,
  HASH,
  LEFT_BRACE,
  LESS_THAN,
  LF,
  PERCENT,
  QUOTE,
  RIGHT_BRACE,
  SEMICOLON,
  SPACE,
  TAB,
  UNDERSCORE,
} from "./characters.ts";
import { filledLineEnd } from "./placeholders.ts";
import { startsItsLine } from "./tags.ts";
import type { Template } from "./template.ts";
import {
  HashComment,
  LeftBrace,
  LuaBlock,
  MendedWord,
  OpenQuote,
  PlainWord,
  QuotedWord,
  RightBrace,
  Semicolon,
  TemplateTag,
  tokenOf,
} from "./tokens.ts";

export interface Scanned {
  readonly tokens: IToken[];
  /** Comments and template tags, which stand between the tokens. */
  readonly trivia: readonly IToken[];
}

/**
 * @param template the tags in the text
 * @param mends offsets of words to be read as if a forgotten quote were there, see `MendedWord`
 */
export function scan(text: string, template: Template | null, mends?: ReadonlySet<number>): Scanned {
  const tokens: IToken[] = [];
  const trivia: IToken[] = [];
  const words = text.length > LARGE_TEXT ? new Words() : null;
  const { length } = text;
  /** The name of the directive whose words are being read. */
  let directive: string | undefined;
  let at = 0;
  while (at < length) {
    const start = at;
    switch (text.charCodeAt(at)) {
      case SPACE:
      case TAB:
      case CR:
      case LF:
        at++;
        continue;
      case SEMICOLON:
        tokens.push(tokenOf(Semicolon, ";", start));
        directive = undefined;
        at++;
        continue;
      case RIGHT_BRACE:
        tokens.push(tokenOf(RightBrace, "}", start));
        directive = undefined;
        at++;
        continue;
      case HASH: {
        const filled = filledHash(text, start);
        if (filled >= 0) break;
        at = text.indexOf("\n", start);
        // A tag may go on in the next line.
        if (template !== null) at = template.lineEnd(start);
        if (at < 0) at = length;
        const end = text.charCodeAt(at - 1) === CR ? at - 1 : at;
        trivia.push(tokenOf(HashComment, text.slice(start, end), start));
        continue;
      }
      case DOLLAR:
      case AT:
      case PERCENT:
      case UNDERSCORE:
      case LESS_THAN: {
        // No directive has such a name; among the words of one it is a word.
        const end = directive === undefined && startsItsLine(text, start) ? filledLineEnd(text, start) : -1;
        if (end < 0) break;
        trivia.push(tokenOf(TemplateTag, text.slice(start, end), start));
        at = end;
        continue;
      }
      default:
    }
    const piece = template?.pieceAt(start, directive !== undefined) ?? null;
    if (piece !== null && piece.kind !== "word") {
      if (piece.kind === "beginning") {
        // All branches begin with the same words, the rest of them differs.
        trivia.push(tokenOf(TemplateTag, text.slice(start, piece.tagEnd), start));
        directive = text.slice(piece.name, piece.nameEnd);
        tokens.push(tokenOf(PlainWord, directive, piece.name));
        at = endOfWord(text, piece.end, template);
        tokens.push(tokenOf(PlainWord, text.slice(piece.rest, at), piece.rest));
        continue;
      }
      at = piece.end;
      trivia.push(tokenOf(TemplateTag, text.slice(start, at).trimEnd(), start));
      continue;
    }
    const code = text.charCodeAt(at);
    if (code === LEFT_BRACE && piece === null) {
      if (directive?.endsWith("_by_lua_block")) {
        at = endOfLua(text, start + 1);
        tokens.push(tokenOf(LuaBlock, text.slice(start, at), start));
      } else {
        tokens.push(tokenOf(LeftBrace, "{", start));
        at++;
      }
      directive = undefined;
      continue;
    }
    let type: TokenType;
    if (mends?.has(start)) {
      type = MendedWord;
      at =
        code === DOUBLE_QUOTE || code === QUOTE
          ? endOfCutString(text, start)
          : endOfPattern(text, start, template);
    } else if (code === DOUBLE_QUOTE || code === QUOTE) {
      at = endOfString(text, start, code, template);
      type = at < 0 ? OpenQuote : QuotedWord;
      if (at < 0) at = length;
    } else {
      type = PlainWord;
      at = endOfWord(text, code === HASH ? filledHash(text, start) : start, template);
    }
    const word = text.slice(start, at);
    const image = words !== null && at - start <= LONGEST_SHARED ? words.share(word) : word;
    directive ??= image;
    tokens.push(tokenOf(type, image, start));
  }
  return { tokens, trivia };
}

/** Words that are likely to be written again: names of directives, `on`, `off`, ports. */
const LONGEST_SHARED = 24;
const MOST_SHARED = 4_000;
/** From so many characters on, that they take less memory is worth looking each of them up. */
const LARGE_TEXT = 300_000;

/** Short words, each kept once: a large tree has a million of them. */
class Words {
  readonly #known = new Map<string, string>();

  share(word: string): string {
    const known = this.#known.get(word);
    if (known !== undefined) return known;
    if (this.#known.size < MOST_SHARED) this.#known.set(word, word);
    return word;
  }
}

/** Behind `#{NAME}`, which deployment tools fill in, where the directive ends in its line; -1 where a comment begins. */
const FILLED_HASH = /#\{[\w.:]{1,200}\}#?(?=[\w./:-]*[ \t]*[;{])/y;

function filledHash(text: string, start: number): number {
  if (text.charCodeAt(start + 1) !== LEFT_BRACE || startsItsLine(text, start)) return -1;
  FILLED_HASH.lastIndex = start;
  return FILLED_HASH.test(text) ? FILLED_HASH.lastIndex : -1;
}

/** A word ends before white space, `;` and `{`; a backslash keeps the next character, `$` the braces after it. */
function endOfWord(text: string, start: number, template: Template | null): number {
  const { length } = text;
  let at = start;
  while (at < length) {
    if (template !== null) {
      const end = template.endInWord(at);
      if (end > at) {
        at = end;
        continue;
      }
    }
    switch (text.charCodeAt(at)) {
      case SPACE:
      case TAB:
      case CR:
      case LF:
      case SEMICOLON:
      case LEFT_BRACE:
        return at;
      case BACKSLASH:
        at += 2;
        break;
      case DOLLAR:
        at++;
        while (text.charCodeAt(at) === LEFT_BRACE && !template?.tagAt(at)) at++;
        break;
      default:
        at++;
    }
  }
  return length;
}

/** Offset after the closing quote; -1 where there is none. */
function endOfString(text: string, start: number, quote: number, template: Template | null): number {
  for (let at = start + 1; at < text.length; at++) {
    const end = template === null ? -1 : template.endInString(at, quote);
    if (end > at) {
      at = end - 1;
      continue;
    }
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === quote) return at + 1;
  }
  return -1;
}

/**
 * A string without its closing quote ends with its line, before the `;` or `{` that stands there; in a block on one
 * line, before the next `;`.
 */
function endOfCutString(text: string, start: number): number {
  const lineEnd = text.indexOf("\n", start);
  const line = text.slice(start, lineEnd < 0 ? text.length : lineEnd).trimEnd();
  const semicolon = line.indexOf(";");
  if (semicolon > 0 && /;[ \t]*\}+$/.test(line)) return start + semicolon;
  const words = /[;{]$/.test(line) ? line.slice(0, -1).trimEnd() : line;
  return start + Math.max(words.length, 1);
}

const UNQUOTED_PATTERN = /(?:\\[^\n]|\{\d+(?:,\d*)?\}|[^\\ \t\r\n;{])+/y;

function endOfPattern(text: string, start: number, template: Template | null): number {
  UNQUOTED_PATTERN.lastIndex = start;
  // A pattern that begins with a tag of a template is no such thing.
  if (!UNQUOTED_PATTERN.test(text) || UNQUOTED_PATTERN.lastIndex === start)
    return endOfWord(text, start, template);
  return UNQUOTED_PATTERN.lastIndex;
}

/** The next thing in Lua that matters to the end of a block: a brace, a string or a comment. */
const LUA_PIECE = /--\[(=*)\[|--[^\n]*|\[(=*)\[|["'{}]/g;
/** A string from its first quote on; its last group is empty where the line ends first. */
const LUA_STRING = /"(?:[^"\\\n]+|\\[\s\S])*("?)|'(?:[^'\\\n]+|\\[\s\S])*('?)/y;

/** Offset after the `}` that closes a Lua block opened just before `from`; the text's length where none does. */
export function endOfLua(text: string, from: number): number {
  let depth = 1;
  // Up to where no quote of the kind closes a string: so far each has been looked at.
  const unclosed = { '"': 0, "'": 0 };
  LUA_PIECE.lastIndex = from;
  for (let piece = LUA_PIECE.exec(text); piece !== null; piece = LUA_PIECE.exec(text)) {
    const [image] = piece;
    const level = piece[1] ?? piece[2];
    if (level !== undefined) {
      const close = text.indexOf(`]${level}]`, LUA_PIECE.lastIndex);
      if (close < 0) return text.length;
      LUA_PIECE.lastIndex = close + level.length + 2;
    } else if (image === "{") {
      depth++;
    } else if (image === "}") {
      depth--;
      if (depth === 0) return LUA_PIECE.lastIndex;
    } else if (image === '"' || image === "'") {
      // A quote that its line does not close opens no string (ngx_http_lua_lex.c), and broken Lua is not nginx's to judge.
      if (piece.index < unclosed[image]) continue;
      LUA_STRING.lastIndex = piece.index;
      const string = LUA_STRING.exec(text);
      if (string?.[1] || string?.[2]) LUA_PIECE.lastIndex = LUA_STRING.lastIndex;
      else unclosed[image] = LUA_STRING.lastIndex;
    }
  }
  return text.length;
}
