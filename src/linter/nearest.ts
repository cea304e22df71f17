/** "Did you mean" for words that are not nginx's: rule ids, presets, options, settings. */
import { didYouMean as nearest } from "../semantics/index.ts";

/** `; did you mean \`x\`?` or nothing: the tail of a message. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const all = [...candidates];
  const known = nearest(word, all) ?? completed(word, all);
  return known === null ? "" : `; did you mean \`${known}\`?`;
}

/** The only one that begins so. */
function completed(word: string, candidates: readonly string[]): string | null {
  const [only, ...more] = word.length < 3 ? [] : candidates.filter((each) => each.startsWith(word));
  return only !== undefined && more.length === 0 ? only : null;
}
