/** Writes docs/performance.md: what linting costs, beside `nginx -t` and other linters. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { costOf, treeIn } from "./bench-trees.mjs";

/** Sites of a tree, and how often each command runs on it: the cheapest run counts. */
const SIZES = [
  [1, 5],
  [1000, 1],
  [10000, 1],
];

/** Seconds after which a run of a peer is given up. */
const LONGEST = 40;

/** Measured where the command line says what they are called here. */
const PEERS = ["gixy-ng", "Gixy-Next"];

/** @param argv may hold `--peer NAME=COMMAND`, repeated */
export function writePage(root, folder, argv) {
  const named = new Map(
    argv.flatMap((word, index) => (argv[index - 1] === "--peer" ? [word.split(/=(.*)/s, 2)] : [])),
  );
  const cli = join(root, "dist/nginx-lint.mjs");
  const nginxArgs = ({ directory }) => [
    ...["-t", "-q", "-p", directory, "-c", "nginx.conf"],
    ...["-g", `pid ${folder}/pid; error_log stderr;`],
  ];
  const tools = [
    {
      name: "nginx-lint",
      command: process.execPath,
      version: versionOf(process.execPath, [cli, "--version"]),
      args: ({ directory }) => [cli, "--no-config", "--fail-on", "never", directory],
    },
    { name: "`nginx -t`", command: "nginx", version: versionOf("nginx", ["-v"]), args: nginxArgs },
    ...PEERS.map((name) => {
      const command = named.get(name);
      const version = command === undefined ? null : versionOf(command, ["--version"]);
      return {
        name,
        command,
        version,
        args: ({ directory }) => [join(directory, "nginx.conf")],
        limit: LONGEST * 1000,
      };
    }),
  ];
  const missing = tools.filter(({ version }) => version === null);
  const there = tools.filter(({ version }) => version !== null);
  for (const { name } of missing) console.log(`${name}: not measured, there is no such command here`);

  const rows = [];
  for (const [sites, runs] of SIZES) {
    const tree = treeIn(folder, sites);
    const label = sites === 1 ? "one site" : `${sites.toLocaleString("en")} sites`;
    const results = there.map(({ command, args, limit }) => cheapest(command, args(tree), runs, limit));
    const told = (cost) => (cost === null ? `given up after ${LONGEST} s` : `${seconds(cost.time)} s`);
    rows.push([`${label}, time`, ...results.map(told)]);
    rows.push([`${label}, memory`, ...results.map((cost) => (cost === null ? "" : `${cost.memory} MiB`))]);
    console.log(
      rows
        .slice(-2)
        .map((row) => row.join("   "))
        .join("\n"),
    );
  }
  const bare = cheapest(process.execPath, ["-e", "0"], 7)?.time ?? 0;
  writeFileSync(join(root, "docs/performance.md"), page({ rows, there, missing, bare }));
}

function cheapest(command, args, runs, limit) {
  const costs = Array.from({ length: runs }, () => costOf(command, args, limit));
  return costs.reduce((best, each) =>
    best === null || (each !== null && each.time < best.time) ? each : best,
  );
}

function versionOf(command, args) {
  const { error, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (error) return null;
  return /\d+(?:\.\d+)+/.exec(`${stdout}${stderr}`)?.[0] ?? null;
}

function seconds(milliseconds) {
  const value = milliseconds / 1000;
  if (value < 0.01) return "< 0.01";
  return value < 10 ? value.toPrecision(2) : value.toFixed(0);
}

function page({ rows, there, missing, bare }) {
  const cells = [["", ...there.map(({ name, version }) => `${name} ${version}`)], ...rows];
  const widths = cells[0].map((_, column) => Math.max(3, ...cells.map((row) => row[column].length)));
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  const [head, ...body] = cells.map(line);
  const absent =
    missing.length === 0
      ? ""
      : `\n\nNot installed where this was measured: ${missing.map(({ name }) => name).join(", ")}.`;
  const [{ model = "unknown" } = {}] = cpus();
  return `# Performance

${[head, rule, ...body].join("\n")}${absent}

Measured on ${new Date().toISOString().slice(0, 10)} on one machine: ${cpus().length} cores (${model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GB of memory, Node
${process.versions.node}. Times are CPU times of whole processes (user and system), which other work on the machine hardly changes; memory is the peak. Node alone
takes ${seconds(bare)} s to start. Each tool runs with its default rules, on trees of equal sites of 1 KB, one file each, with an app, its API and its assets.
\`nginx -t\` checks what keeps nginx from starting, and no more.

\`\`\`sh
npm run bench                      # ratios: start, parsing, linting again after a change
npm run bench -- --page --peer gixy-ng=/opt/gixy-ng/bin/gixy   # writes this page
\`\`\`

## What costs time

- **Servers.** Rules work server by server: time and memory grow with the sites, and no faster than they do.
- **Regex locations.** Which requests a regex location takes from a prefix is calculated, not guessed. A server with hundreds of regex locations
  takes longer than one with hundreds of prefixes.
- **Rules.** \`--timing\` prints the time of each, \`--only\` and \`--preset\` run fewer.

A run has a budget for what could grow without end (patterns, simulated requests, scripts). A rule that uses it up says \`Not decided\` once, and
the others go on.
`;
}
