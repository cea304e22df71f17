/**
 * Cuts a file into the words of nginx's configuration language, as `ngx_conf_read_token` (src/core/ngx_conf_file.c)
 * does: one walk, no pattern that could backtrack. White space is space, tab, CR and LF only.
 */
import type { IToken, TokenType } from "chevrotain";
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

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const DOUBLE_QUOTE = 0x22;
const HASH = 0x23;
const DOLLAR = 0x24;
const PERCENT = 0x25;
const QUOTE = 0x27;
const SEMICOLON = 0x3b;
const LESS_THAN = 0x3c;
const BACKSLASH = 0x5c;
const LEFT_BRACE = 0x7b;
const RIGHT_BRACE = 0x7d;

/**
 * @param mends offsets of words to be read as if a forgotten quote were there, see `MendedWord`
 */
export function scan(text: string, mends?: ReadonlySet<number>): Scanned {
  const tokens: IToken[] = [];
  const trivia: IToken[] = [];
  const { length } = text;
  const templateComments = new TemplateComments(text);
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
        at = text.indexOf("\n", start);
        if (at < 0) at = length;
        const end = text.charCodeAt(at - 1) === CR ? at - 1 : at;
        trivia.push(tokenOf(HashComment, text.slice(start, end), start));
        continue;
      }
      case LESS_THAN:
      case LEFT_BRACE: {
        const tag = templateTag(text, start) ?? templateComments.at(start);
        if (tag !== null) {
          trivia.push(tokenOf(TemplateTag, tag, start));
          at += tag.length;
          continue;
        }
        break;
      }
      case DOLLAR: {
        // No directive has such a name; among the words of one it is a word.
        const tag = directive === undefined ? filledLine(text, start) : null;
        if (tag !== null) {
          trivia.push(tokenOf(TemplateTag, tag, start));
          at += tag.length;
          continue;
        }
        break;
      }
      default:
    }
    const code = text.charCodeAt(at);
    if (code === LEFT_BRACE && placeholderEnd(text, at) < 0) {
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
      at = code === DOUBLE_QUOTE || code === QUOTE ? endOfCutString(text, start) : endOfPattern(text, start);
    } else if (code === DOUBLE_QUOTE || code === QUOTE) {
      at = endOfString(text, start, code);
      type = at < 0 ? OpenQuote : QuotedWord;
      if (at < 0) at = length;
    } else {
      type = PlainWord;
      at = endOfWord(text, start);
    }
    const image = text.slice(start, at);
    directive ??= image;
    tokens.push(tokenOf(type, image, start));
  }
  return { tokens, trivia };
}

/** A word ends before white space, `;` and `{`; a backslash keeps the next character, `$` the braces after it. */
function endOfWord(text: string, start: number): number {
  const { length } = text;
  let at = start;
  while (at < length) {
    switch (text.charCodeAt(at)) {
      case SPACE:
      case TAB:
      case CR:
      case LF:
      case SEMICOLON:
        return at;
      case BACKSLASH:
        at += 2;
        break;
      case DOLLAR:
        at++;
        while (text.charCodeAt(at) === LEFT_BRACE) at++;
        break;
      case LEFT_BRACE: {
        const end = placeholderEnd(text, at);
        if (end < 0) return at;
        at = end;
        break;
      }
      default:
        at++;
    }
  }
  return length;
}

/** Offset after the closing quote; -1 where there is none. */
function endOfString(text: string, start: number, quote: number): number {
  for (let at = start + 1; at < text.length; at++) {
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

function endOfPattern(text: string, start: number): number {
  UNQUOTED_PATTERN.lastIndex = start;
  return UNQUOTED_PATTERN.test(text) ? UNQUOTED_PATTERN.lastIndex : endOfWord(text, start);
}

// nginx never accepts `{{` outside quotes, so reading it as a placeholder changes nothing that nginx reads. The
// bounds keep a hostile line from costing more than its length times a constant.
const PLACEHOLDER = /\{\{[^{}\r\n;]{1,1000}\}\}/y;
const TAG_LINE =
  /(?:\{\{[^\n]{0,1000}\}\}|\{%[^\n]{0,1000}%\}|<%[^=\n][^\n]{0,1000}%>|\{#[^\n]{0,1000}#\})(?=[ \t\r]*(?:\n|$))/y;
const BLOCK_TAG = /\{%[^\n]{0,1000}?%\}/y;

/** Offset after `{{ x }}`; -1 where there is none. */
function placeholderEnd(text: string, at: number): number {
  if (text.charCodeAt(at + 1) !== LEFT_BRACE) return -1;
  PLACEHOLDER.lastIndex = at;
  return PLACEHOLDER.test(text) ? PLACEHOLDER.lastIndex : -1;
}

function templateTag(text: string, at: number): string | null {
  const next = text.charCodeAt(at + 1);
  if (next !== LEFT_BRACE && next !== PERCENT && next !== HASH) return null;
  if (startsItsLine(text, at)) {
    TAG_LINE.lastIndex = at;
    const line = TAG_LINE.exec(text);
    if (line) return line[0];
  }
  BLOCK_TAG.lastIndex = at;
  return BLOCK_TAG.exec(text)?.[0] ?? null;
}

/** `${LOCATIONS}` alone in its line, for which `envsubst` writes directives. */
const FILLED_LINE = /\$\{[A-Z_][A-Z0-9_]{0,200}\}(?=[ \t\r]*(?:\n|$))/y;

function filledLine(text: string, at: number): string | null {
  if (!startsItsLine(text, at)) return null;
  FILLED_LINE.lastIndex = at;
  return FILLED_LINE.exec(text)?.[0] ?? null;
}

/** Comments of Jinja over several lines: `{#` begins the first of them and `#}` ends the last. */
class TemplateComments {
  readonly #text: string;
  /** Where the next `#}` stands, so that no text is searched twice. */
  #close = -1;

  constructor(text: string) {
    this.#text = text;
  }

  at(start: number): string | null {
    const text = this.#text;
    if (text.charCodeAt(start) !== LEFT_BRACE || text.charCodeAt(start + 1) !== HASH) return null;
    if (this.#close < start) {
      const close = text.indexOf("#}", start);
      this.#close = close < 0 ? text.length : close;
    }
    const end = this.#close + 2;
    if (end > text.length || !startsItsLine(text, start) || !endsItsLine(text, end)) return null;
    return text.slice(start, end);
  }
}

function endsItsLine(text: string, at: number): boolean {
  let after = at;
  while (WHITE_IN_LINE.has(text.charCodeAt(after))) after++;
  return after >= text.length || text.charCodeAt(after) === LF;
}

const WHITE_IN_LINE = new Set([SPACE, TAB, CR]);

function startsItsLine(text: string, at: number): boolean {
  let before = at - 1;
  while (before >= 0 && (text.charCodeAt(before) === SPACE || text.charCodeAt(before) === TAB)) before--;
  return before < 0 || text.charCodeAt(before) === LF;
}

/** The next thing in Lua that matters to the end of a block: a brace, a string or a comment. */
const LUA_PIECE = /--\[(=*)\[|--[^\n]*|\[(=*)\[|["'{}]/g;
/** A string from its first quote on; its last group is empty where the line ends first. */
const LUA_STRING = /"(?:[^"\\\n]+|\\[\s\S])*("?)|'(?:[^'\\\n]+|\\[\s\S])*('?)/y;

/** Offset after the `}` that closes a Lua block opened just before `from`; the text's length where none does. */
function endOfLua(text: string, from: number): number {
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
