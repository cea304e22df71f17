/** Runs the Action as GitHub's runner does: inputs in the environment, commands on standard output, files for the rest. */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { CLI, cloneOfSources, directoryOf, REPOSITORY } from "./run.ts";

interface Description {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string }>>;
  readonly runs: { readonly using: string; readonly main: string };
}

interface Workflow {
  readonly jobs: {
    readonly release: { readonly steps: readonly { readonly name?: string; readonly run?: string }[] };
  };
}

/** What the runner checks out: the tag that the release workflow made. */
let checkout: string;
let description: Description;

/** Does in the clone of a repository what the workflow's step does after the build; returns a clone of the tag. */
function release(): string {
  const origin = directoryOf({});
  const clone = cloneOfSources();
  const sh = (cwd: string, script: string) =>
    execFileSync("bash", ["-e", "-c", script], { cwd, encoding: "utf8", stdio: "pipe" });
  sh(origin, "git init --quiet --bare");
  sh(clone, `git remote add origin "${origin}" && git push --quiet origin main`);
  cpSync(join(REPOSITORY, "dist"), join(clone, "dist"), { recursive: true });
  const workflow: Workflow = parse(readFileSync(join(clone, ".github/workflows/release.yml"), "utf8"));
  const tag = workflow.jobs.release.steps.find(({ name }) => name === "Tag")?.run;
  sh(clone, tag ?? "exit 1");
  const { version } = JSON.parse(readFileSync(join(clone, "package.json"), "utf8"));
  const runner = directoryOf({});
  sh(runner, `git clone --quiet --depth 1 --branch "v${version}" "file://${origin}" checkout`);
  expect(sh(origin, "git ls-tree -r --name-only main")).not.toMatch(/^dist\//m);
  return join(runner, "checkout");
}

beforeAll(() => {
  checkout = release();
  description = parse(readFileSync(join(checkout, "action.yml"), "utf8"));
}, 60_000);

function step(cwd: string, inputs: Readonly<Record<string, string>> = {}) {
  const files = directoryOf({ output: "", summary: "" });
  const env: Record<string, string> = {
    PATH: "/nowhere",
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_WORKSPACE: cwd,
    GITHUB_OUTPUT: join(files, "output"),
    GITHUB_STEP_SUMMARY: join(files, "summary"),
  };
  for (const [name, { default: value }] of Object.entries(description.inputs)) {
    env[`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`] = inputs[name] ?? value;
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(checkout, description.runs.main)], {
    cwd,
    env,
    encoding: "utf8",
  });
  const summary = readFileSync(join(files, "summary"), "utf8");
  return { status, stdout, stderr, summary, outputs: outputsIn(readFileSync(join(files, "output"), "utf8")) };
}

/** `name<<delimiter`, lines, `delimiter`: as the runner reads the file. */
function outputsIn(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = text.split("\n");
  for (let at = 0; at < lines.length - 1; ) {
    const [, name, delimiter] = /^([\w-]+)<<(.+)$/.exec(lines[at] ?? "") ?? [];
    const end = lines.indexOf(delimiter ?? "", at + 1);
    if (name === undefined || end < 0) throw new Error(`not an output: ${lines[at]}`);
    outputs[name] = lines.slice(at + 1, end).join("\n");
    at = end + 1;
  }
  return outputs;
}

const CLEAN = "events {}\nhttp {\n  server {\n    listen 80;\n    return 404;\n  }\n}\n";
const BROKEN = "events {}\nhttp {\n  server {\n    listen 80\n  }\n}\n";

describe("the Action", () => {
  it("needs nothing but the runner's Node and the repository", () => {
    expect(description.runs.using).toMatch(/^node\d+$/);
    expect(existsSync(join(checkout, description.runs.main))).toBe(true);
    expect(existsSync(join(checkout, "node_modules"))).toBe(false);
  });

  it("says what to do where a revision without a build is checked out", () => {
    const { status, stdout } = spawnSync(process.execPath, [join(cloneOfSources(), "action/main.mjs")], {
      encoding: "utf8",
    });
    expect(status).toBe(2);
    expect(stdout).toMatch(/^::error title=nginx-lint::.*`npm ci`/);
  });

  it("annotates, counts, summarises and fails", () => {
    const { status, stdout, summary, outputs } = step(directoryOf({ "nginx.conf": BROKEN }));
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /^::error file=nginx\.conf,line=4,col=14,endColumn=14,title=nginx-lint%3A syntax::/,
    );
    expect(outputs).toEqual({ "sarif-file": "", findings: "1", errors: "1", warnings: "0" });
    expect(summary).toContain("## nginx-lint");
    expect(summary).toContain("nginx.conf&#58;4");
  });

  it("answers the checklist in the summary, where it is asked to", () => {
    const folder = directoryOf({ "nginx.conf": CLEAN });
    expect(step(folder, { checklist: "True" }).summary).toMatch(
      /## nginx-lint[\s\S]*## nginx checklist\n\n\d+ of/,
    );
    expect(step(folder, { checklist: "false" }).summary).not.toContain("checklist");
    const { status, stdout } = step(folder, { checklist: "yes" });
    expect([status, stdout]).toEqual([
      2,
      "::error title=nginx-lint::the input checklist is yes: expected true or false\n",
    ]);
  });

  it("passes a clean tree, and says so", () => {
    const { status, stdout, summary, outputs } = step(directoryOf({ "nginx.conf": CLEAN }), {
      args: "--only syntax",
    });
    expect([status, stdout]).toEqual([0, ""]);
    expect(summary).toContain("✅");
    expect(outputs).toEqual({ "sarif-file": "", findings: "0", errors: "0", warnings: "0" });
  });

  it("writes SARIF where it is wanted", () => {
    const cwd = directoryOf({ "nginx.conf": BROKEN });
    const { outputs } = step(cwd, { "sarif-file": "results/nginx lint.sarif" });
    expect(outputs["sarif-file"]).toBe("results/nginx lint.sarif");
    const sarif = JSON.parse(readFileSync(join(cwd, "results/nginx lint.sarif"), "utf8"));
    expect(sarif.version).toBe("2.1.0");
    expect(sarif.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri).toBe("nginx.conf");
    expect(sarif.runs[0].invocations[0].exitCode).toBe(1);
  });

  it("takes paths line by line, whatever is in them", () => {
    const evil = "$(touch pwned) `touch pwned`; 'a\" b.conf";
    const cwd = directoryOf({ [evil]: "server { listen 80 }\n", "-o.conf": "server { listen 80 }\n" });
    const { status, stdout, outputs } = step(cwd, { paths: `${evil}\n\n  -o.conf  \n`, format: "compact" });
    expect(status).toBe(1);
    expect(stdout).toContain(`${evil}:1:`);
    expect(stdout).toContain("-o.conf:1:");
    expect(outputs.findings).toBe("2");
    expect(existsSync(join(cwd, "pwned"))).toBe(false);
  });

  it("hands every input to the option of its name", () => {
    const cwd = directoryOf({
      "nginx.conf": BROKEN,
      "my settings.yml": "rules:\n  syntax: info\n",
      "none.yml": "rules: {}\n",
    });
    expect(step(cwd, { config: "my settings.yml" }).status).toBe(0);
    expect(step(cwd, { config: "my settings.yml", "fail-on": "info" }).status).toBe(1);
    expect(step(cwd, { "fail-on": "never" }).status).toBe(0);
    expect(step(cwd, { preset: "security,\n strict", "nginx-version": "1.28.0" }).status).toBe(1);
    expect(step(cwd, { args: "--rule syntax:off" }).status).toBe(0);
    expect(step(cwd, { args: `--config "my settings.yml" --max-warnings '0'` }).status).toBe(0);
  });

  it.each([
    [{ preset: "strikt" }, "--preset strikt: not one of"],
    [{ "fail-on": "; touch pwned" }, "--fail-on ; touch pwned: not one of"],
    [{ "nginx-version": "$(id)" }, "--nginx-version $(id): expected an nginx version"],
    [{ args: "--only 'syntax" }, "args: a quote is not closed"],
    [{ args: "; touch pwned" }, "no file"],
    [{ paths: "nowhere" }, "nowhere"],
    [{ args: "--config" }, "--config needs a value"],
    [{ args: "--address foo" }, "--address is an option of `nginx-lint explain`"],
    [{ args: "--write-baseline b.json" }, "args: the Action has no --write-baseline"],
    [{ args: "--diff" }, "args: the Action has no --diff"],
    [{ "nginx-version": "9.9" }, "there is no nginx 9.9"],
    [{ "sarif-file": "nginx.conf/new/r.sarif" }, "cannot write nginx.conf/new/r.sarif: "],
  ])("ends with 2 and an annotation for %j", (inputs, message) => {
    const cwd = directoryOf({ "nginx.conf": CLEAN });
    const { status, stdout, summary } = step(cwd, inputs);
    expect(status).toBe(2);
    if (message !== "no file") expect(stdout).toContain(message);
    expect(stdout).toMatch(/^::error title=nginx-lint::/);
    expect(summary).toContain("**error**");
    expect(existsSync(join(cwd, "pwned"))).toBe(false);
  });

  it("does not let a configuration speak to the runner", () => {
    const text =
      '# ::set-output name=a::b\nserver {\n  server_name "\n::error::x\n::stop-commands::y\n";\n  listen 80\n}\n';
    for (const format of ["github", "stylish", "compact"]) {
      const { stdout } = step(directoryOf({ "a.conf": text }), { paths: "a.conf", format });
      expect(stdout).not.toMatch(/^\s*::(?:set-output|stop-commands|error::x)/m);
    }
  });

  it("stays in the workspace, whatever a change makes of paths, settings and outputs", () => {
    const machine = directoryOf({
      "home/secret.conf": "hunter2 on;\n",
      "home/out/keep": "kept",
      "work/nginx.conf": CLEAN,
    });
    const cwd = join(machine, "work");
    const home = join(machine, "home");
    symlinkSync(home, join(cwd, "deploy"));
    symlinkSync(join(home, "secret.conf"), join(cwd, "settings.yaml"));
    symlinkSync(join(home, "out/keep"), join(cwd, "nginx.sarif"));
    symlinkSync(join(home, "out"), join(cwd, "results"));
    for (const inputs of [
      { paths: "deploy" },
      { paths: "../home/secret.conf" },
      { paths: home, args: `--within /` },
      { config: "settings.yaml" },
      { "settings-from": "settings.yaml" },
      { "sarif-file": "nginx.sarif" },
      { "sarif-file": "results/new/nginx.sarif" },
      { "sarif-file": "../nginx.sarif" },
      { args: "--output nginx.sarif" },
    ]) {
      const { status, stdout, stderr, summary } = step(cwd, inputs);
      expect([inputs, status]).toEqual([inputs, 2]);
      expect(stdout + stderr + summary).not.toContain("hunter2");
      expect(stdout).toMatch(/outside of|no link of the tree is written through/);
    }
    expect(readdirSync(join(home, "out"))).toEqual(["keep"]);
    expect(readFileSync(join(home, "out/keep"), "utf8")).toBe("kept");
    expect(existsSync(join(machine, "nginx.sarif"))).toBe(false);
  });

  it("says in log and summary what a change switched off", () => {
    const cwd = directoryOf({
      "nginx.conf": CLEAN.replace("return", "gzipp on; # nginx-lint-disable-line\n    return"),
      ".nginx-lint.yaml": "failOn: never\n",
    });
    const { status, stdout, summary } = step(cwd);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^nginx-lint: suppressed: unknown-directive at nginx\.conf:5$/m);
    expect(stdout).toMatch(
      /^nginx-lint: settings: \.nginx-lint\.yaml: no finding fails the run \(line 1\)$/m,
    );
    expect(summary).toContain("**suppressed** unknown-directive at nginx.conf&#58;5");
    expect(summary).toContain("**settings** .nginx-lint.yaml&#58; no finding fails the run");
    expect(step(cwd, { args: "--no-suppressions --fail-on error" }).status).toBe(1);
  });

  it("describes every input and output", () => {
    expect(Object.keys(description.inputs)).toEqual([
      "paths",
      "preset",
      "config",
      "settings-from",
      "fail-on",
      "nginx-version",
      "format",
      "sarif-file",
      "checklist",
      "args",
    ]);
    expect(Object.keys(description.outputs)).toEqual(["sarif-file", "findings", "errors", "warnings"]);
    const all = [...Object.values(description.inputs), ...Object.values(description.outputs)];
    for (const { description } of all) expect(description).toMatch(/\w.*[.]$/);
  });
});

it("is a command of its own only where the runner calls it", () => {
  writeFileSync(join(checkout, "github-action"), CLEAN);
  const { GITHUB_ACTIONS: _, ...env } = process.env;
  const args = [CLI, "--only", "syntax", "-f", "compact", "github-action"];
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: checkout, env, encoding: "utf8" });
  expect([status, stdout]).toEqual([0, ""]);
});
