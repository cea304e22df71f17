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
    [["--formt", "json", "."], "unknown option --formt; did you mean `format`?"],
    [["--format", "jsn", "."], "--format jsn: not one of stylish, compact, json"],
    [["--only", "sintax", "."], "--only sintax: there is no rule called `sintax`; did you mean `syntax`?"],
    [["--rule", "syntax:fatal", "."], "--rule syntax:fatal: write ID:SEVERITY"],
    [
      ["--nginx-version", "one", "."],
      "--nginx-version one: expected an nginx version such as `1.28.0`, `1.28` or `mainline`",
    ],
    [["--max-warnings", "many", "."], "--max-warnings many: write a number"],
    [["--output"], "--output needs a value"],
    [["rule", "sintax"], "no rule is called sintax; did you mean `syntax`?"],
    [[], "what is to be linted?"],
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

describe("output", () => {
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
  it("fits a terminal of 100 columns", () => {
    const { status, stdout } = nginxLint(["--help"]);
    expect(status).toBe(0);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  });
});
