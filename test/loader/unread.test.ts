import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadIn, names, plant } from "./trees.ts";

const PART = "server { listen 80; }\n";
const LONG = "# a comment that says nothing, and many of them\n";

/** What becomes of files beside one that is harmless. */
async function outcome(files: Readonly<Record<string, string | Uint8Array>>) {
  const { trees, problems, leftOut } = await loadIn(plant({ "conf.d/ok.conf": PART, ...files }), ["."]);
  return {
    read: trees.flatMap(names).filter((name) => name !== "conf.d/ok.conf"),
    problems: problems.map(({ message }) => message),
    leftOut: leftOut.map(({ name, reason }) => `${name}: ${reason}`),
  };
}

describe("a file that is called like nginx's", () => {
  it.each([
    ["has its names in quotes", '"server" { "listen" 81; }\n'],
    ["begins with many comments", LONG.repeat(5_000) + PART],
    ["has nothing that is nginx's alone", "autoindex on;\n"],
  ])("is read where it %s", async (_, text) => {
    const read = ["conf.d/a.conf"];
    expect(await outcome({ "conf.d/a.conf": text })).toEqual({ read, problems: [], leftOut: [] });
  });

  it.each([
    ["is too large to be a configuration (11 MB)", LONG.repeat(230_000) + PART],
    ["is too large to be a configuration (11 MB)", PART + LONG.repeat(230_000)],
    ["is UTF-16, which nginx cannot read; save it as UTF-8", Buffer.from(`\ufeff${PART}`, "utf16le")],
    ["is not a text file", `#${"\u0001".repeat(9_000)}\n${PART}`],
  ])("and cannot be read is a problem: %s", async (reason, text) => {
    const problems = [`conf.d/a.conf ${reason}`];
    expect(await outcome({ "conf.d/a.conf": text })).toEqual({ read: [], problems, leftOut: [] });
  });

  it("and is another program's is told, and no problem", async () => {
    const found = await outcome({
      "apache.conf": "ServerRoot /etc/apache2\nListen 80\n",
      "supervisord.conf": "; comment\n[supervisord]\nnodaemon=true\n",
      "bits.conf": new Uint8Array(9_000),
      "wide.conf": Buffer.from("\ufeff[Unit]\nDescription=x\n", "utf16le"),
      "large.conf": "Listen 80\n".repeat(1_200_000),
      "null.conf": "-> /dev/null",
    });
    expect(found.read).toEqual([]);
    expect(found.problems).toEqual([]);
    expect(found.leftOut).toHaveLength(6);
  });

  it.skipIf(process.getuid?.() === 0)("and may not be read is a problem", async () => {
    const cwd = plant({ "conf.d/ok.conf": PART, "conf.d/a.conf": PART, "sites-enabled/b": PART });
    chmodSync(join(cwd, "conf.d/a.conf"), 0);
    chmodSync(join(cwd, "sites-enabled"), 0);
    const { problems } = await loadIn(cwd, ["."]);
    expect(problems.map(({ message }) => message)).toEqual([
      "sites-enabled cannot be read: permission denied",
      "conf.d/a.conf cannot be read: permission denied",
    ]);
  });

  it("is told where there is no room for it", { timeout: 30_000 }, async () => {
    const large = (LONG + PART).repeat(120_000);
    const files = Array.from({ length: 13 }, (_, n) => [`conf.d/${10 + n}.conf`, large]);
    const { problems } = await outcome(Object.fromEntries(files));
    expect(problems.at(-1)).toMatch(/ not read: there is more text than a run can look at$/);
  });

  it("is told where there is no time for a second look", { timeout: 60_000 }, async () => {
    const text = `${"autoindex on;\n".repeat(14_000)}bogus 1;\n`;
    const files = Array.from({ length: 55 }, (_, n) => [`conf.d/${10 + n}.conf`, text]);
    const { problems, leftOut } = await outcome(Object.fromEntries(files));
    expect(leftOut).toHaveLength(55);
    expect(problems).toEqual([
      "conf.d/61.conf and 3 other files are not read: there is more text than a run can look at",
    ]);
  });
});

describe("a file whose name says nothing", () => {
  it.each([
    ["has its names in quotes", '"server" { "listen" 81; }\n'],
    ["begins with many comments", LONG.repeat(5_000) + PART],
  ])("is read where it %s", async (_, text) => {
    expect(await outcome({ "app/site": text })).toEqual({ read: ["app/site"], problems: [], leftOut: [] });
  });

  it.each([
    ["like nginx's in parts; name it to have it linted", `${PART}oops\n`],
    ["is too large to be a configuration (11 MB)", LONG.repeat(230_000) + PART],
    ["is not a text file", `#${"\u0001".repeat(9_000)}\n${PART}`],
  ])("is told where it cannot be judged: %s", async (reason, text) => {
    const leftOut = [`app/site: ${reason}`];
    expect(await outcome({ "app/site": text })).toEqual({ read: [], problems: [], leftOut });
  });

  it("is passed over where it is another program's", async () => {
    const found = await outcome({
      "app/completion": "# bash\n_a() {\n  if [ -z x ]; then\n    return 0;\n  fi\n}\n",
      "app/image": new Uint8Array(12_000_000),
      "app/notes": "It's ours.\n",
    });
    expect(found).toEqual({ read: [], problems: [], leftOut: [] });
  });
});

describe("a file that is called like one that comes with nginx", () => {
  it.each([
    ["mime.types", "types {\n  text/html html;\n}\n"],
    ["mime.types", "# Apache's\ntext/html\thtml htm\napplication/x-server srv\n"],
    ["fastcgi_params", "fastcgi_param A b;\n"],
    ["koi-utf", "charset_map koi8-r utf-8 {\n  80 E282AC;\n}\n"],
    ["snippets/fastcgi-php.conf", "include fastcgi.conf;\nfastcgi_index index.php;\n"],
  ])("is passed over as it is shipped: %s", async (name, text) => {
    expect(await outcome({ [name]: text })).toEqual({ read: [], problems: [], leftOut: [] });
  });

  it.each([
    ["mime.types", `types {\n  text/html html;\n}\n${PART}`],
    ["fastcgi_params", PART],
    ["proxy_params", "proxy_set_header Host $host;\nproxy_pass http://a;\n"],
    ["win-utf", `${"# comment\n".repeat(30_000)}${PART}`],
    ["snippets/snakeoil.conf", "autoindex on;\n"],
  ])("is read where more is in it: %s", async (name, text) => {
    expect(await outcome({ [name]: text })).toEqual({ read: [name], problems: [], leftOut: [] });
  });
});

describe("a folder that is not looked into", () => {
  it.each([
    ["node_modules", "sites-enabled"],
    [".cache", "sites"],
    ["a/node_modules/b", "includes"],
  ])("is told where a link leads to it: %s", async (folder, link) => {
    const files = { [`${folder}/x.conf`]: PART, [link]: `-> ${folder}` };
    const leftOut = [`${link}: a link to a folder; name it to have it linted`];
    expect(await outcome(files)).toEqual({ read: [], problems: [], leftOut });
  });

  it("is told among the parts of a configuration", async () => {
    const { leftOut } = await outcome({ "conf.d/node_modules/x.conf": PART, "node_modules/x.conf": PART });
    expect(leftOut).toEqual(["conf.d/node_modules: not looked into; name it to have it linted"]);
  });
});
