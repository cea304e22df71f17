/** Words that are filled in before nginx reads them: by a template language, by `envsubst`, by `sed`. */

import { findTags } from "./tags.ts";

const PLACEHOLDER =
  /\{\{|\{%|\{#|\{!!|\}\}|<%|%>|<\?(?:php\b|=)|<\/?#|%\{|\[\[-?[ .]|#\{|\$\{\w+(?::?[-=?+%/^,!.]|#|\[)|\$\{[A-Z]|\$[A-Z][A-Z0-9_]{2,}|\$\([A-Za-z]|__[A-Z]\w*?__|@@\w+@@|@[A-Za-z_]{3,}@|%%\w+%%|%[A-Za-z][A-Za-z_]{2,}%/;

/** Whether part of the text is filled in: what it says is not known, only what stands around that part. */
export function isFilledIn(text: string): boolean {
  return PLACEHOLDER.test(text);
}

/** Stands for a tag. */
export const TAG_MASK = "\uFFFC";

/** The text with each of its tags as one `TAG_MASK`: what is in them is not nginx's. */
export function maskTags(text: string): string {
  if (!isFilledIn(text)) return text;
  return withTagsMasked(text).replace(NAMED, TAG_MASK);
}

/** The text in pieces, each of them filled in or not. */
export function piecesOf(text: string): readonly { readonly text: string; readonly isFilled: boolean }[] {
  const pieces: { text: string; isFilled: boolean }[] = [];
  const add = (piece: string, isFilled: boolean) => {
    if (piece !== "") pieces.push({ text: piece, isFilled });
  };
  const addNamed = (piece: string) => {
    let at = 0;
    for (const { index, 0: name } of piece.matchAll(NAMED)) {
      add(piece.slice(at, index), false);
      add(name, true);
      at = index + name.length;
    }
    add(piece.slice(at), false);
  };
  let at = 0;
  for (const { start, end } of findTags(text)) {
    addNamed(text.slice(at, start));
    add(text.slice(start, end), true);
    at = end;
  }
  addNamed(text.slice(at));
  return pieces;
}

/** What `envsubst`, `sed` and deployment tools look for. */
const NAMED =
  /__[A-Z]\w*?__|@@\w+@@|%%\w+%%|\$\{[A-Z][A-Z0-9_]*\}|%[A-Za-z][A-Za-z_]{2,}%|@[A-Za-z_]{3,}@|#\{[\w.:]+\}#?/g;

function withTagsMasked(text: string): string {
  let masked = "";
  let at = 0;
  for (const { start, end } of findTags(text)) {
    masked += text.slice(at, start) + TAG_MASK;
    at = end;
  }
  return masked + text.slice(at);
}

/** What is filled in at an end of the word may bring further words along. */
export function mayBeSeveral(word: string): boolean {
  const masked = maskTags(word);
  return masked.startsWith(TAG_MASK) || masked.endsWith(TAG_MASK);
}

/** What stands before the first part that is filled in; the whole text where none is. */
export function knownStart(text: string): string {
  const at = text.search(PLACEHOLDER);
  return at < 0 ? text : text.slice(0, at);
}

const LINE =
  /(?:\$\{?[A-Z_][A-Z0-9_]{0,200}\}?|__[A-Z][A-Za-z0-9_]{0,200}__|@@?[A-Za-z_]{3,200}@@?|%%?[A-Za-z_]{3,200}%%?|#\{[\w.]{1,200}\}#?|<[A-Z][A-Z_ -]{1,100}>)(?=[ \t\r]*(?:\n|$))/y;

/** Behind a placeholder that is all there is from an offset to the end of its line; -1 where none is. */
export function filledLineEnd(text: string, start: number): number {
  LINE.lastIndex = start;
  return LINE.test(text) ? LINE.lastIndex : -1;
}
