/** Where a configuration stands on this disk, and so where what it includes is found. */

import { posix } from "node:path";
import { type Bounds, isKernels, realPathOf, slashed, strayLink } from "../bounds/index.ts";
import { append } from "../lists/index.ts";
import type { ConfigFile } from "../parser/index.ts";
import {
  belowInstalled,
  type IncludeProblem,
  type IncludeResolver,
  type IncludeTarget,
  impliedRoot,
  isIncludePattern,
  isPlaceholder,
  isRooted,
  isTopLevel,
  isWithin,
  stockText,
} from "../semantics/index.ts";
import { isPartsDirectory } from "./discovery.ts";
import { lettersOf, matchPaths } from "./match-paths.ts";
import { readsAsConfiguration } from "./nginx-text.ts";
import { isFailure, linkTarget, readFailure, type SourceFiles } from "./source-files.ts";

export interface GroundOptions {
  /**
   * What relative includes are relative to: nginx's conf prefix, the directory of the main file. Of a fragment it is
   * not known; then the directories that may be it, nearest first.
   */
  readonly prefixes: readonly string[];
  /** The directory that stands for `/`, where the user named it. */
  readonly root: string | null;
  readonly bounds: Bounds;
  /** The main file is known and stands where nginx reads it, so that what is not there is missing. */
  readonly whole: boolean;
}

export class Ground implements IncludeResolver {
  readonly #files: SourceFiles;
  readonly #options: GroundOptions;
  /** What stands for `/` as the place of the main file tells: `/image` of `/image/etc/nginx`; `/` of `/etc/nginx`. */
  readonly #impliedRoot: string | null;
  readonly #standIns = new Map<string, ConfigFile>();
  /** What includes were found to stand for, by their arguments. */
  readonly #targets = new Map<string, IncludeTarget>();
  /** The names in folders, as {@link Listings} gives them; null for those that cannot be listed. */
  readonly #listed = new Map<string, ReadonlySet<string> | null>();
  /** Whether folders may be looked into. */
  readonly #reached = new Map<string, boolean>();
  #around: readonly string[] | undefined;

  constructor(files: SourceFiles, options: GroundOptions) {
    this.#files = files;
    this.#options = options;
    this.#impliedRoot = options.root === null ? impliedRoot(options.prefixes) : null;
  }

  /** Files that are not there, but known well enough to go on without them. */
  get standIns(): Iterable<ConfigFile> {
    return this.#standIns.values();
  }

  resolve(written: string): IncludeTarget {
    // Windows takes both; on other systems the backslash is a letter like others.
    const path = slashed(written);
    let target = this.#targets.get(path);
    if (target === undefined) {
      target = this.#resolve(path);
      this.#targets.set(path, target);
    }
    return target;
  }

  #resolve(path: string): IncludeTarget {
    const pattern = isIncludePattern(path);
    let nothing: IncludeTarget | null = null;
    let outside: IncludeTarget | null = null;
    let absent: string | null = null;
    for (const candidate of this.#candidates(path, pattern)) {
      if (!this.#files.affords(candidate)) return notLookedFor(path);
      if (!pattern && this.#isAllowed(candidate) && this.#isAbsent(candidate)) {
        if (nothing === null) absent ??= candidate;
        continue;
      }
      const target = pattern ? this.#match(candidate) : this.#read(candidate);
      const kind = target.problems[0]?.kind;
      if (kind === "outside-root" && target.files.length === 0) outside ??= target;
      else if (pattern ? target !== NOTHING : kind !== "missing") return target;
      else nothing ??= target;
    }
    const templates = this.#templatesFor(path, pattern);
    if (templates !== null) return templates;
    // Also where this machine has one of its own that is not looked at: the answer is the same on every machine.
    const standIn = this.#isSystem ? null : this.#standIn(path);
    if (standIn !== null) return { files: [standIn], problems: [] };
    if (outside !== null) return outside;
    if (isPlaceholder(path)) return problem("variable", `${path} is known only where it is installed`);
    if (!this.#isKnownGround(path)) return problem("outside-root", `${path} is outside the given paths`);
    if (pattern) return NOTHING;
    if (this.#options.whole && absent !== null) nothing = missing(this.#files.nameOf(absent));
    if (this.#options.whole && nothing !== null) return this.#withFolder(nothing, path);
    const kind = this.#options.whole ? "missing" : "outside-root";
    return problem(kind, `${path} does not exist`);
  }

  #isAbsent(path: string): boolean {
    const { isOften } = this.#files.listings;
    if (isOften && path.length <= LONGEST_PATH && this.#isNotListed(path)) return true;
    if (!this.#mayReach(posix.dirname(path))) return false;
    const isAbsent = this.#files.isAbsent(path);
    if (isAbsent) this.#files.listings.miss();
    return isAbsent;
  }

  /** Its folder was listed and has no such name, or is not there itself. False says nothing. */
  #isNotListed(path: string): boolean {
    const folder = posix.dirname(path);
    let names = this.#listed.get(folder);
    if (names === undefined) {
      if (folder !== path && this.#isNotListed(folder)) return true;
      names = this.#mayReach(folder) ? this.#files.listings.lettersOf(folder) : null;
      this.#listed.set(folder, names);
    }
    return names !== null && !names.has(lettersOf(posix.basename(path)));
  }

  /** Says whether the folder of what is missing is missing, too: a copy may hold a part of what is installed. */
  #withFolder({ files, problems }: IncludeTarget, path: string): IncludeTarget {
    if (this.#isSystem) return { files, problems };
    for (const candidate of this.#candidates(path, false)) {
      if (this.#isKnownFolder(posix.dirname(candidate))) return { files, problems };
      if (!this.#files.affords(candidate)) break;
    }
    return { files, problems: problems.map((each) => ({ ...each, folder: posix.dirname(path) })) };
  }

  /** It is there, or stands in one of the configuration's own folders, which is. */
  #isKnownFolder(folder: string): boolean {
    const isThere = (each: string) => this.#isAllowed(each) && this.#files.realPathAt(each) !== null;
    const outer = posix.dirname(folder);
    return isThere(folder) || (!this.#options.prefixes.includes(outer) && isThere(outer));
  }

  /** The tree is the one of this machine. */
  get #isSystem(): boolean {
    return this.#impliedRoot === "/";
  }

  /** Whether what is not found at a path is missing, instead of being on another machine. */
  #isKnownGround(path: string): boolean {
    if (!isRooted(path)) return true;
    if (path.startsWith("/") && (this.#isSystem || this.#options.root !== null)) return true;
    return belowInstalled(path) !== null || this.#isAllowed(posix.normalize(path));
  }

  /** The paths on this disk that the argument of an `include` may stand for, best first. */
  *#candidates(path: string, pattern: boolean): Generator<string> {
    const { prefixes, root } = this.#options;
    if (!isRooted(path)) {
      for (const prefix of prefixes) yield this.#joined(prefix, path);
      return;
    }
    if (!path.startsWith("/")) {
      const onDrive = path.replaceAll("\\", "/");
      if (this.#isAllowed(posix.normalize(onDrive))) yield posix.normalize(onDrive);
      return yield* movedPaths(onDrive, pattern, prefixes);
    }
    const normal = posix.normalize(path);
    if (this.#isSystem) return yield normal;
    if (root !== null) yield posix.join(root, normal);
    else if (this.#isAllowed(normal)) yield normal;
    const below = belowInstalled(normal);
    if (below !== null) for (const prefix of prefixes) yield posix.join(prefix, below);
    if (this.#impliedRoot !== null) yield posix.join(this.#impliedRoot, normal);
    if (below === null && root === null) yield* movedPaths(normal, pattern, prefixes);
  }

  /** As the system walks: `..` behind a link is the folder above what the link leads to. */
  #joined(prefix: string, path: string): string {
    if (!path.includes("/..") || path.length > LONGEST_PATH) return posix.join(prefix, path);
    let at = prefix;
    for (const part of path.split("/")) {
      const real = part === ".." && this.#isAllowed(at) ? this.#files.realPathAt(at) : null;
      at = posix.join(real ?? at, part);
    }
    return at;
  }

  #match(pattern: string): IncludeTarget {
    const { paths, failure, refused } = matchPaths(
      pattern,
      (directory) => this.#mayReach(directory),
      this.#files.listings,
    );
    const name = this.#files.nameOf(pattern);
    if (failure === "too-many") return problem("too-many", `${name} looks at too many files`);
    if (paths.length === 0 && refused !== null) return this.#outside(name, refused);
    if (paths.length === 0 && failure === null) return NOTHING;
    const files: ConfigFile[] = [];
    const problems: IncludeProblem[] = [];
    for (const path of paths) {
      const target = this.#read(path);
      append(files, target.files);
      append(problems, target.problems);
    }
    if (refused !== null) append(problems, this.#outside(this.#files.nameOf(refused), refused).problems);
    if (failure !== null) {
      const { message } = readFailure(failure.error, failure.path, this.#files.nameOf(failure.path));
      problems.push({ kind: "unreadable", message });
    }
    return { files, problems };
  }

  /** What will be there once templates are filled in: those beside, and those that the nginx image fills in at start. */
  #templatesFor(path: string, pattern: boolean): IncludeTarget | null {
    if (this.#isSystem || !path.endsWith(".conf")) return null;
    for (const candidate of this.#candidates(path, pattern)) {
      const folder = posix.dirname(candidate);
      const image = posix.join(posix.dirname(folder), "templates", posix.basename(candidate));
      const beside = TEMPLATE_ENDINGS.map((ending) => candidate + ending);
      for (const each of [...beside, `${image}.template`]) {
        if (!this.#files.affords(each)) return notLookedFor(path);
        if (!pattern && this.#isAllowed(each) && this.#isAbsent(each)) continue;
        const { files, problems } = this.#match(each);
        const parts = files.filter((file) => !isTopLevel(file));
        if (parts.length > 0) return { files: parts, problems };
      }
    }
    return null;
  }

  #read(path: string): IncludeTarget {
    // Outside nothing is asked for, so that nobody learns what is there.
    if (!this.#isAllowed(path)) return this.#refuse(path, path);
    const real = this.#files.realPathAt(path);
    if (real === null || !this.#isAllowed(real)) {
      const target = linkTarget(path);
      if (target?.startsWith("/") && !isKernels(target) && !this.#isSystem) {
        return this.#readMovedLink(path, target);
      }
    }
    const isAstray = real === null && this.#strayLink(path) !== null;
    if (isAstray || (real !== null && !this.#isAllowed(real))) return this.#refuse(path, real);
    return this.#readAllowed(path, real ?? path);
  }

  #strayLink(path: string): string | null {
    return strayLink(path, (at) => this.#isAllowed(at));
  }

  /** @param real null for what leads out by a link, and to nothing: it is told in the same words. */
  #refuse(path: string, real: string | null): IncludeTarget {
    const name = this.#files.nameOf(path);
    if (real !== null && isKernels(real) && this.#isAround(real))
      return problem("unreadable", `${name} is not a regular file`);
    if (real === path || (real !== null && this.#options.bounds.isGits(real)))
      return this.#outside(name, real);
    const text = this.#strayLink(path) ?? "another place";
    return problem("outside-root", `${name} is a link to ${text}, which is outside the given paths`);
  }

  #outside(name: string, path: string): IncludeTarget {
    const isGits = this.#options.bounds.isGits(path);
    return problem("outside-root", `${name} is ${isGits ? "git's own" : "outside the given paths"}`);
  }

  #readAllowed(path: string, real: string): IncludeTarget {
    const file = this.#files.read(path);
    if (isFailure(file)) return problem(file.kind, file.message);
    if (this.#options.bounds.holds(real) || readsAsConfiguration(file))
      return { files: [file], problems: [] };
    // Whoever names a file outside must not have its lines printed for errors.
    const name = this.#files.nameOf(path);
    return problem("outside-root", `${name} is outside the given paths, and not an nginx configuration`);
  }

  /** Links of `sites-enabled` name their target absolutely: in a copy of `/etc/nginx` they lead to the copy's. */
  #readMovedLink(path: string, target: string): IncludeTarget {
    for (const candidate of this.#candidates(target, false)) {
      if (!this.#isAllowed(candidate)) continue;
      const real = this.#files.realPathAt(candidate);
      if (real === null || !this.#isAllowed(real)) continue;
      return this.#readAllowed(candidate, real);
    }
    const standIn = this.#standIn(target);
    if (standIn !== null) return { files: [standIn], problems: [] };
    const name = this.#files.nameOf(path);
    if (this.#isKnownGround(target)) {
      return problem("missing", `${name} is a symbolic link to ${target}, which does not exist`);
    }
    return problem("outside-root", `${name} is a link to ${target}, which is outside the given paths`);
  }

  #mayReach(directory: string): boolean {
    let may = this.#reached.get(directory);
    if (may === undefined) {
      may = this.#isAllowed(directory) && this.#staysInside(directory);
      this.#reached.set(directory, may);
    }
    return may;
  }

  #staysInside(directory: string): boolean {
    const real = this.#files.realPathAt(directory);
    return real === null ? this.#strayLink(directory) === null : this.#isAllowed(real);
  }

  /** Nothing else is read, so that a configuration from somewhere cannot have any file of this machine printed. */
  #isAllowed(path: string): boolean {
    const { bounds } = this.#options;
    if (bounds.holds(path)) return true;
    return !bounds.bars(path) && bounds.permits(path) && this.#isAround(path);
  }

  #isAround(path: string): boolean {
    if (this.#isSystem) return true;
    this.#around ??= this.#directoriesAround();
    return this.#around.some((directory) => isWithin(path, directory));
  }

  /** What the bounds do not hold, and the place of the main file or the user makes a part of the configuration. */
  #directoriesAround(): readonly string[] {
    const { prefixes, root, bounds } = this.#options;
    const around = root === null ? [] : [root];
    const [nearest = "/", outer] = prefixes;
    if (bounds.repositoryOf(realPathOf(nearest) ?? nearest) === null) {
      around.push(nearest);
      // The main file is beside `sites-enabled`, `snippets`, …, and so are the others of these.
      if (outer !== undefined && isPartsDirectory(posix.basename(nearest))) around.push(outer);
      if (this.#impliedRoot !== null) around.push(this.#impliedRoot);
    }
    const realOf = (directory: string) => {
      const settled = bounds.settled(directory);
      return settled === directory ? (realPathOf(directory) ?? directory) : settled;
    };
    return [...new Set(around.flatMap((directory) => [directory, realOf(directory)]))];
  }

  #standIn(path: string): ConfigFile | null {
    const key = path.startsWith("/") ? (belowInstalled(path) ?? path) : path;
    const text = stockText(key);
    if (text === null) return null;
    let file = this.#standIns.get(key);
    if (file === undefined) {
      file = this.#files.addText(text, path, "utf8");
      this.#standIns.set(key, file);
    }
    return file;
  }
}

/** Endings of what is filled in when it is installed. */
const TEMPLATE_ENDINGS = [".template", ".j2", ".tmpl", ".tpl", ".erb", ".in"];

/** What a system takes, in bytes. */
const LONGEST_PATH = 4_096;

/** More folders than lead to any configuration. */
const MOST_FOLDERS = 50;

const NOTHING: IncludeTarget = { files: [], problems: [] };

function problem(kind: IncludeProblem["kind"], message: string): IncludeTarget {
  return { files: [], problems: [{ kind, message }] };
}

function notLookedFor(path: string): IncludeTarget {
  return problem("too-many", `${path} was not looked for: the includes name too many paths`);
}

function missing(name: string): IncludeTarget {
  return problem("missing", `${name} does not exist`);
}

/**
 * Where a file may be in a tree that was moved: its path without more and more of its first directories. A pattern
 * keeps one directory, since `*.conf` alone would take in everything.
 */
function* movedPaths(path: string, pattern: boolean, prefixes: readonly string[]): Generator<string> {
  const parts = path.split("/").slice(1);
  const last = parts.length - (pattern ? 2 : 1);
  if (parts.length > MOST_FOLDERS) return;
  for (let from = 1; from <= last; from++) {
    const rest = parts.slice(from);
    if (pattern && isIncludePattern(rest[0] ?? "")) break;
    for (const prefix of prefixes) yield posix.join(prefix, rest.join("/"));
  }
}
