import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { directoryOf, nginxLint } from "./run.ts";

const INCLUDES =
  "events {}\nhttp {\n  include a.conf;\n  server {\n    include b.conf;\n    return 404;\n  }\n}\n";

/** File, line and rule of what is reported. */
function findings(cwd: string, ...args: string[]): string[] {
  const { stdout } = nginxLint(["-f", "json", ...args, "."], { cwd });
  const { findings } = JSON.parse(stdout) as { findings: { file: string; line: number; ruleId: string }[] };
  return findings.map(({ file, line, ruleId }) => `${file}:${line}:${ruleId}`);
}

describe("a baseline", () => {
  it("starts clean, sees what is new, tells what is gone, and shrinks", () => {
    const cwd = directoryOf({ "nginx.conf": INCLUDES });
    const written = nginxLint(["--write-baseline", "base.json", "."], { cwd });
    expect(written).toEqual({
      status: 0,
      stdout: "",
      stderr:
        "base.json: noted 2 findings; --baseline base.json (or `baseline: base.json` in the settings) lets only new ones count\n",
    });
    const clean = nginxLint(["--baseline", "base.json", "."], { cwd });
    expect([clean.status, clean.stderr]).toEqual([0, "base.json: 2 known findings are left\n"]);

    const changed = INCLUDES.replace("http {", "http {\n\n").replace("include b.conf", "include new.conf");
    writeFileSync(join(cwd, "nginx.conf"), changed);
    expect(findings(cwd, "--baseline", "base.json")).toEqual(["nginx.conf:7:missing-include"]);
    const news = nginxLint(["--baseline", "base.json", "."], { cwd });
    expect(news.status).toBe(1);
    expect(news.stderr).toMatch(
      /^base\.json: 1 known finding is left, 1 is gone; --baseline base\.json --write-baseline base\.json drops them\n {2}gone {2}nginx\.conf {2}missing-include {2}.*b\.conf.*\n$/,
    );

    const shrink = nginxLint(["--baseline", "base.json", "--write-baseline", "base.json", "."], { cwd });
    expect([shrink.status, shrink.stderr]).toEqual([0, "base.json: dropped 1 finding that is gone\n"]);
    expect(JSON.parse(readFileSync(join(cwd, "base.json"), "utf8")).findings).toHaveLength(1);
    expect(findings(cwd, "--baseline", "base.json")).toEqual(["nginx.conf:7:missing-include"]);
  });

  it("that was written from another folder knows nothing here, and that is said", () => {
    const cwd = directoryOf({ "a/nginx.conf": INCLUDES, "a/b/x.conf": "" });
    nginxLint(["--write-baseline", "base.json", "a"], { cwd });
    const elsewhere = nginxLint(["--baseline", "../base.json", "."], { cwd: join(cwd, "a") });
    expect([elsewhere.status, elsewhere.stderr]).toEqual([
      1,
      "../base.json: its only file is not in this run; was it written from another folder?\n",
    ]);
  });

  it("may be named in the settings", () => {
    const cwd = directoryOf({ "nginx.conf": INCLUDES, ".nginx-lint.yaml": "baseline: base.json\n" });
    const missing = nginxLint(["."], { cwd });
    expect([missing.status, missing.stderr]).toEqual([
      2,
      "nginx-lint: .nginx-lint.yaml:1:1: cannot read the baseline base.json: there is no such file; --write-baseline base.json writes one\n",
    ]);
    expect(nginxLint(["--write-baseline", "base.json", "."], { cwd }).status).toBe(0);
    expect(findings(cwd)).toEqual([]);
  });

  it("that is none is told with its place", () => {
    const cwd = directoryOf({ "nginx.conf": INCLUDES, "base.json": '{\n  "version": 7 }' });
    const { status, stderr } = nginxLint(["--baseline", "base.json", "."], { cwd });
    expect([status, stderr]).toEqual([
      2,
      "nginx-lint: base.json:2:3: `version` is 7, expected 1; write a new baseline\n",
    ]);
  });
});

describe("settings", () => {
  it("are found, and the command line wins over them", () => {
    const cwd = directoryOf({
      "nginx.conf": INCLUDES,
      ".nginx-lint.yaml": "rules:\n  missing-include: off\n",
    });
    expect(findings(cwd)).toEqual([]);
    expect(findings(cwd, "--rule", "missing-include:info")).toHaveLength(2);
    expect(findings(cwd, "--no-config")).toHaveLength(2);
  });

  it("may be named", () => {
    const cwd = directoryOf({ "nginx.conf": INCLUDES, "other.json": '{ "failOn": "never" }' });
    expect(nginxLint(["--config", "other.json", "."], { cwd }).status).toBe(0);
    expect(nginxLint(["--config", "nosuch.json", "."], { cwd })).toMatchObject({
      status: 2,
      stderr: "nginx-lint: nosuch.json: there is no such file\n",
    });
  });

  it("with mistakes end the run, all mistakes told by line", () => {
    const cwd = directoryOf({ "nginx.conf": INCLUDES, ".nginx-lint.yaml": "rulez: {}\nfailOn: errors\n" });
    expect(nginxLint(["."], { cwd })).toEqual({
      status: 2,
      stdout: "",
      stderr:
        "nginx-lint: .nginx-lint.yaml:1:1: there is no key called `rulez`; did you mean `rules`?\n" +
        "nginx-lint: .nginx-lint.yaml:2:9: `failOn` is `errors`, expected one of `error`, `warning`, `info`, `never`; did you mean `error`?\n",
    });
  });

  it("apply to the paths that they are nearest to", () => {
    const cwd = directoryOf({
      "a/nginx.conf": INCLUDES,
      "a/.nginx-lint.yaml": "rules: { missing-include: off }\n",
      "b/nginx.conf": INCLUDES,
    });
    const { stdout } = nginxLint(["-f", "compact", "a", "b"], { cwd });
    expect(stdout).not.toContain("a/nginx.conf");
    expect(stdout.match(/^b\/nginx\.conf/gm)).toHaveLength(2);
  });

  it("are printed with their origins", () => {
    const cwd = directoryOf({ "nginx.conf": INCLUDES, ".nginx-lint.yaml": "failOn: error\n" });
    const { status, stdout } = nginxLint(["--print-config", "--rule", "syntax:off", "nginx.conf"], { cwd });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^# nginx\.conf: \.nginx-lint\.yaml\n/);
    expect(stdout).toMatch(/^failOn: error +# \.nginx-lint\.yaml:1$/m);
    expect(stdout).toMatch(/^ {2}syntax: off +# command line$/m);
    const json = JSON.parse(nginxLint(["--print-config", "-f", "json"], { cwd }).stdout);
    expect(json.files[0].settings).toContainEqual({
      key: "failOn",
      value: "error",
      origin: ".nginx-lint.yaml:1",
    });
  });
});

describe("init", () => {
  it("writes settings that the next run takes, and never over others", () => {
    const cwd = directoryOf({ "nginx.conf": INCLUDES, Dockerfile: "FROM nginx:1.27.3\n" });
    expect(nginxLint(["init"], { cwd })).toEqual({
      status: 0,
      stdout: "",
      stderr: ".nginx-lint.yaml is written\n",
    });
    expect(existsSync(join(cwd, ".nginx-lint.yaml"))).toBe(true);
    expect(findings(cwd)).toHaveLength(2);
    expect(nginxLint(["--print-config"], { cwd }).stdout).toMatch(
      /^nginxVersion: "?1\.27\.3"? +# \.nginx-lint\.yaml:\d+$/m,
    );
    expect(nginxLint(["init"], { cwd })).toMatchObject({
      status: 2,
      stderr: "nginx-lint: .nginx-lint.yaml already exists; delete it to write a new one\n",
    });
  });
});

describe("a suppression", () => {
  it("silences its finding, and SARIF shows it as suppressed with the reason", () => {
    const cwd = directoryOf({
      "nginx.conf": INCLUDES.replace(
        "  include a",
        "  # nginx-lint-disable-next-line missing-include -- deployed later\n  include a",
      ),
    });
    expect(findings(cwd)).toEqual(["nginx.conf:6:missing-include"]);
    const { runs } = JSON.parse(nginxLint(["-f", "sarif", "."], { cwd }).stdout);
    expect(
      runs[0].results.flatMap((result: { suppressions?: unknown[] }) => result.suppressions ?? []),
    ).toEqual([expect.objectContaining({ kind: "inSource", justification: "deployed later" })]);
  });

  it("that is needless is a finding", () => {
    const cwd = directoryOf({ "nginx.conf": "# nginx-lint-disable missing-include -- old\nevents {}\n" });
    expect(findings(cwd)).toEqual(["nginx.conf:1:unused-suppression"]);
  });
});
