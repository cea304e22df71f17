/** Reads a text as nginx's lexer does, for those who look for words in it. */

/**
 * The text without nginx's comments, and with the names of directives that stand in quotes as they are meant: `"listen" 80;` is `listen 80;`.
 * What is no text for nginx comes out more or less as it was.
 * @param most characters: where to end.
 */
export function withoutComments(text: string, most: number): string {
  const parts: string[] = [];
  let length = 0;
  let kept = 0;
  let isFirst = true;
  /** Whether a quote of this kind ends somewhere; asked for each once, so that many open ones take no more time. */
  const ends: Record<string, boolean> = { '"': true, "'": true };
  const keep = (part: string) => {
    parts.push(part);
    length += part.length;
  };
  let at = 0;
  while (at < text.length && length + (at - kept) < most) {
    const char = text[at] ?? "";
    if (isSpace(char)) {
      at++;
    } else if (char === ";" || char === "{" || char === "}") {
      isFirst = true;
      at++;
    } else if (char === "#") {
      keep(text.slice(kept, at));
      at = text.indexOf("\n", at);
      if (at < 0) at = text.length;
      kept = at;
    } else {
      const end = ends[char] === true ? endOfQuote(text, at) : -1;
      if (end < 0) {
        if (char in ends) ends[char] = false;
        at = endOfWord(text, at);
      } else {
        const word = text.slice(at + 1, end - 1);
        if (isFirst && /^\w+$/.test(word)) {
          keep(text.slice(kept, at));
          keep(word);
          kept = end;
        }
        at = end;
      }
      isFirst = false;
    }
  }
  keep(text.slice(kept, at));
  return parts.join("").slice(0, most);
}

function isSpace(char: string): boolean {
  return char === " " || char === "\t" || char === "\r" || char === "\n";
}

/** Behind the quote that ends what begins at `start`; -1: none does. */
function endOfQuote(text: string, start: number): number {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === quote) return at + 1;
  }
  return -1;
}

function endOfWord(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at] ?? "";
    if (isSpace(char) || char === ";") return at;
    // `${name}` is a variable.
    if (char === "{" && text[at - 1] !== "$") return at;
    if (char === "\\") at++;
  }
  return text.length;
}
