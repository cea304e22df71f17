/**
 * Finds the brace that is missing or too many by the indentation around it, and reads the file as if it were mended,
 * so that one mistake is reported once, where a person would look, and the rest keeps its contexts.
 */
import type { IToken } from "chevrotain";
import type { SyntaxProblem } from "./ast.ts";
import { LeftBrace, RightBrace } from "./tokens.ts";

/** Mistakes that are looked for one by one. */
const MOST_MENDED_BRACES = 10;

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
  while (problems.length < MOST_MENDED_BRACES) {
    const mended = mendOne(current, text);
    if (mended === null) break;
    current = mended.tokens;
    problems.push(...mended.problems);
  }
  return { tokens: current, problems };
}

function mendOne(tokens: IToken[], text: string): MendedTokens | null {
  const open: OpenBlock[] = [];
  let early: { block: OpenBlock; close: number } | null = null;
  let late: number | null = null;
  let stray = false;
  const indentAt = indentation(text);
  for (const [index, token] of tokens.entries()) {
    if (token.tokenType === LeftBrace) {
      open.push({ index, indent: indentAt(token.startOffset).width });
    } else if (token.tokenType === RightBrace) {
      const block = open.pop();
      if (block === undefined) {
        stray = true;
        break;
      }
      const close = indentAt(token.startOffset);
      if (!close.first) continue;
      if (close.width < block.indent) early ??= { block, close: index };
      if (close.width > block.indent) late ??= index;
    }
  }
  if (stray) return late === null ? null : dropBrace(tokens, late);
  const unclosed = open.at(-1);
  if (unclosed === undefined) return null;
  return early === null
    ? closeBlock(tokens, unclosed, null, text)
    : closeBlock(tokens, early.block, early.close, text);
}

function dropBrace(tokens: IToken[], index: number): MendedTokens | null {
  const brace = tokens[index];
  if (brace === undefined) return null;
  return {
    tokens: tokens.toSpliced(index, 1),
    problems: [
      {
        start: brace.startOffset,
        end: brace.startOffset + 1,
        message: 'unexpected "}": by its indentation it closes nothing',
        help: "remove it, or look for a missing `{` above",
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
  const closing = {
    ...brace,
    image: "",
    startOffset: before.startOffset + before.image.length,
    ...rightBrace(),
  };
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

function rightBrace(): Pick<IToken, "tokenType" | "tokenTypeIdx"> {
  return { tokenType: RightBrace, tokenTypeIdx: RightBrace.tokenTypeIdx ?? 0 };
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
