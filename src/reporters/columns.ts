/**
 * Text measured in terminal columns. Not with string-width and wrap-ansi: the former compiles all of Unicode's emoji when
 * it is imported, a quarter of a short run, and the latter knows neither a shorter first line nor paths to cut at a slash.
 */
import { eastAsianWidth } from "get-east-asian-width";

/** Latin letters, punctuation (`…`), arrows, signs of mathematics and lines: each takes one column and stands alone. */
const SINGLE = /^[\u0000-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u22ff\u2500-\u257f]*$/;
const INVISIBLE = /^[\p{Mark}\p{Format}\p{Default_Ignorable_Code_Point}]+$/u;
/** What terminals draw as a picture. */
const PICTURE = /^\p{Emoji_Presentation}|\ufe0f/u;

let segmenter: Intl.Segmenter | undefined;

/** The characters as a reader sees them: a letter with its marks, an emoji with its modifiers. */
export function graphemes(text: string): string[] {
  if (SINGLE.test(text)) return text.split("");
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), (part) => part.segment);
}

/** Columns that one grapheme takes. */
export function graphemeWidth(grapheme: string): number {
  if (SINGLE.test(grapheme)) return grapheme.length;
  if (INVISIBLE.test(grapheme)) return 0;
  return PICTURE.test(grapheme) ? 2 : eastAsianWidth(grapheme.codePointAt(0) ?? 0);
}

/** Columns that a text without control characters takes. */
export function textWidth(text: string): number {
  if (SINGLE.test(text)) return text.length;
  return widthOf(graphemes(text));
}

export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - textWidth(text)));
}

/**
 * Breaks at spaces. The first line has `first` columns, the others `rest`; a word that is longer than a whole line is
 * cut, after a `/` where that leaves enough of it, so that no line is ever wider.
 */
export function wrap(text: string, first: number, rest: number): string[] {
  const lines: string[] = [];
  let line = "";
  let used = 0;
  const room = () => Math.max(1, lines.length === 0 ? first : rest);
  const breakLine = () => {
    lines.push(line);
    line = "";
    used = 0;
  };
  for (const word of text.split(" ").filter((part) => part !== "")) {
    const width = textWidth(word);
    if (line !== "" && used + 1 + width <= room()) {
      line += ` ${word}`;
      used += 1 + width;
      continue;
    }
    if (line !== "" || (width > room() && width <= rest)) breakLine();
    const letters = graphemes(word);
    let from = 0;
    let left = width;
    while (left > room()) {
      const part = letters.slice(from, cutAt(letters, from, room()));
      line = part.join("");
      from += part.length;
      left -= widthOf(part);
      breakLine();
    }
    line = letters.slice(from).join("");
    used = left;
  }
  if (line !== "" || lines.length === 0) lines.push(line);
  return lines;
}

/** Where a line of `room` columns ends that starts at `from`; it takes at least one grapheme. */
function cutAt(word: readonly string[], from: number, room: number): number {
  let used = 0;
  let slash = 0;
  for (let index = from; index < word.length; index++) {
    const grapheme = word[index] ?? "";
    used += graphemeWidth(grapheme);
    if (used > room) return slash > 0 ? slash : Math.max(from + 1, index);
    if (grapheme === "/" && used > room / 2) slash = index + 1;
  }
  return word.length;
}

function widthOf(list: readonly string[]): number {
  return list.reduce((sum, grapheme) => sum + graphemeWidth(grapheme), 0);
}
