/** `--fix` and `--diff`: fixes on their way to disk. */
import { applyFixes, type FixLevel, type LintResult } from "../linter/index.ts";
import type { LoadResult } from "../loader/index.ts";
import { visible } from "../reporters/index.ts";
import { write, writeFileAtomically } from "./streams.ts";

/** Fixes that touch the same lines are applied one after another, in as many rounds as this. */
const MOST_ROUNDS = 10;

interface Linted {
  readonly loaded: LoadResult;
  readonly result: LintResult;
}

/** Lints, writes the fixed files, and lints again until nothing is left to fix. Returns the last round. */
export async function fixFiles(loadAndLint: () => Promise<Linted>, level: FixLevel): Promise<Linted> {
  let applied = 0;
  const files = new Set<string>();
  for (let round = 0; ; round++) {
    const linted = await loadAndLint();
    const { writable } = linted.loaded;
    const texts = textsOf(linted.result, (name) => writable.has(name));
    const fixed = applyFixes(linted.result.findings, texts, level);
    if (fixed.files.length === 0 || round === MOST_ROUNDS) {
      if (applied > 0) await write("stderr", `nginx-lint: ${visible(tell(applied, files))}\n`);
      return linted;
    }
    for (const { name, after } of fixed.files) {
      const target = writable.get(name);
      if (target === undefined) continue;
      writeFileAtomically(target.path, Buffer.from(after, target.encoding));
      files.add(name);
    }
    applied += fixed.applied;
  }
}

function tell(applied: number, files: ReadonlySet<string>): string {
  const [only = ""] = files;
  return `fixed ${applied} ${applied === 1 ? "problem" : "problems"} in ${files.size === 1 ? only : `${files.size} files`}`;
}

/** What the fixes would change, as a unified diff. Empty where there is nothing to fix. */
export async function diffOf(result: LintResult, level: FixLevel): Promise<string> {
  const { files } = applyFixes(
    result.findings,
    textsOf(result, () => true),
    level,
  );
  if (files.length === 0) return "";
  const { createTwoFilesPatch } = await import("diff");
  return files
    .map(({ name, before, after }) =>
      createTwoFilesPatch(`a/${name}`, `b/${name}`, before, after).replace(/^=+\n/, ""),
    )
    .map((patch) => patch.split("\n").map(visible).join("\n"))
    .join("");
}

function textsOf(result: LintResult, wanted: (name: string) => boolean): Map<string, string> {
  return new Map(result.files.filter(({ name }) => wanted(name)).map(({ name, text }) => [name, text]));
}
