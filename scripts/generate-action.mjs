/**
 * Writes action/nginx-lint.mjs, the built command as the GitHub Action and pre-commit run it from the repository alone.
 * It is dist/nginx-lint.mjs byte for byte: esbuild makes the same of the same sources everywhere, and the code cache,
 * which fits one version of V8 only, stays behind. `--check` only compares.
 */
import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { generate, root } from "./generated.mjs";

const bundle = "action/nginx-lint.mjs";
generate(bundle, readFileSync(join(root, "dist/nginx-lint.mjs"), "utf8"));
generate("action/THIRD-PARTY.txt", readFileSync(join(root, "dist/THIRD-PARTY.txt"), "utf8"));
if (!process.argv.includes("--check")) chmodSync(join(root, bundle), 0o755);
