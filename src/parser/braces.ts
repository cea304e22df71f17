/**
 * Finds the brace that is missing or too many by the indentation around it, and reads the file as if it were mended,
 * so that one mistake is reported once, where a person would look, and the rest keeps its contexts.
 */

import type { IToken } from "chevrotain";
import { append } from "../lists/index.ts";
import type { SyntaxProblem } from "./ast.ts";
import { LeftBrace, LuaBlock, RightBrace, Semicolon, tokenOf } from "./tokens.ts";

/** Mistakes that are looked for one by one. */
const MOST_MENDED_BRACES = 10;
/** For each of them all tokens are looked through several times: so many in all. */
const MOST_LOOKED_THROUGH = 3_000_000;

interface OpenBlock {
  readonly index: number;
  readonly indent: number;
}

export interface MendedTokens {
  readonly tokens: IToken[];
  readonly problems: readonly SyntaxProblem[];
}

/** Returns the tokens with their braces in balance as far as indentation tells, and a problem for each change. */
export function mendBraces(tokens: IToken[], text: string): MendedTokens {
  const problems: SyntaxProblem[] = [];
  let current = tokens;
  const most = Math.min(MOST_MENDED_BRACES, Math.ceil(MOST_LOOKED_THROUGH / Math.max(tokens.length, 1)));
  while (problems.length < most) {
    const mended = mendOne(current, text);
    if (mended === null) break;
    current = mended.tokens;
    append(problems, mended.problems);
  }
  return { tokens: current, problems };
}

function mendOne(tokens: IToken[], text: string): MendedTokens | null {
  const open: OpenBlock[] = [];
  let early: { block: OpenBlock; close: number } | null = null;
  /** The first `}` on a line of its own that stands deeper than the line of the block that it closes. */
  let late: number | null = null;
  /** The first `}` whose block, by the line after it, goes on. */
  let premature: number | null = null;
  let nameless: number | null = null;
  let stray: number | null = null;
  /** The brace before this token, with the indentation of its block, unless it stands where it should. */
  let closed: OpenBlock | null = null;
  const indentAt = indentation(text);
  for (const [index, token] of tokens.entries()) {
    if (closed !== null && isWord(token)) {
      const { first, width } = indentAt(token.startOffset);
      if (first && width > closed.indent) premature ??= closed.index;
    }
    closed = null;
    if (token.tokenType === LeftBrace) {
      if (!isWord(tokens[index - 1])) nameless ??= index;
      open.push({ index, indent: indentAt(token.startOffset).width });
    } else if (token.tokenType === RightBrace) {
      const block = open.pop();
      if (block === undefined) {
        stray = index;
        break;
      }
      const close = indentAt(token.startOffset);
      if (close.first && close.width < block.indent) early ??= { block, close: index };
      if (close.first && close.width > block.indent) late ??= index;
      closed = close.first && close.width === block.indent ? null : { ...block, index };
    }
  }
  if (stray !== null) {
    const missing = openLine(tokens, text) ?? openBlock(tokens, late ?? stray, text);
    if (missing !== null) return missing;
    const tooMany = premature ?? late;
    return tooMany === null
      ? null
      : dropBrace(tokens, tooMany, "judging by the lines around it, it closes nothing");
  }
  const unclosed = open.at(-1);
  if (unclosed === undefined) return null;
  if (nameless !== null) return dropBrace(tokens, nameless, "a block needs a directive before it");
  return early === null
    ? closeBlock(tokens, unclosed, null, text)
    : closeBlock(tokens, early.block, early.close, text);
}

function isWord(token: IToken | undefined): token is IToken {
  return (
    token !== undefined &&
    token.tokenType !== LeftBrace &&
    token.tokenType !== RightBrace &&
    token.tokenType !== Semicolon
  );
}

function dropBrace(tokens: IToken[], index: number, reason: string): MendedTokens | null {
  const brace = tokens[index];
  if (brace === undefined) return null;
  const { startOffset: start, tokenType } = brace;
  const [sign, help] =
    tokenType === RightBrace
      ? ["}", "remove it, or look for a missing `{` above"]
      : ["{", "remove it, or write the directive that opens the block"];
  return {
    tokens: tokens.toSpliced(index, 1),
    problems: [{ start, end: start + 1, message: `unexpected "${sign}": ${reason}`, help }],
  };
}

/** Names that never stand in a line of their own: where one ends with `;`, a `{` was meant. */
const OPENS_A_BLOCK =
  /^(?:http|server|location|events|stream|mail|upstream|if|map|geo|types|split_clients|limit_except)$/;

/**
 * Opens the block that a `}` was meant to close: by a line of the same indentation that ends without `;` and `{`, and
 * whose next line is indented deeper; a `;` there is read as the brace where the directive is known to open a block.
 */
function openBlock(tokens: IToken[], close: number, text: string): MendedTokens | null {
  const brace = tokens[close];
  if (brace === undefined) return null;
  const indentAt = indentation(text);
  const lines: { width: number; first: boolean }[] = [];
  for (let index = 0; index <= close; index++) lines.push(indentAt(tokens[index]?.startOffset ?? 0));
  const { width } = lines[close] ?? { width: 0 };
  for (let index = close - 1; index > 0; index--) {
    const line = lines[index];
    const before = tokens[index - 1];
    if (line?.first !== true || !isWord(tokens[index]) || line.width <= width) continue;
    // The nearest line above that stands as deep as the brace.
    if (lines[index - 1]?.width !== width) continue;
    if (before === undefined || before.tokenType === LuaBlock) return null;
    const { tokenType } = before;
    if (tokenType === LeftBrace || tokenType === RightBrace) return null;
    const isEnded = tokenType === Semicolon;
    const at = before.startOffset + before.image.length;
    let first = index - 1;
    while (first > 0 && lines[first]?.first !== true) first--;
    const name = tokens[first]?.image ?? "";
    if (name.endsWith("_by_lua_block") || (isEnded && !OPENS_A_BLOCK.test(name))) return null;
    if (isEnded) return openForSemicolon(tokens, index - 1, name);
    const opening = tokenOf(LeftBrace, "", at);
    const message = `directive \`${name}\` has no opening "{"`;
    return {
      tokens: tokens.toSpliced(index, 0, opening),
      problems: [{ start: at, end: at, message, help: "write `{` here" }],
    };
  }
  return null;
}

/** `location /a; return 204; }`: a line that opens nothing, closes a block and begins with a directive that has one. */
function openLine(tokens: IToken[], text: string): MendedTokens | null {
  const indentAt = indentation(text);
  let name: string | null = null;
  let semicolon: number | null = null;
  for (const [index, token] of tokens.entries()) {
    if (indentAt(token.startOffset).first) {
      name = isWord(token) && OPENS_A_BLOCK.test(token.image) ? token.image : null;
      semicolon = null;
    }
    if (name === null) continue;
    const { tokenType } = token;
    if (tokenType === LeftBrace) name = null;
    else if (tokenType === Semicolon) semicolon ??= index;
    else if (tokenType === RightBrace && semicolon !== null && semicolon < index - 1)
      return openForSemicolon(tokens, semicolon, name);
    else if (tokenType === RightBrace) name = null;
  }
  return null;
}

function openForSemicolon(tokens: IToken[], index: number, name: string): MendedTokens | null {
  const semicolon = tokens[index];
  if (semicolon === undefined) return null;
  const { startOffset: start } = semicolon;
  return {
    tokens: tokens.with(index, tokenOf(LeftBrace, semicolon.image, start)),
    problems: [
      {
        start,
        end: start + 1,
        message: `directive \`${name}\` has no opening "{"`,
        help: "write `{` instead of `;`",
      },
    ],
  };
}

/** Closes a block before the first line after it that is not indented deeper, at the latest at `close`. */
function closeBlock(
  tokens: IToken[],
  block: OpenBlock,
  close: number | null,
  text: string,
): MendedTokens | null {
  const brace = tokens[block.index];
  if (brace === undefined) return null;
  let at = close;
  const indentAt = indentation(text);
  for (let index = block.index + 1; index < (close ?? tokens.length); index++) {
    const token = tokens[index];
    if (token === undefined) break;
    const { first, width } = indentAt(token.startOffset);
    if (first && width <= block.indent && token.tokenType !== RightBrace) {
      at = index;
      break;
    }
  }
  const before = at === null ? undefined : tokens[at - 1];
  if (at === null || before === undefined) return null;
  const closing = tokenOf(RightBrace, "", before.startOffset + before.image.length);
  return {
    tokens: tokens.toSpliced(at, 0, closing),
    problems: [
      {
        start: brace.startOffset,
        end: brace.startOffset + 1,
        message: 'the block that opens here is not closed: unexpected end of file, expecting "}"',
        help: "close it with `}`",
      },
    ],
  };
}

/** Asks for the indentation of offsets in ascending order, in one walk over the text. */
function indentation(text: string): (offset: number) => { width: number; first: boolean } {
  let lineStart = 0;
  let nextLine = text.indexOf("\n") + 1;
  let width = 0;
  let textStart = -1;
  return (offset) => {
    while (nextLine > 0 && nextLine <= offset) {
      lineStart = nextLine;
      nextLine = text.indexOf("\n", lineStart) + 1;
      textStart = -1;
    }
    if (textStart < 0) {
      width = 0;
      for (textStart = lineStart; ; textStart++) {
        if (text[textStart] === " ") width++;
        else if (text[textStart] === "\t") width += 8;
        else break;
      }
    }
    return { width, first: offset === textStart };
  };
}
