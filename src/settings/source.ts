/** Where settings files are looked for and read: this disk within the bounds of the run. */
import { lstatSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { type Bounds, isDirectoryAt, readRegularFile, Unreadable } from "../bounds/index.ts";
import { SettingsError } from "./settings-error.ts";

/** In one folder the first of these is taken. */
export const SETTINGS_NAMES = [".nginx-lint.yaml", ".nginx-lint.yml", ".nginx-lint.json"] as const;

/** The key in package.json. */
export const PACKAGE_KEY = "nginxLint";

/** A package.json may be long; settings themselves have a limit of their own. In bytes. */
export const LARGEST_SETTINGS = 4 * 1024 * 1024;

/** All paths are absolute. */
export interface SettingsSource {
  /**
   * The nearest settings file in the folder of `path` (or in `path`, where that is a folder) and upward; null: none.
   * @throws {SettingsError} for one that is there and must not be read.
   */
  find(path: string): Promise<string | null>;
  /** The file that would hold if this one, which was found, were not there; null: none. */
  behind(file: string): Promise<string | null>;
  /**
   * @param most bytes.
   * @throws {Unreadable} with what is wrong, and what the system throws.
   */
  read(path: string, most: number): Promise<Uint8Array>;
  /**
   * Why a path that the settings file `by` names is not used, without its name; null where it is.
   * @param isOnDisk it is a part of the tree, and not read from here.
   */
  refuse(path: string, by: string, isOnDisk: boolean): string | null;
  /** What people in `cwd` call it. */
  show(path: string, cwd: string): string;
}

/**
 * @param bounds null: nobody is mistrusted.
 * @param named whether the user names the settings file, so that nobody has to find it.
 */
export function diskSettings(bounds: Bounds | null, named = false): SettingsSource {
  const isRefused = (path: string) => (bounds?.refuseFound(path) ?? null) !== null;
  /** What is there, nearest first, also what must not be read. */
  function* candidates(from: string): Generator<string> {
    for (let folder = from; bounds?.permits(folder) ?? true; folder = dirname(folder)) {
      for (const name of SETTINGS_NAMES) {
        const candidate = join(folder, name);
        if (isThere(candidate)) yield candidate;
      }
      const manifest = join(folder, "package.json");
      if (isThere(manifest) && !isRefused(manifest) && hasKey(bounds?.settled(manifest) ?? manifest))
        yield manifest;
      if (dirname(folder) === folder) break;
    }
  }
  return {
    async find(path) {
      const start = resolve(path);
      const place = bounds?.handedAt(start) ?? { real: start, refusal: null };
      const isFolder = place.refusal === null && isDirectoryAt(place.real);
      const [nearest] = candidates(isFolder ? start : dirname(start));
      if (nearest === undefined) return null;
      const refusal = bounds?.refuseFound(nearest) ?? null;
      if (refusal === null) return nearest;
      throw new SettingsError([{ file: nearest, line: null, column: null, message: refusal }]);
    },
    async behind(file) {
      if (named) return null;
      for (const candidate of candidates(dirname(file)))
        if (candidate !== file && !isRefused(candidate)) return candidate;
      return null;
    },
    read: async (path, most) => readRegularFile(bounds?.settled(path) ?? path, most),
    refuse: (path, by) => bounds?.refuseNamed(path, by, named) ?? null,
    show: shownPath,
  };
}

/** `file` as people in `cwd` would write it. */
export function shownPath(file: string, cwd: string): string {
  const path = relative(cwd, file) || ".";
  return path.startsWith(`..${sep}..${sep}`) ? file : path.replaceAll(sep, "/");
}

/** Whatever it is, save a folder: a link to nowhere or a pipe with this name is told, not passed over. */
function isThere(path: string): boolean {
  try {
    return !lstatSync(path).isDirectory();
  } catch {
    return false;
  }
}

function hasKey(manifest: string): boolean {
  try {
    return namesSettings(readRegularFile(manifest, LARGEST_SETTINGS));
  } catch (error) {
    if (error instanceof Unreadable || (error instanceof Error && "code" in error)) return false;
    throw error;
  }
}

/** Whether a package.json has settings. One that is broken but mentions the key is taken, so that the mistake is told. */
export function namesSettings(manifest: Uint8Array): boolean {
  const text = Buffer.from(manifest).toString("utf8");
  if (!text.includes(`"${PACKAGE_KEY}"`)) return false;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && PACKAGE_KEY in value;
  } catch {
    return true;
  }
}
