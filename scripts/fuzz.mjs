/**
 * Lints hostile texts and says what does not hold.
 *
 *   npm run fuzz                             1,000 runs
 *   npm run fuzz -- --runs 100000 --seed 7   the long run
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { values } = parseArgs({
  options: { runs: { type: "string", default: "1000" }, seed: { type: "string", default: "1" } },
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
    keepNames: true,
  });
  const { fuzz } = await import(pathToFileURL(outfile).href);
  const { runs, characters, slowest, broken } = fuzz(
    root,
    Number(values.runs),
    Number(values.seed),
    console.log,
  );
  console.log(
    `${runs} runs, ${(characters / 1e6).toFixed(1)} MB, slowest ${slowest.toFixed(2)} s, ${broken.size} kinds broken`,
  );
  for (const [kind, text] of broken) console.log(`\n${kind}\n${JSON.stringify(text)}`);
  process.exitCode = broken.size > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
