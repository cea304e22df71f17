/**
 * Speed and memory as ratios, on trees that it generates. Prints; judges nothing.
 *
 *   npm run bench            the usual sizes
 *   npm run bench -- --full  with 10,000 sites
 *   npm run bench -- --adversarial  what somebody could write to make it slow, in two sizes: twice the text shall take twice
 *                            the time and memory at most (start-up apart)
 *   npm run bench -- --adversarial=names,sets --size=5000000   some of it, of other sizes (of the larger one, in bytes)
 *   npm run bench -- --adversarial --command=checklist   what else may be asked: strict, checklist, explain, fix, diff, html, sarif
 *   npm run bench -- --page [--peer NAME=COMMAND …]  writes docs/performance.md instead: times and memory, beside `nginx -t` and
 *                            other linters (`--peer gixy-ng=/opt/gixy-ng/bin/gixy`)
 */
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { printAdversarial } from "./bench-adversarial.mjs";
import { writePage } from "./bench-page.mjs";
import { peakMemory, site, time, treeIn } from "./bench-trees.mjs";
import { tellUsage } from "./usage.mjs";

tellUsage(import.meta.url);

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const cli = join(root, "dist/nginx-lint.mjs");
const program = join(root, "dist/program.cjs");
const full = process.argv.includes("--full");
const folder = mkdtempSync(join(tmpdir(), "nginx-lint-bench-"));

/** Median wall and CPU time in milliseconds of linting again after an edit, in this warm process. */
function relint(linter, files, name, from, to) {
  const walls = [];
  const cpus = [];
  for (let i = 0; i < 25; i++) {
    const next = new Map(files).set(name, files.get(name).replace(from, `${to}${i}`));
    const cpu = process.cpuUsage();
    const started = performance.now();
    linter.lintFiles(next);
    walls.push(performance.now() - started);
    const { user, system } = process.cpuUsage(cpu);
    cpus.push((user + system) / 1000);
  }
  return [walls, cpus].map((times) => times.sort((a, b) => a - b)[times.length >> 1]);
}

const tree = (sites) => treeIn(folder, sites);

function peak(command, args) {
  const mebibytes = peakMemory(command, args);
  return mebibytes === null ? "unknown (no /usr/bin/time)" : `${mebibytes} MiB`;
}

const row = (name, value) => console.log(`${name.padEnd(58)} ${value}`);
const ratio = (a, b) => `${(a / b).toFixed(2)} x   (${a.toFixed(0)} ms / ${b.toFixed(0)} ms)`;

async function printRatios() {
  row("program", `${(statSync(program).size / 1024).toFixed(0)} KiB`);

  const empty = join(folder, "empty.mjs");
  writeFileSync(empty, "");
  const one = join(folder, "one");
  mkdirSync(one);
  writeFileSync(join(one, "nginx.conf"), `events {}\nhttp {\n${site(1)}}\n`);
  const bare = time(process.execPath, [empty], 15);
  row(
    "one site: whole process / bare node",
    ratio(time(process.execPath, [cli, "--no-config", one], 15), bare),
  );

  const { parse } = await import(join(root, "dist/index.mjs"));
  const text = Array.from({ length: 1000 }, (_, n) => site(n)).join("\n");
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 7; i++) {
    const started = performance.now();
    parse(text, "bench.conf");
    best = Math.min(best, performance.now() - started);
  }
  row("parse", `${(text.length / 1e6 / (best / 1000)).toFixed(1)} MB/s`);

  const { createLinter } = await import(join(root, "dist/index.mjs"));
  const head = "events {}\nhttp {\n    server_names_hash_max_size 65536;\n";
  const sites = Array.from({ length: 1200 }, (_, n) => site(n));
  const inFiles = new Map([["nginx.conf", `${head}    include sites/*.conf;\n}\n`]]);
  for (const [n, text] of sites.entries()) inFiles.set(`sites/${n}.conf`, text);
  const inOneFile = new Map([["nginx.conf", `${head}${sites.join("\n")}}\n`]]);
  for (const [where, files, edited] of [
    ["1,200 files", inFiles, "sites/700.conf"],
    ["one file", inOneFile, "nginx.conf"],
  ]) {
    for (const [what, from, to] of [
      ["comment", "# Site 700", "# Site number 700, edit"],
      ["line", "root /srv/site700/public", "root /srv/site700/public"],
    ]) {
      const linter = createLinter();
      linter.lintFiles(files);
      const [wall, cpu] = relint(linter, files, edited, from, to);
      row(
        `1,200 sites in ${where}: lint again, a ${what} changed`,
        `${wall.toFixed(0)} ms   (${cpu.toFixed(0)} ms of CPU)`,
      );
    }
  }

  const thousand = tree(1000);
  const args = (directory) => [
    cli,
    "--no-config",
    "--fail-on",
    "never",
    "-f",
    "json",
    "-o",
    join(folder, "out.json"),
    directory,
  ];
  const whole = time(process.execPath, args(thousand.directory), 5);
  const nginx = time(
    "nginx",
    ["-t", "-q", "-p", thousand.directory, "-c", "nginx.conf", "-g", `pid ${folder}/pid; error_log stderr;`],
    5,
  );
  row(
    `1,000 sites (${(thousand.bytes / 1e6).toFixed(1)} MB): whole lint / nginx -t`,
    nginx === null ? `nginx is not installed   (${whole.toFixed(0)} ms)` : ratio(whole, nginx),
  );
  row("1,000 sites: peak memory", peak(process.execPath, args(thousand.directory)));
  if (full) {
    const tenThousand = tree(10000);
    row("10,000 sites / 1,000 sites", ratio(time(process.execPath, args(tenThousand.directory), 3), whole));
    row("10,000 sites: peak memory", peak(process.execPath, args(tenThousand.directory)));
  }
}

/** `--adversarial`, `--adversarial=names,sets`, `--size=1000000`. */
function argument(name) {
  const given = process.argv.find((word) => word === name || word.startsWith(`${name}=`));
  return given === undefined ? null : given.slice(name.length + 1);
}

const adversarial = argument("--adversarial");

try {
  if (adversarial !== null) {
    const names = adversarial === "" ? null : adversarial.split(",");
    printAdversarial(
      cli,
      folder,
      names,
      Number(argument("--size") ?? 1_000_000),
      argument("--command") ?? "lint",
    );
  } else if (process.argv.includes("--page")) writePage(root, folder, process.argv);
  else await printRatios();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
