import { execFileSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadIn, main, names, plant, problems } from "./trees.ts";

/** POSIX's, wherever these tests run. */
const MAKE_PIPE = "mkfifo";

describe("include", () => {
  it("that a fragment names relatively is left out by what is written, since where it leads is a guess", async () => {
    const cwd = plant({
      "conf.d/a.conf": "server { include snippets/x.conf; }",
      "b/.git/HEAD": "",
      "b/nginx.conf": main("include ../z.conf;"),
      "z.conf": "gzip on;",
    });
    const told = async (path: string) =>
      (await loadIn(cwd, [path])).leftOut.map(({ name, include }) => [name, include]);
    expect(await told("conf.d/a.conf")).toEqual([[expect.any(String), "snippets/x.conf"]]);
    expect(await told("b")).toEqual([["z.conf", undefined]]);
  });

  it("is relative to the main file's directory, not to the including file's", async () => {
    const cwd = plant({
      "nginx.conf": main("include sites/a.conf;"),
      "sites/a.conf": "include snippets/x.conf;",
      "snippets/x.conf": "gzip on;",
      "sites/snippets/x.conf": "gzip off;",
    });
    const { trees } = await loadIn(cwd, ["nginx.conf"]);
    expect(names(trees[0])).toEqual(["nginx.conf", "sites/a.conf", "snippets/x.conf"]);
  });

  it("goes up from where a link leads, as the system does", async () => {
    const cwd = plant({
      "repo/.git/HEAD": "",
      "repo/etc/nginx.conf": main(
        "include link/../a.conf;\ninclude out/../a.conf;\ninclude ./link/./../*.inc;",
      ),
      "repo/etc/link": "-> ../shared/deep",
      "repo/etc/out": "-> ../../home/deep",
      "repo/etc/a.conf": "gzip on;",
      "repo/shared/a.conf": "gzip off;",
      "repo/shared/b.inc": "",
      "repo/shared/deep/x": "",
      "home/a.conf": "",
      "home/deep/x": "",
    });
    const { trees } = await loadIn(join(cwd, "repo"), ["etc"]);
    expect(names(trees[0])).toEqual(["etc/nginx.conf", "shared/a.conf", "shared/b.inc"]);
    expect(problems(trees[0]).map(({ kind, message }) => [kind, message])).toEqual([
      ["outside-root", `${cwd}/home/a.conf is outside the given paths`],
    ]);
  });

  it.each(["C:/nginx/conf/gone.conf", "D:\\\\gone.conf"])(
    "of a drive of Windows is elsewhere: %s",
    async (path) => {
      const cwd = plant({
        "nginx.conf": main(`include ${path};\ninclude C:/nginx/conf/a.conf;`),
        "conf/a.conf": "gzip on;",
      });
      const { trees } = await loadIn(cwd, ["nginx.conf"]);
      expect(names(trees[0])).toEqual(["nginx.conf", "conf/a.conf"]);
      expect(problems(trees[0]).map(({ kind }) => kind)).toEqual(["outside-root"]);
    },
  );

  it("reads the matches of a pattern in byte order, without hidden files", async () => {
    const cwd = plant({
      "nginx.conf": main("include d/*;"),
      "d/a.conf": "",
      "d/B.conf": "",
      "d/_.conf": "",
      "d/é.conf": "",
      "d/10.conf": "",
      "d/9.conf": "",
      "d/.hidden": "",
    });
    const { trees } = await loadIn(cwd, ["nginx.conf"]);
    expect(names(trees[0]).slice(1)).toEqual([
      "d/10.conf",
      "d/9.conf",
      "d/B.conf",
      "d/_.conf",
      "d/a.conf",
      "d/é.conf",
    ]);
  });

  it("sorts whole paths where a directory is a pattern", async () => {
    const cwd = plant({ "nginx.conf": main("include s/*/x;"), "s/a/x": "", "s/a-b/x": "" });
    const { trees } = await loadIn(cwd, ["nginx.conf"]);
    expect(names(trees[0]).slice(1)).toEqual(["s/a-b/x", "s/a/x"]);
  });

  it("takes templates for what they will be, where nothing else is there", async () => {
    const site = "server { listen 80; server_name ${DOMAIN}; }";
    const cwd = plant({
      "image/nginx.conf": main("include /etc/nginx/conf.d/*.conf;"),
      "image/templates/default.conf.template": site,
      "image/templates/nginx.conf.template": main(""),
      "role/nginx.conf.j2": main("include snippets/tls.conf; include conf.d/*.conf;"),
      "role/conf.d/site.conf.j2": "server { server_name {{ domain }}; }",
      "role/snippets/tls.conf.j2": "ssl_protocols {{ protocols }};",
      "both/nginx.conf": main("include conf.d/*.conf;"),
      "both/conf.d/site.conf": "server { }",
      "both/conf.d/site.conf.template": site,
    });
    const { trees } = await loadIn(cwd, ["."]);
    const filesOf = (entry: string) => names(trees.find((tree) => tree.entry.name === entry)).slice(1);
    expect(filesOf("image/nginx.conf")).toEqual(["image/templates/default.conf.template"]);
    expect(filesOf("role/nginx.conf.j2")).toEqual(["role/snippets/tls.conf.j2", "role/conf.d/site.conf.j2"]);
    expect(filesOf("both/nginx.conf")).toEqual(["both/conf.d/site.conf"]);
    expect(trees.flatMap(problems)).toEqual([]);
  });

  it("may match nothing with a pattern", async () => {
    const cwd = plant({ "nginx.conf": main("include none/*.conf;") });
    const { trees } = await loadIn(cwd, ["nginx.conf"]);
    expect(problems(trees[0])).toEqual([]);
  });

  it("may match a file where a directory would have to be", async () => {
    const cwd = plant({ "nginx.conf": main("include */b; include d/a/*;"), "d/a": "" });
    const { trees } = await loadIn(cwd, ["nginx.conf"]);
    expect(problems(trees[0])).toEqual([]);
  });

  it("may name what can be no path", async () => {
    const long = "x".repeat(3000);
    const cwd = plant({
      "nginx.conf": main(`include a\0b; include ${long}; include ${long}/*; include \0*;`),
    });
    const { trees } = await loadIn(cwd, ["nginx.conf"]);
    expect(problems(trees[0]).map(({ kind }) => kind)).toEqual(["missing", "missing"]);
  });

  it("names the path that is missing", async () => {
    const cwd = plant({ "nginx.conf": main("include snippets/none.conf;") });
    const { trees } = await loadIn(cwd, ["nginx.conf"]);
    expect(problems(trees[0])).toEqual([
      { kind: "missing", message: "snippets/none.conf does not exist", folder: "snippets" },
    ]);
  });

  it("is followed in types, map and server blocks", async () => {
    const cwd = plant({
      "nginx.conf": main("types { include t; } map $a $b { include m; } server { include s; }"),
      t: "text/html html;",
      m: "a b;",
      s: "listen 80;",
    });
    const { trees } = await loadIn(cwd, ["nginx.conf"]);
    expect(names(trees[0])).toEqual(["nginx.conf", "t", "m", "s"]);
  });

  it("of a directory is refused, by name and by pattern", async () => {
    const cwd = plant({ "nginx.conf": main("include d; include e/*;"), "d/x": "", "e/f/x": "" });
    const { trees } = await loadIn(cwd, ["nginx.conf"]);
    expect(problems(trees[0])).toEqual([
      { kind: "directory", message: "d is a directory" },
      { kind: "directory", message: "e/f is a directory" },
    ]);
  });

  it("with a variable or a placeholder cannot be known", async () => {
    const cwd = plant({
      "nginx.conf": main("include $x.conf; include ${X}/a.conf; include {{ y }}/b.conf;"),
    });
    const { trees } = await loadIn(cwd, ["nginx.conf"]);
    expect(problems(trees[0]).map(({ kind }) => kind)).toEqual(["variable", "variable", "variable"]);
  });

  it("reads a file once, wherever it stands", async () => {
    const cwd = plant({
      "nginx.conf": main("server { include s; } server { include s; } include link;"),
      s: "gzip on;",
      link: "-> s",
    });
    const { trees } = await loadIn(cwd, ["nginx.conf"]);
    const targets = [...(trees[0]?.includes.values() ?? [])].flatMap(({ files }) => files);
    expect(targets).toHaveLength(3);
    expect(new Set(targets).size).toBe(1);
    expect(names(trees[0])).toEqual(["nginx.conf", "s"]);
  });

  it("skips what nginx would refuse the argument count of", async () => {
    const cwd = plant({ "nginx.conf": main("include a b;\ninclude;"), a: "", b: "" });
    const { trees } = await loadIn(cwd, ["nginx.conf"]);
    expect(names(trees[0])).toEqual(["nginx.conf"]);
  });
});

describe("an absolute include", () => {
  it.each([
    "/etc/nginx",
    "/usr/local/nginx/conf",
    "/usr/local/openresty/nginx/conf",
    "/opt/homebrew/etc/nginx",
    "/srv/app/deploy/nginx",
  ])("under %s is found in the copy that was handed", async (prefix) => {
    const cwd = plant({
      "copy/nginx.conf": main(`include ${prefix}/sites/*.conf; include ${prefix}/snippets/a;`),
      "copy/sites/b.conf": "",
      "copy/snippets/a": "",
    });
    const { trees } = await loadIn(cwd, ["copy"]);
    expect(names(trees[0])).toEqual(["copy/nginx.conf", "copy/sites/b.conf", "copy/snippets/a"]);
    expect(problems(trees[0])).toEqual([]);
  });

  it("is looked up under --root", async () => {
    const cwd = plant({
      "nginx.conf": main("include /opt/a.conf; include /opt/none.conf;"),
      "image/opt/a.conf": "",
      "opt/a.conf": "",
    });
    const { trees } = await loadIn(cwd, ["nginx.conf"], { root: "image" });
    expect(names(trees[0])).toEqual(["nginx.conf", "image/opt/a.conf"]);
    expect(problems(trees[0])).toEqual([{ kind: "missing", message: "image/opt/none.conf does not exist" }]);
  });

  it("takes the directory above etc/nginx for the root of an image", async () => {
    const cwd = plant({
      "image/etc/nginx/nginx.conf": main("include /opt/a.conf;"),
      "image/opt/a.conf": "",
    });
    const { trees } = await loadIn(cwd, ["image"]);
    expect(names(trees[0])).toEqual(["image/etc/nginx/nginx.conf", "image/opt/a.conf"]);
  });

  it("of another place of this machine is not read", async () => {
    const elsewhere = plant({ "secret.conf": "gzip on;" });
    const cwd = plant({
      "nginx.conf": main(`include ${elsewhere}/secret.conf; include ${elsewhere}/*.conf;`),
    });
    const { trees } = await loadIn(cwd, ["nginx.conf"]);
    expect(names(trees[0])).toEqual(["nginx.conf"]);
    expect(problems(trees[0]).map(({ kind }) => kind)).toEqual(["outside-root", "outside-root"]);
  });

  it("of a file that nginx ships needs no copy of that file", async () => {
    const cwd = plant({
      "nginx.conf": main("include /etc/nginx/mime.types; include fastcgi_params; include proxy_params;"),
    });
    const { trees } = await loadIn(cwd, ["nginx.conf"]);
    expect(problems(trees[0])).toEqual([]);
    expect(names(trees[0])).toEqual(["nginx.conf"]);
    const directives = [...(trees[0]?.includes.values() ?? [])].flatMap(({ files }) =>
      files.flatMap(({ items }) => items.map((item) => (item.kind === "directive" ? item.name.value : ""))),
    );
    expect(new Set(directives)).toEqual(new Set(["types", "fastcgi_param", "proxy_set_header"]));
  });

  it("of a machine's modules is nothing to know of", async () => {
    const cwd = plant({ "nginx.conf": `include /usr/share/nginx/modules/*.conf;\n${main("")}` });
    const { trees } = await loadIn(cwd, ["nginx.conf"]);
    expect(problems(trees[0])).toEqual([]);
  });
});

describe("a symbolic link", () => {
  it("of sites-enabled with an absolute target leads to the copy's file", async () => {
    const cwd = plant({
      "nginx.conf": main("include sites-enabled/*;"),
      "sites-available/a": "server { listen 80; }",
      "sites-enabled/a": "-> /etc/nginx/sites-available/a",
    });
    const { trees } = await loadIn(cwd, ["nginx.conf"]);
    expect(names(trees[0])).toEqual(["nginx.conf", "sites-available/a"]);
  });

  it("of a copy to what only another machine has is not missing", async () => {
    const cwd = plant({
      "nginx.conf": `include m/*;\n${main("include s/*;")}`,
      "m/a.conf": "-> /usr/share/nginx/modules-available/mod-a.conf",
      "s/a": "-> /srv/a/site.conf",
      "s/b": "-> /etc/nginx/sites-available/gone",
    });
    const { trees } = await loadIn(cwd, ["nginx.conf"]);
    expect(problems(trees[0])).toEqual([
      {
        kind: "outside-root",
        message: "s/a is a link to /srv/a/site.conf, which is outside the given paths",
      },
      {
        kind: "missing",
        message: "s/b is a symbolic link to /etc/nginx/sites-available/gone, which does not exist",
      },
    ]);
  });

  it("with an absolute target is looked up under --root", async () => {
    const cwd = plant({
      "image/etc/nginx/nginx.conf": main("include s/*;"),
      "image/etc/nginx/s/a": "-> /opt/a.conf",
      "image/opt/a.conf": "gzip on;",
    });
    const { trees } = await loadIn(cwd, ["image/etc/nginx"], { root: "image" });
    expect(names(trees[0])).toEqual(["image/etc/nginx/nginx.conf", "image/opt/a.conf"]);
  });

  it("that dangles stops nginx", async () => {
    const cwd = plant({ "nginx.conf": main("include d/*;"), "d/a": "-> nowhere" });
    const { trees } = await loadIn(cwd, ["nginx.conf"]);
    expect(problems(trees[0])).toEqual([
      { kind: "missing", message: "d/a is a symbolic link to nowhere, which does not exist" },
    ]);
  });

  it("that leads to itself is told", async () => {
    const cwd = plant({ "nginx.conf": main("include a;"), a: "-> b", b: "-> a" });
    const { trees } = await loadIn(cwd, ["nginx.conf"]);
    expect(problems(trees[0])).toEqual([
      { kind: "unreadable", message: "a is a symbolic link that leads back to itself" },
    ]);
  });

  it("to another place of this machine is not followed", async () => {
    const elsewhere = plant({ secret: "gzip on;" });
    const cwd = plant({ "nginx.conf": main("include a; include ../x;"), a: `-> ${elsewhere}/secret` });
    const { trees } = await loadIn(cwd, ["nginx.conf"]);
    expect(names(trees[0])).toEqual(["nginx.conf"]);
    expect(problems(trees[0])[0]?.kind).toBe("outside-root");
  });
});

describe("what cannot be read", () => {
  it.skipIf(process.getuid?.() === 0)("for want of permission is told", async () => {
    const cwd = plant({ "nginx.conf": main("include a;"), a: "" });
    chmodSync(join(cwd, "a"), 0);
    const { trees } = await loadIn(cwd, ["nginx.conf"]);
    expect(problems(trees[0])).toEqual([
      { kind: "unreadable", message: "a cannot be read: permission denied" },
    ]);
  });

  it.each([
    [
      "in UTF-16",
      Buffer.from("\ufeffgzip on;", "utf16le"),
      "a is UTF-16, which nginx cannot read; save it as UTF-8",
    ],
    ["that is no text", new Uint8Array(100), "a is not a text file"],
    [
      "of more than 10 MB",
      Buffer.alloc(11 * 1024 * 1024, "#"),
      "a is too large to be a configuration (11 MB)",
    ],
  ])("because of a file %s is told", async (_, bytes, message) => {
    const cwd = plant({ "nginx.conf": main("include a;"), a: bytes });
    const { trees } = await loadIn(cwd, ["nginx.conf"]);
    expect(problems(trees[0])).toEqual([{ kind: "unreadable", message }]);
  });

  it("because it is a pipe that nobody writes to is told at once", async () => {
    const cwd = plant({ "nginx.conf": main("include pipe;") });
    execFileSync(MAKE_PIPE, [join(cwd, "pipe")]);
    const { trees } = await loadIn(cwd, ["nginx.conf"]);
    expect(problems(trees[0])).toEqual([{ kind: "unreadable", message: "pipe is not a regular file" }]);
  });

  it("because it is a device is told at once", async () => {
    const cwd = plant({ "nginx.conf": main("include zero;"), zero: "-> /dev/zero" });
    const { trees } = await loadIn(cwd, ["nginx.conf"], { root: "/" });
    expect(problems(trees[0])).toEqual([{ kind: "unreadable", message: "zero is not a regular file" }]);
  });

  it("as UTF-8 is read byte for byte, and can be written back so", async () => {
    const bytes = Buffer.from("# caf\xe9\ngzip on;\n", "latin1");
    const cwd = plant({ "a.conf": bytes });
    const { trees, writable } = await loadIn(cwd, ["a.conf"]);
    const { path, encoding } = writable.get("a.conf") ?? {};
    expect(path).toBe(join(cwd, "a.conf"));
    expect(Buffer.from(trees[0]?.entry.text ?? "", encoding)).toEqual(bytes);
  });

  it("keeps a byte order mark", async () => {
    const cwd = plant({ "a.conf": "\ufeffgzip on;" });
    const { trees } = await loadIn(cwd, ["a.conf"]);
    expect(trees[0]?.entry.text).toBe("\ufeffgzip on;");
  });
});
