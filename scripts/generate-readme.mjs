/**
 * Puts real output into README.md: each `<!-- output: npx nginx-lint … -->` is followed by a block with what that
 * command prints. With `--check`, writes nothing and fails where the README says something else.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const file = join(root, "README.md");
const { FORCE_COLOR: _, ...env } = process.env;

function outputOf(command) {
  const args = command.split(" ").slice(2);
  const { stdout, stderr } = spawnSync(process.execPath, ["dist/nginx-lint.mjs", ...args], {
    cwd: root,
    encoding: "utf8",
    env,
  });
  // The time is the only thing that differs from run to run.
  return `${stdout}${stderr}`.replace(/\d+(?:\.\d+)? m?s$/m, "24 ms").trimEnd();
}

const before = readFileSync(file, "utf8");
const after = before.replace(
  /(<!-- output: (.+?) -->\n```[a-z]*\n)[\s\S]*?(```)/g,
  (_all, head, command, fence) => `${head}${outputOf(command)}\n${fence}`,
);
if (process.argv.includes("--check")) {
  if (after !== before) {
    console.error("README.md does not show what the command prints: run node scripts/generate-readme.mjs");
    process.exit(1);
  }
} else {
  writeFileSync(file, after);
}
