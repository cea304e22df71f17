/** Runs the built command as a user would. */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
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

/** A new repository with what this one would commit now, in one commit on `main`. */
export function cloneOfSources(): string {
  const directory = directoryOf({});
  const git = (cwd: string, ...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync("git", args, { cwd, encoding: "utf8" });
    if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
    return stdout;
  };
  const names = git(REPOSITORY, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0");
  for (const name of names) {
    const file = join(REPOSITORY, name);
    if (name !== "" && existsSync(file)) cpSync(file, join(directory, name));
  }
  git(directory, "init", "--quiet", "--initial-branch", "main");
  git(directory, "config", "user.name", "T");
  git(directory, "config", "user.email", "t@example.org");
  git(directory, "add", ".");
  git(directory, "commit", "--quiet", "--message", "Begin");
  return directory;
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
