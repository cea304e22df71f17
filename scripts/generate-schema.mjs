/** Writes nginx-lint.schema.json from the schema that settings files are validated against. `--check` only compares. */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const target = join(root, "nginx-lint.schema.json");

const { outputFiles } = await build({
  absWorkingDir: root,
  stdin: {
    contents:
      'export { settingsSchema } from "./src/settings/schema.ts"; export { RULES } from "./src/rules/index.ts";',
    resolveDir: root,
    loader: "ts",
  },
  bundle: true,
  write: false,
  format: "esm",
  platform: "node",
  logLevel: "warning",
});
const code = Buffer.from(outputFiles[0].contents).toString("base64");
const { settingsSchema, RULES } = await import(`data:text/javascript;base64,${code}`);
const text = `${JSON.stringify(settingsSchema(RULES), null, 2)}\n`;

if (process.argv.includes("--check")) {
  let current = "";
  try {
    current = readFileSync(target, "utf8");
  } catch {
    // Not there: not up to date.
  }
  if (current !== text) {
    console.error("nginx-lint.schema.json is out of date: run node scripts/generate-schema.mjs");
    process.exitCode = 1;
  }
} else {
  writeFileSync(target, text);
}
