/** Trees that nobody writes by hand: each ends soon, with findings or with one line on standard error. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { CLI, directoryOf, nginxLint, type RunOptions } from "./run.ts";

const inHttp = (text: string) => `events {}\nhttp {\n${text}\n}\n`;

/** Runs every rule, and holds what is true of every run. */
function lint(args: readonly string[], options: RunOptions) {
  const { status, stdout, stderr } = nginxLint(["--preset", "strict", "-f", "compact", ...args], options);
  expect([0, 1, 2]).toContain(status);
  expect(stdout + stderr).not.toMatch(/^ {4}at |RangeError|TypeError|internal error/m);
  const control = [...(stdout + stderr)].filter((letter) => letter < " " && letter !== "\n");
  expect(control).toEqual([]);
  const lines = stderr.split("\n").filter((line) => line !== "");
  if (status === 2) {
    expect(stdout).toBe("");
    expect(lines).toHaveLength(1);
  }
  return { status, stdout, stderr, rules: [...stdout.matchAll(/\[([\w-]+)\]$/gm)].map(([, id]) => id) };
}

function lintTree(files: Readonly<Record<string, string | Uint8Array>>, ...args: readonly string[]) {
  return lint(args.length > 0 ? args : ["."], { cwd: directoryOf(files) });
}

describe("includes", () => {
  it("go round in a circle", () => {
    const { status, rules } = lintTree({
      "nginx.conf": inHttp("include a;"),
      a: "include b;",
      b: "include a;",
    });
    expect(status).toBe(1);
    expect(rules).toContain("missing-include");
  });

  it("unfold to more servers than there is time for", () => {
    const files: Record<string, string> = { "nginx.conf": inHttp("include 0;") };
    for (let level = 0; level < 30; level++) files[level] = `include ${level + 1};\n`.repeat(10);
    files[30] = "server { listen 80; location / { return 200 x; } }";
    const { status, rules } = lintTree(files);
    expect(status).toBe(1);
    expect(rules).toContain("missing-include");
  });

  it("name devices", () => {
    const { status } = lintTree({ "nginx.conf": inHttp("include /dev/zero;\ninclude /dev/stdin;") });
    expect(status).toBe(0);
    const { stdout } = lintTree({ "nginx.conf": inHttp("include /dev/zero;") }, "--root", "/", ".");
    expect(stdout).toContain("/dev/zero is not a regular file");
  });
});

describe("large files", () => {
  it("of 100,000 directives are read to the end", () => {
    const lines = Array.from({ length: 100_000 }, (_, index) => `add_header X-${index} a;`);
    const { status, stdout } = lintTree({ "nginx.conf": inHttp(`${lines.join("\n")}\ngzipp on;`) });
    expect(status).toBe(1);
    expect(stdout).toContain("nginx.conf:100003:1: error");
  });

  it("nested 10,000 deep are read as far as anyone nests", () => {
    const text = `events {}\nhttp { server { ${"location / { ".repeat(10_000)}${"}".repeat(10_002)}`;
    const { status, rules } = lintTree({ "nginx.conf": text });
    expect(status).toBe(1);
    expect(rules).toContain("syntax");
  });

  it.each([
    ["a comment", `#${"x".repeat(5_000_000)}`],
    ["a word", `root ${"x".repeat(5_000_000)};`],
    ["words", `server { server_name ${"a ".repeat(2_500_000)}; return 444; }`],
    ["backslashes", `root ${"\\".repeat(5_000_000)};`],
    ["an open string", `root "${"x".repeat(5_000_000)}`],
    ["semicolons", ";".repeat(5_000_000)],
    ["braces", "{".repeat(5_000_000)],
  ])("hold 5 MB of %s in one line", (_, text) => {
    lintTree({ "nginx.conf": inHttp(text) });
  });
});

describe("bytes", () => {
  it.each([
    ["NULs", "\0".repeat(10_000)],
    ["UTF-16", Buffer.from(inHttp(""), "utf16le")],
    ["binary", Uint8Array.from({ length: 10_000 }, (_, index) => (index * 7919) % 256)],
  ])("that are no text are refused in one line: %s", (_, text) => {
    expect(lintTree({ "nginx.conf": text }).status).toBe(2);
  });

  it("that are NUL in a word are a part of it", () => {
    const { status, rules } = lintTree({ "nginx.conf": inHttp("server\0 { listen 80; }\ngzip on;") });
    expect(status).toBe(1);
    expect(rules).toContain("unknown-directive");
  });

  it("that are no UTF-8 are read as nginx reads them", () => {
    const text = inHttp("server { listen 80; server_name a; # \xff\xc3\x28\n return 444; gzipp on; }");
    const { status, stdout } = lintTree({ "nginx.conf": Buffer.from(text, "latin1") });
    expect(status).toBe(1);
    expect(stdout).toContain("gzipp");
  });
});

describe("special files", () => {
  it("that are pipes are not waited for", () => {
    const cwd = directoryOf({ "nginx.conf": inHttp("include pipe;") });
    execFileSync("mkfifo", [join(cwd, "pipe"), join(cwd, "nginx.pipe.conf")]);
    expect(lint(["."], { cwd }).stdout).toContain("pipe is not a regular file");
    expect(lint(["pipe"], { cwd }).stderr).toContain("pipe is not a regular file");
  });

  it("that are links to nowhere or to themselves are named", () => {
    const cwd = directoryOf({ "nginx.conf": inHttp("include circle;\ninclude below/*;") });
    symlinkSync("circle", join(cwd, "circle"));
    symlinkSync(".", join(cwd, "below"));
    symlinkSync("gone.conf", join(cwd, "dangling"));
    expect(lint(["."], { cwd }).stdout).toContain("circle is a symbolic link that leads back to itself");
    expect(lint(["circle"], { cwd }).status).toBe(2);
    expect(lint(["dangling"], { cwd }).stderr).toContain("which does not exist");
  });

  it("that are directories are no files", () => {
    const cwd = directoryOf({ "nginx.conf": inHttp("include d;"), "d/x": "" });
    expect(lint(["."], { cwd }).stdout).toContain("d is a directory");
    mkdirSync(join(cwd, "empty"));
    expect(lint(["empty"], { cwd }).status).toBe(2);
  });

  // Nobody is kept out where root asks; these cannot be read by anybody.
  it.runIf(process.platform === "linux")("that cannot be read are named", () => {
    const cwd = directoryOf({ "nginx.conf": inHttp("") });
    const { status, stderr } = lint(["/proc/self/mem"], { cwd });
    expect(status).toBe(2);
    expect(stderr).toContain("/proc/self/mem");
  });
});

describe("names", () => {
  const ESCAPE = "\u001b[31mred\u001b]0;title\u0007";

  it("with terminal escapes reach no terminal", () => {
    const inside = `server { listen 80; server_name "${ESCAPE}"; location "/${ESCAPE}" { gzipp "${ESCAPE}"; } }`;
    const cwd = directoryOf({
      "nginx.conf": inHttp(`include "x${ESCAPE}.conf";\ninclude "no${ESCAPE}";\n${inside}`),
      [`x${ESCAPE}.conf`]: `gzipp on; "${ESCAPE}" on;`,
    });
    expect(lint(["."], { cwd }).status).toBe(1);
    lint(["--only", ESCAPE, "."], { cwd });
    lint([`no${ESCAPE}.conf`], { cwd });
    for (const format of ["stylish", "json", "sarif", "github", "gitlab", "checkstyle", "junit", "html"]) {
      const { stdout, stderr } = nginxLint(["-f", format, "."], { cwd });
      expect(stdout + stderr).not.toContain("\u001b");
      expect(stdout + stderr).not.toContain("\u0007");
    }
  });

  it("with new lines, spaces and leading dashes are files like others", () => {
    const names = ["a\nb.conf", " a b .conf", "-f.conf", "--help.conf", "$(x).conf", "ü.conf"];
    const cwd = directoryOf(Object.fromEntries(names.map((name) => [name, "gzipp on;"])));
    const all = lint(["."], { cwd });
    expect(all.stdout.trimEnd().split("\n")).toHaveLength(names.length);
    const named = lint(["--", ...names], { cwd });
    expect(named.stdout).toBe(all.stdout);
  });
});

describe("the settings file", () => {
  it("is nested without end", () => {
    const cwd = directoryOf({ "nginx.conf": inHttp("") });
    writeFileSync(join(cwd, ".nginx-lint.json"), '{"rules":'.repeat(5000));
    expect(lint(["."], { cwd }).status).toBe(2);
  });
});

describe("readers of a long report", () => {
  // A report of several hundred kilobytes: more than any pipe holds.
  const tree = directoryOf({
    "nginx.conf": inHttp(Array.from({ length: 2_000 }, (_, index) => `gzipp${index} on;`).join("\n")),
  });
  const command = `'${process.execPath}' '${CLI}' --no-config -f json '${tree}'`;
  const shell = (line: string) =>
    spawnSync("sh", ["-c", line], { encoding: "utf8", timeout: 50_000, maxBuffer: 64 << 20 });

  it("that begin late get all of it", () => {
    const { stdout } = shell(`${command} | (sleep 1; cat)`);
    expect(JSON.parse(stdout).summary.errors).toBe(2_000);
  });

  it("that let no writer wait get all of it", async () => {
    // Node makes its end of a socket one that never blocks.
    const child = spawn(process.execPath, [CLI, "--no-config", "-f", "json", tree], {
      stdio: ["ignore", "overlapped", "ignore"],
    });
    await setTimeout(500);
    let text = "";
    for await (const part of child.stdout) text += part;
    expect(JSON.parse(text).summary.errors).toBe(2_000);
  });

  it("that go away early hear nothing of it", () => {
    const { stdout, stderr } = shell(`${command} | head -c 20`);
    expect(stdout).toHaveLength(20);
    expect(stderr).toBe("");
  });

  it.skipIf(!existsSync("/dev/full"))("that have no room are told of in one line", () => {
    const { status, stderr } = shell(`${command} > /dev/full`);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^nginx-lint: cannot write to standard output: no space left on the device\n$/);
  });
});

it("shows the names of files as escapes in the checklist", () => {
  const name = "\x1b[31m\x07\n::error::x.conf";
  const cwd = directoryOf({ [name]: "server {\n  listen 80;\n  listn 3;\n}\n" });
  for (const format of ["stylish", "markdown", "html", "json"]) {
    const { stdout } = nginxLint(["checklist", "-f", format, "."], { cwd });
    expect(stdout).toMatch(/error::x\.conf/);
    expect(stdout).not.toMatch(/[\x07\x1b]|^::error/m);
  }
});

/** What nobody shall see of it as it is. */
const SENT =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u200b\u2028-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]|^::|##\[/mu;
const EVIL = "\u001b[31m\u202e\u200b\u00ad\u{e0041}\n::error::x\n##[error]x";

it("shows what settings say as escapes, whoever says it", () => {
  const cwd = directoryOf({
    "nginx.conf": inHttp("server { listen 80; return 404; }"),
    ".nginx-lint.json": JSON.stringify({ exclude: [EVIL], assume: { metricsPaths: [`/${EVIL}`] } }),
  });
  for (const args of [
    ["."],
    ["--print-config", "."],
    ["--print-config", "-f", "json", "."],
    ["checklist", "."],
    ["checklist", "-f", "json", "."],
    ["explain", "http://a/", "."],
    ["explain", "-f", "json", "http://a/", "."],
    ["-f", "json", "."],
    ["-f", "sarif", "."],
    ["--statistics", "."],
  ]) {
    const { stdout, stderr } = nginxLint(args, { cwd });
    expect(stdout + stderr).toMatch(/error/);
    expect(stdout + stderr).not.toMatch(SENT);
  }
});

it("has no name go on as another heading in a patch", () => {
  const name = "a\n--- a/x\n+++ b/x\n@@ -1,1 +1,1 @@\n-y\n+z\n.conf";
  const cwd = directoryOf({ [name]: "gzipp on;\n" });
  const { stdout } = nginxLint(["--diff", "."], { cwd });
  expect(stdout.match(/^(?:---|\+\+\+) .*$/gm)).toHaveLength(2);
});
