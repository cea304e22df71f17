/** The real pre-commit, on repositories that are made here. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { cloneOfSources, directoryOf } from "./run.ts";

const home = directoryOf({
  ".gitconfig": "[user]\n  name = T\n  email = t@example.org\n[init]\n  defaultBranch = main\n",
});
const env = {
  ...process.env,
  GIT_CONFIG_GLOBAL: join(home, ".gitconfig"),
  PRE_COMMIT_HOME: join(home, "cache"),
  PRE_COMMIT_COLOR: "never",
  // What `npm ci` has fetched is there already.
  npm_config_prefer_offline: "true",
};

function run(cwd: string, command: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: "utf8" });
  return { status, text: `${stdout}${stderr}` };
}

const PRESENT = spawnSync("pre-commit", ["--version"]).status === 0;
if (!PRESENT) console.log("pre-commit is not installed: its tests are skipped");

describe.skipIf(!PRESENT)("pre-commit", () => {
  let hooks: string;

  /** The repository of the hooks at a release: what is committed, nothing built. */
  beforeAll(() => {
    hooks = cloneOfSources();
    run(hooks, "git", "tag", "v0.1.0");
    const { status, text } = run(repository({}), "pre-commit", "install-hooks");
    expect(status, text).toBe(0);
  }, 300_000);

  /** A user's repository with the hooks installed. */
  function repository(files: Readonly<Record<string, string>>, entries = "      - id: nginx-lint\n"): string {
    const config = `repos:\n  - repo: ${hooks}\n    rev: v0.1.0\n    hooks:\n${entries}`;
    const directory = directoryOf({ ...files, ".pre-commit-config.yaml": config });
    run(directory, "git", "init", "--quiet");
    run(directory, "git", "add", ".");
    run(directory, "git", "commit", "--quiet", "--no-verify", "-m", "Begin");
    expect(run(directory, "pre-commit", "install").status).toBe(0);
    return directory;
  }

  function commit(directory: string, files: Readonly<Record<string, string>>) {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, name)), { recursive: true });
      writeFileSync(join(directory, name), text);
    }
    run(directory, "git", "add", ".");
    return run(directory, "git", "commit", "-m", "Change");
  }

  const TREE = {
    "deploy/nginx/nginx.conf":
      "events {}\nhttp {\n  include /etc/nginx/conf.d/*.conf;\n  server {\n    listen 443 ssl;\n    return 404;\n  }\n}\n",
    "deploy/nginx/conf.d/shop.conf": "server {\n  listen 80;\n  return 404;\n}\n",
  };

  it("stops a commit that breaks a configuration, and lets the repaired one pass", () => {
    const directory = repository(TREE);
    const broken = commit(directory, { "deploy/nginx/conf.d/shop.conf": "server {\n  listen 80\n}\n" });
    expect(broken.status).toBe(1);
    expect(broken.text).toMatch(/nginx-lint\.+Failed/);
    expect(broken.text).toContain("deploy/nginx/conf.d/shop.conf\n");
    expect(broken.text).toContain("`listen` is not terminated");
    const repaired = commit(directory, {
      "deploy/nginx/conf.d/shop.conf": "server {\n  listen 81;\n  return 404;\n}\n",
    });
    expect(repaired.text).toMatch(/nginx-lint\.+Passed/);
    expect(repaired.status).toBe(0);
  });

  it("judges a part inside of the tree that it is a part of, and tells of that part only", () => {
    // The zone is defined in the main file; by itself, the part could not be judged.
    const main =
      "events {}\nhttp {\n  limit_req_zone $binary_remote_addr zone=known:1m rate=1r/s;\n  include conf.d/*.conf;\n  server { listen 443 ssl; }\n}\n";
    const directory = repository({ "nginx/nginx.conf": main });
    const part = (zone: string) => `server {\n  listen 80;\n  limit_req zone=${zone};\n  return 404;\n}\n`;
    const wrong = commit(directory, { "nginx/conf.d/api.conf": part("unknown") });
    expect(wrong.status).toBe(1);
    expect(wrong.text).toContain("undefined-reference");
    expect(wrong.text).not.toContain("ssl-without-certificate");
    expect(commit(directory, { "nginx/conf.d/api.conf": part("known") }).status).toBe(0);
  });

  it("is asked about configurations of nginx only", () => {
    const directory = repository({});
    const others = {
      "redis/redis.conf": "maxmemory 1\n",
      "conf.d/php.conf": "; php\n",
      "nginx/README.md": "{\n",
    };
    expect(commit(directory, others).text).toMatch(/nginx-lint\.+\(no files to check\)Skipped/);
    for (const name of [
      "nginx.conf",
      "docker/nginx.prod.conf",
      "a.vhost",
      "my-nginx/sites-enabled/shop",
      "nginx/app.conf.j2",
    ]) {
      expect(commit(directory, { [name]: "server {\n" }).status, name).toBe(1);
    }
  });

  it("takes options, and files with spaces", () => {
    const directory = repository(
      {},
      "      - id: nginx-lint\n        args: [--fail-on, error, -f, compact]\n",
    );
    const { status, text } = commit(directory, { "nginx/my site.conf": "server {\n  listen 80\n}\n" });
    expect(status).toBe(1);
    expect(text).toMatch(/^nginx\/my site\.conf:2:\d+: error: /m);
  });

  it("takes no file for an option, whatever it is called", () => {
    const evil = "events {}\nhttp {\n  server {\n    listen 80\n  }\n}\n";
    for (const entries of [
      "      - id: nginx-lint\n",
      "      - id: nginx-lint-fix\n      - id: nginx-lint\n",
      "      - id: nginx-lint\n        args: [--quiet]\n",
      "      - id: nginx-lint\n        args: [--quiet, --]\n",
    ]) {
      const directory = repository({}, entries);
      const names = [
        "--write-baseline=x.nginx",
        "--fail-on=never",
        `--output=${directory}/out.nginx`,
        "--fix",
      ];
      for (const name of names) {
        const file = name === "--fail-on=never" ? "--fail-on=never --x.nginx" : name;
        const path = file === "--fix" ? "--fix.nginx" : file;
        const { status } = commit(directory, { [path]: evil });
        expect([entries, name, status]).toEqual([entries, name, 1]);
        run(directory, "git", "rm", "-r", "--quiet", "--force", "--", path);
      }
      expect(existsSync(join(directory, "x.nginx"))).toBe(false);
      expect(existsSync(join(directory, "out.nginx"))).toBe(false);
    }
  });

  it("fixes what is safe to fix", () => {
    const directory = repository(
      {},
      "      - id: nginx-lint-fix\n        args: [--only, tls-deprecated-protocols]\n",
    );
    const text =
      "events {}\nhttp {\n  server {\n    listen 443 ssl;\n    ssl_protocols TLSv1 TLSv1.2;\n  }\n}\n";
    const first = commit(directory, { "nginx/nginx.conf": text });
    expect(first.status).toBe(1);
    expect(first.text).toContain("files were modified by this hook");
    expect(readFileSync(join(directory, "nginx/nginx.conf"), "utf8")).toContain("ssl_protocols TLSv1.2");
    expect(commit(directory, {}).status).toBe(0);
  });

  it("says everything once where both hooks are asked", () => {
    const directory = repository({}, "      - id: nginx-lint-fix\n      - id: nginx-lint\n");
    const fixable =
      "events {}\nhttp {\n  server {\n    listen 443 ssl;\n    ssl_protocols TLSv1 TLSv1.2;\n  }\n}\n";
    const { status, text } = commit(directory, { "nginx/nginx.conf": fixable });
    expect(status).toBe(1);
    expect(text).toContain("files were modified by this hook");
    expect(text.match(/ssl-without-certificate/g)).toHaveLength(1);
    expect(text).not.toContain("tls-deprecated-protocols");
    const broken = commit(directory, {
      "nginx/nginx.conf": "events {}\nhttp {\n  server {\n    listen 80;\n    frobnicate on;\n  }\n}\n",
    });
    expect(broken.text).toMatch(/nginx-lint --fix\.+Passed/);
    expect(broken.text.match(/unknown directive/g)).toHaveLength(1);
  });
});
