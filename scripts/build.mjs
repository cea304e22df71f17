/** Bundles the CLI into one file, and the library beside it with its types. */
import { chmodSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const common = {
  absWorkingDir: root,
  bundle: true,
  format: "esm",
  target: "node20.19",
  define: { __VERSION__: JSON.stringify(version) },
  legalComments: "none",
  charset: "utf8",
  minify: true,
  logLevel: "warning",
};

await build({
  ...common,
  entryPoints: ["src/cli/main.ts"],
  outfile: "dist/nginx-lint.mjs",
  platform: "node",
  banner: {
    js: '#!/usr/bin/env node\nimport{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
  },
});
chmodSync(join(root, "dist/nginx-lint.mjs"), 0o755);

await build({
  ...common,
  entryPoints: ["src/index.ts"],
  outfile: "dist/index.mjs",
  platform: "neutral",
  mainFields: ["module", "main"],
});
