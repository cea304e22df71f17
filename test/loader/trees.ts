/** Makes trees of files for tests. */
import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { LoadInputs, LoadResult } from "../../src/loader/index.ts";
import { load } from "../../src/loader/index.ts";
import type { IncludeProblem, SourceTree } from "../../src/semantics/index.ts";

/** A new directory with these files; a text that starts with `-> ` is the target of a symbolic link. */
export function plant(files: Readonly<Record<string, string | Uint8Array>>): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "nginx-lint-")));
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    if (typeof content === "string" && content.startsWith("-> ")) symlinkSync(content.slice(3), path);
    else writeFileSync(path, content);
  }
  return directory;
}

/** Loads paths as they are written by someone who stands in `cwd`. */
export function loadIn(
  cwd: string,
  paths: readonly string[],
  more: Partial<LoadInputs> = {},
): Promise<LoadResult> {
  return load({ cwd, paths, ...more });
}

export function names(tree: SourceTree | undefined): string[] {
  return tree?.files.map(({ name }) => name) ?? [];
}

export function focus(tree: SourceTree | undefined): string[] {
  return [...(tree?.focus ?? [])].map(({ name }) => name);
}

export function problems(tree: SourceTree | undefined): IncludeProblem[] {
  return [...(tree?.includes.values() ?? [])].flatMap((target) => target.problems);
}

/** The smallest main file, with `inside` in its `http`. */
export function main(inside: string): string {
  return `events {}\nhttp {\n${inside}\n}\n`;
}
