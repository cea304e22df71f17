/** What the generators of committed files share: reading the sources, and writing or only comparing. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** What a line of TypeScript such as `export { RULES } from "./src/rules/index.ts";` exports. */
export async function importSource(contents) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    stdin: { contents, resolveDir: root, loader: "ts" },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    logLevel: "warning",
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}

/** Writes a file of the repository; with `--check` on the command line only says when it is out of date. */
export function generate(path, content) {
  const file = join(root, path);
  let current;
  try {
    current = readFileSync(file, "utf8");
  } catch {
    // Not there: not up to date.
  }
  if (current === content) return;
  if (process.argv.includes("--check")) {
    console.error(`${path} is out of date: npm run generate`);
    process.exitCode = 1;
    return;
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
