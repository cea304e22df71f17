/** What a stranger's tree cannot make the linter do: read, print or write what is outside of it, wait, or end badly. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { CLI, directoryOf, nginxLint, type RunOptions } from "./run.ts";

const SECRET = "hunter2-of-the-machine";
const inHttp = (text: string) => `events {}\nhttp {\n${text}\n}\n`;

/** A machine: `tree` comes from a stranger, `home` is not theirs. */
let machine: string;
let tree: string;
let secret: string;

beforeEach(() => {
  machine = directoryOf({
    "home/secret.conf": `${SECRET} 1;\n`,
    "home/notes": `password ${SECRET}\n`,
    "home/site.conf": `server {\n  listen 80;\n  server_name ${SECRET}.example;\n  gzipp on;\n}\n`,
    "tree/nginx.conf": inHttp("server { listen 80; return 404; }"),
  });
  tree = join(machine, "tree");
  secret = join(machine, "home/secret.conf");
});

function plant(files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(tree, name, ".."), { recursive: true });
    if (text.startsWith("-> ")) symlinkSync(text.slice(3), join(tree, name));
    else writeFileSync(join(tree, name), text);
  }
}

/** Every format and the fixes; nothing of the machine may be said in any. */
function run(args: readonly string[], options: RunOptions = {}) {
  const before = snapshot(join(machine, "home"));
  const outcome = nginxLint(["--preset", "strict", ...args], { cwd: tree, ...options });
  expect(outcome.stdout + outcome.stderr).not.toContain(SECRET);
  expect(outcome.stderr).not.toMatch(/internal error|^ {4}at /m);
  expect(snapshot(join(machine, "home"))).toEqual(before);
  expect([0, 1, 2]).toContain(outcome.status);
  return outcome;
}

function snapshot(directory: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), "utf8")]),
  );
}

const GROUNDS = [
  ["a folder", () => {}],
  ["a repository", () => mkdirSync(join(tree, ".git"))],
] as const;

it("is not told by explain what is outside of --within, also not behind a link", () => {
  plant({
    "nginx.conf": inHttp(`server { listen 80; root ${machine}/home; location /l/ { root ${tree}; } }`),
    l: "-> ../home",
  });
  const asked = (uri: string, ...more: string[]) =>
    nginxLint(["explain", ...more, `http://x${uri}`, "."], { cwd: tree }).stdout;
  expect(asked("/notes")).not.toContain("assumed");
  expect(asked("/notes", "--within", ".")).toContain("assumed");
  expect(asked("/l/notes", "--within", ".")).toContain("assumed");
});

describe.each(GROUNDS)("%s from a stranger", (_, prepare) => {
  beforeEach(() => prepare());

  it.each([
    ["by its path", () => secret],
    ["upwards", () => "../home/secret.conf"],
    ["by a pattern", () => "../home/*"],
    ["by a pattern behind a link", () => "link/*"],
    ["by a link", () => "link/secret.conf"],
    ["by a link that is a file", () => "file.conf"],
    ["by a pattern of folders", () => "*/../../home/secret.conf"],
    ["from the kernel", () => "/proc/self/environ"],
    ["from a terminal", () => "/dev/stdin"],
  ])("includes what is outside: %s", (_, include) => {
    plant({
      "nginx.conf": inHttp(`include ${include()};\nserver { listen 80; return 404; }`),
      link: "-> ../home",
      "file.conf": "-> ../home/secret.conf",
    });
    for (const format of ["stylish", "json", "sarif", "html", "github"]) {
      run(["-f", format, "."], { env: { NGINX_LINT_TOKEN: SECRET } });
    }
    const { stdout } = run(["."]);
    expect(stdout.replace(/\s+/g, " ")).toMatch(
      /outside of what was passed|which is outside the given paths|not a regular file/,
    );
    run(["--fix=unsafe", "."]);
    run(["--diff", "."]);
  });

  it.each(["/", "../..", "../home", "link"])("names %s for its root", (root) => {
    plant({
      ".nginx-lint.yaml": `root: ${root}\n`,
      "nginx.conf": inHttp("include /proc/self/environ;\ninclude /secret.conf;"),
      link: "-> ../home",
    });
    const { status, stdout, stderr } = run(["."], { env: { NGINX_LINT_TOKEN: SECRET } });
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^nginx-lint: \.nginx-lint\.yaml:1:7: `root: \S+` leads out of /);
    run(["--fix=unsafe", "."]);
  });

  it.each(["baseline", "extends"])("names a file outside for its %s", (key) => {
    plant({ link: "-> ../home", "link.json": "-> ../home/notes", "link.yaml": "-> ../home/notes" });
    const paths =
      key === "baseline" ? ["../home/notes", "link/notes", "link.json"] : ["../home/x.yaml", "link.yaml"];
    for (const path of paths) {
      plant({ ".nginx-lint.yaml": `${key}: ${path}\n` });
      const { status, stderr } = run(["."]);
      expect(status).toBe(2);
      expect(stderr).toMatch(/leads out of/);
    }
  });

  it("has settings that are a link", () => {
    for (const name of [".nginx-lint.yaml", ".nginx-lint.json"]) {
      plant({ [name]: "-> ../home/notes" });
      const { status, stderr } = run(["."]);
      expect(status).toBe(2);
      expect(stderr).toContain("is a link to");
      spawnSync("rm", [join(tree, name)]);
    }
  });

  it("has an nginx.conf that is a link", () => {
    spawnSync("rm", [join(tree, "nginx.conf")]);
    plant({ "nginx.conf": "-> ../home/site.conf" });
    const { status, stderr } = run(["."]);
    expect(status).toBe(2);
    expect(stderr).toContain("nginx.conf is a link to");
    run(["--fix=unsafe", "."]);
    run(["sites"]);
  });

  it("has links among its files, which are told", () => {
    plant({
      "nginx.conf": inHttp("include conf.d/*.conf;\nserver { listen 80; return 404; }"),
      "conf.d/a.conf": "-> ../../home/site.conf",
      "more/b.conf": "-> ../../home/site.conf",
    });
    const { stdout } = run(["."]);
    expect(stdout).toContain("conf.d/a.conf");
    expect(stdout).toContain("more/b.conf");
    run(["--fix=unsafe", "."]);
    run(["more/*.conf"]);
  });

  it("has a file where the report goes that is a link", () => {
    plant({ "report.json": "-> ../home/notes", out: "-> ../home" });
    for (const output of ["report.json", "out/notes", "out/new.json"]) {
      const { status, stderr } = run(["-f", "json", "-o", output, "."]);
      expect(status).toBe(2);
      expect(stderr).toContain("no link of the tree is written through");
      expect(run(["--write-baseline", output, "."]).status).toBe(2);
    }
  });

  it("has a link before the `..` of the user's output", () => {
    mkdirSync(join(machine, "home-of/folder"), { recursive: true });
    plant({ link: "-> ../home-of/folder" });
    for (const option of ["--output", "--write-baseline"]) {
      expect(run([option, "link/../report.json", "."]).status).toBe(0);
      expect(existsSync(join(tree, "report.json"))).toBe(true);
      rmSync(join(tree, "report.json"));
    }
    expect(readdirSync(join(machine, "home-of"))).toEqual(["folder"]);
  });

  it("has pipes for everything", () => {
    for (const name of ["a.conf", ".nginx-lint.yaml", "package.json", "Dockerfile", "base.yaml", "b.json"]) {
      execFileSync("mkfifo", [join(tree, name)]);
    }
    expect(run(["."]).stderr).toContain("not a regular file");
    run(["init"], { cwd: tree });
    for (const key of ["baseline: b.json", "extends: base.yaml", "root: a.conf"]) {
      spawnSync("rm", [join(tree, ".nginx-lint.yaml")]);
      plant({ ".nginx-lint.yaml": `${key}\n` });
      expect(run(["."]).status).toBe(2);
    }
  });

  it("names devices for everything", () => {
    for (const path of ["/dev/zero", "/dev/stdin", "/dev/fd/0"]) {
      for (const key of ["baseline", "extends", "root"]) {
        plant({ ".nginx-lint.yaml": `${key}: ${path}${key === "extends" ? "/x.yaml" : ""}\n` });
        expect(run(["."]).status).toBe(2);
      }
    }
  });
});

describe("a repository that holds what is handed", () => {
  beforeEach(() => mkdirSync(join(tree, ".git")));

  it("may be read from its other folders", () => {
    plant({
      "deploy/nginx.conf": inHttp("include ../shared/*.conf;\ninclude link.conf;"),
      "shared/a.conf": "gzipp on;\n",
      "deploy/link.conf": "-> ../shared/b.txt",
      "shared/b.txt": "gzippp on;\n",
    });
    const { stdout } = run(["-f", "compact", "deploy"]);
    expect(stdout).toContain("shared/a.conf:1:1: error");
    expect(stdout).toContain("deploy/link.conf:1:1: error");
  });

  it("does not have what is handed lead out of it", () => {
    plant({ deploy: "-> ../home", "a.conf": "-> ../home/site.conf" });
    for (const path of ["deploy", "a.conf", "deploy/site.conf", "deploy/*.conf", "deploy/**/*"]) {
      const { status, stderr } = run(["--fix=unsafe", path]);
      expect(status).toBe(2);
      expect(stderr).toContain("outside of");
    }
  });

  it("leads nobody to what is git's own", () => {
    const files = { "tree/.git/config": `extraheader ${SECRET}\n`, "tree/.git/hooks/x.conf": "gzip on\n" };
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(machine, name, ".."), { recursive: true });
      writeFileSync(join(machine, name), text);
    }
    plant({
      "deploy/nginx.conf": inHttp(
        [".git/config", ".git/*", ".g*/config", "link.conf", "deploy/folder/*", ".git/hooks/x.conf"]
          .map((path) => `include ../${path};`)
          .join("\n"),
      ),
      "link.conf": "-> .git/config",
      "deploy/folder": "-> ../.git/hooks",
      "deploy/y.conf": "-> ../.git/hooks/x.conf",
      "report.txt": "-> .git/hooks/pre-commit",
      "out.sarif": "-> .git/config",
    });
    for (const path of [".", "deploy"])
      for (const more of [[], ["-f", "json"], ["--fix=unsafe"], ["--within", "."], ["--diff"]])
        run([...more, path]);
    expect(run(["-f", "json", "."]).stdout).toContain("git's own");
    for (const path of ["link.conf", "deploy/folder", "deploy/y.conf"])
      expect([path, run([path]).status]).toEqual([path, 2]);
    for (const output of ["report.txt", "out.sarif"])
      expect(run(["-o", output, "--within", ".", "."]).status).toBe(2);
    for (const key of ["baseline", "extends"]) {
      plant({ ".nginx-lint.yaml": `${key}: .git/config${key === "extends" ? ".yaml" : ""}\n` });
      expect(run(["."]).stderr).toContain("git's own");
    }
    for (const [name, text] of Object.entries(files))
      expect(readFileSync(join(machine, name), "utf8")).toBe(text);
    expect(existsSync(join(tree, ".git/hooks/pre-commit"))).toBe(false);
    rmSync(join(tree, ".nginx-lint.yaml"));
    // In so many words.
    expect(nginxLint(["-f", "compact", ".git/hooks/x.conf"], { cwd: tree }).stdout).toContain("x.conf:1");
  });

  it("has a link to another repository", () => {
    mkdirSync(join(machine, "home/.git"));
    plant({ deploy: "-> ../home" });
    expect(nginxLint(["deploy/site.conf"], { cwd: tree }).status).toBe(2);
  });
});

describe("what is named on the command line", () => {
  it("may be anywhere", () => {
    const home = join(machine, "home");
    writeFileSync(
      join(machine, "mine.yaml"),
      `extends: [${join(home, "base.yaml")}]\nbaseline: home/known.json\n`,
    );
    writeFileSync(join(home, "base.yaml"), "rules: { unknown-directive: off }\n");
    writeFileSync(join(home, "known.json"), '{ "version": 1, "findings": [] }\n');
    const given = ["--config", "../mine.yaml", "-o", "../report.json", "-f", "json"];
    const { status, stderr } = nginxLint([...given, "../home/site.conf"], { cwd: tree });
    expect(stderr).not.toContain("nginx-lint:");
    expect(status).toBe(0);
    expect(JSON.parse(readFileSync(join(machine, "report.json"), "utf8")).files).toEqual([
      join(machine, "home/site.conf"),
    ]);
  });

  it("stays within where that is wanted", () => {
    plant({ deploy: "-> ../home", "report.json": "-> ../home/notes" });
    for (const args of [
      ["deploy"],
      ["../home"],
      ["../home/site.conf"],
      ["-o", "report.json", "."],
      ["-o", "../report.json", "."],
      ["-o", "deploy/notes", "."],
      ["--write-baseline", "../home/b.json", "."],
      ["--root", "..", "deploy"],
    ]) {
      const { status, stderr } = run(["--within", ".", "-f", "json", ...args]);
      expect([args, status]).toEqual([args, 2]);
      expect(stderr).toContain("--within");
    }
    expect(existsSync(join(machine, "report.json"))).toBe(false);
    expect(run(["--within", ".", "."]).stderr).toBe("");
    expect(run(["--within", "nowhere", "."]).status).toBe(2);
  });

  it("has settings above it, which name nothing above themselves", () => {
    const above = directoryOf({
      "pr/.nginx-lint.yaml": "root: ./rootfs\nbaseline: known.json\n",
      "pr/known.json": '{ "version": 1, "findings": [] }\n',
      "pr/rootfs/etc/nginx/nginx.conf": inHttp("include /srv/a.conf;"),
      "pr/rootfs/srv/a.conf": "gzipp on;\n",
      "home/srv/a.conf": `${SECRET} on;\n`,
    });
    const cwd = join(above, "pr/rootfs");
    expect(nginxLint(["-f", "compact", "etc/nginx"], { cwd }).stdout).toContain("srv/a.conf:1:1");
    rmSync(join(above, "pr/.nginx-lint.yaml"));
    symlinkSync("../home/srv/a.conf", join(above, "pr/.nginx-lint.yaml"));
    const linked = nginxLint(["etc/nginx"], { cwd });
    expect([linked.status, linked.stderr]).toEqual([2, expect.not.stringContaining(SECRET)]);
    rmSync(join(above, "pr/.nginx-lint.yaml"));
    for (const text of [
      "root: ../home",
      "root: /",
      "baseline: ../home/srv/a.conf",
      "extends: ../home/x.yaml",
    ]) {
      writeFileSync(join(above, "pr/.nginx-lint.yaml"), `${text}\n`);
      const { status, stdout, stderr } = nginxLint(["etc/nginx"], { cwd });
      expect([status, stdout]).toEqual([2, ""]);
      expect(stderr).toContain("leads out of");
    }
  });

  it("has settings above it, but not above where it has to stay", () => {
    writeFileSync(join(machine, ".nginx-lint.yaml"), "rules: { unknown-directive: off }\n");
    plant({ "nginx.conf": inHttp("gzipp on;") });
    const args = ["--only", "unknown-directive", "-f", "compact"];
    expect(nginxLint([...args, "."], { cwd: tree }).stdout).toContain("gzipp");
    expect(nginxLint(["--print-config", "."], { cwd: tree }).stdout).toContain("../.nginx-lint.yaml");
    expect(nginxLint(["--print-config", "--within", ".", "."], { cwd: tree }).stdout).not.toContain("../");
  });
});

describe("a root that the user names", () => {
  it("adds what reads as a configuration, which nothing is written to", () => {
    const root = join(machine, "image");
    for (const folder of ["image/srv", "image/etc"]) mkdirSync(join(machine, folder), { recursive: true });
    const shared =
      "server {\n  listen 81;\n  gzipp on;\n  return 404; # nginx-lint-disable-line alias-traversal\n}\n";
    writeFileSync(join(root, "srv/shared.conf"), shared);
    writeFileSync(join(root, "srv/token"), `${SECRET}\n`);
    writeFileSync(join(root, "etc/shadow"), `root:${SECRET}:1:\n`);
    plant({
      "nginx.conf": inHttp("include /srv/shared.conf;\ninclude /srv/token;\ninclude /etc/*;"),
    });
    const given = ["--root", "../image", "-f", "json"];
    const report = JSON.parse(run([...given, "."]).stdout);
    expect(report.files).toContain(join(root, "srv/shared.conf"));
    expect(JSON.stringify(report.notes)).toContain("/srv/token");
    expect(JSON.stringify(report.notes)).toContain("/etc/shadow");
    run([...given, "--fix=unsafe", "."]);
    expect(readFileSync(join(root, "srv/shared.conf"), "utf8")).toBe(shared);
  });
});

describe("the output", () => {
  const shell = (line: string) =>
    spawnSync("bash", ["-c", line], {
      cwd: tree,
      encoding: "utf8",
      timeout: 50_000,
      env: { ...process.env, L: CLI },
    });

  it("is written to devices and pipes, which stay what they are", () => {
    expect(shell("node $L -f json -o /dev/null .").status).toBe(0);
    expect(lstatSync("/dev/null").isCharacterDevice()).toBe(true);
    expect(JSON.parse(shell("node $L -f json -o /dev/stdout . 2>/dev/null | cat").stdout).version).toBe(1);
    expect(JSON.parse(shell("node $L -f json -o >(cat) . 2>/dev/null | cat").stdout).version).toBe(1);
    expect(JSON.parse(shell("node $L -f json -o /dev/fd/3 . 3>&1 >/dev/null 2>&1").stdout).version).toBe(1);
    const { stdout } = shell(
      "mkfifo p; cat p & node $L -f json -o p . 2>/dev/null; wait; test -p p && echo pipe",
    );
    expect(stdout).toMatch(/^\{[\s\S]*\}\npipe\n$/);
    expect(
      shell("node $L -f json -o /dev/stdout . > out.json; test -f out.json && head -c 1 out.json").stdout,
    ).toBe("{");
  });

  it("is sent to a socket that somebody listens at", async () => {
    const socket = join(machine, "listener.sock");
    const server = createServer();
    const received = new Promise<string>((resolve) => {
      server.on("connection", (connection) => {
        let text = "";
        connection.on("data", (part) => {
          text += part;
        });
        connection.on("end", () => resolve(text));
      });
    });
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    const child = spawn(process.execPath, [CLI, "-f", "json", "-o", socket, "."], {
      cwd: tree,
      stdio: "ignore",
    });
    const ended = new Promise((resolve) => child.once("close", resolve));
    expect(JSON.parse(await received).version).toBe(1);
    expect(await ended).toBe(0);
    expect(lstatSync(socket).isSocket()).toBe(true);
    server.close();
  });

  it("of another program is handed over as standard input", () => {
    const { status, stderr } = shell("node $L <(echo 'gzipp on;')");
    expect([status, stderr]).toEqual([2, expect.stringContaining("pass it as standard input")]);
  });

  it("is not kept waiting by a pipe that nobody reads", () => {
    const { status, stderr } = shell("mkfifo unread; node $L -f json -o unread . ");
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining("cannot write unread: nobody reads from it"),
    ]);
  });

  it("keeps a link of the user's own, and what it leads to", () => {
    writeFileSync(join(machine, "real.json"), "");
    symlinkSync("real.json", join(machine, "link.json"));
    expect(nginxLint(["-f", "json", "-o", "../link.json", "."], { cwd: tree }).status).toBe(0);
    expect(lstatSync(join(machine, "link.json")).isSymbolicLink()).toBe(true);
    expect(statSync(join(machine, "real.json")).size).toBeGreaterThan(0);
  });
});

describe("sizes", () => {
  it("of settings, baselines and standard input have an end", () => {
    plant({ ".nginx-lint.yaml": `# ${"x".repeat(300_000)}\n` });
    expect(run(["."]).stderr).toContain("larger than 256 KiB");
    plant({ ".nginx-lint.yaml": `# ${"x".repeat(5_000_000)}\n` });
    expect(run(["."]).stderr).toContain("larger than 4 MiB");
    plant({ ".nginx-lint.yaml": "baseline: b.json\n" });
    execFileSync("truncate", ["-s", "100M", join(tree, "b.json")]);
    expect(run(["."]).stderr).toContain("larger than 32 MiB");
    spawnSync("rm", [join(tree, ".nginx-lint.yaml")]);
    const long = spawnSync("sh", ["-c", `head -c 100000000 /dev/zero | node ${CLI} -`], { encoding: "utf8" });
    expect([long.status, long.stdout]).toEqual([2, ""]);
    expect(long.stderr).toContain("standard input is larger than 64 MiB");
  });

  it("of settings that multiply by aliases have an end", { timeout: 10_000 }, () => {
    const lines = Array.from({ length: 8_000 }, (_, index) => `  - { files: *a, rules: {} } # ${index}`);
    plant({ ".nginx-lint.yaml": `exclude: &a [x]\noverrides:\n${lines.join("\n")}\n`.slice(0, 250_000) });
    run(["."]);
    const bomb = ["a: &a0 [x]"];
    for (let i = 1; i < 30; i++) bomb.push(`b${i}: &a${i} [*a${i - 1}, *a${i - 1}, *a${i - 1}]`);
    plant({ ".nginx-lint.yaml": bomb.join("\n") });
    expect(run(["."]).status).toBe(2);
  });

  it("of globs that are too many for the files have an end, which is no pass", { timeout: 60_000 }, () => {
    const globs = Array.from({ length: 9_000 }, (_, n) => `"**/*a${n}*b*c"`);
    plant({ ".nginx-lint.yaml": `exclude: [${globs.join(", ")}]\n` });
    for (let n = 0; n < 120; n++) plant({ [`sites/${"a".repeat(240)}${n}.conf`]: "server { listen 80; }\n" });
    const { status, stdout, stderr } = run(["."]);
    expect(status).toBe(2);
    expect(stdout).not.toContain("✓");
    expect(stderr).toContain("trying its globs on all files would take too long");
  });

  it.each([["loop"], ["a".repeat(300)], ["file/below"]])("are told where they cannot be (%#)", (name) => {
    plant({ loop: "-> loop", file: "" });
    for (const option of ["--output", "--write-baseline"]) {
      expect([0, 2]).toContain(run([option, name, "."]).status);
    }
  });
});
