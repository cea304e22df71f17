/** Fixes one set of trees and says what is wrong with what came of it. */

import { stopsNginx } from "../../../src/linter/fate.ts";
import { defaultPolicy, type FixLevel, fixTrees, type LintResult, lint } from "../../../src/linter/index.ts";
import { parse } from "../../../src/parser/index.ts";
import { RULES } from "../../../src/rules/index.ts";
import { type SourceTree, type Version, withEdits } from "../../../src/semantics/index.ts";
import { compareTrees, tellDifferences } from "../../../src/site/index.ts";

/** What came of one level. */
export interface Mending {
  /** By rule, the fixes that were applied. */
  readonly applied: ReadonlyMap<string, number>;
  readonly withheld: readonly string[];
  /** Sentences of what else changes. */
  readonly changes: readonly string[];
  readonly after: readonly SourceTree[];
  /** What must not be. */
  readonly wrong: readonly string[];
}

const POLICY = { ...defaultPolicy, presets: ["strict" as const] };
/** What other rules leave to these until it is mended. */
const REVEALED = new Map(RULES.map(({ id, reveals = [] }) => [id, reveals]));
const STOPPING = new Set(RULES.filter(stopsNginx).map(({ id }) => id));

/** Every file anew from its text: nothing of the incremental reading is trusted. */
function afresh(tree: SourceTree, after: SourceTree): SourceTree {
  const texts = new Map(after.files.map(({ name, text }) => [name, text]));
  const edits = tree.files.flatMap(({ name: file, text }) => {
    const now = texts.get(file) ?? text;
    return now === text ? [] : [{ file, offset: 0, length: text.length, text: now }];
  });
  return withEdits(tree, edits, (before, text) => parse(text, before.name));
}

function countsOf(result: LintResult): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { ruleId, severity } of result.findings)
    if (severity !== "info") counts.set(ruleId, (counts.get(ruleId) ?? 0) + 1);
  return counts;
}

export function mend(trees: readonly SourceTree[], level: FixLevel, version: Version | null): Mending {
  const options = { policy: POLICY, version, level };
  const mended = fixTrees(trees, options);
  const wrong: string[] = [];
  const withheld = mended.result.notifications
    .filter(({ message }) => message.includes("withheld"))
    .map(({ message }) => message);
  if (mended.files.length === 0) return { applied: new Map(), withheld, changes: [], after: trees, wrong };
  const after = trees.map((tree, index) => afresh(tree, mended.trees[index] ?? tree));
  const applied = new Map<string, number>();
  for (const { ruleId } of mended.applied) applied.set(ruleId, (applied.get(ruleId) ?? 0) + 1);
  const stops = [...applied.keys()].some((id) => STOPPING.has(id));
  const isApplied = (id: string) => applied.has(id);
  const result = lint(after, { policy: POLICY, version });
  const old = countsOf(mended.first);
  for (const [id, count] of countsOf(result)) {
    const before = old.get(id) ?? 0;
    const isRevealed = [...applied.keys()].some((fixed) => REVEALED.get(fixed)?.includes(id));
    if (count > before && !stops && !isRevealed) wrong.push(`${id} reports ${count} in place of ${before}`);
  }
  const again = fixTrees(after, options);
  if (again.files.length > 0)
    wrong.push(`a second run changes ${again.applied.map(({ ruleId }) => ruleId).join()}`);
  const isLeft = (fix: { readonly safe: boolean; readonly changes?: readonly string[] } | undefined) =>
    fix?.changes !== undefined && (fix.safe || level === "unsafe");
  for (const { ruleId, fix, line } of again.result.findings)
    if (isLeft(fix)) wrong.push(`${ruleId} at line ${line} still has a fix`);
  if (!stops) {
    for (const [index, tree] of trees.entries()) {
      const { differences } = compareTrees(tree, after[index] ?? tree, { version });
      const bad =
        level === "safe"
          ? differences
          : differences.filter((each) => each.opens && !isApplied("acme-challenge-blocked"));
      wrong.push(...tellDifferences(bad));
    }
  }
  return {
    applied,
    withheld,
    changes: mended.applied.flatMap(({ ruleId, fix }) =>
      (fix?.changes ?? []).map((each) => `${ruleId}: ${each}`),
    ),
    after,
    wrong,
  };
}
