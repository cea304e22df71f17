/**
 * What a text with tags is to nginx itself. Comments and strings may hold anything, so that a file which nginx takes as it stands can
 * hold the tags of a template that nobody fills in: they must not hide what stands between them.
 */
import type { IToken } from "chevrotain";
import { firstNotBefore } from "../lists/index.ts";
import { scan } from "./scan.ts";
import type { Tag } from "./tags.ts";
import { HashComment, LeftBrace, LuaBlock, OpenQuote, QuotedWord, RightBrace, Semicolon } from "./tokens.ts";

/** Whether reading the text as it stands can matter: a tag may reach out of its comment or string, or be written elsewhere. */
export function mayHide(text: string, tags: readonly Tag[]): boolean {
  return tags.some(
    (tag) => isElsewhere(tag) || tag.end === text.length || /[\n"']/.test(text.slice(tag.start, tag.end)),
  );
}

/** The text as nginx's words, comments and strings; null where nginx would refuse it, so that its tags are filled in before. */
export function readAsItStands(text: string): AsItStands | null {
  const { tokens, trivia } = scan(text, null);
  if (!isSound(tokens, text)) return null;
  return new AsItStands(
    text,
    [...tokens, ...trivia].sort((a, b) => a.startOffset - b.startOffset),
  );
}

export class AsItStands {
  readonly #text: string;
  readonly #pieces: readonly IToken[];

  /** @param pieces its words, signs and comments in their order */
  constructor(text: string, pieces: readonly IToken[]) {
    this.#text = text;
    this.#pieces = pieces;
  }

  /** Whether a tag would take text along that nginx reads: from its comment or string on, or all that follows. */
  isHiding(tag: Tag): boolean {
    const { start, end } = tag;
    const piece = this.#pieces[firstNotBefore(this.#pieces, (each) => each.startOffset <= start) - 1];
    if (piece === undefined) return false;
    const { tokenType, startOffset, image } = piece;
    const pieceEnd = startOffset + image.length;
    if (start >= pieceEnd) return false;
    const reachesOut = end > pieceEnd;
    if (tokenType === HashComment || tokenType === QuotedWord) return reachesOut || isElsewhere(tag);
    // Nothing ends it, or it begins in the middle of a word and goes on in another line.
    if (tag.family === "code" && end === this.#text.length && !this.#text.endsWith("?>")) return true;
    const line = this.#text.indexOf("\n", start);
    return reachesOut && start > startOffset && line >= 0 && line < end;
  }
}

/** What stands behind the tag is written where another tag names it, if anywhere. */
function isElsewhere(tag: Tag): boolean {
  return tag.family !== "code" && tag.role.kind === "open" && tag.role.section === "part";
}

/** Words, each followed by white space, and directives and blocks that end. */
function isSound(tokens: readonly IToken[], text: string): boolean {
  let depth = 0;
  let isInDirective = false;
  for (const { tokenType, startOffset, image } of tokens) {
    switch (tokenType) {
      case OpenQuote:
        return false;
      case Semicolon:
        if (!isInDirective) return false;
        isInDirective = false;
        break;
      case LeftBrace:
        if (!isInDirective) return false;
        isInDirective = false;
        depth++;
        break;
      case RightBrace:
        if (isInDirective || depth === 0) return false;
        depth--;
        break;
      case QuotedWord:
        if (!/^(?:[\s;{)]|$)/.test(text.charAt(startOffset + image.length))) return false;
        isInDirective = true;
        break;
      case LuaBlock:
        isInDirective = false;
        break;
      default:
        isInDirective = true;
    }
  }
  return depth === 0 && !isInDirective;
}
