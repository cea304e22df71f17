/**
 * Builds `dist/`: the command, its program with a code cache, and the library.
 *
 * Most of a short run is V8 compiling the program. So the command compiles it with the code cache that lies beside it,
 * made here by a run on a sample tree (scripts/head.mjs has more).
 */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { withArrayLoops } from "./array-loops.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = join(root, "dist");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const common = {
  absWorkingDir: root,
  bundle: true,
  target: "node20.19",
  define: { __VERSION__: JSON.stringify(version) },
  legalComments: "none",
  charset: "utf8",
  minify: true,
  logLevel: "warning",
};

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });

const texts = withArrayLoops(root);
const sourceOf = (path) => texts.get(path) ?? readFileSync(path, "utf8");

const arrayLoops = {
  name: "array-loops",
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]src[/\\].*\.ts$/ }, ({ path }) => ({ contents: sourceOf(path), loader: "ts" }));
  },
};

/** The pages of the rules are read by few runs: they are made when they are asked for, and not in the code cache. */
const docsOnDemand = {
  name: "docs-on-demand",
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]src[/\\]rules[/\\].*\.ts$/ }, ({ path }) => {
      const contents = sourceOf(path).replace(
        /\n {2}docs: (\{\n[\s\S]*?\n {2}\}),\n/,
        "\n  get docs() { return $1; },\n",
      );
      return { contents, loader: "ts" };
    });
  },
};

const { outputFiles, metafile } = await build({
  ...common,
  plugins: [docsOnDemand, arrayLoops],
  metafile: true,
  entryPoints: ["src/cli/main.ts"],
  format: "cjs",
  platform: "node",
  charset: "ascii",
  write: false,
});
// ASCII, in patterns, too: a one-byte string is cheaper to read, to hash and to compile.
const text = outputFiles[0].text.replace(
  /[^\0-\x7f]/g,
  (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
);
const hash = createHash("sha256").update(text).digest("hex").slice(0, 16);
writeFileSync(join(dist, "program.cjs"), `${text}//${hash}\n`);
const head = readFileSync(join(root, "scripts/head.mjs"), "utf8");
const command = join(dist, "nginx-lint.mjs");
writeFileSync(command, `#!/usr/bin/env node\n${head}`);
chmodSync(command, 0o755);

const warmUp = join(dist, "warm-up.mjs");
writeFileSync(
  warmUp,
  `${head}\nprocess.on("exit", () => process.getBuiltinModule("node:fs").writeFileSync(cache, script.createCachedData()));\n`,
);
const samples = ["fixtures/sites/container", "fixtures/sites/shop"];
const { status, stderr } = spawnSync(
  process.execPath,
  [warmUp, "--no-config", "--fail-on", "never", ...samples],
  { cwd: root, encoding: "utf8" },
);
if (status !== 0) throw new Error(`the built command fails on the sample tree:\n${stderr}`);
rmSync(warmUp);

// What the library is made of is a part of what the command is made of.
writeFileSync(join(dist, "THIRD-PARTY.txt"), licensesOf(metafile));

await build({
  ...common,
  plugins: [arrayLoops],
  entryPoints: ["src/index.ts"],
  format: "esm",
  outfile: "dist/index.mjs",
  platform: "neutral",
  mainFields: ["module", "main"],
});

execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
});
keepReachable(join(dist, "types"), "index.d.ts");

/** Deletes declarations that nothing reachable from `entry` imports: the inside of the house is nobody's business. */
function keepReachable(directory, entry) {
  const reached = new Set([join(directory, entry)]);
  for (const file of reached) {
    // A set is walked to its end, also to what is added on the way.
    for (const [, path] of readFileSync(file, "utf8").matchAll(/\bfrom "(\.[^"]*)\.ts"/g)) {
      reached.add(join(dirname(file), `${path}.d.ts`));
    }
  }
  for (const name of readdirSync(directory, { recursive: true })) {
    const file = join(directory, name);
    if (name.endsWith(".d.ts") && !reached.has(file)) rmSync(file);
  }
  // Deepest first, so that a folder that held only empty folders is empty when its turn comes.
  for (const name of readdirSync(directory, { recursive: true }).sort().reverse()) {
    const path = join(directory, name);
    if (!name.endsWith(".d.ts") && readdirSync(path).length === 0) rmdirSync(path);
  }
}

/** The licences of the packages that are in a bundle, which want to go with it. */
function licensesOf({ inputs }) {
  const folders = new Set();
  for (const path of Object.keys(inputs)) {
    const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? [];
    if (folder !== undefined) folders.add(folder);
  }
  const texts = [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    const file = readdirSync(join(root, folder)).find((name) => /^licen[cs]e/i.test(name));
    const text = file === undefined ? "" : readFileSync(join(root, folder, file), "utf8").trim();
    return `${name} ${version} (${license})\n\n${text}\n`.replaceAll("\r", "");
  });
  return `The programs of nginx-lint contain these packages.\n\n${texts.sort().join(`\n${"-".repeat(80)}\n\n`)}`;
}
