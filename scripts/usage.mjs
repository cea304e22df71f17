/** What a script's own head comment says, for `--help`. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** @param url the script's `import.meta.url` */
export function usageOf(url) {
  const text = readFileSync(fileURLToPath(url), "utf8");
  const comment = /\/\*\*\n([\s\S]*?)\n \*\//.exec(text)?.[1] ?? "";
  return comment.replace(/^ \* ?/gm, "");
}

/** Prints it and ends where the command line asks for it. */
export function tellUsage(url) {
  if (!process.argv.some((word) => word === "--help" || word === "-h")) return;
  console.log(usageOf(url));
  process.exit(0);
}
