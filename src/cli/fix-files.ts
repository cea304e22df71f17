/** `--fix` and `--diff`: proven fixes on their way to disk, to standard output, or into a patch. */
import { readRegularFile, realPathOf, Unreadable } from "../bounds/index.ts";
import {
  Allowance,
  type Finding,
  type FixedFile,
  type FixLevel,
  fixTrees,
  type LintResult,
  type ProofOptions,
} from "../linter/index.ts";
import type { LoadResult } from "../loader/index.ts";
import { visible } from "../reporters/index.ts";
import { isReadOnly, write, writeBack } from "./streams.ts";

/** Lints, writes the fixed files, and returns what is left. Standard input is written to standard output. */
export async function fixFiles(loaded: LoadResult, options: ProofOptions): Promise<LintResult> {
  const { writable, input } = loaded;
  /** Files that are not written, and why. */
  const left = new Map<string, string>();
  const mayWrite = (name: string) => !left.has(name) && (writable.has(name) || input?.name === name);
  for (;;) {
    const mended = fixTrees(loaded.trees, { ...options, writable: mayWrite });
    const before = left.size;
    for (const file of mended.files) {
      const reason = whyLeft(file, loaded);
      if (reason !== null) left.set(file.name, reason);
    }
    if (left.size > before) continue;
    for (const { name, after } of mended.files) {
      const target = writable.get(name);
      if (target !== undefined) writeBack(target, Buffer.from(after, target.encoding));
    }
    if (input !== null) await write("stdout", inputText(loaded, mended.files, input));
    for (const [name, reason] of left)
      await write("stderr", `nginx-lint: warning: ${visible(name)} ${reason} and is left as it is\n`);
    await write("stderr", toldOf(mended.applied, mended.files));
    return mended.result;
  }
}

function whyLeft(file: FixedFile, loaded: LoadResult): string | null {
  if (isOther(file, loaded)) return "changed meanwhile";
  const target = loaded.writable.get(file.name);
  // Its folder alone would let it be replaced, which nobody expects who protects a file.
  return target !== undefined && isReadOnly(target.real) ? "is read-only" : null;
}

/** On disk it is not what was read: whoever changed it knows more. */
function isOther({ name, before }: FixedFile, { writable }: LoadResult): boolean {
  const target = writable.get(name);
  if (target === undefined) return false;
  // It, or a folder above it, has become a link to another.
  if (realPathOf(target.path) !== target.real) return true;
  const read = Buffer.from(before, target.encoding);
  try {
    return !read.equals(readRegularFile(target.real, read.length));
  } catch (error) {
    if (error instanceof Unreadable || (error instanceof Error && "code" in error)) return true;
    throw error;
  }
}

function inputText(
  { trees }: LoadResult,
  fixed: readonly FixedFile[],
  { name, encoding }: NonNullable<LoadResult["input"]>,
): Uint8Array {
  const now = fixed.find((file) => file.name === name)?.after;
  const read = trees.flatMap(({ files }) => files).find((file) => file.name === name)?.text;
  return Buffer.from(now ?? read ?? "", encoding);
}

function toldOf(applied: readonly Finding[], files: readonly FixedFile[]): string {
  if (applied.length === 0) return "";
  const [only] = files;
  const where = files.length === 1 && only !== undefined ? only.name : `${files.length} files`;
  const what = applied.length === 1 ? "1 problem" : `${applied.length} problems`;
  const besides = applied.flatMap(({ ruleId, fix }) =>
    (fix?.changes ?? []).map((change) => `nginx-lint: ${ruleId} also changes: ${visible(change)}\n`),
  );
  return [`nginx-lint: fixed ${what} in ${visible(where)}\n`, ...besides].join("");
}

/** What `--diff` shows. */
export interface Patches {
  /** By level, the patches of files that its fixes change; the later ones go on top of the earlier ones. */
  readonly steps: readonly {
    readonly level: FixLevel;
    readonly applied: readonly Finding[];
    readonly patch: string;
  }[];
  /** Of the trees as they are, with fixes that are proven. */
  readonly result: LintResult;
}

/** @param levels which fixes are shown, one step each */
export async function patchesOf(
  { trees }: LoadResult,
  options: ProofOptions,
  levels: readonly FixLevel[],
): Promise<Patches> {
  const steps: Patches["steps"][number][] = [];
  let now = trees;
  let result: LintResult | null = null;
  const allowance = new Allowance();
  for (const level of levels) {
    const mended = fixTrees(now, { ...options, level, apply: level, allowance });
    now = mended.trees;
    result ??= mended.first;
    steps.push({ level, applied: mended.applied, patch: await patchOf(mended.files) });
  }
  if (result === null) throw new TypeError("no level");
  return { steps, result };
}

/** A unified diff. */
async function patchOf(files: readonly FixedFile[]): Promise<string> {
  if (files.length === 0) return "";
  const { createTwoFilesPatch } = await import("diff");
  return files
    .map(({ name, before, after }) =>
      createTwoFilesPatch(`a/${name}`, `b/${name}`, before, after).replace(/^=+\n/, ""),
    )
    .map((patch) => patch.split("\n").map(patchLine).join("\n"))
    .join("");
}

/** Safe for a terminal; tabs and the end of a line stay, so that what people write can be applied. */
function patchLine(line: string): string {
  const text = line.replace(/\r$/, "");
  return text.split("\t").map(visible).join("\t") + line.slice(text.length);
}

/**
 * The patches, each under the fixes that it is made of, where there are unsafe ones: lines that begin with `#` are none of a
 * patch.
 */
export function diffText(steps: Patches["steps"], hasBoth: boolean): string {
  return steps
    .filter(({ patch }) => patch !== "")
    .map(({ level, applied, patch }) => {
      if (level === "safe" && !hasBoth) return patch;
      const option = level === "safe" ? "--fix" : "--fix=unsafe";
      const lines = applied.flatMap(({ ruleId, file, line, fix }) => [
        `#   ${file}:${line} ${ruleId}: ${fix?.description ?? ""}`,
        ...(fix?.changes ?? []).map((change) => `#     also changes: ${change}`),
      ]);
      return `# ${option}\n${lines.map((line) => `${visible(line)}\n`).join("")}${patch}`;
    })
    .join("");
}

/** What is to be said beside the diff; empty for nothing. */
export function diffNews(steps: Patches["steps"], levels: readonly FixLevel[]): string {
  const isEmpty = (level: FixLevel) => steps.every((step) => step.level !== level || step.patch === "");
  if (levels.length < 2 || !isEmpty("safe") || isEmpty("unsafe")) return "";
  return "nginx-lint: there are only fixes that change what the site does: --fix=unsafe makes them\n";
}
