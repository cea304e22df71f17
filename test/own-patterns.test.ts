/** Our own regexes: what they are tried on comes from strangers, so none may take more than linear time. */
import { fileURLToPath } from "node:url";
import { parse, tokTypes } from "acorn";
import { buildSync } from "esbuild";
import { analyse } from "scslre";
import { expect, it } from "vitest";
import { attackOn } from "../src/semantics/regex/index.ts";

const REPOSITORY = fileURLToPath(new URL("..", import.meta.url));

/** All regex literals of the program and the library, each once. */
function ownPatterns(): readonly RegExp[] {
  const { outputFiles } = buildSync({
    absWorkingDir: REPOSITORY,
    entryPoints: ["src/cli/main.ts", "src/index.ts"],
    outdir: "unused",
    bundle: true,
    packages: "external",
    format: "esm",
    platform: "node",
    write: false,
    define: { __VERSION__: '""' },
    logLevel: "error",
  });
  const found = new Map<string, RegExp>();
  for (const { text } of outputFiles)
    parse(text, {
      ecmaVersion: "latest",
      sourceType: "module",
      onToken: ({ type, start, end }) => {
        if (type !== tokTypes.regexp) return;
        const literal = text.slice(start, end);
        const slash = literal.lastIndexOf("/");
        found.set(literal, new RegExp(literal.slice(1, slash), literal.slice(slash + 1)));
      },
    });
  return [...found.values()];
}

/** By repeating one character, which `scslre` looks for, or exponentially by repeating several, as our own rule finds it. */
const isSlow = (pattern: RegExp): boolean =>
  analyse(pattern, { maxReports: 1, reportTypes: { Move: true, Self: true, Trade: true } }).reports.length >
    0 || attackOn(pattern.source, pattern.ignoreCase, () => true) !== null;

it("knows slow ones", () => {
  const slow = [
    /^(?:#[^\n]*\r?\n)*a:/,
    /^(?:\w+-?)+$/,
    /^(\d+)y? *(?:(\d+)m)? *(\d+)?$/,
    /\/+$/,
    /^\s*(.*?)\s*$/,
  ];
  expect(slow.filter(isSlow)).toEqual(slow);
});

it("are linear, wherever they begin and whatever comes after", { timeout: 60_000 }, () => {
  const patterns = ownPatterns();
  expect(patterns.length).toBeGreaterThan(500);
  expect(patterns.filter(isSlow).map(String)).toEqual([]);
});
