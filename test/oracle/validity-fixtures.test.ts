/** The fixtures of the validity rules against nginx itself: it refuses those with a finding, and starts with the others. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "../../src/parser/index.ts";
import { RULES } from "../../src/rules/index.ts";
import { inferContext } from "../../src/semantics/index.ts";

const NGINX = (process.env.NGINX_BINARIES ?? "/usr/sbin/nginx").split(":")[0] ?? "";
const isThere = existsSync(NGINX);
if (!isThere) console.warn(`skipped: there is no nginx at ${NGINX}`);

const fixtures = join(import.meta.dirname, "../../fixtures/rules");
const folder = mkdtempSync(join(tmpdir(), "nginx-lint-oracle-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What nginx does not decide at its start, or not by the text. */
const NOT_NGINX: ReadonlyMap<string, string> = new Map([
  ["undefined-named-location", "looked up when a request is there"],
  ["conflicting-server-name", "a warning"],
  ["missing-include", "the fixtures have no files of their own"],
  ["deprecated-directive", "depends on the version"],
  ["directive-version", "depends on the version"],
]);

/** Certificates and the like that fixtures name; nginx reads them at its start. */
function makeReadable(text: string): string {
  return text.replace(/^(\s*)(ssl_certificate(?:_key)?) [^$;]+;/gm, "$1$2 $2.pem;");
}

function wrap(text: string): string {
  switch (inferContext(parse(text, "fixture"))) {
    case "main":
      return text;
    case "http":
      return `events {}\nhttp {\n${text}\n}`;
    case "server":
      return `events {}\nhttp { server { listen 8080;\n${text}\n} }`;
    default:
      return `events {}\nhttp { server { listen 8080; location / {\n${text}\n} } }`;
  }
}

/** What `nginx -t` says of the first mistake; null where it would start. */
function refusal(text: string): string | null {
  const file = join(folder, "nginx.conf");
  const module = "/etc/nginx/modules-enabled";
  const modules = existsSync(module) ? `include ${module}/*.conf;\n` : "";
  writeFileSync(file, modules + makeReadable(wrap(text)));
  const { status, stderr } = spawnSync(
    NGINX,
    ["-t", "-q", "-p", folder, "-c", file, "-g", `pid ${folder}/pid; error_log stderr;`],
    { encoding: "utf8" },
  );
  return status === 0 ? null : stderr;
}

/** nginx would start, did the machine have what the file names. */
function isAboutTheMachine(message: string): boolean {
  return /cannot load certificate|host not found|BIO_new_file|No such file or directory|mkdir\(\)/.test(
    message,
  );
}

const rules = RULES.filter(({ id, category }) => category === "validity" && !NOT_NGINX.has(id));

describe.skipIf(!isThere).each(rules.map((rule) => [rule.id, rule] as const))("%s", (id, rule) => {
  it("has a bad example that nginx refuses and a good one that it takes", () => {
    expect(refusal(rule.docs.bad)).not.toBeNull();
    const said = refusal(rule.docs.good);
    expect(said === null || isAboutTheMachine(said), said ?? "").toBe(true);
  });

  const names = existsSync(join(fixtures, id)) ? readdirSync(join(fixtures, id)) : [];
  const texts = names
    .filter((name) => name.endsWith(".conf") && !basename(name).startsWith("_"))
    .map((name) => [name, readFileSync(join(fixtures, id, name), "utf8")] as const)
    // What names files of elsewhere or stands for a template says nothing about nginx.
    .filter(([, text]) => !/\binclude\b|\$\{[A-Z]|^# nginx-version/m.test(text));

  it.each(texts)("%s", (_, text) => {
    const said = refusal(text);
    if (text.includes(`# expect: ${id}`)) expect(said).not.toBeNull();
    else expect(said === null || isAboutTheMachine(said), said ?? "").toBe(true);
  });
});
