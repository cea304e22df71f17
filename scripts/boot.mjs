// The head of dist/nginx-lint.mjs; scripts/build.mjs appends the program as a comment, which costs V8 next to nothing to
// skip, so that it is compiled once, from the code cache beside this file where there is one that fits.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { constants, Script } from "node:vm";

// A run is over before optimised code has paid for its making: V8 11 (Node 20) would spend a third of the processor's time
// on that. Later ones wait by themselves, and do not know the flag.
if (process.versions.v8.startsWith("11.")) setFlagsFromString("--interrupt-budget=600000");

const file = fileURLToPath(import.meta.url);
const cache = file.replace(/[^/\\]*$/, `nginx-lint-${"__KEY__"}-${process.versions.v8}.cache`);
const text = readFileSync(file, "latin1");
const start = "/*PROGRAM\n";

function readCache() {
  try {
    return readFileSync(cache);
  } catch {
    return undefined;
  }
}

const cachedData = readCache();
const comment = text.slice(text.lastIndexOf(start) + start.length, text.lastIndexOf("*/"));
const script = new Script(comment.replaceAll("*\x1f/", "*/"), {
  filename: file,
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  ...(cachedData && { cachedData }),
});
script.runInThisContext()(createRequire(import.meta.url));
