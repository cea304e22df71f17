/** "Did you mean" for words that are not nginx's: rule ids, presets, options, settings. */
import { didYouMean as nearest } from "../semantics/index.ts";

/** `; did you mean \`x\`?` or nothing: the tail of a message. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const known = nearest(word, candidates);
  return known === null ? "" : `; did you mean \`${known}\`?`;
}
