/** Which files an `include` brings, and in which order: `nginx -T` is asked. Everything generated is seeded. */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { load } from "../../src/loader/index.ts";

const NGINX = (process.env.NGINX_BINARIES ?? "/usr/sbin/nginx").split(":")[0] ?? "";
const isThere = existsSync(NGINX);
if (!isThere) console.warn(`skipped: there is no nginx at ${NGINX}`);

/** Files of a tree; a text that starts with `-> ` is the target of a symbolic link. */
type Files = Readonly<Record<string, string>>;

/** Calls `use` with a directory of these files, which is gone afterwards. */
async function withTree<Result>(files: Files, use: (directory: string) => Promise<Result>): Promise<Result> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "nginx-lint-")));
  try {
    for (const [name, content] of Object.entries(files)) {
      const path = join(directory, name);
      mkdirSync(dirname(path), { recursive: true });
      if (content.startsWith("-> ")) symlinkSync(content.slice(3), path);
      else writeFileSync(path, content);
    }
    return await use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The paths in the order in which nginx read them first; null where it refuses the configuration. */
function readByNginx(directory: string): string[] | null {
  const globals = `pid ${directory}/pid; error_log stderr;`;
  const { status, stdout } = spawnSync(
    NGINX,
    ["-T", "-q", "-p", directory, "-c", join(directory, "nginx.conf"), "-g", globals],
    { encoding: "utf8" },
  );
  if (status !== 0) return null;
  const paths = [...stdout.matchAll(/^# configuration file (.+):$/gm)].map(([, path = ""]) => path);
  // A link and its target are two files to nginx, and `d/../d/x` is not `d/x`.
  return [...new Set(paths.map((path) => realpathSync(path)))];
}

async function readByLoader(directory: string): Promise<string[] | null> {
  const { trees } = await load({ paths: [join(directory, "nginx.conf")], cwd: directory, root: "/" });
  const [tree] = trees;
  if (tree === undefined) return null;
  if ([...tree.includes.values()].some(({ problems }) => problems.length > 0)) return null;
  return tree.files.map(({ name }) => realpathSync(join(directory, name)));
}

async function expectSame(files: Files): Promise<void> {
  await withTree(files, async (directory) => {
    expect(await readByLoader(directory)).toEqual(readByNginx(directory));
  });
}

function main(inside: string): string {
  return `events {}\nhttp {\naccess_log off;\n${inside}\n}\n`;
}

const LEAVES: Files = {
  "a.conf": "",
  "B.conf": "",
  "10.conf": "",
  "9.conf": "",
  _x: "",
  "é.conf": "",
  "😀.conf": "",
  "\ufb01.conf": "",
  ".hidden": "",
  "d/a.conf": "",
  "d/[x].conf": "",
  "d/.hidden.conf": "",
  "d/e/z": "",
  "d-e/z": "",
  "d-e/a.conf": "",
  link: "-> d/a.conf",
};

const PARTS = [
  ..."* ? ?* [ab]* [!a]* [^a]* [a-c]* *.conf a* A* d d* d-e e .* .h* [x] \\[x\\]* [[]x]* [] a[ a.conf none z **".split(
    " ",
  ),
];

const pattern = fc
  .array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join("/"));

describe.skipIf(!isThere)("the files of an include", () => {
  it("are those of nginx, in its order, for any pattern", async () => {
    const patterns = fc.array(pattern, { minLength: 1, maxLength: 3 });
    const check = fc.asyncProperty(patterns, async (patterns) => {
      const includes = patterns.map((each) => `include "c/${each.replaceAll("\\", "\\\\")}";`).join("\n");
      const files: Record<string, string> = { "nginx.conf": main(includes) };
      for (const [name, text] of Object.entries(LEAVES)) files[`c/${name}`] = text;
      await expectSame(files);
    });
    await fc.assert(check, { seed: 20, numRuns: 200 });
  });

  it("are those of nginx where files include files", async () => {
    const names = ["a", "b", "c", "d/a", "d/b", "d/c"] as const;
    const targets = [...names, "[ab]", "d/*", "d/[bc]", "none*", "d/none"];
    const texts = fc.tuple(...names.map(() => fc.array(fc.constantFrom(...targets), { maxLength: 2 })));
    let accepted = 0;
    const check = fc.asyncProperty(texts, async (texts) => {
      const files: Record<string, string> = { "nginx.conf": main("include a; include d/b; include *b;") };
      for (const [index, name] of names.entries()) {
        files[name] = (texts[index] ?? []).map((target) => `include ${target};\n`).join("");
      }
      await withTree(files, async (directory) => {
        const expected = readByNginx(directory);
        if (expected !== null) accepted++;
        expect(await readByLoader(directory)).toEqual(expected);
      });
    });
    await fc.assert(check, { seed: 21, numRuns: 100 });
    expect(accepted).toBeGreaterThan(10);
  });

  it.each<[string, Files]>([
    ["a directory by name", { "nginx.conf": main("include d;"), "d/x": "" }],
    ["a directory by a pattern", { "nginx.conf": main("include d/*;"), "d/x/y": "" }],
    ["a link that dangles", { "nginx.conf": main("include d/*;"), "d/x": "-> nowhere" }],
    ["a link to itself", { "nginx.conf": main("include x;"), x: "-> x" }],
    ["a file that is not there", { "nginx.conf": main("include x;") }],
    ["a circle", { "nginx.conf": main("include x;"), x: "include y;", y: "include x;" }],
    ["a name with a variable", { "nginx.conf": main("include $x;") }],
    ["no name", { "nginx.conf": main('include "";') }],
  ])("cannot be %s", async (_, files) => {
    await withTree(files, async (directory) => {
      expect(readByNginx(directory)).toBeNull();
      expect(await readByLoader(directory)).toBeNull();
    });
  });

  it.each<[string, Files]>([
    ["none, for a pattern", { "nginx.conf": main("include none/*.conf;") }],
    ["a file twice", { "nginx.conf": main("server { include x; } server { include x; }"), x: "" }],
    ["a link's", { "nginx.conf": main("include e/*;"), "e/x": "-> ../a/x", "a/x": "" }],
    ["a dollar's, where one is there", { "nginx.conf": main("include $x;"), $x: "" }],
    [
      "the main file's neighbours'",
      { "nginx.conf": main("include d/x;"), "d/x": "include y;", y: "", "d/y": "" },
    ],
  ])("may be %s", async (_, files) => {
    await withTree(files, async (directory) => {
      const expected = readByNginx(directory);
      expect(expected).not.toBeNull();
      expect(await readByLoader(directory)).toEqual(expected);
    });
  });
});
