import { describe, expect, it } from "vitest";
import { Bounds } from "../../src/bounds/index.ts";
import { Listings, matchPaths } from "../../src/loader/match-paths.ts";
import { Configuration, treesOfTexts } from "../../src/semantics/index.ts";
import { loadIn, main, names, plant, problems } from "./trees.ts";

describe("includes that do not end", () => {
  it("are cut where the circle closes, and told once", async () => {
    const cwd = plant({
      "nginx.conf": main("include a; include b;"),
      a: "include b;",
      b: "include c;",
      c: "include a;",
    });
    const { trees } = await loadIn(cwd, ["nginx.conf"]);
    expect(problems(trees[0])).toEqual([
      { kind: "cycle", message: "the includes form a loop: a → b → c → a" },
    ]);
  });

  it("are cut where a file takes in itself by a pattern", async () => {
    const cwd = plant({ "nginx.conf": main("include *.conf;"), "a.conf": "gzip on;" });
    const { trees } = await loadIn(cwd, ["nginx.conf"]);
    expect(problems(trees[0]).map(({ kind }) => kind)).toEqual(["cycle"]);
    expect(names(trees[0])).toEqual(["nginx.conf", "a.conf"]);
  });

  it("of fragments in a circle leave one tree", async () => {
    const cwd = plant({ "a.conf": "include b.conf; gzip on;", "b.conf": "include a.conf; gzip on;" });
    const { trees } = await loadIn(cwd, ["."]);
    expect(trees.map(names)).toEqual([["a.conf", "b.conf"]]);
  });
});

describe("includes of many folders", () => {
  it.each(["/a", "/[a]", "/a*", "a/", "../a/"])("are looked for in a few places: %s", async (part) => {
    const cwd = plant({ "nginx.conf": main(`include ${part.repeat(150_000)}x;`) });
    const { trees } = await loadIn(cwd, ["nginx.conf"]);
    expect(problems(trees[0]).length).toBeLessThan(2);
    expect(names(trees[0])).toEqual(["nginx.conf"]);
  });
});

describe("includes that grow too large", () => {
  it("are bounded in depth", async () => {
    const files: Record<string, string> = { "nginx.conf": main("include 0;") };
    for (let level = 0; level < 120; level++) files[level] = `include ${level + 1};`;
    const { trees } = await loadIn(plant(files), ["nginx.conf"]);
    expect(problems(trees[0])).toEqual([
      { kind: "too-deep", message: "100 is included more than 100 files deep and is not read" },
    ]);
    expect(new Configuration(trees[0]!).http?.incomplete).toBe(true);
  });

  it("are bounded in depth also where a shallow way was met first", async () => {
    const files: Record<string, string> = { "nginx.conf": main("include 60; include 0;") };
    for (let level = 0; level < 150; level++)
      files[level] = level === 149 ? "gzip on;" : `include ${level + 1};`;
    const { trees } = await loadIn(plant(files), ["nginx.conf"]);
    expect(problems(trees[0]).map(({ kind }) => kind)).toEqual(["too-deep"]);
  });

  it("are bounded in what they unfold to", { timeout: 60_000 }, async () => {
    const files: Record<string, string> = { "nginx.conf": main("include 0;") };
    for (let level = 0; level < 30; level++) {
      files[level] = `include ${level + 1};\n`.repeat(10);
    }
    files[30] = "gzip on;";
    const { trees } = await loadIn(plant(files), ["nginx.conf"]);
    const [tree] = trees;
    expect(new Set(problems(tree).map(({ kind }) => kind))).toEqual(new Set(["too-many"]));
    const { http } = new Configuration(tree!);
    expect(http?.statements.length).toBeLessThan(20_000);
  });

  it("say once for each pattern that its files are too much", async () => {
    const files: Record<string, string> = { "nginx.conf": main("include many/*;\n".repeat(30)) };
    for (let n = 0; n < 30; n++) files[`many/${n}`] = "gzip on;\n".repeat(2_000);
    const { trees } = await loadIn(plant(files), ["nginx.conf"]);
    expect(problems(trees[0]).map(({ kind }) => kind)).toEqual(new Array(29).fill("too-many"));
    expect(trees[0]?.files).toHaveLength(31);
  });

  it("are bounded in memory", async () => {
    const text = "a;\n".repeat(2_100_000);
    const cwd = plant({ "nginx.conf": main("include d; include e;"), d: text, e: "a;\n".repeat(10) });
    const result = await loadIn(cwd, ["nginx.conf"]);
    const [tree] = result.trees;
    expect([result.problems, problems(tree)]).toEqual([[], []]);
    const [, d, e] = tree?.files ?? [];
    expect(d?.items.length).toBeGreaterThan(1_000_000);
    expect(d?.readTo).toBe((d?.items.length ?? 0) * 3);
    expect([d, e].map((file) => file?.problems.map(({ code }) => code))).toEqual([["cut"], ["cut"]]);
    expect(e?.items.length).toBeLessThan(10);
  });

  it("match hostile patterns in no time", async () => {
    const cwd = plant({
      "nginx.conf": main(`include ${"*a".repeat(60)}*b;`),
      ["a".repeat(200)]: "gzip on;",
    });
    const { trees } = await loadIn(cwd, ["nginx.conf"]);
    expect(names(trees[0])).toEqual(["nginx.conf"]);
  });

  it("match so many names, whichever patterns ask", () => {
    const cwd = plant(Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`d/${n}.conf`, ""])));
    const listings = new Listings(45);
    const found = ["0*", "1*", "2*"].map((name) => matchPaths(`${cwd}/d/${name}`, () => true, listings));
    expect(found.map(({ failure, paths }) => failure ?? paths.length)).toEqual([1, 1, "too-many"]);
    // A long one is many.
    const long = matchPaths(`${cwd}/d/*${"[".repeat(3_000)}`, () => true, new Listings(500));
    expect(long.failure).toBe("too-many");
  });

  it("are followed once where all parts include all others", { timeout: 20_000 }, async () => {
    const files = Array.from({ length: 1_500 }, (_, n) => [`${n}.conf`, "include *.conf;\ngzip on;\n"]);
    const { trees } = await loadIn(plant(Object.fromEntries(files)), ["."]);
    expect(trees.map(({ entry }) => entry.name)).toEqual(["0.conf"]);
  });

  it("are looked at so often, whatever a pattern stands for", { timeout: 60_000 }, async () => {
    // Ten thousand patterns for two thousand files that hold nothing: twenty million files.
    const files: Record<string, string> = { "nginx.conf": main("include many/*;\n".repeat(10_000)) };
    for (let n = 0; n < 2_000; n++) files[`many/${n}`] = "";
    const { trees } = await loadIn(plant(files), ["nginx.conf"]);
    expect(trees[0]?.files).toHaveLength(2_001);
    const targets = [...(trees[0]?.includes.values() ?? [])];
    expect(targets.reduce((sum, target) => sum + target.files.length, 0)).toBeLessThan(20_000);
    expect(targets.every((target) => target.files.length > 0 || target.problems.length > 0)).toBe(true);
  });

  it("are followed so far in all fragments of a run, which is told", { timeout: 60_000 }, async () => {
    const shared = "location = /a { return 204; }\n".repeat(1_000);
    const files: Record<string, string> = { "shared.inc": shared, "alone.conf": "server { listen 81; }" };
    for (let n = 0; n < 500; n++)
      files[`s${n}.conf`] = `server { listen 80; server_name s${n}; include shared.inc; }`;
    const { trees, problems } = await loadIn(plant(files), ["."]);
    expect(trees).toHaveLength(501);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toMatch(
      /^not all includes of s\d+\.conf and of \d+ other files are followed: shared\.inc is included so often/,
    );
  });

  it("are looked for so often", { timeout: 60_000 }, async () => {
    // Each may be meant in any of the folders around it.
    const folder = "a/b/c/d/e/f/g/h/i/j/k/l/m/n";
    // Long ones count as several.
    const name = `${"n".repeat(200)}/`.repeat(15);
    const includes = Array.from({ length: 3_000 }, (_, n) => `include ${name}${n};`).join("\n");
    const files = { ".git/HEAD": "", [`${folder}/x.conf`]: `server {\n${includes}\n}` };
    const cwd = plant(files);
    const { problems } = await loadIn(cwd, ["."]);
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^not all includes of a\/b\S+ are followed: [n/]+\d+ was not looked for/),
    ]);
  });

  it("are found, however many others are not there", async () => {
    const missing = Array.from({ length: 2_000 }, (_, n) => `include n${n};`).join("\n");
    const late =
      "include there; include d/there; include link; include gone/x; include there/x; include D/x;";
    const cwd = plant({
      "nginx.conf": main(`${missing}\n${late}`),
      there: "gzip on;",
      "d/there": "gzip on;",
      link: "-> nowhere",
    });
    const { trees } = await loadIn(cwd, ["nginx.conf"]);
    expect(names(trees[0])).toEqual(["nginx.conf", "there", "d/there"]);
    expect(problems(trees[0]).slice(2_000)).toMatchObject([
      { kind: "missing", message: "link is a symbolic link to nowhere, which does not exist" },
      { kind: "missing", message: "gone/x does not exist" },
      { kind: "missing", message: "there/x does not exist" },
      { kind: "missing", message: "D/x does not exist" },
    ]);
  });

  it("match so many names of a dump", () => {
    const count = 1_500;
    const includes = Array.from({ length: count }, (_, n) => `include d/${"*".repeat(300)}${n}.conf;\n`);
    const parts = Array.from(
      { length: count },
      (_, n) => `# configuration file /etc/nginx/d/${n}.conf:\ngzip on;\n`,
    );
    const dump = `# configuration file /etc/nginx/nginx.conf:\n${main(`include d/*.conf;\n${includes.join("")}`)}${parts.join("")}`;
    const [tree] = treesOfTexts(new Map([["dump", dump]]), "nothing");
    const targets = [...(tree?.includes.values() ?? [])];
    expect(targets[0]?.files).toHaveLength(count);
    // A long one is many; 7.conf is also what `*7.conf` takes.
    expect(targets.at(8)?.files.length).toBeGreaterThan(100);
    expect(targets.at(-1)?.problems.map(({ kind }) => kind)).toEqual(["too-many"]);
  });
});

describe("a link that leads outside", () => {
  it("is told in the same words whether something is there or not", async () => {
    const there = {
      "home/secret.conf": "gzip on;",
      "home/folder/x.conf": "gzip on;",
      hop: "-> home/secret.conf",
    };
    const tree = {
      "a/nginx.conf": main(
        ["one.conf", "two.conf", "far/x.conf", "far/*.conf", "far/folder/x.conf", "far/folder/*"]
          .map((path) => `include ${path};`)
          .join("\n"),
      ),
      "a/one.conf": "-> ../home/secret.conf",
      "a/two.conf": "-> one.conf",
      "a/far": "-> ../home",
      "a/plain": "-> ../home/folder",
      "a/hop.conf": "-> ../hop",
    };
    const told = async (files: Readonly<Record<string, string>>) => {
      const cwd = plant(files);
      const { trees, leftOut, problems: failures } = await loadIn(cwd, ["a"]);
      const said = JSON.stringify([problems(trees[0]), leftOut, failures]);
      return said.replaceAll(cwd, "");
    };
    const said = await told({ ...there, ...tree });
    expect(await told(tree)).toBe(said);
    expect(said).toContain("two.conf is a link to ../home/secret.conf, which is outside");
    expect(said).toContain("is a link to ../hop, which is outside");
  });

  it("is told in the same words where it is handed", async () => {
    const said = async (files: Readonly<Record<string, string>>, within?: string) => {
      const cwd = plant({ "a/.git/HEAD": "", "a/x.conf": "-> ../home/secret.conf", ...files });
      const bounds = new Bounds({
        cwd,
        handed: ["a/x.conf"],
        ...(within === undefined ? {} : { within: [within] }),
      });
      return (await loadIn(cwd, ["a/x.conf"], { bounds })).problems.map(({ message }) =>
        message.replaceAll(cwd, ""),
      );
    };
    for (const within of [undefined, "a"]) {
      const there = await said({ "home/secret.conf": "gzip on;" }, within);
      expect(await said({}, within)).toEqual(there);
      expect(there).toEqual([expect.stringContaining("outside of /a")]);
    }
  });

  it("is told in the same words where settings are, or lead", () => {
    const said = (files: Readonly<Record<string, string>>) => {
      const cwd = plant({
        "a/.git/HEAD": "",
        "a/.nginx-lint.yaml": "-> ../home/x.yaml",
        "a/base.yaml": "-> ../home/x.yaml",
        "a/far": "-> ../home",
        ...files,
      });
      const bounds = new Bounds({ cwd, handed: ["a"] });
      const at = (path: string) => `${cwd}/a/${path}`;
      const named = ["base.yaml", "far/x.yaml"].map((path) =>
        bounds.refuseNamed(at(path), at("lint.yaml"), false),
      );
      return [bounds.refuseFound(at(".nginx-lint.yaml")), ...named].map((text) => text?.replaceAll(cwd, ""));
    };
    const there = said({ "home/x.yaml": "" });
    expect(said({})).toEqual(there);
    expect(there).not.toContain(undefined);
  });
});
