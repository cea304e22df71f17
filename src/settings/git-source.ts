/**
 * Settings as they are in a commit, for changes that must not bring their own. git is asked for objects only: nothing is
 * checked out, fetched or run, and what the tree on disk says does not matter: no link of it is followed, but those of the commit are.
 */
import { dirname, join, posix, relative, sep } from "node:path";
import { type Bounds, MOST_LINKS, realPathOf, slashed, Unreadable } from "../bounds/index.ts";
import { isWithin } from "../semantics/index.ts";
import { SettingsError } from "./settings-error.ts";
import { LARGEST_SETTINGS, namesSettings, SETTINGS_NAMES, type SettingsSource } from "./source.ts";

const LINK = "120000";

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
  /** The path in the repository, as it is written, without a dot at its end; null for one outside. */
  const inside = (path: string): string | null => {
    const name = below(top, path);
    return name === ".." || name.startsWith("../") || posix.isAbsolute(name) || name === "" ? null : name;
  };
  const leads = new Map<string, string | null>();
  /** Where a path in the repository leads by links of the commit; null: out of the repository, or round in circles. */
  const follow = (name: string): string | null => {
    let end = leads.get(name);
    if (end === undefined) {
      end = ends(name);
      leads.set(name, end);
    }
    return end;
  };
  const ends = (name: string): string | null => {
    if (name === ".") return name;
    let at = name;
    for (let links = 0; links <= MOST_LINKS; links++) {
      const parts = at.split("/");
      const there = list(
        top,
        commit,
        parts.map((_, index) => parts.slice(0, index + 1).join("/")),
      );
      const [link, entry] = [...there].find(([, { mode }]) => mode === LINK) ?? [];
      if (link === undefined || entry === undefined) return at;
      const target = git(top, ["cat-file", "blob", entry.object])?.toString("utf8") ?? "/";
      if (target.startsWith("/")) return null;
      at = posix.join(posix.dirname(link), target, at.slice(link.length));
      if (at === "." || at === "..") return at === "." ? at : null;
      if (at.startsWith("../")) return null;
    }
    return null;
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
    const folder = name === null ? null : follow(posix.dirname(name));
    const object = name === null || folder === null ? null : blobOf(posix.join(folder, posix.basename(name)));
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
    for (let at = folder; ; at = posix.dirname(at)) {
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
      const name = placeIn(top, path);
      if (name === null) throw fail(`${path} is not in the repository ${top}`);
      // A folder or a file: nothing is below a file.
      const start = follow(name);
      if (start === null) throw fail(`${path} leads out of the repository there`);
      for await (const file of candidates(start)) return file;
      return null;
    },
    async behind(file) {
      for await (const other of candidates(inside(dirname(file)) ?? ".")) if (other !== file) return other;
      return null;
    },
    read,
    refuse: (path, by, isOnDisk) => {
      if (inside(path) === null && path !== top) return `leads out of the repository ${top}`;
      if (isOnDisk) return bounds.refuseNamed(path, by, false);
      return bounds.permits(slashed(path)) ? null : "leads out of where the run has to stay (--within)";
    },
    show: (file) => `${ref}:${inside(file) ?? file}`,
  };
}

/**
 * The path in a repository of what the user names, by which the user names it: links of the tree are not followed, those that lead to
 * it are. Null for a path outside.
 */
function placeIn(top: string, path: string): string | null {
  const [first = "", ...rest] = slashed(path).split("/");
  let at = `${first}/`;
  for (const [index, part] of ["", ...rest].entries()) {
    at = posix.join(at, part);
    const real = realPathOf(at);
    if (real !== null && isWithin(real, slashed(top)))
      return posix.join(below(top, real) || ".", ...rest.slice(index));
  }
  return null;
}

function below(top: string, path: string): string {
  return relative(top, path).replaceAll(sep, "/");
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
