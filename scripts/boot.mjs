// What dist/nginx-lint.mjs is made of; scripts/build.mjs puts the program in.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { constants, Script } from "node:vm";

const file = fileURLToPath(import.meta.url);
const cache = file.replace(/[^/\\]*$/, `nginx-lint-${"__KEY__"}-${process.versions.v8}.cache`);

function readCache() {
  try {
    return readFileSync(cache);
  } catch {
    return undefined;
  }
}

const cachedData = readCache();
const script = new Script("__PROGRAM__", {
  filename: file,
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  ...(cachedData && { cachedData }),
});
if (process.env.NGINX_LINT_WRITE_CODE_CACHE)
  process.on("exit", () => writeFileSync(cache, script.createCachedData()));
script.runInThisContext()(createRequire(import.meta.url));
