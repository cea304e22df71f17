/** Quoted text longer than this is shortened first. */
const LONGEST_QUOTE = 120;

/**
 * A sentence of at most `longest` characters. What it quotes between backticks or quotation marks is shortened first, so that
 * the sentence stays one.
 */
export function shorten(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const quotes = text.replace(/([`"])([^`"]+)\1/g, (whole: string, mark: string, quoted: string) =>
    quoted.length <= LONGEST_QUOTE ? whole : `${mark}${quoted.slice(0, LONGEST_QUOTE)}…${mark}`,
  );
  const short = quotes.length <= longest ? quotes : `${quotes.slice(0, longest - 1)}…`;
  // A slice would keep the whole text alive.
  return Array.from(short).join("");
}
