import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadIn, main, names, plant } from "./trees.ts";

const PART = "server { listen 80; }";

/** What a pattern reads and leaves out, in a tree of these files. */
async function readBy(pattern: string, files: Readonly<Record<string, string>>, within = "") {
  const cwd = join(plant({ ".git/HEAD": "", ...files }), within);
  const { trees, problems, leftOut } = await loadIn(cwd, [pattern]);
  return {
    read: trees.flatMap(names),
    problems: problems.map(({ message }) => message),
    leftOut: leftOut.map(({ name, reason }) => `${name}: ${reason}`).toSorted(),
  };
}

describe("patterns", () => {
  it("take links to files as nginx does", async () => {
    const files = { "conf.d/a.conf": PART, "conf.d/b.conf": "-> ../x/b.txt", "x/b.txt": "gzip on;" };
    for (const pattern of ["conf.d/*.conf", "conf.d/{a,b}.conf", "**/*.conf"])
      expect((await readBy(pattern, files)).read).toEqual(["conf.d/a.conf", "conf.d/b.conf"]);
  });

  it("tell of links that lead out of the tree, and of those that lead nowhere", async () => {
    const outside = plant({ "x.conf": PART });
    const files = {
      "d/a.conf": PART,
      "d/b.conf": `-> ${outside}/x.conf`,
      "d/c.conf": "-> none",
      "d/d": `-> ${outside}`,
    };
    expect(await readBy("d/**/*.conf", files)).toEqual({
      read: ["d/a.conf"],
      problems: [],
      leftOut: [
        `d/b.conf: is a link to ${outside}/x.conf, which is outside the given paths`,
        "d/c.conf: is a symbolic link to none, which does not exist",
        `d/d: is a link to ${outside}, which is outside the given paths`,
      ],
    });
    const { read, problems } = await readBy("d/b*", files);
    expect([read, problems]).toEqual([[], ["no file matches d/b*"]]);
  });

  it("follow links to folders of the tree, and no circles", async () => {
    const files = {
      "sites/a": "-> ../x",
      "sites/self": "-> .",
      "x/a.conf": PART,
      "x/back": "-> ../sites",
    };
    const found = await readBy("sites/**/*.conf", files);
    expect(found.read).toEqual(["sites/a/a.conf"]);
    expect(found.problems).toEqual([]);
    expect(found.leftOut).toEqual([
      "sites/a/back: a link to a folder around it",
      "sites/self: a link to a folder around it",
    ]);
    expect((await readBy("sites/*/a.conf", files)).read).toEqual(["sites/a/a.conf"]);
  });

  it("end where links to folders multiply", { timeout: 30_000 }, async () => {
    const files: Record<string, string> = { "40/x.conf": PART };
    for (let n = 0; n < 40; n++) for (const name of ["a", "b"]) files[`${n}/${name}`] = `-> ../${n + 1}`;
    const { problems } = await readBy("0/**/*.conf", files);
    expect(problems).toEqual(["0/**/*.conf cannot be used as a pattern: it looks at too many files"]);
  });

  it("tell of a folder that they pass over among the parts of a configuration", async () => {
    const files = { "sites-enabled/a.conf": PART, "sites-enabled/node_modules/b.conf": PART };
    const { read, leftOut } = await readBy("**/*.conf", files);
    expect(read).toEqual(["sites-enabled/a.conf"]);
    expect(leftOut).toEqual(["sites-enabled/node_modules: not looked into; name it to have it linted"]);
    const named = await readBy("sites-enabled/node_modules/*.conf", files);
    expect(named.read).toEqual(["sites-enabled/node_modules/b.conf"]);
  });
});

describe("a file that is called like a pattern", () => {
  it("is one of its matches, and hides no others", async () => {
    const files = { "d/*.conf": "gzip on;", "d/a.conf": PART };
    expect((await readBy("d/*.conf", files)).read).toEqual(["d/*.conf", "d/a.conf"]);
    expect((await readBy("d/[a].conf", { ...files, "d/[a].conf": "gzip on;" })).read).toEqual([
      "d/[a].conf",
      "d/a.conf",
    ]);
  });

  it("is found where the pattern matches nothing", async () => {
    for (const name of ["[a].conf", "a(1).conf", "{a}.conf", "a{b,c}.conf", "!a.conf", "a[1].conf"]) {
      const { read, problems } = await readBy(name, { [name]: PART });
      expect([read, problems]).toEqual([[name], []]);
    }
  });

  it("may be a folder", async () => {
    const files = { "d/*/nginx.conf": main(""), "d/a/nginx.conf": main("gzip on;") };
    for (const pattern of ["d/*", "d/*/nginx.conf"]) {
      const { read } = await readBy(pattern, files);
      expect(read).toContain("d/*/nginx.conf");
    }
    expect((await readBy("d/*/nginx.conf", files)).read).toHaveLength(2);
  });

  it("leads nowhere else as a link", async () => {
    const outside = plant({ "x.conf": PART });
    const files = { "d/a*": `-> ${outside}/x.conf`, "d/a.conf": PART };
    const { read, problems } = await readBy("d/a*", files);
    expect(read).toEqual(["d/a.conf"]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`d/a* is a link to ${outside}/x.conf, outside of`);
  });

  it("does not narrow what a pattern may read", async () => {
    const cwd = plant({ "d/*/a.conf": "gzip on;", "d/b/a.conf": "-> ../x", "d/x": PART });
    mkdirSync(join(cwd, "d/c"));
    const { trees } = await loadIn(cwd, ["d/*/a.conf"]);
    expect(trees.flatMap(names)).toEqual(["d/*/a.conf", "d/b/a.conf"]);
  });
});
