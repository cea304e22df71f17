/** Words that are filled in before nginx reads them: by a template language, by `envsubst`, by `sed`. */

const PLACEHOLDER =
  /\{\{|\{%|\{#|\{!!|\}\}|<%|%>|<\?(?:php\b|=)|<\/?#|%\{|\[\[-?[ .]|#\{|\$\{\w+(?::?[-=?+%/^,!.]|#|\[)|\$\{[A-Z]|\$[A-Z][A-Z0-9_]{2,}|\$\([A-Za-z]|__[A-Z]|@@|@[A-Za-z_]{3,}@|%%[A-Za-z]|%[A-Za-z][A-Za-z_]{2,}%/;

/** Whether part of the text is filled in: what it says is not known, only what stands around that part. */
export function isFilledIn(text: string): boolean {
  return PLACEHOLDER.test(text);
}

const LINE =
  /(?:\$\{?[A-Z_][A-Z0-9_]{0,200}\}?|__[A-Z][A-Za-z0-9_]{0,200}__|@@?[A-Za-z_]{3,200}@@?|%%?[A-Za-z_]{3,200}%%?|#\{[\w.]{1,200}\}#?|<[A-Z][A-Z_ -]{1,100}>)(?=[ \t\r]*(?:\n|$))/y;

/** Behind a placeholder that is all there is from an offset to the end of its line; -1 where none is. */
export function filledLineEnd(text: string, start: number): number {
  LINE.lastIndex = start;
  return LINE.test(text) ? LINE.lastIndex : -1;
}
