/**
 * Asks Microsoft's SARIF validator, GitHub's rules included, about SARIF files: `node scripts/validate-sarif.mjs FILE…`.
 *
 * The validator is the npm package @microsoft/sarif-multitool-linux (100 MB, so no dependency of the project). It is looked
 * for in the directory that SARIF_MULTITOOL names, then in node_modules. Without it the step is skipped.
 *
 * Exit status: 0 clean or skipped, 1 the validator found an error or a warning, 2 it could not be run.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const PACKAGE = "@microsoft/sarif-multitool-linux";
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const files = process.argv.slice(2);
if (files.length === 0) fail("usage: node scripts/validate-sarif.mjs FILE…");
for (const file of files) if (!existsSync(file)) fail(`${file} is not there`);

const places = [process.env.SARIF_MULTITOOL, join(root, "node_modules", PACKAGE)];
const tool = places
  .map((place) => place && join(place, "Sarif.Multitool"))
  .find((path) => path && existsSync(path));
if (!tool) {
  console.log(
    `skipped: the SARIF validator is not here (npm package ${PACKAGE}, its directory in SARIF_MULTITOOL)`,
  );
  process.exit(0);
}
// Its own install script would do this; the project installs without scripts.
chmodSync(tool, 0o755);

let problems = 0;
for (const file of files) {
  const args = ["validate", file, "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning", "--kind", "Fail"];
  const run = spawnSync(tool, args, {
    encoding: "utf8",
    // Else the program asks for a library (ICU) that small machines lack.
    env: { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: "1" },
  });
  const output = `${run.stdout ?? ""}${run.stderr ?? ""}`;
  // Its exit status is 0 whatever it finds.
  if (run.error || !output.includes("Analysis completed successfully.")) {
    fail(`the SARIF validator could not be run on ${file}: ${run.error?.message ?? output.trim()}`);
  }
  const found = output.split("\n").filter((line) => /: (?:error|warning) [A-Z]+\d+/.test(line));
  for (const line of found) console.log(line);
  problems += found.length;
  console.log(`${file}: ${found.length === 0 ? "clean" : `${found.length} problems`}`);
}
process.exit(problems > 0 ? 1 : 0);

function fail(message) {
  console.error(message);
  process.exit(2);
}
