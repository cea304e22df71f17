/** Finds what a pattern matches that the user handed: with `**`, braces and what else shells know. */
import { type Dirent, lstatSync, readdirSync, type Stats } from "node:fs";
import { posix, resolve } from "node:path";
import { slashed } from "../bounds/index.ts";
import { compareBytes } from "../semantics/index.ts";

/** Directory entries that a pattern may look at, so that one over a whole disk ends. */
const MOST_ENTRIES = 1_000_000;

/** Folders that a pattern may reach behind links, by all their names: links to links multiply. */
const MOST_LINKED = 10_000;

/** Whether a path may be meant as a pattern; a file may have such a name, too. */
export function mayBePattern(path: string): boolean {
  return /[*?[{(!]/.test(path);
}

/** A pattern that looks at more than it may. */
export class TooManyPaths extends Error {
  override readonly name = "TooManyPaths";
}

/** What a pattern asks about the places that it looks at; all paths are absolute. */
export interface Guide {
  /** Without links; null where the path leads nowhere. */
  realPathAt(path: string): string | null;
  /** Whether the folder without links may be looked into. */
  mayEnter(real: string): boolean;
  isDirectory(real: string): boolean;
  /** Notes a folder that is not looked into. `error`: what the system said. */
  passOver(path: string, why: "outside" | "circle" | "others" | { readonly error: unknown }): void;
}

/**
 * The paths that a pattern matches, as it writes them, in byte order: files, and links that lead to one or that are not for us to follow.
 * Links are taken as nginx takes them where a pattern of its own matches them.
 * @throws {TooManyPaths} and what fast-glob throws for what is no pattern.
 */
export async function expandPattern(pattern: string, cwd: string, guide: Guide): Promise<string[]> {
  const { default: fastGlob } = await import("fast-glob");
  const folders = new Folders(pattern, guide);
  const found = await fastGlob(slashed(pattern), {
    cwd,
    suppressErrors: true,
    // Links are told from files by `folders`, which knows where they may lead.
    followSymbolicLinks: false,
    fs: {
      readdir: ((path: string, _: unknown, done: (error: null, entries: Dirent[]) => void) => {
        const entries = folders.list(slashed(resolve(cwd, path)));
        queueMicrotask(() => done(null, entries));
      }) as never,
      lstat: ((path: string, done: (error: unknown, stats?: Stats) => void) => {
        const { error, stats } = look(resolve(cwd, path));
        queueMicrotask(() => (stats === undefined ? done(error) : done(null, stats)));
      }) as never,
    },
  });
  if (folders.isTooMuch) throw new TooManyPaths("it looks at too many files");
  return found.sort(compareBytes);
}

/** The folders that one pattern looks into. */
class Folders {
  readonly #guide: Guide;
  /** It names this folder itself. */
  readonly #meansOthers: boolean;
  /** Where folders are, without links, by the paths that led there. */
  readonly #entered = new Map<string, string>();
  #entries = 0;
  #linked = 0;

  constructor(pattern: string, guide: Guide) {
    this.#guide = guide;
    this.#meansOthers = pattern.includes(OTHERS);
  }

  get isTooMuch(): boolean {
    return this.#entries > MOST_ENTRIES || this.#linked > MOST_LINKED;
  }

  /** What is in a folder that the pattern leads into: a link is a folder or a file by where it leads. */
  list(path: string): Dirent[] {
    const real = this.#enter(path);
    if (real === null) return [];
    let entries: Dirent[];
    try {
      entries = readdirSync(real, { withFileTypes: true });
    } catch (error) {
      if (codeOf(error) !== "ENOENT" && codeOf(error) !== "ENOTDIR") this.#guide.passOver(path, { error });
      return [];
    }
    this.#entries += entries.length;
    if (this.isTooMuch) return [];
    return entries.flatMap((entry) => (entry.isSymbolicLink() ? this.#ofLink(entry, path) : [entry]));
  }

  /** The folder without links; null where it is not looked into. */
  #enter(path: string): string | null {
    const real = this.#guide.realPathAt(path);
    if (real === null) return null;
    const parent = posix.dirname(path);
    const above = this.#entered.get(parent);
    if (posix.basename(path) === OTHERS && above !== undefined && !this.#meansOthers) {
      this.#guide.passOver(path, "others");
      return null;
    }
    if (above !== undefined && real !== posix.join(above, posix.basename(path))) {
      if (!this.#guide.mayEnter(real)) {
        this.#guide.passOver(path, "outside");
        return null;
      }
      for (let at = parent; this.#entered.has(at); at = posix.dirname(at)) {
        if (this.#entered.get(at) !== real) continue;
        this.#guide.passOver(path, "circle");
        return null;
      }
      this.#linked++;
    }
    this.#entered.set(path, real);
    return real;
  }

  #ofLink(entry: Dirent, folder: string): Dirent[] {
    const real = this.#guide.realPathAt(posix.join(folder, entry.name));
    if (real !== null && this.#guide.mayEnter(real))
      return [as(this.#guide.isDirectory(real) ? "directory" : "file", entry)];
    // Nobody looks what is there: where the pattern matches it, or leads into it, it is told.
    return [as("file", entry), as("directory", entry)];
  }
}

/** Large, and never meant. */
const OTHERS = "node_modules";

/** The entry of a link as that of what it leads to. */
function as(kind: "file" | "directory", { name, parentPath }: Dirent): Dirent {
  const no = () => false;
  return Object.assign(Object.create(null), {
    name,
    parentPath,
    isFile: () => kind === "file",
    isDirectory: () => kind === "directory",
    isSymbolicLink: no,
    isBlockDevice: no,
    isCharacterDevice: no,
    isFIFO: no,
    isSocket: no,
  });
}

/** What stands at a path that a pattern names without a special character: a link may be a file. */
function look(path: string): { readonly stats?: Stats; readonly error?: unknown } {
  try {
    const stats = lstatSync(path);
    if (stats.isSymbolicLink()) Object.assign(stats, { isFile: () => true, isSymbolicLink: () => false });
    return { stats };
  } catch (error) {
    return { error };
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
