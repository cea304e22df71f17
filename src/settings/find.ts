/** Finds the settings file that applies to what is linted. */
import { readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

/** In one folder the first of these is taken. */
export const SETTINGS_NAMES = [".nginx-lint.yaml", ".nginx-lint.yml", ".nginx-lint.json"] as const;

/** The key in package.json. */
export const PACKAGE_KEY = "nginxLint";

/**
 * The nearest settings file in the folder of `path` (or in `path`, where that is a folder) and upward to the root of the
 * file system; its absolute path, or null. A package.json counts where it has the key `nginxLint`.
 */
export async function findSettings(path: string): Promise<string | null> {
  const start = resolve(path);
  let folder = (await isFolder(start)) ? start : dirname(start);
  for (;;) {
    for (const name of SETTINGS_NAMES) {
      const candidate = join(folder, name);
      if (await isFile(candidate)) return candidate;
    }
    const manifest = join(folder, "package.json");
    if (await hasKey(manifest)) return manifest;
    const parent = dirname(folder);
    if (parent === folder) return null;
    folder = parent;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isFile(),
    () => false,
  );
}

/** A package.json that is broken but mentions the key is taken, so that the mistake is told. */
async function hasKey(manifest: string): Promise<boolean> {
  let text: string;
  try {
    text = await readFile(manifest, "utf8");
  } catch {
    return false;
  }
  if (!text.includes(`"${PACKAGE_KEY}"`)) return false;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && PACKAGE_KEY in value;
  } catch {
    return true;
  }
}
