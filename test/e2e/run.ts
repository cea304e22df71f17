/** Runs the built command as a user would. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export const REPOSITORY = join(import.meta.dirname, "../..");
export const CLI = join(REPOSITORY, "dist/nginx-lint.mjs");

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs `nginx-lint` with these arguments, without colour unless `env` asks for it. */
export function nginxLint(
  args: readonly string[],
  { cwd = REPOSITORY, input = "", env = {} }: RunOptions = {},
): Outcome {
  const { FORCE_COLOR: _force, NO_COLOR: _no, ...inherited } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    cwd,
    input,
    encoding: "utf8",
    env: { ...inherited, ...env },
    timeout: 50_000,
    maxBuffer: 64 << 20,
  });
  return { status, stdout, stderr };
}

/** Writes files into a new temporary directory and returns its path. */
export function directoryOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const directory = mkdtempSync(join(tmpdir(), "nginx-lint-"));
  for (const [name, content] of Object.entries(files)) {
    const file = join(directory, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return directory;
}
