/** The command on Windows' paths: bundled with the path functions of Windows, and a disk as it has. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { directoryOf, nginxLint, REPOSITORY } from "./run.ts";

const SECRET = "hunter2-of-the-machine";
const inHttp = (text: string) => `events {}\nhttp {\n${text}\n}\n`;

let program: string;

beforeAll(async () => {
  program = join(directoryOf({}), "program.cjs");
  const disk = join(import.meta.dirname, "windows-disk.cjs");
  await build({
    absWorkingDir: REPOSITORY,
    entryPoints: ["src/cli/main.ts"],
    bundle: true,
    platform: "node",
    format: "cjs",
    outfile: program,
    define: { __VERSION__: '"0"' },
    banner: { js: "process.cwd = () => process.env.CWD;" },
    plugins: [
      {
        name: "windows",
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^node:(?:fs|path)$/ }, ({ path, importer }) =>
            /[/\\]src[/\\]/.test(importer) ? { path, namespace: "windows" } : undefined,
          );
          onLoad({ filter: /./, namespace: "windows" }, ({ path }) => ({
            contents:
              path === "node:path"
                ? 'module.exports = require("path").win32;'
                : `module.exports = require(${JSON.stringify(disk)});`,
            resolveDir: REPOSITORY,
          }));
        },
      },
    ],
  });
}, 60_000);

function onWindows(disk: string, cwd: string, args: readonly string[]) {
  const asked = join(directoryOf({ asked: "" }), "asked");
  const env = { ...process.env, DISK: disk, CWD: cwd, ASKED: asked };
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    env,
    encoding: "utf8",
  });
  expect(stdout + stderr).not.toContain(SECRET);
  expect(stderr).not.toContain("internal error");
  return { status, stdout, stderr, asked: readFileSync(asked, "utf8").split("\n") };
}

it.each([
  ["C:\\Tree", "."],
  ["c:\\tree", "."],
  ["C:\\", "TREE"],
  ["C:\\", "c:/tree/nginx.conf"],
  ["C:\\", "Tree\\conf.d\\x.conf"],
])("reads a file once, by whatever name: %s, %s", (cwd, path) => {
  const disk = directoryOf({
    "Tree/nginx.conf": inHttp(
      "include conf.d/*.conf;\ninclude CONF.D\\\\X.conf;\ninclude C:/Tree/conf.d/x.CONF;",
    ),
    "Tree/conf.d/x.conf": "gzipp on;\n",
  });
  const { status, stdout } = onWindows(disk, cwd, ["-f", "compact", "--only", "syntax", path]);
  expect([status, stdout.match(/unknown directive/g)?.length]).toEqual([1, 1]);
  expect(stdout).toMatch(/^(?:Tree|TREE|c:\/tree)?\/?conf\.d\/x\.conf:1:1: error/im);
});

it.each([["-f", "json"], ["-f", "sarif"], ["--diff"]])("says the same as elsewhere: %s %s", (...args) => {
  const folder = "fixtures/sites/shop";
  const here = nginxLint(["--no-config", ...args, folder]).stdout;
  const there = onWindows(REPOSITORY, "C:\\", ["--no-config", ...args, folder]).stdout;
  const neutral = (text: string) =>
    text
      .replaceAll(`file://${REPOSITORY}/`, "file:///C:/")
      .replaceAll("C%3A", "C:")
      .replace(/"(?:version|semanticVersion)": "0[^"]*"/g, "");
  expect(neutral(there)).toBe(neutral(here));
});

describe.each([["a folder"], ["a repository"]])("%s from a stranger", (kind) => {
  function machine(files: Readonly<Record<string, string>>) {
    const disk = directoryOf({
      "home/secret.conf": `${SECRET} on;\n`,
      "home/known.json": '{ "version": 1, "findings": [] }\n',
      "home/base.yaml": "failOn: never\n",
      "tree/nginx.conf": inHttp("gzipp on;"),
      ...Object.fromEntries(Object.entries(files).map(([name, text]) => [`tree/${name}`, text])),
    });
    symlinkSync(join(disk, "home"), join(disk, "tree/link"));
    if (kind === "a repository") mkdirSync(join(disk, "tree/.git"));
    return disk;
  }
  const outside = (asked: readonly string[]) =>
    asked.filter((path) => /^(?:[A-Z]:\\home\\|\\\\)/i.test(path));

  it("includes what is outside, which is not looked at", () => {
    const includes = [
      "..\\\\home\\\\secret.conf",
      "conf.d\\\\..\\\\..\\\\home\\\\*.conf",
      "C:/home/secret.conf",
      "c:\\\\HOME\\\\secret.conf",
      "D:/secret.conf",
      "/home/secret.conf",
      "//server/share/secret.conf",
      "\\\\\\\\server\\\\share\\\\secret.conf",
      "LINK\\\\*.conf",
    ];
    const disk = machine({ "nginx.conf": inHttp(includes.map((path) => `include ${path};`).join("\n")) });
    for (const args of [
      ["-f", "json", "."],
      ["--fix=unsafe", "."],
      ["--within", ".", "-f", "json", "."],
    ]) {
      const { asked, stdout } = onWindows(disk, "C:\\tree", args);
      expect(outside(asked)).toEqual([]);
      expect(stdout).not.toContain("does not exist");
    }
  });

  it.each([
    "root: ..\\home",
    "root: C:/home",
    "root: \\\\server\\share",
    "root: LINK",
    "baseline: ..\\home\\known.json",
    "baseline: Link/known.json",
    "extends: ..\\home\\base.yaml",
    "extends: D:\\base.yaml",
  ])("has settings that lead out: %s", (text) => {
    const disk = machine({ ".nginx-lint.yaml": `${text}\n` });
    const { status, stderr, asked } = onWindows(disk, "c:\\Tree", ["."]);
    expect([status, outside(asked)]).toEqual([2, []]);
    expect(stderr).toContain("leads out of");
  });

  it("has a link where the report goes", () => {
    const disk = machine({});
    for (const output of ["link\\r.json", "LINK/r.json", "Link\\new\\r.json"]) {
      const { status, stderr } = onWindows(disk, "C:\\tree", ["-f", "json", "-o", output, "."]);
      expect([output, status]).toEqual([output, 2]);
      expect(stderr).toContain("no link of the tree is written through");
    }
    expect(onWindows(disk, "C:\\tree", ["-f", "json", "-o", "new.json", "."]).status).toBe(1);
    expect(JSON.parse(readFileSync(join(disk, "tree/new.json"), "utf8")).version).toBe(1);
  });

  it("is fixed where it is", () => {
    const disk = machine({});
    rmSync(join(disk, "tree/link"));
    writeFileSync(join(disk, "tree/nginx.conf"), inHttp("gzipp on;"));
    expect(onWindows(disk, "c:\\TREE", ["--fix", "--no-report", "NGINX.conf"]).status).toBe(0);
    expect(readFileSync(join(disk, "tree/nginx.conf"), "utf8")).toBe(inHttp("gzip on;"));
  });
});
