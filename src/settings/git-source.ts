/**
 * Settings as they are in a commit, for changes that must not bring their own. git is asked for objects only: nothing is
 * checked out, fetched or run, and what the tree on disk says does not matter.
 */
import { basename, dirname, join, posix, relative, sep } from "node:path";
import { type Bounds, realPathOf, Unreadable } from "../bounds/index.ts";
import { SettingsError } from "./settings-error.ts";
import { isFolder, LARGEST_SETTINGS, namesSettings, SETTINGS_NAMES, type SettingsSource } from "./source.ts";

/**
 * @param ref whatever git takes for a commit: `origin/main`, `HEAD^1`.
 * @param cwd absolute; a directory of the repository.
 * @throws {SettingsError} where there is no such repository or commit.
 */
export function gitSettings(ref: string, cwd: string, bounds: Bounds): SettingsSource {
  const fail = (message: string) =>
    new SettingsError([{ file: `--settings-from ${ref}`, line: null, column: null, message }]);
  const top = git(cwd, ["rev-parse", "--show-toplevel"])?.toString("utf8").trimEnd();
  if (top === undefined) throw fail("there is no git repository here");
  const name = git(top, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`]);
  const commit = name?.toString("latin1").trim();
  if (commit === undefined || !/^[0-9a-f]{40,64}$/.test(commit)) {
    throw fail("git has no such commit here; fetch it first, or name a settings file (.yaml, .yml, .json)");
  }
  const real = (path: string) => join(realPathOf(dirname(path)) ?? dirname(path), basename(path));
  /** The path in the repository; null for one outside. */
  const inside = (path: string): string | null => {
    const name = relative(top, real(path)).replaceAll(sep, "/");
    return name === ".." || name.startsWith("../") || name === "" ? null : name;
  };
  const blobOf = (path: string): string | null => {
    const entry = list(top, commit, [path]).get(path);
    if (entry === undefined) return null;
    if (entry.mode !== "100644" && entry.mode !== "100755") {
      throw new Unreadable(`is not a regular file in ${ref}`);
    }
    return entry.object;
  };
  const read = async (path: string, most: number): Promise<Uint8Array> => {
    const name = inside(path);
    const object = name === null ? null : blobOf(name);
    if (object === null) throw new Unreadable(`is not in ${ref}`);
    const size = Number(git(top, ["cat-file", "-s", object])?.toString("latin1"));
    if (size > most) throw new Unreadable(`is larger than ${most} bytes`);
    const bytes = git(top, ["cat-file", "blob", object]);
    if (bytes === null) throw new Unreadable(`cannot be read from ${ref}`);
    return bytes;
  };
  /** What is in the commit for a folder of the repository, nearest first. */
  const candidates = async function* (folder: string): AsyncGenerator<string> {
    const folders: string[] = [];
    for (let at = folder === "" ? "." : folder; ; at = posix.dirname(at)) {
      folders.push(at);
      if (at === ".") break;
    }
    const names = folders.flatMap((at) =>
      [...SETTINGS_NAMES, "package.json"].map((name) => posix.join(at, name)),
    );
    const there = list(top, commit, names);
    for (const name of names) {
      if (!there.has(name)) continue;
      const file = join(top, name);
      const isManifest = posix.basename(name) === "package.json";
      if (!isManifest || namesSettings(await read(file, LARGEST_SETTINGS))) yield file;
    }
  };
  return {
    async find(path) {
      const start = isFolder(path) ? (realPathOf(path) ?? path) : dirname(real(path));
      const folder = relative(top, start).replaceAll(sep, "/");
      if (folder === ".." || folder.startsWith("../")) throw fail(`${path} is not in the repository ${top}`);
      for await (const file of candidates(folder)) return file;
      return null;
    },
    async behind(file) {
      for await (const other of candidates(relative(top, dirname(file)).replaceAll(sep, "/")))
        if (other !== file) return other;
      return null;
    },
    read,
    refuse: (path, by) =>
      inside(path) === null ? `leads out of the repository ${top}` : bounds.refuseNamed(path, by, false),
    show: (file) => `${ref}:${inside(file) ?? file}`,
  };
}

interface TreeEntry {
  readonly mode: string;
  readonly object: string;
}

/** The entries of a commit at these paths. */
function list(top: string, commit: string, paths: readonly string[]): Map<string, TreeEntry> {
  const found = new Map<string, TreeEntry>();
  const output = git(top, ["ls-tree", "-z", "--full-tree", commit, "--", ...paths])?.toString("utf8") ?? "";
  for (const line of output.split("\0")) {
    const [, mode = "", object = "", path = ""] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
    if (path !== "") found.set(path, { mode, object });
  }
  return found;
}

/** What git answers of the repository of a directory; null where it refuses, or is not there. */
function git(directory: string, args: readonly string[]): Buffer | null {
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  // A repository may come with settings of its own, which name programs.
  const safe = ["--no-pager", "-c", "core.fsmonitor=false", "-c", "safe.bareRepository=explicit"];
  const { status, stdout } = spawnSync("git", ["-C", directory, ...safe, ...args], {
    // Windows looks for a program in the current directory first, and others do where PATH says so: a `git` of the
    // tree is not run.
    cwd: dirname(process.execPath),
    env: {
      ...process.env,
      // Nothing is fetched, also by a git that is too old for GIT_NO_LAZY_FETCH.
      GIT_ALLOW_PROTOCOL: "none",
      GIT_LITERAL_PATHSPECS: "1",
      GIT_NO_LAZY_FETCH: "1",
      GIT_NO_REPLACE_OBJECTS: "1",
      GIT_OPTIONAL_LOCKS: "0",
      GIT_TERMINAL_PROMPT: "0",
    },
    stdio: ["ignore", "pipe", "ignore"],
    timeout: 30_000,
    maxBuffer: 128 * 1024 * 1024,
  });
  return status === 0 ? stdout : null;
}
