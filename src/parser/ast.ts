/**
 * The lossless syntax tree of one nginx configuration file.
 *
 * Positions are offsets into `ConfigFile.text` (UTF-16 units); `end` is exclusive. Line and column are asked of
 * the file's line index. No directive has a meaning here.
 */

import type { Branches } from "./branches.ts";

export type Quote = "none" | "single" | "double";

/** One argument (or the name) of a directive. */
export interface Word {
  readonly kind: "word";
  readonly start: number;
  readonly end: number;
  /** The source text, quotes and backslashes included. */
  readonly raw: string;
  /** What nginx sees: quotes removed, `\"`, `\'`, `\\`, `\t`, `\r`, `\n` decoded, other backslashes kept. */
  readonly value: string;
  readonly quote: Quote;
}

export interface Comment {
  readonly kind: "comment";
  readonly start: number;
  readonly end: number;
  /** `#` and what follows, without the line end; or a template tag such as `{% if x %}`. */
  readonly raw: string;
  /** A tag of a template language instead of an nginx comment. */
  readonly template: boolean;
  /** Such a tag, for which directives may be written; those of branches write nothing of their own. */
  readonly writes: boolean;
}

export interface Block {
  readonly kind: "block";
  /** Offset of `{`. */
  readonly open: number;
  /** Offset after `}`; where the file ends first, its length. */
  readonly end: number;
  readonly items: readonly Item[];
}

/** A block of an embedded language, kept as text (`content_by_lua_block { … }`). */
export interface RawBlock {
  readonly kind: "raw";
  readonly language: "lua";
  readonly open: number;
  readonly end: number;
}

export interface Directive {
  readonly kind: "directive";
  readonly name: Word;
  readonly args: readonly Word[];
  /** Comments between the words of the directive. */
  readonly comments: readonly Comment[];
  readonly block: Block | RawBlock | null;
  readonly start: number;
  /** Offset after `;` or `}`. */
  readonly end: number;
  /** False where `;` is missing or the file ends inside the directive. */
  readonly terminated: boolean;
}

export type Item = Directive | Comment;

/** A place where the text is not an nginx configuration. */
export interface SyntaxProblem {
  readonly start: number;
  readonly end: number;
  /** In nginx's terms: what is wrong. */
  readonly message: string;
  /** What to write. */
  readonly help?: string;
  /**
   * `too-long`: a rule of its own speaks of it. `unreadable`: nothing of the file was read, though nginx may accept it. `cut`: what
   * follows was not read, since it is more than a run takes.
   */
  readonly code?: "too-long" | "unreadable" | "cut";
  /** No tag of a template can mend it. */
  readonly isCertain?: boolean;
}

/** 1-based line and column (columns in UTF-16 units). */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface ConfigFile {
  readonly kind: "file";
  /** The name to show, as the loader chose it. */
  readonly name: string;
  readonly text: string;
  readonly items: readonly Item[];
  readonly problems: readonly SyntaxProblem[];
  /** Placeholders of a template language were met (`{{ x }}`, `{% if %}`, `<%= x %>`). */
  readonly template: boolean;
  /** Offset where reading ended: the length of the text, unless that is more than a run takes. */
  readonly readTo: number;
  /** The branches and loops of the template. */
  readonly branches: Branches;
  /** Line and column of an offset. The line index is made at the first call. */
  position(offset: number): Position;
}

/** Reading ended before the text does. */
export function isCut({ readTo, text }: ConfigFile): boolean {
  return readTo < text.length;
}
