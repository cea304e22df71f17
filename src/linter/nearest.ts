/** "Did you mean": the known word nearest to a misspelt one. */

/** The candidate within a third of the word's length (at least one edit), or null. Ties go to the first. */
function nearest(word: string, candidates: Iterable<string>): string | null {
  const wanted = word.toLowerCase();
  let best: string | null = null;
  let bound = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= bound) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance >= bound) continue;
    bound = distance;
    best = candidate;
  }
  return best;
}

/** `; did you mean \`x\`?` or nothing: the tail of a message. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const known = nearest(word, candidates);
  return known === null ? "" : `; did you mean \`${known}\`?`;
}

/** Insertions, deletions, replacements, and swaps of neighbours (the commonest slip), each counted as one. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let least = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        least = Math.min(least, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(least);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}
