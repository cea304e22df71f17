/**
 * Lints hostile texts and says what does not hold.
 *
 *   npm run fuzz                             1,000 runs
 *   npm run fuzz -- --runs 100000 --seed 7   the long run
 *   npm run fuzz -- --runs 100000 --seconds 240 --seed 8   as many of it as there is time for; seeds add up
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    seconds: { type: "string", default: "Infinity" },
  },
});

const folder = mkdtempSync(join(tmpdir(), "nginx-lint-fuzz-"));
try {
  const outfile = join(folder, "fuzz.mjs");
  await build({
    absWorkingDir: root,
    entryPoints: ["test/fuzz/long-run.ts"],
    bundle: true,
    format: "esm",
    platform: "node",
    outfile,
    logLevel: "warning",
  });
  const { fuzz } = await import(pathToFileURL(outfile).href);
  const { runs, again, characters, slowest, broken } = fuzz(
    root,
    Number(values.runs),
    Number(values.seed),
    Number(values.seconds),
    console.log,
  );
  console.log(
    `${runs} runs (${again} of them twice), ${(characters / 1e6).toFixed(1)} MB, slowest ${slowest.toFixed(2)} s, ${broken.size} kinds broken`,
  );
  for (const [kind, text] of broken) console.log(`\n${kind}\n${JSON.stringify(text)}`);
  process.exitCode = broken.size > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
