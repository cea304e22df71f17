/** Reads files, each once: the same file behind several paths (links, includes) is one `ConfigFile`. */
import { lstatSync, readFileSync, readlinkSync, realpathSync, type Stats, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";
import { HAS_NAMES_FOR_SAME, readBeginning, slashed, Unreadable } from "../bounds/index.ts";
import { type ConfigFile, extentOf, parse } from "../parser/index.ts";
import { isDump } from "../semantics/index.ts";
import { type Decoded, decode, type Encoding, isPlainText } from "./encoding.ts";
import { Listings } from "./match-paths.ts";

/** Nobody writes a configuration of this size (in bytes) by hand, and few generate one. */
export const LARGEST_FILE = 10 * 1024 * 1024;

/** So much of a file tells whether the rest is worth reading, in bytes. */
const BEGINNING = 8 * 1024;

/** What is read before sizes are looked at closely, in characters. */
const LIGHT_TOTAL = 3 * 1024 * 1024;

/** What all files of a run may weigh, as `extentOf` tells: 30,000 sites, or a gigabyte of memory in all. */
const HEAVIEST_TOTAL = 5_000_000;

/** Nobody has so many characters of configuration. */
const LARGEST_TOTAL = 100 * 1024 * 1024;

/** Paths that lead nowhere that are remembered; a million includes may each name others. */
const MOST_NOWHERE = 50_000;

/** What is at a path that leads to no file: nothing, or a link that goes astray, or what nobody may look at. */
type Nowhere = typeof ABSENT | typeof UNREACHABLE;
const ABSENT = "absent";
const UNREACHABLE = "unreachable";

/**
 * Paths that are looked for in a run because an include may stand for them, those of more than a line's length counted as several: a
 * fragment's include is looked for beside the file and in each folder around it.
 */
const MOST_LOOKUPS = 2_000_000;

/** Why a path gives no file. `message` is for people and names the path. */
export interface ReadFailure {
  readonly kind: "missing" | "unreadable" | "directory" | "too-many";
  readonly message: string;
}

/** Where a file's text came from. */
export interface Origin {
  /** Absolute path, as it was reached; null for standard input and for a part of a dump. */
  readonly path: string | null;
  readonly encoding: Encoding;
}

export class SourceFiles {
  /** What is in the directories that patterns look into. */
  readonly listings = new Listings();
  readonly #cwd: string;
  /** Files that were read, and why others could not be, by their path. */
  readonly #byPath = new Map<string, ConfigFile | ReadFailure>();
  /** Files that were read, by their path without symbolic links. */
  readonly #byRealPath = new Map<string, ConfigFile>();
  /** Names that the user gave, by the path without symbolic links. */
  readonly #givenNames = new Map<string, string>();
  readonly #origins = new Map<ConfigFile, Origin>();
  readonly #realPaths = new Map<ConfigFile, string>();
  /** Texts that were looked at and not yet parsed, by their path without symbolic links. */
  readonly #peeked = new Map<string, Decoded>();
  /** Paths without symbolic links, by the paths they were asked for. */
  readonly #linkless = new Map<string, string>();
  /** Paths that lead nowhere: every file of a folder asks for the same main files around it. */
  readonly #nowhere = new Map<string, Nowhere>();
  /** What the system said of files that are no links and not yet read, by their path without symbolic links. */
  readonly #stats = new Map<string, Stats>();
  readonly #names = new Map<string, string>();
  /** Characters that were read, those that were parsed, and what they weigh. */
  #total = 0;
  #parsed = 0;
  #weight = 0;
  readonly #onRead: (characters: number) => void;
  #lookups = MOST_LOOKUPS;

  constructor(cwd: string, onRead: (characters: number) => void = () => {}) {
    this.#cwd = cwd;
    this.#onRead = onRead;
  }

  /** Where each file came from. */
  get origins(): ReadonlyMap<ConfigFile, Origin> {
    return this.#origins;
  }

  /** Whether one more path may be looked for that an include may stand for. */
  affords(path: string): boolean {
    this.#lookups -= 1 + (path.length >> 6);
    return this.#lookups >= 0;
  }

  /** The name to show for a path: relative to the working directory for what is inside of it, else absolute. */
  nameOf(path: string): string {
    let name = this.#names.get(path);
    if (name === undefined) {
      name = this.#nameOf(path);
      this.#names.set(path, name);
    }
    return name;
  }

  #nameOf(path: string): string {
    const inside = relative(this.#cwd, path);
    const outside = inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside);
    return slashed(outside ? path : inside === "" ? "." : inside);
  }

  /** From now on the file at `path` is shown under this path's name, by whatever link it is reached. */
  prefer(path: string): void {
    const real = this.realPathAt(path);
    if (real !== null && !this.#givenNames.has(real)) this.#givenNames.set(real, this.nameOf(path));
  }

  /** Takes what was judged for where a path leads, whatever becomes of the links in it. @param real without links. */
  settle(path: string, real: string): void {
    this.#linkless.set(path, real);
  }

  /** The text of bytes that do not come from a file. What `nginx -T` prints is a whole tree, and may be long. */
  textOf(bytes: Uint8Array, name: string): Decoded | ReadFailure {
    const decoded = decode(bytes);
    if (typeof decoded === "string") return { kind: "unreadable", message: `${name} ${decoded}` };
    const refusal = isDump(decoded.text) ? null : refuseSize(bytes.length, name);
    return refusal ?? this.#refuseTotal(decoded.text, name) ?? decoded;
  }

  /** Takes a text for what stands at `path`, whether there is a file or not. */
  readInstead(path: string, name: string, { text, encoding }: Decoded): ConfigFile {
    const file = this.#add(text, name, { path: null, encoding });
    this.#byPath.set(path, file);
    const real = this.realPathAt(path) ?? path;
    this.#byRealPath.set(real, file);
    this.#realPaths.set(file, real);
    return file;
  }

  /** A file that is not on disk under its name. */
  addText(text: string, name: string, encoding: Encoding): ConfigFile {
    return this.#add(text, name, { path: null, encoding });
  }

  /** A file out of a dump. */
  addPart(text: string, name: string, encoding: Encoding): ConfigFile | ReadFailure {
    return refuseSize(text.length, name) ?? this.addText(text, name, encoding);
  }

  /** Reads the file at an absolute path. Never throws. */
  read(path: string): ConfigFile | ReadFailure {
    const known = this.#byPath.get(path);
    if (known !== undefined) return known;
    const result = this.#read(path);
    this.#byPath.set(path, result);
    return result;
  }

  /** The file at an absolute path, if it was read by that path. */
  known(path: string): ConfigFile | null {
    const known = this.#byPath.get(path);
    return known === undefined || isFailure(known) ? null : known;
  }

  /** The text of the file at an absolute path, without parsing it; null where there is none to be read. */
  peek(path: string): string | null {
    const known = this.#byPath.get(path);
    if (known !== undefined) return isFailure(known) ? null : known.text;
    try {
      const real = this.#resolveLinks(path);
      const decoded = this.#byRealPath.get(real) ?? this.#decode(real, path);
      if ("message" in decoded) return null;
      if ("encoding" in decoded) this.#peeked.set(real, decoded);
      return decoded.text;
    } catch {
      return null;
    }
  }

  /** How a file begins, whether it is a text or not; null for what is no file. Throws what the system throws. */
  glance(path: string, most = BEGINNING): string | null {
    try {
      // What is not ASCII tells nothing here, and what is left of UTF-16 can be read.
      return Buffer.from(readBeginning(path, most)).toString("latin1").replaceAll("\0", "");
    } catch (error) {
      if (error instanceof Unreadable) return null;
      throw error;
    }
  }

  /** The path without symbolic links; null where it leads nowhere. */
  realPathAt(path: string): string | null {
    const known = this.#linkless.get(path);
    if (known !== undefined) return known;
    const found = this.#lookAt(path);
    return found === ABSENT || found === UNREACHABLE ? null : found.real;
  }

  /** Whether nothing stands at a path, not even a link that leads nowhere. */
  isAbsent(path: string): boolean {
    return !this.#linkless.has(path) && this.#lookAt(path) === ABSENT;
  }

  #lookAt(path: string): Nowhere | { readonly real: string } {
    const known = this.#nowhere.get(path);
    if (known !== undefined) return known;
    let nowhere: Nowhere = ABSENT;
    try {
      // An error that is thrown costs more than all else, and most that is asked for is not there.
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (stats !== undefined) return { real: this.#linklessPath(path, stats) };
    } catch {
      nowhere = UNREACHABLE;
    }
    if (this.#nowhere.size < MOST_NOWHERE) this.#nowhere.set(path, nowhere);
    return nowhere;
  }

  /** The path of a file without symbolic links; null for one that is not on disk. */
  realPath(file: ConfigFile): string | null {
    return this.#realPaths.get(file) ?? null;
  }

  #read(path: string): ConfigFile | ReadFailure {
    const name = this.nameOf(path);
    try {
      const real = this.#resolveLinks(path);
      const known = this.#byRealPath.get(real);
      if (known !== undefined) return known;
      const decoded = this.#decode(real, name);
      if ("message" in decoded) return decoded;
      this.#peeked.delete(real);
      const { text, encoding } = decoded;
      const file = this.#add(text, this.#givenNames.get(real) ?? name, { path, encoding });
      this.#byRealPath.set(real, file);
      this.#realPaths.set(file, real);
      return file;
    } catch (error) {
      return readFailure(error, path, name);
    }
  }

  /** Asks the system once a directory, since most files are not links. Throws what the system throws. */
  #resolveLinks(path: string): string {
    const known = this.#linkless.get(path);
    if (known !== undefined) return known;
    const wasNowhere = this.#nowhere.has(path);
    const real = this.#linklessPath(path, lstatSync(path));
    if (!wasNowhere) return real;
    // Nobody has judged where it leads now.
    this.#linkless.delete(path);
    throw Object.assign(new Error("it came meanwhile"), { code: "ENOENT" });
  }

  #linklessPath(path: string, stats: Stats): string {
    let real: string;
    if (stats.isSymbolicLink() || HAS_NAMES_FOR_SAME) {
      real = slashed(realpathSync.native(path));
    } else {
      const directory = dirname(path);
      let realDirectory = this.#linkless.get(directory);
      if (realDirectory === undefined) {
        realDirectory = realpathSync.native(directory);
        this.#linkless.set(directory, realDirectory);
      }
      real = join(realDirectory, basename(path));
      this.#stats.set(real, stats);
    }
    this.#linkless.set(path, real);
    return real;
  }

  /** Throws what the system throws. */
  #decode(real: string, name: string): Decoded | ReadFailure {
    const peeked = this.#peeked.get(real);
    if (peeked !== undefined) return peeked;
    const stats = this.#stats.get(real) ?? statSync(real);
    this.#stats.delete(real);
    const refusal = refuse(stats, name);
    if (refusal !== null) return refusal;
    const text = readFileSync(real, "utf8");
    const decoded: Decoded | string = isPlainText(text)
      ? { text, encoding: "utf8" }
      : decode(readFileSync(real));
    if (typeof decoded === "string") return { kind: "unreadable", message: `${name} ${decoded}` };
    return this.#refuseTotal(decoded.text, name) ?? decoded;
  }

  /** Reading shall end in words, not for want of memory. */
  #refuseTotal(text: string, name: string): ReadFailure | null {
    this.#total += text.length;
    if (this.#total <= LARGEST_TOTAL) return null;
    return { kind: "too-many", message: `${name} is not read: there is more text than memory can hold` };
  }

  #add(text: string, name: string, origin: Origin): ConfigFile {
    const file = parse(text, name, this.#endOf(text));
    this.#origins.set(file, origin);
    return file;
  }

  /** How far a text is read: the first files of a run, and of a file its first lines, as far as there is room. */
  #endOf(text: string): number {
    this.#parsed += text.length;
    this.#onRead(this.#parsed);
    if (this.#parsed <= LIGHT_TOTAL) return text.length;
    const { weight, end } = extentOf(text, HEAVIEST_TOTAL - this.#weight);
    this.#weight += weight;
    return end;
  }
}

function refuse(stats: Stats, name: string): ReadFailure | null {
  if (stats.isDirectory()) return { kind: "directory", message: `${name} is a directory` };
  // Opening a pipe would wait for its writer for ever.
  if (!stats.isFile()) return { kind: "unreadable", message: `${name} is not a regular file` };
  return refuseSize(stats.size, name);
}

function refuseSize(size: number, name: string): ReadFailure | null {
  if (size <= LARGEST_FILE) return null;
  const megabytes = Math.ceil(size / (1024 * 1024));
  return { kind: "unreadable", message: `${name} is too large to be a configuration (${megabytes} MB)` };
}

/** Says in words what the system refused. */
export function readFailure(error: unknown, path: string, name: string): ReadFailure {
  switch (errorCode(error)) {
    case "ENOENT":
    case "ENOTDIR": {
      const target = linkTarget(path);
      if (target === null) return { kind: "missing", message: `${name} does not exist` };
      return { kind: "missing", message: `${name} is a symbolic link to ${target}, which does not exist` };
    }
    case "ELOOP":
      return { kind: "unreadable", message: `${name} is a symbolic link that leads back to itself` };
    case "EACCES":
    case "EPERM":
      return { kind: "unreadable", message: `${name} cannot be read: permission denied` };
    case "EISDIR":
      return { kind: "directory", message: `${name} is a directory` };
    case "ENAMETOOLONG":
      return { kind: "missing", message: `the path ${name.slice(0, 60)}… is too long` };
    case "ERR_INVALID_ARG_VALUE":
      return { kind: "missing", message: `${JSON.stringify(name)} contains a NUL byte, so it is not a path` };
    default:
      return { kind: "unreadable", message: `${name} cannot be read: ${errorText(error)}` };
  }
}

function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What a symbolic link says; null for anything else. */
export function linkTarget(path: string): string | null {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : null;
  } catch {
    return null;
  }
}

export function isFailure(result: ConfigFile | ReadFailure): result is ReadFailure {
  return result.kind !== "file";
}
