import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Bounds } from "../../src/bounds/index.ts";
import { SourceFiles } from "../../src/loader/source-files.ts";
import { focus, loadIn, main, names, plant, problems } from "./trees.ts";

const DEBIAN = {
  "nginx/nginx.conf": main("include /etc/nginx/conf.d/*.conf; include /etc/nginx/sites-enabled/*;"),
  "nginx/conf.d/a.conf": "gzip on;",
  "nginx/sites-available/shop": "server { listen 80; include snippets/tls.conf; }",
  "nginx/sites-available/old": "server { listen 81; include snippets/tls.conf; }",
  "nginx/sites-enabled/shop": "-> ../sites-available/shop",
  "nginx/snippets/tls.conf": "ssl_protocols TLSv1.3;",
};

describe("a file handed alone", () => {
  it("is linted in the tree that includes it", async () => {
    const { trees } = await loadIn(plant(DEBIAN), ["nginx/conf.d/a.conf"]);
    expect(trees).toHaveLength(1);
    expect(names(trees[0])).toContain("nginx/nginx.conf");
    expect(focus(trees[0])).toEqual(["nginx/conf.d/a.conf"]);
  });

  it("counts as included where a link to it is, and keeps its name", async () => {
    const { trees } = await loadIn(plant(DEBIAN), ["nginx/sites-available/shop"]);
    expect(focus(trees[0])).toEqual(["nginx/sites-available/shop"]);
    expect(trees[0]?.fragment).toBe(false);
  });

  it("shares the tree with the others handed", async () => {
    const paths = ["nginx/conf.d/a.conf", "nginx/snippets/tls.conf", "nginx/sites-enabled/shop"];
    const { trees } = await loadIn(plant(DEBIAN), paths);
    expect(trees).toHaveLength(1);
    expect(focus(trees[0]).sort()).toEqual([...paths].sort());
  });

  it("that no tree includes is a fragment, with its includes", async () => {
    const { trees } = await loadIn(plant(DEBIAN), ["nginx/sites-available/old"]);
    expect(trees).toHaveLength(1);
    expect(trees[0]).toMatchObject({ fragment: true, top: "http" });
    expect(names(trees[0])).toEqual(["nginx/sites-available/old", "nginx/snippets/tls.conf"]);
    expect(focus(trees[0])).toEqual(["nginx/sites-available/old"]);
  });

  it("is found from a main file in a directory beside it", async () => {
    const cwd = plant({
      "conf/nginx.conf": main("include ../sites/*.conf;"),
      "sites/a.conf": "server { listen 80; }",
    });
    const { trees } = await loadIn(cwd, ["sites/a.conf"]);
    expect(names(trees[0])).toEqual(["conf/nginx.conf", "sites/a.conf"]);
  });

  it("is not looked for outside of its repository", async () => {
    const cwd = plant({ "nginx.conf": main("include repo/a.conf;"), "repo/a.conf": "gzip on;" });
    mkdirSync(join(cwd, "repo/.git"));
    const { trees } = await loadIn(cwd, ["repo/a.conf"]);
    expect(trees[0]?.fragment).toBe(true);
  });

  it("with `http` in it is a main file, unless one includes it", async () => {
    const cwd = plant({
      "a/nginx.conf": "events {}\ninclude http.conf;",
      "a/http.conf": "http {\n  include b.conf;\n}",
      "a/b.conf": "gzip on;",
      "c/lb.conf": "http { include b.conf; }",
      "c/b.conf": "gzip on;",
    });
    const { trees } = await loadIn(cwd, ["."]);
    expect(trees.map(names)).toEqual([
      ["a/nginx.conf", "a/http.conf", "a/b.conf"],
      ["c/lb.conf", "c/b.conf"],
    ]);
    expect(trees.map(({ fragment }) => fragment)).toEqual([false, false]);
  });

  it("as the main file brings the findings of all its includes", async () => {
    const { trees } = await loadIn(plant(DEBIAN), ["nginx/nginx.conf", "nginx/conf.d/a.conf"]);
    expect(trees).toHaveLength(1);
    expect(trees[0]?.focus).toBeUndefined();
  });

  it("has no missing includes when the place of its main file is unknown", async () => {
    const cwd = plant({ "a.conf": "server { include snippets/none.conf; }" });
    const { trees } = await loadIn(cwd, ["a.conf"]);
    expect(problems(trees[0]).map(({ kind }) => kind)).toEqual(["outside-root"]);
  });

  it("cannot bring in what is outside of its directory", async () => {
    const cwd = plant({ "a/b/x.conf": "include ../secret;", "a/secret": "gzip on;" });
    const { trees } = await loadIn(join(cwd, "a/b"), ["x.conf"]);
    expect(names(trees[0])).toEqual(["x.conf"]);
  });
});

describe("paths", () => {
  it("may be a quoted pattern, also with ** and braces", async () => {
    const cwd = plant({ "a/b/x.conf": "gzip on;", "a/y.nginx": "gzip on;", "a/z.txt": "gzip on;" });
    const { trees } = await loadIn(cwd, ["a/**/*.{conf,nginx}"]);
    expect(trees.map(names)).toEqual([["a/b/x.conf"], ["a/y.nginx"]]);
  });

  it("with the letters of a pattern may be files", async () => {
    const cwd = plant({ "[a].conf": "gzip on;" });
    const { trees, problems } = await loadIn(cwd, ["[a].conf"]);
    expect(trees.map(names)).toEqual([["[a].conf"]]);
    expect(problems).toEqual([]);
  });

  it("that are not there are told, and the others are read", async () => {
    const cwd = plant({ "a.conf": "gzip on;" });
    const { trees, problems } = await loadIn(cwd, ["none.conf", "a.conf", "none*"]);
    expect(trees.map(names)).toEqual([["a.conf"]]);
    expect(problems).toEqual([
      { path: "none.conf", message: "none.conf does not exist" },
      { path: "none*", message: "no file matches none*" },
    ]);
  });

  it("that are no regular files are told at once", async () => {
    const { problems } = await loadIn(plant({}), ["/dev/zero"]);
    expect(problems).toEqual([{ path: "/dev/zero", message: "/dev/zero is not a regular file" }]);
  });

  it("outside of the working directory have absolute names", async () => {
    const elsewhere = plant({ "a.conf": "gzip on;" });
    const { trees } = await loadIn(plant({}), [elsewhere]);
    expect(trees.map(names)).toEqual([[`${elsewhere}/a.conf`]]);
  });

  it("handed twice count once", async () => {
    const cwd = plant({ "a.conf": "gzip on;", b: "-> a.conf" });
    const { trees } = await loadIn(cwd, ["a.conf", "./a.conf", "b"]);
    expect(trees.map(names)).toEqual([["a.conf"]]);
  });
});

describe("links that change while a run goes on", () => {
  it("do not lead to what nobody judged", () => {
    const cwd = plant({ "in/a.conf": "gzip on;", "home/a.conf": "secret;", link: "-> in" });
    const files = new SourceFiles(cwd);
    const [linked, later] = [join(cwd, "link/a.conf"), join(cwd, "later.conf")];
    expect(files.realPathAt(linked)).toBe(join(cwd, "in/a.conf"));
    expect(files.realPathAt(later)).toBeNull();
    rmSync(join(cwd, "link"));
    symlinkSync("home", join(cwd, "link"));
    symlinkSync("home/a.conf", later);
    expect(files.read(linked)).toMatchObject({ text: "gzip on;" });
    expect(files.peek(later)).toBeNull();
    expect(files.read(later)).toMatchObject({ kind: "missing" });
  });

  it("are followed once where they were handed", async () => {
    const cwd = plant({
      "repo/.git/HEAD": "",
      "repo/in/a.conf": "gzip on;",
      "repo/link": "-> in",
      "home/a.conf": "secret;",
    });
    const bounds = new Bounds({ cwd, handed: ["repo/link"] });
    rmSync(join(cwd, "repo/link"));
    symlinkSync("../home", join(cwd, "repo/link"));
    const { trees } = await loadIn(cwd, ["repo/link"], { bounds });
    expect(trees.map(({ entry }) => entry.text)).toEqual(["gzip on;"]);
  });
});
