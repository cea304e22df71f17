import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
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

describe("--fix-only", () => {
  it("writes the file, and is silent about what is left", () => {
    const cwd = directoryOf({ "nginx.conf": SITE.replace("ssl_certificate a.pem;", "") });
    const { status, stdout, stderr } = nginxLint(["--fix-only", "."], { cwd });
    expect([status, stdout, stderr]).toEqual([0, "", "nginx-lint: fixed 1 problem in nginx.conf\n"]);
    expect(readFileSync(join(cwd, "nginx.conf"), "utf8")).toContain("TLSv1.2 TLSv1.3");
  });
  it("fails where it cannot read", () => {
    expect(nginxLint(["--fix-only", "nowhere"]).status).toBe(2);
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
});
