/** Puts the fixes of findings into texts. Writes nothing. */

import { push } from "../lists/index.ts";
import { parse } from "../parser/index.ts";
import { editedText } from "../semantics/index.ts";
import type { Finding, FindingEdit, FindingFix } from "./finding.ts";

/** `safe`: only fixes that never change what a correct configuration does. */
export type FixLevel = "safe" | "unsafe";

export interface FixedFile {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

export interface Fixed {
  readonly files: readonly FixedFile[];
  /** Findings whose fix is in `files`. Those that touch the same lines wait for the next round. */
  readonly applied: number;
}

/**
 * A fix is applied with all its edits or not at all; of two that overlap, the first. A file that would be worse to read
 * than before is left as it is, together with every file that shares a fix with it.
 *
 * @param texts the files by the names that findings give
 */
export function applyFixes(
  findings: readonly Finding[],
  texts: ReadonlyMap<string, string>,
  level: FixLevel,
): Fixed {
  const fixes = findings.flatMap(({ fix }) =>
    fix !== undefined && (fix.safe || level === "unsafe") ? [fix] : [],
  );
  const chosen = chooseFixes(fixes, texts);
  const { files } = filesWith(chosen, texts);
  const worse = files.filter(({ name, before, after }) => problemsIn(after, name) > problemsIn(before, name));
  if (worse.length > 0) {
    const spoilt = new Set(worse.map(({ name }) => name));
    const rest = findings.filter(({ fix }) => !fix?.edits.some(({ file }) => spoilt.has(file)));
    return applyFixes(rest, texts, level);
  }
  return { files, applied: chosen.length };
}

/** The texts with all edits of some fixes, which do not overlap. */
export function filesWith(fixes: readonly FindingFix[], texts: ReadonlyMap<string, string>): Fixed {
  const files: FixedFile[] = [];
  const byFile = new Map<string, FindingEdit[]>();
  for (const { edits } of fixes) for (const edit of edits) push(byFile, edit.file, edit);
  for (const [name, edits] of byFile) {
    const before = texts.get(name) ?? "";
    const after = editedText(before, edits);
    if (after !== before) files.push({ name, before, after });
  }
  return { files, applied: fixes.length };
}

function problemsIn(text: string, name: string): number {
  return parse(text, name).problems.length;
}

/** Of fixes that overlap the first, with all its edits or not at all. */
export function chooseFixes(fixes: readonly FindingFix[], texts: ReadonlyMap<string, string>): FindingFix[] {
  const taken = new Map<string, Taken>();
  const chosen: FindingFix[] = [];
  for (const fix of fixes) {
    const fits = fix.edits.every(
      (wanted) => texts.has(wanted.file) && taken.get(wanted.file)?.overlaps(wanted) !== true,
    );
    if (!fits || fix.edits.length === 0) continue;
    chosen.push(fix);
    for (const wanted of fix.edits) {
      const inFile = taken.get(wanted.file) ?? new Taken();
      taken.set(wanted.file, inFile);
      inFile.add(wanted);
    }
  }
  return chosen;
}

/** The parts of one file that chosen fixes replace, in blocks of the text: a report may hold tens of thousands of them. */
class Taken {
  readonly #byBlock = new Map<number, FindingEdit[]>();

  add(edit: FindingEdit): void {
    for (const block of blocksOf(edit)) push(this.#byBlock, block, edit);
  }

  overlaps(edit: FindingEdit): boolean {
    for (const block of blocksOf(edit))
      if (this.#byBlock.get(block)?.some((other) => overlap(edit, other))) return true;
    return false;
  }
}

const BLOCK = 256;

function* blocksOf({ offset, length }: FindingEdit): Generator<number> {
  for (let block = Math.floor(offset / BLOCK); block * BLOCK <= offset + length; block++) yield block;
}

/** Two insertions at one place overlap, too: their order would be chance. */
function overlap(a: FindingEdit, b: FindingEdit): boolean {
  return a.offset <= b.offset + b.length && b.offset <= a.offset + a.length;
}
