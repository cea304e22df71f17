/** Settings of a file that holds for another tree: as if it stood there, with what it extends beside it. */
import { basename, dirname, join, relative, resolve } from "node:path";
import { type Bounds, readRegularFile } from "../bounds/index.ts";
import { type SettingsSource, shownPath } from "./source.ts";

/**
 * @param file absolute.
 * @param folder where its patterns and its root start; absolute.
 */
export function settingsOfFile(file: string, folder: string, bounds: Bounds): SettingsSource {
  const home = dirname(file);
  const onDisk = (path: string) => resolve(home, relative(folder, path));
  return {
    find: async () => join(folder, basename(file)),
    behind: async () => null,
    read: async (path, most) => readRegularFile(onDisk(path), most),
    // Files beside it are as trusted as it is; the root is a folder of the tree.
    refuse: (path) => (bounds.permits(path) ? null : "leads out of where the run has to stay (--within)"),
    show: (path, cwd) => shownPath(onDisk(path), cwd),
  };
}
