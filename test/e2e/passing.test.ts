/** Nothing turns green by mistake, and nothing that a change brings with it does so without a word. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { directoryOf, nginxLint, type RunOptions } from "./run.ts";

const inHttp = (text: string) => `events {}\nhttp {\n${text}\n}\n`;
const CLEAN = inHttp("server {\n  listen 80;\n  return 404;\n}");
const BAD = inHttp("server {\n  listen 80;\n  return 404;\n  gzipp on;\n}");

function json(args: readonly string[], options: RunOptions) {
  const { status, stdout, stderr } = nginxLint(["-f", "json", ...args], options);
  const report = JSON.parse(stdout);
  const rules: string[] = report.findings.map(({ ruleId }: { ruleId: string }) => ruleId);
  return { status, stderr, report, rules };
}

/** In one line, as people read it. */
const flat = (text: string) => text.replace(/\s+/g, " ");

describe("where nothing is configured", () => {
  it.each([
    ["an empty main file", "", ["nginx.conf"], {}],
    ["a main file of comments", "# gone\n", ["nginx.conf"], {}],
    [
      "a dump that was cut off behind its heading",
      "",
      ["-"],
      { input: "# configuration file /etc/nginx/nginx.conf:\n" },
    ],
  ] as const)("nginx does not start: %s", (_, text, paths, options) => {
    const { status, stdout } = nginxLint([...paths], {
      cwd: directoryOf({ "nginx.conf": text }),
      ...options,
    });
    expect([status, flat(stdout)]).toEqual([
      1,
      expect.stringContaining("missing-events nothing is configured"),
    ]);
  });

  it("a part may be empty", () => {
    const cwd = directoryOf({ "conf.d/nginx.conf": "# gone\n", "default.conf": "" });
    expect(nginxLint(["conf.d/nginx.conf", "default.conf"], { cwd }).status).toBe(0);
  });

  it("standard input is no pass where it is comments alone", () => {
    const { status, stdout, stderr } = nginxLint(["-"], { input: "# was here\n" });
    expect([status, stdout]).toEqual([2, expect.not.stringContaining("✓")]);
    expect(stderr).toContain("holds comments and nothing else");
  });

  it.each(["compact", "gitlab", "checkstyle"])("what does not count is told beside %s", (format) => {
    const cwd = directoryOf({
      "nginx.conf": `# nginx-lint-disable unknown-directive\n${BAD}`,
      ".nginx-lint.yaml": "failOn: never\n",
    });
    const { status, stderr } = nginxLint(["-f", format, "."], { cwd });
    expect([status, stderr.split("\n").slice(0, -1)]).toEqual([
      0,
      [
        "nginx-lint: suppressed: unknown-directive at nginx.conf:7 (by line 1)",
        "nginx-lint: settings: .nginx-lint.yaml: no finding fails the run (line 1)",
      ],
    ]);
    expect(nginxLint(["-f", format, "--quiet", "."], { cwd }).stderr).toBe("");
  });

  it.each(["--statistics", "--diff", "--write-baseline=known.json"])(
    "what does not count is told beside %s",
    (option) => {
      const cwd = directoryOf({
        "nginx.conf": `# nginx-lint-disable unknown-directive\n${BAD}`,
        ".nginx-lint.yaml": "failOn: never\n",
      });
      const { status, stderr } = nginxLint([option, "."], { cwd });
      expect(status).toBe(0);
      expect(stderr).toContain("nginx-lint: suppressed: unknown-directive at nginx.conf:7 (by line 1)\n");
      expect(stderr).toContain("nginx-lint: settings: .nginx-lint.yaml: no finding fails the run (line 1)\n");
    },
  );

  it("what does not count has its line in JUnit's report", () => {
    const cwd = directoryOf({
      "nginx.conf": `# nginx-lint-disable unknown-directive\n${BAD}`,
      ".nginx-lint.yaml": "failOn: never\n",
    });
    const { stdout } = nginxLint(["-f", "junit", "."], { cwd });
    expect(stdout).toContain('<skipped message="suppressed by nginx.conf:1"/>');
    expect(stdout).toContain('name=".nginx-lint.yaml:1: no finding fails the run"');
  });

  it("statistics of what could not all be read do not say that there is nothing", () => {
    const cwd = directoryOf({ "nginx.conf": CLEAN });
    const { status, stdout } = nginxLint(["--statistics", ".", "nope"], { cwd });
    expect([status, stdout]).toEqual([2, "Incomplete (1 error); no problems in what was linted\n"]);
  });

  it("a checklist of what could not all be read is no pass", () => {
    const cwd = directoryOf({ "nginx.conf": CLEAN });
    const { status, stderr } = nginxLint(["checklist", "--fail-on", "never", "nginx.conf", "gone.conf"], {
      cwd,
    });
    expect([status, stderr]).toEqual([2, "nginx-lint: gone.conf does not exist\n"]);
  });

  it.each([
    ["-f", "compact"],
    ["-f", "gitlab"],
    ["-f", "checkstyle"],
    ["--statistics"],
    ["--diff"],
    ["--fix", "--no-report"],
    ["--write-baseline", "baseline.json"],
    ["-f", "compact", "--output", "report"],
  ])("what was not read is told beside %s %s", (...args) => {
    const cwd = directoryOf({ "nginx.conf": CLEAN, "other.conf": "Listen 80\n" });
    symlinkSync("/etc/hostname", join(cwd, "stray.conf"));
    const { status, stderr } = nginxLint([...args, "."], { cwd });
    expect(status).toBe(0);
    expect(flat(stderr).match(/not linted: other\.conf \(not like nginx's\)/g)).toHaveLength(1);
    expect(flat(stderr).match(/stray\.conf is not read: it is a link to \/etc\/hostname/g)).toHaveLength(1);
  });

  it("what is included is not told to be left out", () => {
    const cwd = directoryOf({ "nginx.conf": inHttp("include a.conf;"), "a.conf": "gzipp on;\n" });
    expect(nginxLint(["."], { cwd }).stdout).not.toContain("not linted");
  });

  it("files that the command line excludes are named", () => {
    const cwd = directoryOf({ "nginx.conf": BAD });
    const { stdout } = nginxLint(["--exclude", "**", "nginx.conf"], { cwd });
    expect(flat(stdout)).toContain("note findings do not count in nginx.conf (--exclude)");
  });
});

describe("standard input", () => {
  it.each(["", "\n \n"])("that is empty is no clean configuration: %j", (input) => {
    for (const args of [["-"], ["-f", "compact", "-"], ["explain", "http://a/", "-"]]) {
      const { status, stdout, stderr } = nginxLint(args, { input });
      expect(status).toBe(2);
      expect(stdout).not.toContain("✓");
      expect(stderr).toContain("standard input is empty");
    }
  });

  it("that is what nginx says of a broken configuration is none either", () => {
    const input =
      'nginx: [emerg] unknown directive "gzipp" in /etc/nginx/nginx.conf:3\nnginx: configuration file /etc/nginx/nginx.conf test failed\n';
    const { status, stderr } = nginxLint(["-f", "compact", "-"], { input });
    expect(status).toBe(2);
    expect(stderr).toContain('nginx: [emerg] unknown directive "gzipp"');
    const cwd = directoryOf({ "dump.txt": input });
    expect(nginxLint(["dump.txt"], { cwd }).status).toBe(2);
  });

  it("may begin with what nginx says of a good one", () => {
    const said =
      "nginx: [warn] a warning in /etc/nginx/nginx.conf:1\nnginx: the configuration file /etc/nginx/nginx.conf syntax is ok\nnginx: configuration file /etc/nginx/nginx.conf test is successful\n";
    const { status, report } = json(["-"], {
      input: `${said}# configuration file /etc/nginx/nginx.conf:\n${CLEAN}\n`,
    });
    expect([status, report.files]).toEqual([0, ["/etc/nginx/nginx.conf"]]);
  });
});

describe("a configuration that does not run", () => {
  const broken = directoryOf({ "nginx.conf": "events {}\nhttp {\n  server {\n    listen 80\n  }\n}\n" });
  const unknown = directoryOf({ "nginx.conf": BAD });

  it.each([
    ["--preset", "security"],
    ["--only", "alias-traversal"],
    ["--preset", "security", "--only", "hidden-files-exposed"],
  ])("is told of with %s %s", (...args) => {
    expect(json([...args, "."], { cwd: broken })).toMatchObject({
      status: 1,
      rules: expect.arrayContaining(["syntax"]),
    });
    expect(json([...args, "."], { cwd: unknown })).toMatchObject({
      status: 1,
      rules: expect.arrayContaining(["unknown-directive"]),
    });
  });

  it("is not told of where the rule is switched off by its name", () => {
    const args = ["--only", "alias-traversal", "--rule", "unknown-directive:off"];
    expect(json([...args, "."], { cwd: unknown })).toMatchObject({ status: 0, rules: [] });
  });
});

describe("what could not be read", () => {
  it("is in the report, which has no tick", () => {
    const cwd = directoryOf({ "nginx.conf": CLEAN });
    const { status, report } = json([".", "nope"], { cwd });
    expect(status).toBe(2);
    expect(report.errors).toEqual([{ message: "nope does not exist" }]);
    const { stdout } = nginxLint([".", "nope"], { cwd });
    expect(stdout).toMatch(/^Incomplete \(1 error\)/m);
    expect(stdout).not.toContain("✓");
    expect(nginxLint(["-f", "html", ".", "nope"], { cwd }).stdout).not.toContain("✓");
  });
});

describe("a directory", () => {
  const SITE = "server {\n  listen 80;\n  server_name a.example;\n  gzipp on;\n}\n";

  it.each(["sites-available", "peertube", "my-sites", "snippets", "deploy/vhosts"])(
    "called %s whose files have no ending is read",
    (name) => {
      const cwd = directoryOf({
        [`${name}/peertube`]: SITE,
        [`${name}/shop.example.org`]: SITE,
        [`${name}/LICENSE`]: "x",
      });
      const { status, report } = json([name], { cwd });
      expect(status).toBe(1);
      expect(report.files).toEqual([`${name}/peertube`, `${name}/shop.example.org`]);
    },
  );

  it("holds programs that write configurations, and these are none", () => {
    const cwd = directoryOf({
      "a.conf": "gzip on;\n",
      install: `#!/bin/sh\ncat > /etc/nginx/x <<EOF\n${SITE}EOF\n`,
      entrypoint: `#!/bin/sh\necho '${SITE}'\n`,
      Dockerfile: `FROM nginx\nRUN echo 'server { listen 80; }' > /x\n`,
      Makefile: "conf:\n\techo 'server { listen 80; }' > /x\n",
      recipe: `how to:\n${SITE}and then\n`,
    });
    const { report } = json(["."], { cwd });
    expect(report.files).toEqual(["a.conf"]);
    expect(JSON.stringify(report.notes)).toContain("recipe");
  });

  it("says which folders it did not look into, unless an include did", () => {
    const machine = directoryOf({
      "tree/nginx.conf": inHttp("include linked/*.conf;\nserver { listen 80; return 404; }"),
      "tree/vendor/site.conf": SITE,
      "tree/inside/b.conf": "gzip on;\n",
      "shared/c.conf": SITE,
      "other/a.conf": "gzip on;\n",
      ".git/HEAD": "",
    });
    const cwd = join(machine, "tree");
    const links = {
      sites: "../shared",
      linked: "../other",
      again: "inside",
      modules: "../shared",
      outside: "/opt",
    };
    for (const [name, target] of Object.entries(links)) symlinkSync(target, join(cwd, name));
    const { report } = json(["--preset", "security", "."], { cwd });
    expect(report.notes.map(({ message }: { message: string }) => message)).toContain(
      "not linted: vendor (not looked into; name it to have it linted); outside (a link to /opt, outside the given paths); sites (a link to a folder; name it to have it linted)",
    );
  });

  it("says what it left out", () => {
    const cwd = directoryOf({
      "nginx.conf": inHttp("include sites-enabled/*;\nserver { listen 80; return 404; }"),
      "sites-available/old": SITE,
      "sites-enabled/.keep": "",
      "conf.d/a.conf.bak": SITE,
      "conf.d/apache.conf": "<VirtualHost *:80>\n</VirtualHost>\n",
    });
    const { stdout } = nginxLint(["."], { cwd });
    const said = flat(stdout);
    for (const name of ["sites-available/old", "conf.d/a.conf.bak", "conf.d/apache.conf"])
      expect(said).toContain(name);
  });
});

describe("what a change brings with it", () => {
  const files = {
    "nginx.conf": inHttp(
      "server {\n  listen 80;\n  return 404;\n  # nginx-lint-disable-next-line unknown-directive\n  gzipp on;\n}",
    ),
  };

  it("to silence findings is told with its line, in every report", () => {
    const cwd = directoryOf(files);
    expect(flat(nginxLint(["."], { cwd }).stdout)).toContain(
      "suppressed unknown-directive at nginx.conf:7 (by line 6)",
    );
    expect(nginxLint(["-f", "github", "."], { cwd }).stdout).toContain("unknown-directive at nginx.conf:7");
    expect(nginxLint(["-f", "html", "."], { cwd }).stdout).toContain("nginx.conf:7 (by line 6)</li>");
    expect(json(["."], { cwd }).report.suppressed).toMatchObject([
      { line: 7, by: { kind: "comment", line: 6 } },
    ]);
    expect(nginxLint(["-f", "json", "-o", "r.json", "."], { cwd }).stderr).toContain("suppressed");
  });

  it("to silence findings counts for nothing with --no-suppressions", () => {
    const cwd = directoryOf(files);
    const { status, rules } = json(
      ["--no-suppressions", "--preset", "strict", "--only", "unused-suppression", "."],
      { cwd },
    );
    expect([status, rules]).toEqual([1, ["unknown-directive"]]);
  });

  it.each([
    ["failOn: never", "no finding fails the run (line 1)"],
    ["include: [nothing]", "findings count only in nothing (line 1)"],
    ["include: []", "findings count nowhere (line 1)"],
    ["exclude: ['**']", "findings do not count in ** (line 1)"],
    ["rules: { unknown-directive: off }", "`unknown-directive` is off (line 1)"],
    ["rules: { unknown-directive: info }", "`unknown-directive` is no more than info (line 1)"],
    [
      "overrides: [{ files: '*', rules: { unknown-directive: off } }]",
      "`unknown-directive` is off in * (line 1)",
    ],
    ["baseline: b.json", "what b.json knows does not count (line 1)"],
    ["preset: security", "only the preset `security` is on (line 1)"],
    ["confidence: high", "only findings of high confidence count (line 1)"],
    ["assume: { edge: false }", "edge is assumed to be false (line 1)"],
    ["nginxVersion: 1.10.0", "judged as nginx 1.10.0 alone (line 1)"],
    ["root: .", "absolute includes are followed below . (line 1)"],
  ])("to settle the run is told: %s", (text, told) => {
    const cwd = directoryOf({
      "nginx.conf": CLEAN,
      "b.json": '{ "version": 1, "findings": [] }',
      ".nginx-lint.yaml": `${text}\n`,
    });
    expect(flat(nginxLint([".", "nginx.conf"], { cwd }).stdout)).toContain(
      `settings .nginx-lint.yaml: ${told}`,
    );
    const sarif = JSON.parse(nginxLint(["-f", "sarif", ".", "nginx.conf"], { cwd }).stdout);
    const [notification] = sarif.runs[0].invocations[0].toolConfigurationNotifications;
    expect(notification.locations[0].physicalLocation).toMatchObject({
      artifactLocation: { uri: ".nginx-lint.yaml" },
      region: { startLine: 1 },
    });
  });
});

it.each([
  ["rules: [a", "1:10: not YAML: "],
  ["failOn: error\nrules:\n\tsyntax: off", "3:1: indent YAML with spaces, not tabs"],
  ["failOn: error\r\nrules: { syntax: off\r\n", "3:1: not YAML: "],
  ["a: b: c", "1:4: two `:` on one line"],
  ["root: 'open", "1:12: not YAML: "],
  ["exclude: [a, 'x{1..3}']", "1:14: `exclude: x{1..3}`: `{1..3}` is no range here"],
  ["nginxVersion: 9.9", "1:1: there is no nginx 9.9"],
  ["baseline: gone.json", "1:1: cannot read the baseline gone.json: there is no such file"],
])("broken settings are told in one line with its place: %j", (text, message) => {
  const cwd = directoryOf({ "nginx.conf": CLEAN, ".nginx-lint.yaml": text });
  const { status, stdout, stderr } = nginxLint(["."], { cwd });
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/^nginx-lint: \.nginx-lint\.yaml:\d+:\d+: .*\n$/);
  expect(stderr).toContain(`.nginx-lint.yaml:${message}`);
});

it("settings that are nearer than others say so, in the tree and in a commit", () => {
  const cwd = directoryOf({
    "pr/nginx.conf": CLEAN,
    "pr/.nginx-lint.yaml": "{}\n",
    "pr/package.json": "{}\n",
    ".nginx-lint.json": '{ "extends": "strict" }\n',
  });
  const told = "does not hold here, since this one is nearer";
  expect(flat(nginxLint(["pr"], { cwd }).stdout)).toContain(
    `settings pr/.nginx-lint.yaml: .nginx-lint.json ${told}`,
  );
  expect(nginxLint(["--config", "pr/.nginx-lint.yaml", "pr"], { cwd }).stdout).not.toContain(told);
  expect(nginxLint(["--within", "pr", "pr"], { cwd }).stdout).not.toContain(told);
  const git = (...args: readonly string[]) => {
    const who = ["-c", "user.name=T", "-c", "user.email=t@example.org"];
    execFileSync("git", [...who, ...args], { cwd, stdio: "ignore" });
  };
  git("init");
  git("add", "-A");
  git("commit", "-m", "x");
  expect(flat(nginxLint(["--settings-from", "HEAD", "pr"], { cwd }).stdout)).toContain(
    `settings HEAD:pr/.nginx-lint.yaml: HEAD:.nginx-lint.json ${told}`,
  );
  // What one file takes from the other does hold.
  writeFileSync(join(cwd, "pr/.nginx-lint.yaml"), "extends: ../.nginx-lint.json\n");
  expect(nginxLint(["pr"], { cwd }).stdout).not.toContain(told);
});

it("the checklist and explain say what settings have their answers rest on", () => {
  const cwd = directoryOf({
    "nginx.conf": CLEAN,
    ".nginx-lint.yaml": "failOn: never\nnginxVersion: 1.20.0\nassume: { hsts: elsewhere }\n",
  });
  for (const args of [
    ["checklist", "."],
    ["explain", "http://a/", "."],
  ]) {
    expect(nginxLint(args, { cwd }).stderr).toBe(
      "nginx-lint: .nginx-lint.yaml:2: judged as nginx 1.20.0 alone\nnginx-lint: .nginx-lint.yaml:3: hsts is assumed to be elsewhere\n",
    );
  }
});

describe("settings from elsewhere", () => {
  function repository(files: Readonly<Record<string, string>>) {
    const cwd = directoryOf({});
    const git = (...args: readonly string[]) => {
      const who = ["-c", "user.name=T", "-c", "user.email=t@example.org"];
      execFileSync("git", [...who, ...args], { cwd, stdio: "ignore" });
    };
    git("init", "--initial-branch", "main");
    const commit = (changes: Readonly<Record<string, string>>) => {
      for (const [name, text] of Object.entries(changes)) {
        mkdirSync(dirname(join(cwd, name)), { recursive: true });
        writeFileSync(join(cwd, name), text);
      }
      git("add", "-A");
      git("commit", "--allow-empty", "-m", "x");
    };
    commit(files);
    return { cwd, git, commit };
  }

  it("are those of a commit, with all that they name", () => {
    const { cwd, commit } = repository({
      "deploy/nginx.conf": CLEAN,
      "deploy/.nginx-lint.yaml": "extends: ../base.yaml\n",
      "base.yaml": "failOn: error\nbaseline: known.json\n",
      "known.json": '{ "version": 1, "findings": [] }\n',
    });
    commit({
      "deploy/nginx.conf": BAD,
      "deploy/.nginx-lint.yaml": "failOn: never\n",
      "base.yaml": "failOn: never\nrules: { unknown-directive: off }\n",
      "known.json": "broken",
      // Called as the commit is.
      "HEAD^1": "failOn: never\n",
      main: "failOn: never\n",
    });
    expect(nginxLint(["deploy"], { cwd }).status).toBe(0);
    const { status, stdout, stderr } = nginxLint(["--settings-from", "HEAD^1", "deploy"], { cwd });
    expect([status, stderr]).toEqual([1, expect.not.stringContaining("nginx-lint:")]);
    expect(flat(stdout)).toContain("settings HEAD^1:base.yaml: only errors fail the run (line 1)");
    expect(
      nginxLint(["--settings-from", "HEAD^1", "--print-config", "."], { cwd: join(cwd, "deploy") }).stdout,
    ).toContain("HEAD^1:deploy/.nginx-lint.yaml");
  });

  it("are found by no link of the tree on disk", () => {
    const { cwd } = repository({
      "deploy/nginx.conf": BAD,
      "deploy/.nginx-lint.yaml": "extends: ../ci/base.yaml\nbaseline: ../ci/known.json\n",
      "ci/base.yaml": "failOn: error\n",
      "ci/known.json": '{ "version": 1, "findings": [] }\n',
      "examples/nginx.conf": BAD,
      "examples/.nginx-lint.yaml": "failOn: never\n",
      "examples/base.yaml": "failOn: never\n",
      "examples/known.json": "broken",
    });
    for (const name of ["ci", "deploy"]) {
      rmSync(join(cwd, name), { recursive: true });
      symlinkSync("examples", join(cwd, name));
    }
    for (const path of ["deploy", "deploy/nginx.conf"]) {
      const { status, stdout } = nginxLint(["--settings-from", "HEAD", path], { cwd });
      expect([path, status]).toEqual([path, 1]);
      expect(flat(stdout)).toContain("settings HEAD:ci/base.yaml: only errors fail the run (line 1)");
    }
  });

  it("are found by the links of the commit", () => {
    const { cwd, git } = repository({
      "sites/shop/nginx.conf": BAD,
      "sites/shop/.nginx-lint.yaml": "failOn: never\n",
      "nginx.conf": CLEAN,
    });
    for (const [name, target] of [
      ["deploy", "current/shop"],
      ["current", "sites"],
      ["round", "round/x"],
      ["away", "../elsewhere"],
      ["here", "."],
    ] as const)
      symlinkSync(target, join(cwd, name));
    git("add", "-A");
    git("commit", "-m", "links");
    const printed = (path: string) => nginxLint(["--settings-from", "HEAD", "--print-config", path], { cwd });
    for (const path of ["deploy", "deploy/nginx.conf", "current/shop", "here/deploy"])
      expect(printed(path).stdout).toContain("failOn: never");
    for (const path of ["round", "away"]) expect(printed(path).stderr).toContain("leads out of");
    expect(printed(".").stdout).not.toContain("failOn: never");
    // By the user's own links, too.
    const other = directoryOf({ x: "" });
    symlinkSync(join(cwd, "deploy"), join(other, "mine"));
    expect(printed(join(other, "mine")).stdout).toContain("failOn: never");
    // On disk alone: the settings inside of a folder that is handed by a link.
    expect(nginxLint(["--print-config", "deploy"], { cwd }).stdout).toContain("failOn: never");
  });

  it("are none where the commit has none", () => {
    const { cwd, commit } = repository({ "nginx.conf": BAD, "package.json": '{ "name": "x" }' });
    commit({ ".nginx-lint.yaml": "failOn: never\n" });
    expect(nginxLint(["--settings-from", "main^", "."], { cwd }).status).toBe(1);
  });

  it("are refused where git knows no such commit, or what it has is a link", () => {
    const { cwd, git } = repository({ "nginx.conf": CLEAN });
    for (const ref of [
      "nope",
      "--help",
      "-x",
      "HEAD:nginx.conf",
      "--upload-pack=touch pwned",
      "$(touch pwned)",
    ]) {
      const { status, stderr } = nginxLint([`--settings-from=${ref}`, "."], { cwd });
      expect([ref, status]).toEqual([ref, 2]);
      expect(stderr).toContain("git has no such commit here");
    }
    symlinkSync("/etc/passwd", join(cwd, ".nginx-lint.yaml"));
    git("add", "-A");
    git("commit", "-m", "y");
    rmSync(join(cwd, ".nginx-lint.yaml"));
    expect(nginxLint(["--settings-from", "HEAD", "."], { cwd }).stderr).toContain(
      "is not a regular file in HEAD",
    );
    expect(nginxLint(["--settings-from", "HEAD", "."], { cwd: directoryOf({}) }).stderr).toContain(
      "no git repository",
    );
  });

  it.skipIf(process.platform === "win32")("run no program of the tree", () => {
    const { cwd, git } = repository({ "nginx.conf": CLEAN, ".nginx-lint.yaml": "failOn: never\n" });
    const ran = join(cwd, "ran");
    const program = (name: string, text: string) =>
      writeFileSync(join(cwd, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    program("git", `touch ${ran}; exit 1`);
    const PATH = `.:${process.env.PATH}`;
    expect(nginxLint(["--settings-from", "HEAD", "."], { cwd, env: { PATH } }).status).toBe(0);
    expect(existsSync(ran)).toBe(false);

    // What is missing would be fetched by a program that the repository names; an old git knows no other way to say no.
    const real = execFileSync("which", ["git"], { encoding: "utf8" }).trim();
    const old = directoryOf({});
    writeFileSync(join(old, "git"), `#!/bin/sh\nunset GIT_NO_LAZY_FETCH\nexec ${real} "$@"\n`, {
      mode: 0o755,
    });
    const object = execFileSync("git", ["rev-parse", "HEAD:.nginx-lint.yaml"], {
      cwd,
      encoding: "utf8",
    }).trim();
    rmSync(join(cwd, ".git/objects", object.slice(0, 2), object.slice(2)));
    program("fetch", `touch ${ran}`);
    for (const [key, value] of [
      ["core.repositoryFormatVersion", "1"],
      ["extensions.partialClone", "evil"],
      ["remote.evil.url", `ext::${join(cwd, "fetch")}`],
      ["remote.evil.promisor", "true"],
      ["protocol.ext.allow", "always"],
    ] as const) {
      git("config", key, value);
    }
    const env = { PATH: `${old}:${process.env.PATH}` };
    const { status, stderr } = nginxLint(["--settings-from", "HEAD", "."], { cwd, env });
    expect([status, stderr]).toEqual([2, expect.stringContaining("cannot be read from HEAD")]);
    expect(existsSync(ran)).toBe(false);
  });

  it("may be a file, which holds as if it stood here", () => {
    const machine = directoryOf({
      "base/strict.yaml":
        "extends: more.yaml\nbaseline: known.json\noverrides: [{ files: old/*, rules: { unknown-directive: off } }]\n",
      "base/more.yaml": "failOn: error\n",
      "base/known.json": '{ "version": 1, "findings": [] }\n',
      "tree/.nginx-lint.yaml": "failOn: never\n",
      "tree/known.json": "broken",
      "tree/old/a.conf": "gzipp on;\n",
      "tree/new/a.conf": "gzipp on;\n",
    });
    const cwd = join(machine, "tree");
    const args = ["--settings-from", "../base/strict.yaml"];
    expect(json([...args, "."], { cwd })).toMatchObject({ status: 1, rules: ["unknown-directive"] });
    expect(nginxLint([...args, "--config", "x.yaml", "."], { cwd }).status).toBe(2);
  });
});

describe("slips on the command line", () => {
  const cwd = directoryOf({
    "nginx.conf": CLEAN,
    "a/.nginx-lint.yaml": "root: ./nope\n",
    "a/nginx.conf": CLEAN,
    "b/.nginx-lint.yaml": "failOn: error\nnginxVersion: 9.9\n",
    "b/nginx.conf": CLEAN,
  });

  it.each([
    [["explain", "--address", "foo", "http://a/"], "--address foo: write an IP address"],
    [["explain", "--address", "1.2.3.999", "http://a/"], "--address 1.2.3.999"],
    [["explain", "--local", "foo:80", "http://a/"], "--local foo:80"],
    [["explain", "--local", "1.2.3.4:99999", "http://a/"], "a port is 1 to 65535"],
    [["explain", "--method", "G ET", "http://a/"], "--method G ET"],
    [["--address", "1.2.3.4", "."], "--address is an option of `nginx-lint explain`"],
    [["--root", "nope", "."], "the root nope is not a directory"],
    [["--root", "nginx.conf", "."], "the root nginx.conf is not a directory"],
    [["a"], "a/.nginx-lint.yaml:1:1: the root a/nope is not a directory"],
    [["--nginx-version", "nope", "."], "--nginx-version nope"],
    [["--nginx-version", "9.9", "."], "there is no nginx 9.9; the newest that nginx-lint knows is 1."],
    [["--nginx-version", "1.28.1234", "."], "there is no nginx 1.28.1234"],
    [["--nginx-version", "0.0.1", "."], "there is no nginx 0.0.1"],
    [["--exclude", "site{1..3}.conf", "."], "--exclude site{1..3}.conf: `{1..3}` is no range here"],
    [["--exclude", "!a.conf", "."], "--exclude !a.conf: `!` takes nothing back"],
    [["b"], "b/.nginx-lint.yaml:2:1: there is no nginx 9.9;"],
    [["explain", "--header", "a b: c", "http://a/"], "--header a b: c: write 'Name: value'"],
    [["explain", "--header", "a: b\u001b", "http://a/"], "write 'Name: value'"],
    [["explain", "--upstream-header", ": c", "http://a/"], "--upstream-header : c: write 'Name: value'"],
    [["explain", "http://a:99999/"], "http://a:99999/: a port is 1 to 65535"],
    [["explain", "http://a:x/"], "http://a:x/: a port is 1 to 65535"],
    [["explain", "--exists", "a", "http://a/"], "--exists a: write an absolute path"],
    [["explain", "--missing", "a", "http://a/"], "--missing a: write an absolute path"],
    [["explain", "--exists", "/a", "--missing", "/a", "http://a/"], "/a cannot both be there"],
    [["--print-config", "--address", "foo", "."], "--address is an option of `nginx-lint explain`"],
    [["--print-config", "-f", "html", "."], "--print-config writes stylish or json, not html"],
    [["--config", ".", "."], ".: is a folder, not a settings file"],
    [["--baseline", ".", "."], "the baseline . is a folder"],
    [["--baseline", "nginx.conf", "."], "nginx.conf:1:1: not JSON: Unexpected token 'e'\n"],
    [["--stdin-filename", "x.conf", "."], "--stdin-filename"],
    [["--within", "nope", "."], "--within nope"],
    [["--settings-from", "gone.yaml", "."], "gone.yaml: there is no such file"],
  ])("are told: %j", (args, message) => {
    const { status, stdout, stderr } = nginxLint(args, { cwd });
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
  });

  it("may be a version that came later, which is told once", () => {
    const { status, stdout, stderr } = nginxLint(["--nginx-version", "1.99", "."], { cwd });
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout.match(/nginx 1\.99 is newer than/g)).toHaveLength(1);
    expect(nginxLint(["--nginx-version", "1.99", "-f", "compact", "."], { cwd }).stderr).toContain(
      "is newer than",
    );
    expect(nginxLint(["--nginx-version", "mainline", "."], { cwd }).stdout).not.toContain("newer");
  });
});
