import { describe, expect, it } from "vitest";
import { loadIn, main, names, plant, problems } from "./trees.ts";

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
