/** The command starts from a code cache; whatever lies in the cache's place, it does the same. */
import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { CLI, directoryOf, REPOSITORY } from "./run.ts";

function installed(): { folder: string; cache: string } {
  const folder = directoryOf({});
  cpSync(join(REPOSITORY, "dist"), folder, { recursive: true });
  const [name = "", ...others] = readdirSync(folder).filter((name) => name.endsWith(".cache"));
  expect(others).toEqual([]);
  return { folder, cache: join(folder, name) };
}

function run(command: string, ...flags: readonly string[]) {
  const args = [...flags, command, "--no-config", "-f", "compact", "fixtures/sites/shop"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: REPOSITORY, encoding: "utf8" });
  return { status, stdout, stderr };
}

const expected = run(CLI);

it("finds something", () => {
  expect(expected).toMatchObject({ status: 1, stderr: "" });
});

it("has a cache that this V8 takes", () => {
  const { folder, cache } = installed();
  const program = readFileSync(join(folder, "program.cjs"), "latin1");
  const check = `
    const { readFileSync } = require("node:fs");
    const cachedData = readFileSync(process.argv[2]);
    const text = "(function (require) {" + readFileSync(process.argv[1], "latin1") + "})";
    console.log(new (require("node:vm").Script)(text, { cachedData }).cachedDataRejected);`;
  const { stdout } = spawnSync(process.execPath, ["-e", check, join(folder, "program.cjs"), cache], {
    encoding: "utf8",
  });
  expect(stdout).toBe("false\n");
  expect(cache).toContain(/\/\/([0-9a-f]{16})\n$/.exec(program)?.[1]);
});

it.each<[string, (cache: string) => void]>([
  ["no cache", (cache) => rmSync(cache)],
  ["an empty one", (cache) => writeFileSync(cache, "")],
  ["half of one", (cache) => writeFileSync(cache, readFileSync(cache).subarray(0, 500_000))],
  ["something else", (cache) => writeFileSync(cache, readFileSync(CLI))],
  ["one of another V8", (cache) => writeFileSync(cache, readFileSync(cache).fill(1, 4, 8))],
])("does the same with %s", (_, spoil) => {
  const { folder, cache } = installed();
  spoil(cache);
  expect(run(join(folder, "nginx-lint.mjs"))).toEqual(expected);
});

it("does the same under other flags, and as a plain program", () => {
  expect(run(CLI, "--no-lazy", "--max-old-space-size=200")).toEqual(expected);
  expect(run(join(REPOSITORY, "dist/program.cjs"))).toEqual(expected);
});
