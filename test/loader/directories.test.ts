import { describe, expect, it } from "vitest";
import { focus, loadIn, main, names, plant, problems } from "./trees.ts";

describe("a directory", () => {
  it("is entered at its nginx.conf, and its includes are followed", async () => {
    const cwd = plant({
      "nginx.conf": main("include conf.d/*.conf;"),
      "conf.d/a.conf": "server { listen 80; }",
    });
    const { trees, problems } = await loadIn(cwd, ["."]);
    expect(problems).toEqual([]);
    expect(trees.map(names)).toEqual([["nginx.conf", "conf.d/a.conf"]]);
    expect(trees[0]).toMatchObject({ top: "main", fragment: false });
  });

  it("leaves out what waits in sites-available", async () => {
    const cwd = plant({
      "nginx.conf": main("include sites-enabled/*;"),
      "sites-available/a": "server { listen 80; }",
      "sites-available/b": "server { listen 81; }",
      "sites-enabled/a": "-> ../sites-available/a",
    });
    const { trees } = await loadIn(cwd, ["."]);
    expect(trees.map(names)).toEqual([["nginx.conf", "sites-enabled/a"]]);
  });

  it("of parts has files of any name, as nginx has with `*`", async () => {
    const site = "server { listen 80; }";
    const cwd = plant({
      "snippets/a b": site,
      "snippets/+c": site,
      "snippets/d~": site,
      "snippets/.e": site,
    });
    const { trees, leftOut } = await loadIn(cwd, ["snippets"]);
    expect(trees.flatMap(names)).toEqual(["snippets/+c", "snippets/a b"]);
    expect(leftOut.map(({ name, reason }) => [name, reason])).toEqual([["snippets/d~", "left behind"]]);
  });

  it("without an nginx.conf is a set of fragments", async () => {
    const cwd = plant({ "a.conf": "server { listen 80; }", "b.conf": "location / { return 200; }" });
    const { trees } = await loadIn(cwd, ["."]);
    expect(trees.map(({ top, fragment }) => ({ top, fragment }))).toEqual([
      { top: "http", fragment: true },
      { top: "server", fragment: true },
    ]);
  });

  it("maps absolute includes of /etc/nginx onto a copy of it", async () => {
    const cwd = plant({
      "nginx/nginx.conf": main("include /etc/nginx/snippets/a.conf;"),
      "nginx/snippets/a.conf": "gzip on;",
    });
    const { trees } = await loadIn(cwd, ["nginx"]);
    expect(trees.map(names)).toEqual([["nginx/nginx.conf", "nginx/snippets/a.conf"]]);
    expect(trees.flatMap(problems)).toEqual([]);
  });
});

describe("what is found below a directory", () => {
  it("is each main file with its tree, and what none includes as a fragment", async () => {
    const cwd = plant({
      "a/nginx.conf": main("include /etc/nginx/conf.d/*.conf;"),
      "a/conf.d/x.conf": "gzip on;",
      "a/default.conf": "server { listen 80; }",
      "b/etc/nginx/nginx.conf": main("include mime.types;"),
      "b/etc/nginx/mime.types": "types {}",
      "c/.nginx/nginx.conf": "server { listen 80; }",
      "c/proxy/conf": "server { listen 80; }",
      "c/site.conf.template": "server { server_name ${DOMAIN}; }",
      "c/site.conf.j2": "server { server_name {{ domain }}; }",
    });
    const { trees } = await loadIn(cwd, ["."]);
    expect(trees.map(names)).toEqual([
      ["a/nginx.conf", "a/conf.d/x.conf"],
      ["b/etc/nginx/nginx.conf", "b/etc/nginx/mime.types"],
      ["a/default.conf"],
      ["c/site.conf.j2"],
      ["c/site.conf.template"],
      ["c/.nginx/nginx.conf"],
      ["c/proxy/conf"],
    ]);
  });

  it("is not what other programs read, nor what is left behind, nor what nginx ships", async () => {
    const cwd = plant({
      "a.conf": "gzip on;",
      "supervisor.conf": "[program:a]\n",
      "apache.conf": "<VirtualHost *:80>\n</VirtualHost>\n",
      "binary.conf": new Uint8Array(100),
      "a.conf.bak": "gzip on;",
      "a.conf~": "gzip on;",
      fastcgi_params: "fastcgi_param A b;",
      "node_modules/x/nginx.conf": main(""),
      ".git/nginx.conf": main(""),
    });
    const { trees, problems } = await loadIn(cwd, ["."]);
    expect(trees.map(names)).toEqual([["a.conf"]]);
    expect(problems).toEqual([]);
  });

  it("leaves out what is excluded", async () => {
    const cwd = plant({ "a.conf": "gzip on;", "old/b.conf": "gzip on;" });
    const { trees } = await loadIn(cwd, ["."], { excluded: (name) => name === "old" });
    expect(trees.map(names)).toEqual([["a.conf"]]);
  });

  it("wants no findings of an excluded file that is included", async () => {
    const cwd = plant({ "nginx.conf": main("include a.conf;"), "a.conf": "gzip on;" });
    const { trees } = await loadIn(cwd, ["."], { excluded: (name) => name === "a.conf" });
    expect(names(trees[0])).toEqual(["nginx.conf", "a.conf"]);
    expect(focus(trees[0])).toEqual(["nginx.conf"]);
  });

  it("is searched without following links to directories", async () => {
    const cwd = plant({ "a.conf": "gzip on;", loop: "-> ." });
    const { trees } = await loadIn(cwd, ["."]);
    expect(trees.map(names)).toEqual([["a.conf"]]);
  });

  it("is searched without following links out of the directory", async () => {
    const cwd = plant({ "a/a.conf": "gzip on;", "a/b.conf": "-> ../b.conf", "b.conf": "gzip on;" });
    const { trees } = await loadIn(cwd, ["a"]);
    expect(trees.map(names)).toEqual([["a/a.conf"]]);
  });

  it("has links into other folders of its repository", async () => {
    const files = { "a/a.conf": "gzip on;", "a/b.conf": "-> ../c/b.conf", "c/b.conf": "gzip on;" };
    const { trees, leftOut } = await loadIn(plant({ ...files, ".git/HEAD": "" }), ["a"]);
    expect(trees.map(names)).toEqual([["a/a.conf"], ["a/b.conf"]]);
    expect(leftOut).toEqual([]);
  });

  it("is read the same by a link to its repository", async () => {
    const cwd = plant({
      "a/.git/HEAD": "",
      "a/deploy/nginx.conf": main("include ../shared/*.conf; include b.conf;"),
      "a/deploy/b.conf": "gzip on;",
      "a/shared/c.conf": "gzip on;",
      link: "-> a",
    });
    const { trees, leftOut } = await loadIn(cwd, ["link/deploy"]);
    expect(trees.map(names)).toEqual([
      ["link/deploy/nginx.conf", "link/shared/c.conf", "link/deploy/b.conf"],
    ]);
    expect(leftOut).toEqual([]);
  });

  it("holds links to its neighbour where it is `sites-enabled`", async () => {
    const cwd = plant({
      "nginx.conf": main("include sites-enabled/*;"),
      "sites-available/shop": "server { listen 80; }",
      "sites-enabled/shop": "-> ../sites-available/shop",
    });
    const { trees, problems } = await loadIn(cwd, ["sites-enabled"]);
    expect(problems).toEqual([]);
    expect(trees.map(names)).toEqual([["nginx.conf", "sites-enabled/shop"]]);
    expect(focus(trees[0])).toEqual(["sites-enabled/shop"]);
  });

  it("may be an nginx.conf that is a link to elsewhere in the repository", async () => {
    const files = { "a/nginx.conf": "-> ../b.conf", "b.conf": main("gzip on;") };
    const { trees } = await loadIn(plant({ ...files, ".git/HEAD": "" }), ["a"]);
    expect(trees.map(names)).toEqual([["a/nginx.conf"]]);
    const alone = await loadIn(plant(files), ["a"]);
    expect(alone.trees).toEqual([]);
    expect(alone.problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^a\/nginx\.conf is a link to .*b\.conf, which is outside the given paths$/),
    ]);
  });

  it("must be an nginx.conf that can be read", async () => {
    const { problems } = await loadIn(plant({ "a/nginx.conf": "-> gone" }), ["a"]);
    expect(problems).toEqual([
      { path: "a", message: "a/nginx.conf is a symbolic link to gone, which does not exist" },
    ]);
  });

  it("is found where the directory is itself a link", async () => {
    const cwd = plant({ "a/nginx.conf": main("include b.conf;"), "a/b.conf": "gzip on;", link: "-> a" });
    const { trees } = await loadIn(cwd, ["link"]);
    expect(trees.map(names)).toEqual([["link/nginx.conf", "link/b.conf"]]);
  });

  it("is nothing in an empty directory, which is told", async () => {
    const { trees, problems } = await loadIn(plant({}), ["."]);
    expect(trees).toEqual([]);
    expect(problems).toEqual([{ path: ".", message: "there is no nginx configuration in ." }]);
  });

  it("of a part of a tree is linted in the tree", async () => {
    const cwd = plant({
      "nginx.conf": main("include conf.d/*.conf;"),
      "conf.d/a.conf": "gzip on;",
      "conf.d/b.conf": "sendfile on;",
    });
    const { trees } = await loadIn(cwd, ["conf.d"]);
    expect(trees).toHaveLength(1);
    expect(focus(trees[0])).toEqual(["conf.d/a.conf", "conf.d/b.conf"]);
  });
});
