import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { directoryOf, nginxLint } from "./run.ts";

const CLEAN = "events {}\nhttp {\n  server {\n    listen 80;\n    return 404;\n  }\n}\n";
const BROKEN = "events {}\nhttp {\n  server {\n    listen 80\n  }\n}\n";

describe("exit status", () => {
  it("is 0 for a clean configuration", () => {
    const { status, stderr } = nginxLint([directoryOf({ "nginx.conf": CLEAN })]);
    expect([status, stderr]).toEqual([0, ""]);
  });
  it("is 1 for findings, and a syntax error is one", () => {
    const { status, stdout } = nginxLint(["-f", "compact", "."], {
      cwd: directoryOf({ "nginx.conf": BROKEN }),
    });
    expect(status).toBe(1);
    expect(stdout).toMatch(/^nginx\.conf:4:14: error: directive `listen` is not terminated by `;`/);
  });
  it("follows --fail-on, --rule and --max-warnings", () => {
    const cwd = directoryOf({ "nginx.conf": BROKEN });
    const status = (...args: string[]) => nginxLint([...args, "."], { cwd }).status;
    expect(status("--fail-on", "never")).toBe(0);
    expect(status("--rule", "syntax:warning", "--fail-on=error")).toBe(0);
    expect(status("--rule", "syntax:warning", "--fail-on=error", "--max-warnings", "0")).toBe(1);
    expect(status("--rule", "syntax:off")).toBe(0);
  });
  it.each([
    [["--formt", "json", "."], "unknown option --formt; did you mean `--format`?"],
    [["--format", "jsn", "."], "--format jsn: not one of stylish, compact, json"],
    [["--only", "sintax", "."], "--only sintax: there is no rule called `sintax`; did you mean `syntax`?"],
    [["--rule", "syntax:fatal", "."], "--rule syntax:fatal: write ID:SEVERITY"],
    [
      ["--nginx-version", "one", "."],
      "--nginx-version one: expected an nginx version such as `1.28.0`, `1.28` or `mainline`",
    ],
    [["--max-warnings", "many", "."], "--max-warnings many: write a number"],
    [["--output"], "--output needs a value"],
    [
      ["-f", "foo", "."],
      "-f foo: not one of stylish, compact, json, sarif, github, gitlab, checkstyle, junit, html\n",
    ],
    [["checklist", "-f", "foo"], "-f foo: not one of stylish, markdown, html, json\n"],
    [["-o", "/dev/full", "."], "cannot write /dev/full: no space left on the device\n"],
    [["-o", "nginx.conf/x.json", "."], "cannot write nginx.conf/x.json: a part of its path is a file\n"],
    [["-o", "n/a/x.json", "."], "cannot write n/a/x.json: its folder does not exist\n"],
    [["rule", "sintax"], "no rule is called sintax; did you mean `syntax`?"],
    [["--only", "syntax,sintax", "."], "--only sintax: there is no rule called `sintax`"],
    [["--preset", "strict,securty", "."], "--preset securty: not one of"],
    [["lint", "nginx.conf"], "linting is done without the word `lint`: write `nginx-lint nginx.conf`"],
    [["check"], "linting is done without the word `check`: write `nginx-lint`"],
    [["https://example.com/"], "`nginx-lint explain https://example.com/` shows"],
    [["explian", "/"], "there is no command or file `explian`; did you mean `explain`?"],
    [["alias-traversal"], "`nginx-lint rule alias-traversal` explains it"],
    [["--method", "POST", "."], "--method is an option of `nginx-lint explain`"],
    [["init", "--fix"], "--fix is an option of linting, not of `nginx-lint init`"],
    [["--statistics", "-f", "json", "."], "--statistics prints a table of its own"],
    [["no-such-path.conf"], "no-such-path.conf"],
  ])("is 2 with one line on standard error for %j", (args, message) => {
    const { status, stdout, stderr } = nginxLint(args, { cwd: directoryOf({ "nginx.conf": CLEAN }) });
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stdout).not.toContain("    at ");
  });
});

describe("input", () => {
  it("is the working directory where no path is given and nginx files are there, and that is said", () => {
    const { status, stdout, stderr } = nginxLint(["-f", "compact"], {
      cwd: directoryOf({ "nginx.conf": BROKEN }),
    });
    expect([status, stderr]).toEqual([1, "nginx-lint: no path is given; linting the working directory\n"]);
    expect(stdout).toMatch(/^nginx\.conf:4:14/);
  });
  it("is the server's configuration where there are none, or has to be named", () => {
    const { stderr } = nginxLint([], { cwd: directoryOf({ "readme.txt": "nothing" }) });
    const expected = existsSync("/etc/nginx/nginx.conf")
      ? "nginx-lint: no path is given; linting /etc/nginx\n"
      : "nginx-lint: no nginx files here";
    expect(stderr.startsWith(expected)).toBe(true);
  });
  it("leaves out what --exclude matches", () => {
    const cwd = directoryOf({ "nginx.conf": CLEAN, "old/site.conf": "server {\n  listen 80\n}\n" });
    expect(nginxLint(["."], { cwd }).status).toBe(1);
    expect(nginxLint(["--exclude", "old/**", "."], { cwd }).status).toBe(0);
  });
  it("reads standard input under a name of its own", () => {
    const { status, stdout } = nginxLint(["-f", "compact", "--stdin-filename", "site.conf", "-"], {
      input: "server {\n  listen 80\n}\n",
    });
    expect(status).toBe(1);
    expect(stdout).toMatch(/^site\.conf:2:12: error/);
  });
  it("says in one line that bytes are no text", () => {
    const bytes = Uint8Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256);
    const { status, stderr } = nginxLint(["-"], { input: bytes });
    expect([status, stderr]).toEqual([2, "nginx-lint: <stdin> is not a text file\n"]);
  });
  it("reads what is not UTF-8", () => {
    const latin1 = Buffer.from("# caf\u00e9\nserver { listen 80; return 404; }\n", "latin1");
    expect(nginxLint(["-"], { input: latin1 }).status).toBe(0);
  });
});

describe("a file that is called like an option", () => {
  const files = { "--fail-on=never": "", "--fix": "gzip on\n", explain: "gzip on\n" };

  it("is no option", () => {
    const cwd = directoryOf(files);
    for (const argument of ["--fail-on=never", "--fix"]) {
      const { status, stdout, stderr } = nginxLint([argument, "explain"], { cwd });
      expect([status, stdout]).toEqual([2, ""]);
      expect(stderr).toContain(`${argument} may be an option, and there is a file of that name`);
    }
    expect(nginxLint(["--fail-on", "never", "explain/"], { cwd }).stderr).not.toContain("may be an option");
  });

  it("is a path behind `--`, as is the name of a command", () => {
    const cwd = directoryOf(files);
    const { status, stdout } = nginxLint(["-f", "compact", "--", "--fix", "explain"], { cwd });
    expect(status).toBe(1);
    expect(stdout).toContain("--fix:1:");
    expect(stdout).toContain("explain:1:");
    expect(nginxLint(["-f", "compact", "--", "explain"], { cwd }).stdout).toContain("explain:1:");
    expect(readFileSync(join(cwd, "--fix"), "utf8")).toBe("gzip on\n");
  });
});

describe("output", () => {
  it("may be a table by rule, and the time of each rule", () => {
    const cwd = directoryOf({ "nginx.conf": BROKEN });
    const { status, stdout, stderr } = nginxLint(["--statistics", "--timing", "."], { cwd });
    expect([status, stdout]).toEqual([1, "1  syntax  error  1 with --fix\n"]);
    expect(stderr).toMatch(/^ +\d+\.\d ms {2}[a-z-]+$/m);
    expect(stderr).toContain("ms  all rules\n");
  });
  it("writes a report to a file as a whole, and the summary to standard error", () => {
    const cwd = directoryOf({ "nginx.conf": BROKEN });
    const { status, stdout, stderr } = nginxLint(["-f", "json", "-o", "report.json", "."], { cwd });
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("1 problem");
    expect(JSON.parse(readFileSync(join(cwd, "report.json"), "utf8")).summary.errors).toBe(1);
    expect(readdirSync(cwd).sort()).toEqual(["nginx.conf", "report.json"]);
  });
  it("leaves nothing behind where it cannot write", () => {
    const cwd = directoryOf({ "nginx.conf": CLEAN });
    const { status, stderr } = nginxLint(["-o", "no/such/folder.json", "."], { cwd });
    expect(status).toBe(2);
    expect(stderr).toContain("cannot write no/such/folder.json");
    expect(existsSync(join(cwd, "no"))).toBe(false);
  });
  it("is the same bytes every time", () => {
    const cwd = directoryOf({ "nginx.conf": BROKEN });
    const run = () => nginxLint(["-f", "json", "."], { cwd }).stdout;
    expect(run()).toBe(run());
  });
  it("has colour only where it is wanted", () => {
    const cwd = directoryOf({ "nginx.conf": BROKEN });
    const sequence = "\u001b[";
    expect(nginxLint(["."], { cwd }).stdout).not.toContain(sequence);
    expect(nginxLint(["--color", "."], { cwd }).stdout).toContain(sequence);
    expect(nginxLint(["."], { cwd, env: { FORCE_COLOR: "1" } }).stdout).toContain(sequence);
    expect(nginxLint(["--no-color", "."], { cwd, env: { FORCE_COLOR: "1" } }).stdout).not.toContain(sequence);
  });
});

describe("help", () => {
  it("lists every rule, and explains each", () => {
    const ids = [...nginxLint(["rules"]).stdout.matchAll(/^ {2}(\S+)/gm)].map(([, id]) => id ?? "");
    expect(ids).toContain("syntax");
    expect(nginxLint(["rule", "syntax"]).stdout).toMatch(/^syntax: .*\n[\s\S]*Reported:/);
  });
  it.each(["lint", "explain", "checklist", "init", "rules", "rule", "completion"])(
    "of %s fits a terminal of 80 columns",
    (command) => {
      const args = command === "lint" ? ["--help"] : [command, "--help"];
      const { status, stdout } = nginxLint(args);
      expect(status).toBe(0);
      expect(stdout).toContain(command === "lint" ? "Presets" : `nginx-lint ${command}`);
      expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
      expect(nginxLint(["help", ...(command === "lint" ? [] : [command])]).stdout).toBe(stdout);
    },
  );
  it("says what an option means to the command", () => {
    const option = (command: string, name: string) =>
      new RegExp(`^ +--${name} .*(?:\\n {8,}.*)*`, "m")
        .exec(nginxLint([command, "--help"]).stdout)?.[0]
        .replace(/\s+/g, " ");
    expect(option("lint", "preset")).toContain("rules to run (default: recommended)");
    expect(option("rules", "preset")).toContain("default: all rules");
    expect(option("lint", "fail-on")).toContain("default: warning");
    expect(option("checklist", "fail-on")).not.toContain("default: warning");
  });
  it("is asked for by a word, too, as the version is", () => {
    expect(nginxLint(["version"]).stdout).toBe(nginxLint(["--version"]).stdout);
  });
  it("narrows the catalogue, and writes it as JSON", () => {
    const rules = JSON.parse(
      nginxLint([
        "rules",
        "--preset",
        "security,django-react",
        "--category",
        "tls",
        "--fixable",
        "-f",
        "json",
      ]).stdout,
    );
    expect(rules.map(({ id }: { id: string }) => id)).toContain("tls-deprecated-protocols");
    for (const { category, fix } of rules) expect([category, fix !== null]).toEqual(["tls", true]);
    const { id, why, options } = JSON.parse(nginxLint(["rule", "alias-traversal", "-f", "json"]).stdout);
    expect([id, typeof why, typeof options]).toEqual(["alias-traversal", "string", "object"]);
  });
  it("wraps a rule's page", () => {
    const [page = ""] = nginxLint(["rule", "alias-traversal"]).stdout.split("Reported:");
    expect(Math.max(...page.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});
