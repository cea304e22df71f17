/** Finds includes among files that are all at hand, by their names: no disk is asked. */
import { append, groupBy } from "../../lists/index.ts";
import { type ConfigFile, parse } from "../../parser/index.ts";
import type { IncludeProblem, IncludeTarget } from "../tree.ts";
import {
  compareBytes,
  isIncludePattern,
  isPlaceholder,
  matchesPart,
  matchesPath,
} from "./include-pattern.ts";
import type { IncludeResolver } from "./include-tree.ts";
import { belowInstalled, impliedRoot, isRooted } from "./installed.ts";
import { stockText } from "./stock-files.ts";

/**
 * What it means that a file is not among the named ones. `everything`: it does not exist, names are nginx's own (a
 * dump). `tree`: it does not exist where it would be in nginx's configuration directory; of other places nothing is
 * known. `nothing`: it may well exist.
 */
export type Knowledge = "everything" | "tree" | "nothing";

export interface NamedFilesOptions {
  /**
   * What relative includes are relative to: the directory of the main file, empty where its name has none. Of a
   * fragment it is not known; then the directories that may be it, nearest first.
   */
  readonly prefixes: readonly string[];
  readonly known: Knowledge;
}

export class NamedFiles implements IncludeResolver {
  readonly #names: Names;
  readonly #prefixes: readonly string[];
  readonly #known: Knowledge;
  readonly #standIns = new Map<string, ConfigFile>();
  /** What includes were found to stand for, by their arguments. */
  readonly #targets = new Map<string, IncludeTarget>();

  /** @param files by name, with `/` between the parts of a name */
  constructor(files: ReadonlyMap<string, ConfigFile>, { prefixes, known }: NamedFilesOptions) {
    this.#known = known;
    this.#prefixes = prefixes;
    this.#names = namesOf(files, known === "everything" ? "as given" : "normalised");
  }

  /** Files that are not there, but known well enough to go on without them. */
  get standIns(): Iterable<ConfigFile> {
    return this.#standIns.values();
  }

  resolve(path: string): IncludeTarget {
    let target = this.#targets.get(path);
    if (target === undefined) {
      target = this.#resolve(path);
      this.#targets.set(path, target);
    }
    return target;
  }

  #resolve(path: string): IncludeTarget {
    for (const candidate of this.#candidates(path)) {
      const files = this.#names.match(candidate, isIncludePattern(path));
      if (files === "too-many") return problem("too-many", `${path} looks at too many files`);
      if (files.length > 0) return { files, problems: [] };
    }
    if (this.#known === "everything") {
      if (isIncludePattern(path)) return NOTHING;
      return problem("missing", `${this.#candidates(path)[0] ?? path} is not in the dump`);
    }
    if (isPlaceholder(path)) return problem("variable", `${path} is known only where it is installed`);
    const standIn = this.#standIn(path);
    if (standIn !== null) return { files: [standIn], problems: [] };
    const isKnownPlace = !isRooted(path) || belowInstalled(normalPath(path)) !== null;
    if (this.#known === "nothing" || !isKnownPlace) {
      return problem("outside-root", `${path} is outside the given paths`);
    }
    return isIncludePattern(path) ? NOTHING : problem("missing", `${path} does not exist`);
  }

  #candidates(path: string): readonly string[] {
    const absolute = isRooted(path);
    const full = absolute ? [path] : this.#prefixes.map((prefix) => join(prefix, path));
    // As nginx puts it together: nothing is taken out of the path.
    if (this.#known === "everything") return full;
    if (!absolute) return full.map(normalPath);
    const found = [normalPath(path)];
    const below = belowInstalled(normalPath(path));
    if (below !== null)
      append(
        found,
        this.#prefixes.map((prefix) => join(prefix, below)),
      );
    const root = impliedRoot(this.#prefixes);
    if (root !== null && root !== "/") found.push(root + normalPath(path));
    return found;
  }

  #standIn(path: string): ConfigFile | null {
    const key = path.startsWith("/") ? (belowInstalled(path) ?? path) : path;
    const text = stockText(key);
    if (text === null) return null;
    const file = this.#standIns.get(key) ?? parse(text, path);
    this.#standIns.set(key, file);
    return file;
  }
}

const NOTHING: IncludeTarget = { files: [], problems: [] };

function problem(kind: IncludeProblem["kind"], message: string): IncludeTarget {
  return { files: [], problems: [{ kind, message }] };
}

function join(directory: string, path: string): string {
  if (directory === "") return path;
  return directory.endsWith("/") ? directory + path : `${directory}/${path}`;
}

/** A path without `.`, `..` and doubled slashes where that is possible. */
export function normalPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (part !== ".." || !path.startsWith("/")) parts.push(part);
  }
  return `${path.startsWith("/") ? "/" : ""}${parts.join("/")}`;
}

/** Names that all patterns together may be compared with, and more for a long pattern. */
const MOST_COMPARED = 20_000_000;

/** Named files, found by name and by pattern. */
class Names {
  readonly #files: ReadonlyMap<string, ConfigFile>;
  #byFolder: Map<string, string[]> | undefined;
  #left = MOST_COMPARED;

  constructor(files: ReadonlyMap<string, ConfigFile>) {
    this.#files = files;
  }

  match(path: string, pattern: boolean): readonly ConfigFile[] | "too-many" {
    const file = this.#files.get(path);
    if (file !== undefined) return [file];
    if (!pattern) return [];
    const folder = folderOf(path);
    const isFolder = !isIncludePattern(folder) && !folder.includes("\\");
    const count = isFolder ? this.#namesIn(folder).length : this.#files.size;
    this.#left -= count * (isFolder ? 1 : 4) * (1 + (path.length >> 5));
    if (this.#left < 0) return "too-many";
    const names = isFolder ? this.#namesIn(folder) : [...this.#files.keys()];
    const part = path.slice(folder.length);
    const isLike = (name: string) =>
      isFolder ? matchesPart(name.slice(folder.length), part) : matchesPath(name, path);
    const found = names.filter(isLike).sort(compareBytes);
    return found.flatMap((name) => this.#files.get(name) ?? []);
  }

  #namesIn(folder: string): readonly string[] {
    if (this.#byFolder === undefined) {
      this.#byFolder = groupBy(this.#files.keys(), folderOf);
    }
    return this.#byFolder.get(folder) ?? [];
  }
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

/** By the map of the files: every fragment among them is resolved beside the others. */
const known = {
  "as given": new WeakMap<ReadonlyMap<string, ConfigFile>, Names>(),
  normalised: new WeakMap<ReadonlyMap<string, ConfigFile>, Names>(),
};

function namesOf(files: ReadonlyMap<string, ConfigFile>, form: keyof typeof known): Names {
  let names = known[form].get(files);
  if (names === undefined) {
    const isGiven = form === "as given";
    names = new Names(
      isGiven ? files : new Map([...files].map(([name, file]) => [normalPath(name), file] as const)),
    );
    known[form].set(files, names);
  }
  return names;
}
