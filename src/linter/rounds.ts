/** Applies fixes until none is left: those that touch the same lines one after another. Writes nothing. */
import { append } from "../lists/index.ts";
import { type ConfigFile, reparse } from "../parser/index.ts";
import { type SourceTree, withEdits } from "../semantics/index.ts";
import { EditTrail } from "./edit-trail.ts";
import type { Finding, LintResult } from "./finding.ts";
import type { FixedFile } from "./fix.ts";
import { Allowance, lintAndProve, type ProofOptions } from "./proof.ts";

/** Nobody needs more; what would go on for ever ends here. */
const MOST_ROUNDS = 20;

/** What is left after all fixes that are proven. */
export interface Mended {
  readonly trees: readonly SourceTree[];
  /** Of the mended trees. */
  readonly result: LintResult;
  /** Of the trees as they were. */
  readonly first: LintResult;
  /** The files that changed. */
  readonly files: readonly FixedFile[];
  /** The findings that were fixed, round by round, each where it stood then. */
  readonly applied: readonly Finding[];
  /** For each of `applied`, its line in the files as they were before all edits. */
  readonly lines: readonly number[];
}

/**
 * Lints trees, applies the fixes that hold together, and goes on until nothing is left to fix.
 * @param trail of edits that led to these trees
 */
export function fixTrees(
  trees: readonly SourceTree[],
  options: ProofOptions = {},
  trail = new EditTrail(),
): Mended {
  const files = new Map<string, FixedFile>();
  const applied: Finding[] = [];
  const lines: number[] = [];
  let now = trees;
  let first: LintResult | null = null;
  const { run: whole, allowance = new Allowance() } = options;
  for (let round = 1; ; round++) {
    // Every round looks at the same, and only the last one is told.
    const run = whole?.attempt();
    const proven = lintAndProve(now, { ...options, allowance, ...(run === undefined ? {} : { run }) });
    const { fixed, result } = proven;
    first ??= result;
    if (fixed.files.length === 0 || round === MOST_ROUNDS) {
      if (whole !== undefined && run !== undefined) whole.shelf = run.shelf;
      const changed = [...files.values()].filter(({ before, after }) => before !== after);
      return { trees: now, result, first, files: changed, applied, lines };
    }
    const edits = fixed.files.map(({ name: file, before, after }) => ({
      file,
      offset: 0,
      length: before.length,
      text: after,
    }));
    const names = new Set(edits.map(({ file }) => file));
    const made = new Map<ConfigFile, ConfigFile>();
    const reread = (file: ConfigFile, text: string) => {
      const known = made.get(file) ?? reparse(file, text);
      made.set(file, known);
      return known;
    };
    for (const { file, offset, line } of proven.applied) lines.push(trail.firstLine(file, offset) ?? line);
    const before = new Map(now.flatMap((tree) => tree.files.map((file) => [file.name, file] as const)));
    trail.add(
      proven.applied.flatMap(({ fix }) => fix?.edits ?? []),
      (name) => before.get(name),
    );
    now = now.map((tree) =>
      tree.files.some(({ name }) => names.has(name)) ? withEdits(tree, edits, reread) : tree,
    );
    for (const { name, before, after } of fixed.files)
      files.set(name, { name, before: files.get(name)?.before ?? before, after });
    append(applied, proven.applied);
  }
}
