/**
 * Where a run may read and write, decided once, on paths without symbolic links.
 *
 * What the user names on the command line may be anywhere. What a tree names (its settings, its includes, the links in
 * it) stays inside of the areas of the run: the repository that holds a handed path, or else the handed path itself.
 * What git keeps there (`.git`) is none of the tree. Nothing widens the areas; `within` narrows everything, the handed
 * paths and the output, too.
 */
import { existsSync, lstatSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, isAbsolute, join, posix, resolve, sep } from "node:path";
import { isWithin } from "../semantics/index.ts";
import { readBeginning } from "./read.ts";

export interface BoundsInputs {
  /** Absolute. */
  readonly cwd: string;
  /** As the user wrote them: files, directories or patterns, relative to `cwd`; `-` is none. */
  readonly handed: readonly string[];
  /** Directories that everything has to be in, relative to `cwd`. */
  readonly within?: readonly string[];
}

/** A link that is not followed, and why: `outside of …`. */
interface StrayLink {
  readonly link: string;
  readonly reason: string;
}

/**
 * Why a link is not followed; null where it is.
 * @param target without further links; null for a link that leads nowhere.
 * @param at the folder that it stands in.
 */
type Judge = (target: string | null, at: string, link: string) => string | null;

/** A path without links, and whether it may be used. */
export interface Place {
  readonly real: string;
  /** Null where it may. */
  readonly refusal: Refusal | null;
}

/** Why a path is not used. For people, without the path's name: `is outside of …`. */
export type Refusal = string;

export class Bounds {
  /** Directories and files that may be read and written, by every name that is known; absolute, with `/`. */
  readonly areas: readonly string[];
  /** The same of `within`; each has to hold a path. */
  readonly #within: readonly (readonly string[])[];
  readonly #repositories = new Map<string, string | null>();
  /** Where the repositories that were met keep what is theirs, if that is no `.git` in them; without links. */
  readonly #stores = new Set<string>();
  /** What was handed, judged once: links may change while a run goes on. */
  readonly #handed = new Map<string, Place>();
  /** Where files lead that were judged and may be used, by their paths. */
  readonly #settled = new Map<string, string>();
  readonly #cwd: string;

  constructor({ cwd, handed, within = [] }: BoundsInputs) {
    this.#cwd = cwd;
    this.#within = within.map((directory) => namesOf(resolve(cwd, directory)));
    const areas = new Set<string>();
    for (const path of handed) for (const area of this.#areasOf(path)) areas.add(area);
    this.areas = [...areas];
  }

  /** Whether a tree may name this absolute path; ask for the path as it is written and for the one without links. */
  holds(path: string): boolean {
    return this.#isInArea(path) && this.permits(path) && !this.isGits(path);
  }

  /**
   * Whether nothing that a tree names may lead to this absolute path, wherever the tree is: what is the kernel's or git's. Hooks are
   * run, and a checkout may leave a token in `.git/config`.
   */
  bars(path: string): boolean {
    return isKernels(path) || this.isGits(path);
  }

  /** Whether an absolute path leads to what version control keeps. */
  isGits(path: string): boolean {
    for (const store of this.#stores) if (isWithin(path, store)) return true;
    if (!GITS_OWN.test(path)) return false;
    // A working tree may stand in the `.git` of another one.
    return GITS_OWN.test(path.slice(this.repositoryOf(dirname(path))?.length ?? 0));
  }

  #isInArea(path: string): boolean {
    return this.areas.some((area) => isWithin(path, area) && (area !== "/" || !isKernels(path)));
  }

  /** Whether `within` lets anybody name this absolute path. */
  permits(path: string): boolean {
    return this.#within.every((names) => names.some((name) => isWithin(path, name)));
  }

  /** Why a path that the user handed is not read; null where it is. */
  refuseHanded(path: string): Refusal | null {
    return this.handedAt(path).refusal;
  }

  /** Where a path or a pattern leads that the user handed, judged once for the whole run. */
  handedAt(path: string): Place {
    const absolute = slashed(resolve(this.#cwd, path));
    let place = this.#handed.get(absolute);
    if (place === undefined) {
      const start = realPathOf(absolute) === null ? staticPart(absolute) : absolute;
      place = this.#judgeHanded(start);
      this.#handed.set(absolute, place);
      if (place.refusal === null && start === absolute) this.#settled.set(absolute, place.real);
    }
    return place;
  }

  /** Where the folder leads that all matches of a pattern are below, also where a file is called like the pattern. */
  patternAt(pattern: string): Place {
    return this.#judgeHanded(beforeSpecials(slashed(resolve(this.#cwd, pattern))));
  }

  #judgeHanded(absolute: string): Place {
    return this.#judge(absolute, (target, at, link) => {
      const tree = this.repositoryOf(at);
      if (tree === null) return null;
      const leaves =
        target === null
          ? strayLink(link, (place) => isWithin(place, tree)) !== null
          : !isWithin(target, tree);
      if (leaves) return `outside of ${tree}`;
      if (target === null) return null;
      return this.bars(target) && !this.bars(at) ? OF_GIT : null;
    });
  }

  /**
   * Where a path leads that the user named for the output, and why nothing is written there: a link of the tree is not followed,
   * wherever it leads, since the tree would choose what is overwritten. What is judged is what is to be written to, whatever becomes
   * of the links that led there.
   */
  outputAt(path: string): Place {
    return this.#judge(slashed(resolve(this.#cwd, path)), (_, at) =>
      this.#isOfTree(at) ? "and no link of the tree is written through" : null,
    );
  }

  /** Where a file leads that was judged before and may be used; of others, the path itself. */
  settled(path: string): string {
    return this.#settled.get(slashed(path)) ?? path;
  }

  #judge(absolute: string, judge: Judge): Place {
    const { real, stray } =
      realPathOf(absolute) === absolute ? { real: absolute, stray: null } : walk(absolute, judge);
    const isAstray = realPathOf(absolute) === null && strayLink(absolute, (at) => this.permits(at)) !== null;
    if (!this.permits(real) || isAstray)
      return { real, refusal: this.#outsideWithin(isAstray || real !== absolute) };
    return { real, refusal: stray === null ? null : tellStray(stray, absolute) };
  }

  /**
   * Why a file that settings name is not used; null where it is. Settings that the user named are the user's own word,
   * unless they stand in the tree. Those that were found above it may name what stands beside and below them.
   * @param by the settings file, absolute.
   */
  refuseNamed(path: string, by: string, named: boolean): Refusal | null {
    const place = slashed(path);
    const author = realPathOf(by) ?? slashed(by);
    const isOwn = named && !this.holds(author);
    const stray = `leads out of ${this.#place}, where settings of the tree have to stay`;
    // Outside nothing is asked for: a look alone may wake a disk, or wait for one that is far away.
    if (!this.#isInArea(place) && this.holds(author)) return stray;
    if (!isOwn && this.isGits(place)) return INTO_GIT;
    if (!this.holds(place) && this.holds(author)) return stray;
    const found = realPathOf(path);
    // Whether something is there makes no difference to what is said.
    if (found === null && this.holds(author) && strayLink(place, (at) => this.#isInArea(at)) !== null)
      return stray;
    const real = found ?? futurePathOf(place);
    if (!isOwn && this.isGits(real)) return INTO_GIT;
    if (!this.permits(real)) return this.#outsideWithin();
    this.#settled.set(place, real);
    if (this.holds(place) && this.holds(real)) return null;
    if (this.holds(author)) return stray;
    const isBelow = isWithin(place, dirname(slashed(by))) && isWithin(real, dirname(author));
    return named || isBelow
      ? null
      : `leads out of ${dirname(author)}, where settings that were found have to stay`;
  }

  /** Why a settings file that was found, and not named, is not read; null where it is. */
  refuseFound(path: string): Refusal | null {
    const place = slashed(path);
    const found = realPathOf(path);
    const isAstray = found === null && strayLink(place, (at) => this.holds(at)) !== null;
    const real = found ?? place;
    if (!this.permits(real)) return this.#outsideWithin(true);
    this.#settled.set(place, real);
    if (this.holds(real) && !isAstray) return null;
    const folder = dirname(place);
    const isBelow = !this.holds(place) && isWithin(real, realPathOf(folder) ?? folder);
    return isBelow ? null : `is a link to ${textOfLink(path)}; name that with --config where you mean it`;
  }

  /**
   * The nearest directory with a `.git`, from `directory` upwards; null outside of any repository. The home directory
   * and the root of the file system are none: what people keep there is not one tree.
   */
  repositoryOf(directory: string): string | null {
    const known = this.#repositories.get(directory);
    if (known !== undefined) return known;
    const parent = dirname(directory);
    const isTop = parent === directory || directory === homedir();
    const isOne = !isTop && existsSync(join(directory, ".git"));
    if (isOne) for (const store of storesOf(directory)) this.#stores.add(store);
    const found = isTop ? null : isOne ? directory : this.repositoryOf(parent);
    this.#repositories.set(directory, found);
    return found;
  }

  #areasOf(path: string): readonly string[] {
    const absolute = slashed(resolve(this.#cwd, staticPart(path)));
    const { real, refusal } = this.handedAt(path);
    const isDirectory = isDirectoryAt(real);
    const home = isDirectory ? absolute : dirname(absolute);
    if (refusal !== null) return [home];
    const realHome = isDirectory ? real : dirname(real);
    const repository = this.repositoryOf(realHome);
    // Paths are asked for as they were written, too; what decides is the one without links.
    if (repository !== null) return [repository, home, ...sameAbove(home, realHome, repository)];
    // Nobody hands all that is at the root of a disk or in a home by handing a file there.
    const top = dirname(realHome) === realHome || realHome === homedir();
    return top && !isDirectory ? [absolute, real] : [home, realHome, real];
  }

  /** Whether a stranger may have put what stands in a folder: in a repository, in what was handed, or where the run has to stay. */
  #isOfTree(directory: string): boolean {
    if (this.repositoryOf(directory) !== null) return true;
    const grounds = [...this.areas, ...this.#within.flat()];
    // Of a whole disk it is the user who put the links there.
    return grounds.some((ground) => dirname(ground) !== ground && isWithin(directory, ground));
  }

  get #place(): string {
    const [only = "", ...more] = new Set(this.areas.map((area) => realPathOf(area) ?? area));
    return more.every((area) => isWithin(area, only)) ? only : "what was passed";
  }

  /** @param isLink it is so by a link: where that leads is not said. */
  #outsideWithin(isLink = false): Refusal {
    const place = this.#within.map(([name]) => name).join(" and ");
    return `${isLink ? "leads" : "is"} outside of ${place} (--within)`;
  }
}

/** An absolute path by its own name and by the one without links. */
function namesOf(path: string): readonly string[] {
  const name = slashed(path);
  return [...new Set([name, slashed(realPathOf(path) ?? path)])];
}

/** What a directory is called that is above `home`, where `realHome` and `realAbove` are the same without links. */
function sameAbove(home: string, realHome: string, realAbove: string): string[] {
  const below = realHome.slice(realAbove.length);
  if (!home.endsWith(below)) return [];
  const above = home.slice(0, home.length - below.length);
  // A link further down makes it another directory.
  return realPathOf(above) === realAbove ? [above] : [];
}

/** Says no more of where a link leads than the link itself does: whoever wrote it need not know the machine. */
function tellStray({ link, reason }: StrayLink, path: string): Refusal {
  const text = textOfLink(link);
  const what = link === path ? `is a link to ${text}` : `is behind the link ${link} to ${text}`;
  return `${what}, ${reason}; name what it leads to where you mean that`;
}

function textOfLink(link: string): string {
  try {
    return slashed(readlinkSync(link));
  } catch {
    return "another place";
  }
}

/**
 * Follows the links of a path one by one, up to the first that is not to be followed. What is not there yet is below the folder that
 * is. @param path absolute.
 */
function walk(path: string, judge: Judge): { readonly real: string; readonly stray: StrayLink | null } {
  const parts = path.split("/");
  // Nothing, or a drive.
  let at = `${parts[0] ?? ""}/`;
  for (const part of parts.slice(1)) {
    const link = posix.join(at, part);
    if (!isLink(link)) {
      at = link;
      continue;
    }
    const target = realPathOf(link);
    const reason = judge(target, at, link);
    if (reason !== null) return { real: target ?? link, stray: { link, reason } };
    at = target ?? link;
  }
  return { real: nameOnDisk(at), stray: null };
}

/** Links of links; a system takes no more. */
export const MOST_LINKS = 40;

/**
 * The text of the first link on a path that leads out of what may be looked at; null where none does. Places outside are not asked for,
 * so that the answer is the same whatever is there.
 * @param path absolute.
 * @param isOpen whether a place may be looked at.
 */
export function strayLink(path: string, isOpen: (place: string) => boolean): string | null {
  if (path.length > LONGEST_PATH) return null;
  let parts = path.split("/");
  let at = `${parts[0] ?? ""}/`;
  let links = 0;
  for (let index = 1; index < parts.length; index++) {
    const next = posix.join(at, parts[index] ?? "");
    const kind = kindOf(next);
    // Nothing can be below.
    if (kind === "nothing" || links > MOST_LINKS) return null;
    if (kind === "other") {
      at = next;
      continue;
    }
    links++;
    const text = textOfLink(next);
    const target = isAbsolute(text) ? posix.normalize(text) : posix.join(at, text);
    // What leads to the tree is the user's.
    if (isOpen(next) && !isOpen(target)) return text;
    parts = [...target.split("/"), ...parts.slice(index + 1)];
    at = `${parts[0] ?? ""}/`;
    index = 0;
  }
  return null;
}

/** What a system takes, in bytes. */
const LONGEST_PATH = 4_096;

function kindOf(path: string): "link" | "other" | "nothing" {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats === undefined ? "nothing" : stats.isSymbolicLink() ? "link" : "other";
  } catch {
    return "nothing";
  }
}

/** What version control keeps beside a tree, in whatever case a disk takes it, or by the short name that Windows gives it. */
const GITS_OWN = /\/(?:\.(?:git|hg|svn|jj)|git~\d+)(?:\/|$)/i;
const OF_GIT = "which is git's own";
const INTO_GIT = "leads to what is git's own, where settings of the tree have no business";

/** A `.git` may be a file, or a link, that says where the rest is; and what is there may share with another place. */
function storesOf(repository: string): readonly string[] {
  const own = join(repository, ".git");
  const named = wordOf(own, /^gitdir: (.*)/);
  const store = named === null ? own : resolve(repository, named);
  const shared = wordOf(join(store, "commondir"), /^(.*)/);
  const stores = shared === null ? [store] : [store, resolve(store, shared)];
  // Most are known by their name.
  return stores.map((each) => slashed(realPathOf(each) ?? each)).filter((each) => !GITS_OWN.test(each));
}

/** What a small file that git writes says; null where there is none. */
function wordOf(file: string, pattern: RegExp): string | null {
  try {
    const word = pattern.exec(Buffer.from(readBeginning(file, 4096)).toString("utf8"))?.[1]?.trimEnd();
    return word === "" ? null : (word ?? null);
  } catch {
    return null;
  }
}

/** Windows and macOS take `A.conf` for `a.conf`; a path without links has the name that is on the disk. */
export const HAS_NAMES_FOR_SAME = sep === "\\" || process.platform === "darwin";

/** Of a path without links. */
function nameOnDisk(path: string): string {
  return HAS_NAMES_FOR_SAME ? (realPathOf(path) ?? futurePathOf(path)) : path;
}

/** A directory is there; false where nobody can tell. */
export function isDirectoryAt(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function isLink(path: string): boolean {
  return kindOf(path) === "link";
}

/** Where a file will be that is not there yet: below the nearest directory that is. */
function futurePathOf(path: string): string {
  const rest: string[] = [];
  for (let at = path; dirname(at) !== at; at = dirname(at)) {
    const real = realPathOf(at);
    if (real !== null) return slashed(join(real, rest.join("/")));
    rest.unshift(basename(at));
  }
  return path;
}

/** A pattern's path before its first special character; a file may be called like a pattern. */
function staticPart(path: string): string {
  return existsSync(path) ? path : beforeSpecials(path);
}

function beforeSpecials(path: string): string {
  const special = path.search(/[*?[{(!]/);
  return special === -1 ? path : dirname(`${path.slice(0, special)}x`);
}

/** Where a kernel shows itself and its devices: nothing there is a file of a configuration, whatever names it. */
export function isKernels(path: string): boolean {
  return ["/dev", "/proc", "/sys"].some((directory) => isWithin(path, directory));
}

/** The path without symbolic links; null where it leads nowhere. */
export function realPathOf(path: string): string | null {
  try {
    return slashed(realpathSync.native(path));
  } catch {
    return null;
  }
}

export function slashed(path: string): string {
  return sep === "\\" ? path.replaceAll("\\", "/") : path;
}
