/** `--fix` and `--diff`: proven fixes on their way to disk, to standard output, or into a patch. */
import { isAbsolute, posix } from "node:path";
import { readRegularFile, realPathOf, slashed, Unreadable } from "../bounds/index.ts";
import {
  Allowance,
  EditTrail,
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
    /** Of each, in the files as they are. */
    readonly lines: readonly number[];
    readonly files: readonly FixedFile[];
  }[];
  /** Of the trees as they are, with fixes that are proven. */
  readonly result: LintResult;
}

/** @param levels which fixes are shown, one step each */
export function patchesOf(
  { trees }: LoadResult,
  options: ProofOptions,
  levels: readonly FixLevel[],
): Patches {
  const steps: Patches["steps"][number][] = [];
  let now = trees;
  let result: LintResult | null = null;
  const allowance = new Allowance();
  const trail = new EditTrail();
  for (const level of levels) {
    const { trees, first, applied, lines, files } = fixTrees(
      now,
      { ...options, level, apply: level, allowance },
      trail,
    );
    now = trees;
    result ??= first;
    steps.push({ level, applied, lines, files });
  }
  if (result === null) throw new TypeError("no level");
  return { steps, result };
}

/** A unified diff. @param root what the names in it are relative to */
async function patchOf(files: readonly FixedFile[], root: string): Promise<string> {
  const { createTwoFilesPatch } = await import("diff");
  return files
    .map(({ name, before, after }) => {
      const shown = nameBelow(root, name);
      return createTwoFilesPatch(`a/${shown}`, `b/${shown}`, before, after).replace(/^=+\n/, "");
    })
    .map((patch) => patch.split("\n").map(patchLine).join("\n"))
    .join("");
}

/** Shown names are relative to the working directory, or absolute where they lead out of it. */
function nameBelow(root: string, name: string): string {
  if (root === ".") return name;
  const path = isAbsolute(name) ? slashed(name) : `${slashed(process.cwd())}/${name}`;
  return path.slice(root.endsWith("/") ? root.length : root.length + 1);
}

/**
 * What the names in a patch are relative to: the working directory (`.`), or where files are changed outside of it, the folder that holds
 * it and them. Neither `git apply` nor `patch` takes names that lead up or begin at the root.
 */
function rootOf(names: readonly string[]): string {
  const others = names.filter((name) => isAbsolute(name));
  if (others.length === 0) return ".";
  const folders = [slashed(process.cwd()), ...others.map((name) => posix.dirname(slashed(name)))];
  const [first = [], ...more] = folders.map((folder) => folder.split("/"));
  const common = first.findIndex((part, at) => more.some((parts) => parts[at] !== part));
  return (common === -1 ? first : first.slice(0, common)).join("/") || "/";
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
export async function diffText(steps: Patches["steps"], hasBoth: boolean): Promise<string> {
  const changing = steps.filter(({ files }) => files.length > 0);
  const root = rootOf(changing.flatMap(({ files }) => files.map(({ name }) => name)));
  const place = /^[\w./-]+$/.test(root) ? root : `'${root.replaceAll("'", "'\\''")}'`;
  const parts =
    root === "." ? [] : [`${visible(`# names are relative to ${root}: patch -d ${place} -p1`)}\n`];
  for (const { level, applied, lines, files } of changing) {
    if (level === "unsafe" || hasBoth) parts.push(heading(level, applied, lines));
    parts.push(await patchOf(files, root));
  }
  return parts.join("");
}

function heading(level: FixLevel, applied: readonly Finding[], lines: readonly number[]): string {
  const told = applied.flatMap(({ ruleId, file, line, fix }, index) => [
    `#   ${file}:${lines[index] ?? line} ${ruleId}: ${fix?.description ?? ""}`,
    ...(fix?.changes ?? []).map((change) => `#     also changes: ${change}`),
  ]);
  const option = level === "safe" ? "--fix" : "--fix=unsafe";
  return `# ${option}\n${told.map((line) => `${visible(line)}\n`).join("")}`;
}

/** What is to be said beside the diff; empty for nothing. */
export function diffNews(steps: Patches["steps"], levels: readonly FixLevel[]): string {
  const isEmpty = (level: FixLevel) => steps.every((step) => step.level !== level || step.files.length === 0);
  if (levels.length < 2 || !isEmpty("safe") || isEmpty("unsafe")) return "";
  return "nginx-lint: there are only fixes that change what the site does: --fix=unsafe makes them\n";
}
