/** Finds includes among files that are all at hand, by their names: no disk is asked. */
import { type ConfigFile, parse } from "../../parser/index.ts";
import type { IncludeProblem, IncludeTarget } from "../tree.ts";
import { compareBytes, isIncludePattern, isPlaceholder, matchesPath } from "./include-pattern.ts";
import type { IncludeResolver } from "./include-tree.ts";
import { belowInstalled, impliedRoot } from "./installed.ts";
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
  readonly #files: ReadonlyMap<string, ConfigFile>;
  readonly #prefixes: readonly string[];
  readonly #known: Knowledge;
  readonly #standIns = new Map<string, ConfigFile>();

  /** @param files by name, with `/` between the parts of a name */
  constructor(files: ReadonlyMap<string, ConfigFile>, { prefixes, known }: NamedFilesOptions) {
    this.#known = known;
    this.#prefixes = prefixes;
    this.#files = known === "everything" ? files : normalised(files);
  }

  /** Files that are not there, but known well enough to go on without them. */
  get standIns(): Iterable<ConfigFile> {
    return this.#standIns.values();
  }

  resolve(path: string): IncludeTarget {
    for (const candidate of this.#candidates(path)) {
      const files = this.#match(candidate, isIncludePattern(path));
      if (files.length > 0) return { files, problems: [] };
    }
    if (this.#known === "everything") {
      if (isIncludePattern(path)) return NOTHING;
      return problem("missing", `${this.#candidates(path)[0] ?? path} is not in the dump`);
    }
    if (isPlaceholder(path)) return problem("variable", `${path} is known only where it is installed`);
    const standIn = this.#standIn(path);
    if (standIn !== null) return { files: [standIn], problems: [] };
    const isKnownPlace = !path.startsWith("/") || belowInstalled(normalPath(path)) !== null;
    if (this.#known === "nothing" || !isKnownPlace) {
      return problem("outside-root", `${path} is outside the given paths`);
    }
    return isIncludePattern(path) ? NOTHING : problem("missing", `${path} does not exist`);
  }

  #candidates(path: string): readonly string[] {
    const absolute = path.startsWith("/");
    const full = absolute ? [path] : this.#prefixes.map((prefix) => join(prefix, path));
    // As nginx puts it together: nothing is taken out of the path.
    if (this.#known === "everything") return full;
    if (!absolute) return full.map(normalPath);
    const found = [normalPath(path)];
    const below = belowInstalled(normalPath(path));
    if (below !== null) found.push(...this.#prefixes.map((prefix) => join(prefix, below)));
    const root = impliedRoot(this.#prefixes);
    if (root !== null && root !== "/") found.push(root + normalPath(path));
    return found;
  }

  #match(path: string, pattern: boolean): readonly ConfigFile[] {
    const file = this.#files.get(path);
    if (file !== undefined) return [file];
    if (!pattern) return [];
    const names = [...this.#files.keys()].filter((name) => matchesPath(name, path)).sort(compareBytes);
    return names.flatMap((name) => this.#files.get(name) ?? []);
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

/** By the map of the files: every fragment among them is resolved beside the others. */
const byNormalPath = new WeakMap<ReadonlyMap<string, ConfigFile>, ReadonlyMap<string, ConfigFile>>();

function normalised(files: ReadonlyMap<string, ConfigFile>): ReadonlyMap<string, ConfigFile> {
  const known = byNormalPath.get(files);
  if (known !== undefined) return known;
  const made = new Map([...files].map(([name, file]) => [normalPath(name), file] as const));
  byNormalPath.set(files, made);
  return made;
}
