/** The one stretch in which two versions of a text differ, and where places outside of it have gone. */

/** `[start, oldEnd)` of the old text has become `[start, newEnd)` of the new one. */
export interface TextChange {
  readonly start: number;
  readonly oldEnd: number;
  readonly newEnd: number;
  /** What follows stands on other lines than before. */
  readonly movesLines: boolean;
  /** Only blank lines and lines that are comments were written, changed or deleted. */
  readonly isBesideCode: boolean;
}

export function changeBetween(before: string, after: string): TextChange {
  const shorter = Math.min(before.length, after.length);
  const start = longest(shorter, (from, to) => before.slice(from, to) === after.slice(from, to));
  const same = longest(
    shorter - start,
    (from, to) =>
      before.slice(before.length - to, before.length - from) ===
      after.slice(after.length - to, after.length - from),
  );
  const oldEnd = before.length - same;
  const newEnd = after.length - same;
  return {
    start,
    oldEnd,
    newEnd,
    movesLines: linesIn(before, start, oldEnd) !== linesIn(after, start, newEnd),
    isBesideCode: isWithoutCode(before, start, oldEnd) && isWithoutCode(after, start, newEnd),
  };
}

/** How far two texts agree: large pieces are compared at once. */
function longest(most: number, agree: (from: number, to: number) => boolean): number {
  let at = 0;
  for (let step = 65536; step > 0; step = Math.floor(step / 16)) {
    while (at + step <= most && agree(at, at + step)) at += step;
  }
  return at;
}

/** Where a stretch of the old text is in the new one; null where it is cut by the change. */
export function moved(
  { start: from, oldEnd, newEnd }: TextChange,
  start: number,
  end: number,
): readonly [start: number, end: number] | null {
  const delta = newEnd - oldEnd;
  if (end <= from) return [start, end];
  if (start >= oldEnd) return [start + delta, end + delta];
  return start <= from && end >= oldEnd ? [start, end + delta] : null;
}

function linesIn(text: string, start: number, end: number): number {
  let lines = 0;
  for (let at = text.indexOf("\n", start); at >= 0 && at < end; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}

/** The whole lines around the stretch hold nothing but blanks and comments. */
function isWithoutCode(text: string, start: number, end: number): boolean {
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const to = text.indexOf("\n", end);
  return /^(?:[ \t\r]*(?:#[^\n]*)?(?:\n|$))*$/.test(text.slice(from, to < 0 ? text.length : to));
}
