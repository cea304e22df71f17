import { spawnSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { directoryOf, nginxLint } from "./run.ts";

const SITE = `events {}
http {
    server {
        listen 443 ssl;
        ssl_certificate a.pem;
        ssl_certificate_key a.key;
        ssl_protocols TLSv1 TLSv1.2; # caf\u00e9
        return 404;
    }
}
`;

describe("--fix", () => {
  it("writes the file and lints it anew", () => {
    const cwd = directoryOf({ "nginx.conf": SITE });
    const { status, stdout, stderr } = nginxLint(["--fix", "."], { cwd });
    expect([status, stderr]).toEqual([0, "nginx-lint: fixed 1 problem in nginx.conf\n"]);
    expect(stdout).toContain("No problems");
    expect(readFileSync(join(cwd, "nginx.conf"), "utf8")).toBe(
      SITE.replace("TLSv1 TLSv1.2", "TLSv1.2 TLSv1.3"),
    );
    expect(readdirSync(cwd)).toEqual(["nginx.conf"]);
  });
  it("keeps encoding, mode and the link that leads to a file", () => {
    const cwd = directoryOf({ "available/site.conf": Buffer.from(SITE, "latin1") });
    mkdirSync(join(cwd, "enabled"));
    const real = join(cwd, "available/site.conf");
    chmodSync(real, 0o640);
    symlinkSync("../available/site.conf", join(cwd, "enabled/site.conf"));
    expect(nginxLint(["--fix", "enabled/site.conf"], { cwd }).status).toBe(0);
    expect(lstatSync(join(cwd, "enabled/site.conf")).isSymbolicLink()).toBe(true);
    expect(statSync(real).mode & 0o777).toBe(0o640);
    expect(readFileSync(real)).toEqual(
      Buffer.from(SITE.replace("TLSv1 TLSv1.2", "TLSv1.2 TLSv1.3"), "latin1"),
    );
  });
  it("leaves a read-only file, and says so", () => {
    const cwd = directoryOf({ "nginx.conf": SITE });
    chmodSync(join(cwd, "nginx.conf"), 0o444);
    const { status, stderr } = nginxLint(["--fix", "."], { cwd });
    expect([status, stderr]).toEqual([
      1,
      "nginx-lint: warning: nginx.conf is read-only and is left as it is\n",
    ]);
    expect(readFileSync(join(cwd, "nginx.conf"), "utf8")).toBe(SITE);
  });
  it("leaves what a comment suppresses", () => {
    const suppressed = SITE.replace(
      "# caf\u00e9",
      "# nginx-lint-disable-line tls-deprecated-protocols -- old clients",
    );
    const cwd = directoryOf({ "nginx.conf": suppressed });
    expect(nginxLint(["--fix", "."], { cwd }).status).toBe(0);
    expect(readFileSync(join(cwd, "nginx.conf"), "utf8")).toBe(suppressed);
  });
});

describe("--no-report", () => {
  it("writes the file, and is silent about what is left", () => {
    const cwd = directoryOf({ "nginx.conf": SITE.replace("ssl_certificate a.pem;", "") });
    const { status, stdout, stderr } = nginxLint(["--fix", "--no-report", "."], { cwd });
    expect([status, stdout, stderr]).toEqual([0, "", "nginx-lint: fixed 1 problem in nginx.conf\n"]);
    expect(readFileSync(join(cwd, "nginx.conf"), "utf8")).toContain("TLSv1.2 TLSv1.3");
  });
  it("fails where it cannot read, and goes with --fix alone", () => {
    expect(nginxLint(["--fix", "--no-report", "nowhere"]).status).toBe(2);
    expect(nginxLint(["--no-report", "."]).stderr).toContain("--no-report goes with --fix");
  });
});

/** A shadowed folder of static files, a guard beside it, and TLS of the last century. */
const SHOP = `events {}
http {
    server {
        listen 443 ssl;
        server_name shop.example;
        ssl_certificate a.pem;
        ssl_certificate_key a.key;
        ssl_protocols TLSv1 TLSv1.2;
        root /srv/shop;
        location /static/ { alias /srv/static/; }
        location ~ /\\. { deny all; }
        location ~* \\.(css|js)$ { expires 1y; }
    }
}
`;
const SAFE = "ssl_protocols TLSv1.2 TLSv1.3;";

describe("--fix-only", () => {
  it("applies the fixes of the rules that it names, and no others", () => {
    const cwd = directoryOf({ "nginx.conf": SHOP });
    const text = () => readFileSync(join(cwd, "nginx.conf"), "utf8");
    nginxLint(["--fix-only", "location-shadowed", "."], { cwd });
    expect(text()).toBe(SHOP);
    nginxLint(["--fix=unsafe", "--fix-only=header-without-always,location-shadowed", "."], { cwd });
    expect(text()).toContain("location ^~ /static/");
    expect(text()).not.toContain(SAFE);
    nginxLint(["--fix-only", "tls-deprecated-protocols", "."], { cwd });
    expect(text()).toContain(SAFE);
  });
  it("refuses a rule that does not exist", () => {
    const { status, stderr } = nginxLint(["--fix-only", "location-shadow", "."]);
    expect([status, stderr]).toEqual([
      2,
      "nginx-lint: --fix-only: no rule is called location-shadow; did you mean `location-shadowed`?\n",
    ]);
  });
});

describe("proven fixes", () => {
  it("keep refusing what was refused, are told with what else they change, and leave nothing to a second run", () => {
    const cwd = directoryOf({ "nginx.conf": SHOP });
    const first = nginxLint(["--fix=unsafe", "."], { cwd });
    expect(first.stderr).toMatch(/^nginx-lint: fixed \d problems in nginx\.conf\n/);
    const fixed = readFileSync(join(cwd, "nginx.conf"), "utf8");
    expect(fixed).toMatch(/location \^~ \/static\/ \{[^}]*location ~ \/\\\. \{ deny all; \}/);
    expect(nginxLint(["--fix=unsafe", "."], { cwd }).stderr).toBe("");
    expect(readFileSync(join(cwd, "nginx.conf"), "utf8")).toBe(fixed);
  });
  it("are what JSON and SARIF carry", () => {
    const cwd = directoryOf({ "nginx.conf": SHOP });
    const { findings } = JSON.parse(nginxLint(["-f", "json", "."], { cwd }).stdout);
    const fixes = findings.flatMap(({ fix }: { fix?: object }) => (fix === undefined ? [] : [fix]));
    expect(fixes).toContainEqual(expect.objectContaining({ safe: true, changes: [] }));
    expect(fixes).toContainEqual(expect.objectContaining({ safe: false, changes: [] }));
    expect(nginxLint(["-f", "sarif", "."], { cwd }).stdout).toContain("(changes nothing else)");
  });
  it("of standard input go to standard output, the report to standard error", () => {
    const { status, stdout, stderr } = nginxLint(["--fix", "-"], { input: Buffer.from(SITE, "latin1") });
    expect(stdout).toBe(SITE.replace("TLSv1 TLSv1.2", "TLSv1.2 TLSv1.3").replace("\u00e9", "\ufffd"));
    expect([status, stderr.split("\n")[0]]).toEqual([0, "nginx-lint: fixed 1 problem in <stdin>"]);
    expect(stderr).toContain("No problems");
    const clean = nginxLint(["--fix", "-"], { input: "events {}\n" });
    expect(clean.stdout).toBe("events {}\n");
  });
});

describe("--diff", () => {
  it("prints what --fix would change, and writes nothing", () => {
    const cwd = directoryOf({ "nginx.conf": SITE });
    const { status, stdout } = nginxLint(["--diff", "."], { cwd });
    expect(status).toBe(1);
    expect(stdout).toMatch(/^--- a\/nginx\.conf\n\+\+\+ b\/nginx\.conf\n/);
    expect(stdout).toContain("\n-        ssl_protocols TLSv1 TLSv1.2;");
    expect(stdout).toContain("\n+        ssl_protocols TLSv1.2 TLSv1.3;");
    expect(readFileSync(join(cwd, "nginx.conf"), "utf8")).toBe(SITE);
  });
  it("shows the unsafe ones on top of the safe ones, and says when there are no others", () => {
    const cwd = directoryOf({ "nginx.conf": SHOP });
    const { stdout, stderr } = nginxLint(["--diff", "."], { cwd });
    const [safe = "", unsafe = ""] = stdout.split("# --fix=unsafe\n");
    expect(safe).toContain("# --fix\n#   nginx.conf:8 tls-deprecated-protocols: ");
    expect(safe).toContain(`\n+        ${SAFE}`);
    expect(unsafe).toMatch(/^# {3}nginx\.conf:\d+ /);
    expect(unsafe).toContain("\n+        location ^~ /static/");
    expect(unsafe).not.toContain(`+        ${SAFE}`);
    expect(stderr).toBe("");
    expect(nginxLint(["--fix", "--diff", "."], { cwd }).stdout).toBe(safe.replace(/^#.*\n/gm, ""));
    const patch = spawnSync("git", ["apply", "--check"], { cwd, input: stdout, encoding: "utf8" });
    expect(patch.status).toBe(0);
    const alone = directoryOf({ "nginx.conf": SHOP.replace("TLSv1 TLSv1.2", "TLSv1.2") });
    expect(nginxLint(["--diff", "."], { cwd: alone }).stderr).toBe(
      "nginx-lint: there are only fixes that change what the site does: --fix=unsafe makes them\n",
    );
  });
});

describe("the patch of --diff", () => {
  it.each([
    ["tabs and CRLF", (text: string) => text.replaceAll("    ", "\t").replaceAll("\n", "\r\n")],
    ["letters beyond ASCII", (text: string) => text.replace("a.pem", "\u00fc.pem")],
  ])("can be applied to a file with %s", (_, form) => {
    const cwd = directoryOf({ "nginx.conf": form(SITE) });
    const { stdout } = nginxLint(["--diff", "--fix=safe", "."], { cwd });
    const { status, stderr } = spawnSync("git", ["apply", "-p1"], { cwd, input: stdout, encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
    expect(readFileSync(join(cwd, "nginx.conf"), "utf8")).toBe(
      form(SITE).replace("TLSv1 TLSv1.2", "TLSv1.2 TLSv1.3"),
    );
  });

  it.each([
    ["patch", (root: string) => ["-p1", "-d", root]],
    ["git", (root: string) => ["-C", root, "apply", "-p1"]],
  ])(
    "can be applied by %s to files outside of the working directory, from where it says",
    (command, args) => {
      const root = realpathSync(
        directoryOf({ "sites/shop/nginx.conf": SHOP, "sites/own.conf": SITE, "ci/x": "" }),
      );
      const cwd = join(root, "ci");
      const { stdout } = nginxLint(["--diff", "../sites/shop", "../sites/own.conf"], { cwd });
      expect(stdout.split("\n")[0]).toBe(`# names are relative to ${root}: patch -d ${root} -p1`);
      expect(stdout).toContain("\n--- a/sites/shop/nginx.conf\n+++ b/sites/shop/nginx.conf\n");
      const { status, stderr } = spawnSync(command, args(root), { cwd, input: stdout, encoding: "utf8" });
      expect([status, stderr]).toEqual([0, ""]);
      expect(readFileSync(join(root, "sites/shop/nginx.conf"), "utf8")).toContain("location ^~ /static/");
    },
  );

  it("names the lines of the files as they are, whatever was fixed above", () => {
    const text = SHOP.replace("443 ssl;", "443 ssl http2;");
    const cwd = directoryOf({ "nginx.conf": text });
    const { stdout } = nginxLint(["--diff", "--nginx-version", "1.28.0", "."], { cwd });
    expect(stdout).toMatch(/^\+ +http2 on;$/m);
    const [, line] = /^# {3}nginx\.conf:(\d+) location-shadowed:/m.exec(stdout) ?? [];
    expect(text.split("\n")[Number(line) - 1]).toContain("location ~* ");
  });

  it("goes where the output is wanted, also of standard input", () => {
    const cwd = directoryOf({ "nginx.conf": SITE });
    expect(nginxLint(["--diff", "-o", "fix.patch", "."], { cwd }).stdout).toBe("");
    expect(readFileSync(join(cwd, "fix.patch"), "utf8")).toContain("+++ b/nginx.conf");
    expect(nginxLint(["--diff", "--fix=safe", "-"], { cwd, input: SITE }).stdout).toContain("+++ b/<stdin>");
  });
});
