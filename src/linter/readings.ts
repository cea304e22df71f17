/** Templates are linted in several readings: what is said of one must hold in each of them that has the place. */
import { type ConfigFile, readingsOf } from "../parser/index.ts";
import type { SourceTree } from "../semantics/index.ts";
import type { FindingFix } from "./finding.ts";
import { type Cause, keyOf } from "./to-finding.ts";

/** The trees to lint for a tree: itself, or one for each reading of the templates in it. */
export function readingsOfTree(tree: SourceTree): readonly SourceTree[] {
  const readings = readingsOf(tree.files);
  return readings.length === 0 ? [tree] : readings.map((reading) => ({ ...tree, reading }));
}

/**
 * Of the causes that were found in each reading, those that no reading with their place in it contradicts; the first report
 * of each stays.
 *
 * @param files those of the tree, by name
 */
export function agreed(
  found: readonly (readonly [tree: SourceTree, causes: readonly Cause[]])[],
  files: ReadonlyMap<string, ConfigFile>,
): readonly Cause[] {
  if (found.length === 1) return found[0]?.[1] ?? [];
  const keys = found.map(([tree, causes]) => ({
    reading: tree.reading,
    keys: new Set(causes.map(([first]) => keyOf(first))),
  }));
  const fixes = found.map(([, causes]) => new Map(causes.map(([first]) => [keyOf(first), first.fix])));
  const kept = new Map<string, Cause>();
  for (const [, causes] of found) {
    for (const cause of causes) {
      const key = keyOf(cause[0]);
      if (kept.has(key)) continue;
      const { file, start, end } = cause[0].at;
      const isContradicted = keys.some(
        ({ reading, keys }) =>
          !keys.has(key) &&
          (reading === undefined || files.get(file)?.branches.isLeftOut(start, end, reading) === false),
      );
      if (!isContradicted) kept.set(key, withAgreedFix(cause, key, fixes));
    }
  }
  return [...kept.values()];
}

/** A fix stays where every reading would mend it so: what one branch needs may be wrong in another. */
function withAgreedFix(
  cause: Cause,
  key: string,
  fixes: readonly ReadonlyMap<string, FindingFix | null>[],
): Cause {
  const [first, ...others] = cause;
  if (first.fix === null) return cause;
  const written = JSON.stringify(first.fix.edits);
  const isAgreed = fixes.every((known) => {
    const fix = known.get(key);
    return fix === undefined || JSON.stringify(fix?.edits) === written;
  });
  return isAgreed ? cause : [{ ...first, fix: null }, ...others];
}
