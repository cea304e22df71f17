/** The library as a browser has it: no Node, no files. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { directoryOf, REPOSITORY } from "./run.ts";

const LIBRARY = join(REPOSITORY, "dist/index.mjs");

/** Asks the library for a report in every format, and answers with what came of it. */
const PROGRAM = `(async ({ FORMATS, formatReport, lintFiles }) => {
  const result = lintFiles({
    "nginx.conf": "events {}\\nhttp {\\n  include mime.types;\\n  include conf.d/*.conf;\\n}\\n",
    "conf.d/shop.conf": "server {\\n  listen 443 ssl;\\n}\\n",
  }, { only: ["ssl-without-certificate"] });
  const reports = [];
  for (const format of [...FORMATS, "markdown"]) reports.push((await formatReport(format, result)).includes("shop.conf"));
  return JSON.stringify([result.findings.map(({ file, line }) => file + ":" + line), reports]);
})`;

const ANSWER = [["conf.d/shop.conf:2"], Array(10).fill(true)];

it("imports nothing of Node", async () => {
  // For a browser, esbuild refuses to bundle what is not there.
  const { metafile } = await build({
    absWorkingDir: REPOSITORY,
    entryPoints: ["src/index.ts"],
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    define: { __VERSION__: '"0"' },
    logLevel: "silent",
  });
  const rooms = new Set(
    Object.keys(metafile.inputs).flatMap((path) => /^src\/(\w+)\//.exec(path)?.[1] ?? []),
  );
  expect(rooms).toContain("semantics");
  for (const room of ["cli", "loader", "settings"]) expect(rooms).not.toContain(room);
});

it("works where there is nothing but the language and the encoders of the web", async () => {
  const { outputFiles } = await build({
    entryPoints: [LIBRARY],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "library",
    logLevel: "silent",
  });
  const context = createContext({ TextEncoder, TextDecoder, atob, btoa });
  const text = await runInContext(`${outputFiles[0]?.text}\n${PROGRAM}(library)`, context);
  expect(JSON.parse(text)).toEqual(ANSWER);
});

const CHROMIUM = ["chromium", "chromium-browser", "google-chrome"].find(
  (name) => spawnSync(name, ["--version"]).status === 0,
);

it.skipIf(CHROMIUM === undefined)("works in a real Chromium", () => {
  const source = JSON.stringify(readFileSync(LIBRARY, "utf8")).replaceAll("</", "<\\/");
  const page = `<!doctype html><meta charset="utf-8"><pre></pre><script type="module">
    const address = URL.createObjectURL(new Blob([${source}], { type: "text/javascript" }));
    const write = (text) => { document.querySelector("pre").textContent = text; };
    ${PROGRAM}(await import(address)).then(write, (error) => write(String(error)));
  </script>`;
  const directory = directoryOf({ "page.html": page });
  const { stdout } = spawnSync(
    CHROMIUM ?? "",
    [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      `--user-data-dir=${join(directory, "profile")}`,
      "--virtual-time-budget=10000",
      "--dump-dom",
      `file://${join(directory, "page.html")}`,
    ],
    { encoding: "utf8", timeout: 50_000, maxBuffer: 64 << 20 },
  );
  const text = /<pre>(.*?)<\/pre>/s.exec(stdout)?.[1]?.replaceAll("&quot;", '"') ?? "";
  expect(JSON.parse(text)).toEqual(ANSWER);
});
