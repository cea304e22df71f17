/** The kinds of words that the grammar is written in. `scan.ts` cuts them. */
import { createToken, type IToken, type TokenType } from "chevrotain";

export const HashComment = createToken({ name: "HashComment" });

/** `{% if x %}`, `{{- range .Servers }}` or `<% end %>`, alone on its line: no word of nginx, kept like a comment. */
export const TemplateTag = createToken({ name: "TemplateTag" });

/** The text between the braces of `*_by_lua_block { … }`, braces included. */
export const LuaBlock = createToken({ name: "LuaBlock" });

export const LeftBrace = createToken({ name: "LeftBrace" });
export const RightBrace = createToken({ name: "RightBrace" });
export const Semicolon = createToken({ name: "Semicolon" });

/** Anything that can stand as a directive's name or argument. */
export const AnyWord = createToken({ name: "AnyWord" });

export const PlainWord = createToken({ name: "PlainWord", categories: [AnyWord] });

export const QuotedWord = createToken({ name: "QuotedWord", categories: [AnyWord] });

/** A quote that nothing closes: up to the end of the file. */
export const OpenQuote = createToken({ name: "OpenQuote", categories: [AnyWord] });

/**
 * A word of a file with a forgotten quote, cut anew so that one mistake is one problem: a string that ends with its
 * line, or a pattern such as `^/a{2}` that lacks its quotes.
 */
export const MendedWord = createToken({ name: "MendedWord", categories: [AnyWord] });

export const VOCABULARY = [
  HashComment,
  TemplateTag,
  LuaBlock,
  LeftBrace,
  RightBrace,
  Semicolon,
  AnyWord,
  PlainWord,
  QuotedWord,
  OpenQuote,
  MendedWord,
];

/** A token without lines and columns, which nobody asks for. */
export function tokenOf(tokenType: TokenType, image: string, startOffset: number): IToken {
  return { image, startOffset, tokenType, tokenTypeIdx: tokenType.tokenTypeIdx ?? 0 };
}
