/**
 * The words of nginx's configuration language, as `ngx_conf_read_token` (src/core/ngx_conf_file.c) cuts them.
 *
 * White space is space, tab, CR and LF only. Offsets are all the position a token carries.
 */
import { createToken, type IToken, Lexer, type TokenType } from "chevrotain";

/**
 * `{{ x }}` of a template on one line. nginx itself never accepts it outside quotes, so nothing that nginx
 * reads is read differently.
 */
const PLACEHOLDER = String.raw`\{\{[^{}\r\n;]*\}\}`;

/** A backslash keeps the next character; `$` makes the braces after it part of the word. */
const WORD_PART = String.raw`\\[\s\S]?|\$\{*|${PLACEHOLDER}`;

const WhiteSpace = createToken({
  name: "WhiteSpace",
  pattern: /[ \t\r\n]+/,
  group: Lexer.SKIPPED,
  line_breaks: false,
});

/**
 * A line that holds only a template tag (`{% if x %}`, `{{- range .Servers }}`, `<% end %>`): no word of nginx,
 * kept like a comment.
 */
export const TemplateLine = createToken({
  name: "TemplateLine",
  pattern: { exec: matchTemplateLine },
  start_chars_hint: ["{", "<"],
  group: "trivia",
  line_breaks: false,
});

export const HashComment = createToken({
  name: "HashComment",
  pattern: /#[^\n]*/,
  group: "trivia",
  start_chars_hint: ["#"],
  line_breaks: false,
});

/** The text between the braces of `*_by_lua_block { … }`, braces included. */
export const LuaBlock = createToken({
  name: "LuaBlock",
  pattern: { exec: matchLuaBlock },
  start_chars_hint: ["{"],
  line_breaks: false,
});

export const LeftBrace = createToken({ name: "LeftBrace", pattern: "{" });
export const RightBrace = createToken({ name: "RightBrace", pattern: "}" });
export const Semicolon = createToken({ name: "Semicolon", pattern: ";" });

/** Anything that can stand as a directive's name or argument. */
export const AnyWord = createToken({ name: "AnyWord", pattern: Lexer.NA });

export const QuotedWord = createToken({
  name: "QuotedWord",
  pattern: /"[^"\\]*(?:\\[\s\S][^"\\]*)*"|'[^'\\]*(?:\\[\s\S][^'\\]*)*'/,
  categories: [AnyWord],
  start_chars_hint: ['"', "'"],
  line_breaks: false,
});

/** A quote that nothing closes: up to the end of the file. */
export const OpenQuote = createToken({
  name: "OpenQuote",
  pattern: /["'][\s\S]*/,
  categories: [AnyWord],
  start_chars_hint: ['"', "'"],
  line_breaks: false,
});

export const PlainWord = createToken({
  name: "PlainWord",
  pattern: new RegExp(String.raw`(?:[^\\$ \t\r\n;{}#"']|${WORD_PART})(?:[^\\$ \t\r\n;{]+|${WORD_PART})*`),
  categories: [AnyWord],
  start_chars_hint: [...wordStarts()],
  line_breaks: false,
});

/** All but those that end a word, open a comment or a string: one of each bucket of 255 that Chevrotain keeps. */
function* wordStarts(): Generator<number> {
  for (let code = 0; code < 256; code++) if (!/[ \t\r\n;{}#"']/.test(String.fromCharCode(code))) yield code;
  yield 0x7b;
  for (let code = 256; code <= 0xffff; code += 255) yield code;
  yield 0xffff;
}

/** Order matters: the first that matches is taken. */
export const VOCABULARY: TokenType[] = [
  WhiteSpace,
  HashComment,
  LuaBlock,
  TemplateLine,
  PlainWord,
  LeftBrace,
  RightBrace,
  Semicolon,
  QuotedWord,
  OpenQuote,
  AnyWord,
];

/**
 * Words of files with a forgotten quote, cut anew so that one mistake is one problem: a quoted string that ends
 * with its line, or a pattern such as `^/a{2}` that lacks its quotes.
 */
export const MendedWord = createToken({
  name: "MendedWord",
  pattern: { exec: matchMendedWord },
  categories: [AnyWord],
  line_breaks: false,
});

let mends: ReadonlySet<number> = new Set();

/** Sets the offsets at which a word is to be mended. Chevrotain hands nothing else to custom patterns. */
export function mendWordsAt(offsets: ReadonlySet<number>): void {
  mends = offsets;
}

const UNQUOTED_PATTERN = /(?:\\[^\n]|\{\d+(?:,\d*)?\}|[^\\ \t\r\n;{])+/y;

function matchMendedWord(text: string, offset: number): RegExpExecArray | null {
  if (!mends.has(offset)) return null;
  const first = text[offset];
  if (first !== '"' && first !== "'") {
    UNQUOTED_PATTERN.lastIndex = offset;
    return UNQUOTED_PATTERN.exec(text);
  }
  const lineEnd = text.indexOf("\n", offset);
  const line = text.slice(offset, lineEnd < 0 ? text.length : lineEnd).trimEnd();
  const words = /[;{]$/.test(line) ? line.slice(0, -1).trimEnd() : line;
  return asMatch(words.length > 0 ? words : first, offset, text);
}

// Bounded, so that a hostile line costs no more than its length times a constant.
const TEMPLATE_LINE =
  /(?:\{\{[^\n]{0,1000}\}\}|\{%[^\n]{0,1000}%\}|<%[^=\n][^\n]{0,1000}%>|\{#[^\n]{0,1000}#\})(?=[ \t\r]*(?:\n|$))/y;
const BLOCK_TAG = /\{%[^\n]{0,1000}?%\}/y;

function matchTemplateLine(text: string, offset: number): RegExpExecArray | null {
  const next = text.charCodeAt(offset + 1);
  // `{{`, `{%`, `{#`, `<%`
  if (next !== 0x7b && next !== 0x25 && next !== 0x23) return null;
  if (startsItsLine(text, offset)) {
    TEMPLATE_LINE.lastIndex = offset;
    const line = TEMPLATE_LINE.exec(text);
    if (line) return line;
  }
  BLOCK_TAG.lastIndex = offset;
  return BLOCK_TAG.exec(text);
}

function startsItsLine(text: string, offset: number): boolean {
  let i = offset - 1;
  while (i >= 0 && (text.charCodeAt(i) === 0x20 || text.charCodeAt(i) === 0x09)) i--;
  return i < 0 || text.charCodeAt(i) === 0x0a;
}

function matchLuaBlock(text: string, offset: number, tokens: IToken[]): RegExpExecArray | null {
  if (text.charCodeAt(offset) !== 0x7b) return null;
  // The directive's name is its first word; `set_by_lua_block` has one argument, no other has any.
  let first: IToken | undefined;
  for (let i = tokens.length - 1; i >= 0; i--) {
    const token = tokens[i];
    if (token === undefined || !isWordToken(token)) break;
    first = token;
    if (tokens.length - i > 3) return null;
  }
  if (first === undefined || !first.image.endsWith("_by_lua_block")) return null;
  const end = endOfLua(text, offset + 1);
  return asMatch(text.slice(offset, end), offset, text);
}

function isWordToken(token: IToken): boolean {
  return token.tokenType === PlainWord || token.tokenType === QuotedWord;
}

/** The next thing in Lua that matters to the end of a block: a brace, a string or a comment. */
const LUA_PIECE = /--\[(=*)\[|--[^\n]*|\[(=*)\[|"(?:[^"\\\n]+|\\[\s\S])*"?|'(?:[^'\\\n]+|\\[\s\S])*'?|[{}]/g;

/** Offset after the `}` that closes a Lua block opened just before `from`; the text's length where none does. */
function endOfLua(text: string, from: number): number {
  let depth = 1;
  LUA_PIECE.lastIndex = from;
  for (let piece = LUA_PIECE.exec(text); piece !== null; piece = LUA_PIECE.exec(text)) {
    const level = piece[1] ?? piece[2];
    if (level !== undefined) {
      const close = text.indexOf(`]${level}]`, LUA_PIECE.lastIndex);
      if (close < 0) return text.length;
      LUA_PIECE.lastIndex = close + level.length + 2;
    } else if (piece[0] === "{") {
      depth++;
    } else if (piece[0] === "}") {
      depth--;
      if (depth === 0) return LUA_PIECE.lastIndex;
    }
  }
  return text.length;
}

function asMatch(image: string, index: number, input: string): RegExpExecArray {
  return Object.assign([image] as [string], { index, input });
}
