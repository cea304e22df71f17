/** The configurations of the fixtures, to be spoilt. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** @param root the repository */
export function goodTexts(root: string): string[] {
  return readdirSync(join(root, "fixtures"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".conf"))
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()
    .map((path) => readFileSync(path, "latin1"));
}
