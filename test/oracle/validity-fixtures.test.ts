/** The fixtures of the validity rules against nginx itself: it refuses those with a finding, and starts with the others. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "../../src/parser/index.ts";
import { RULES } from "../../src/rules/index.ts";
import { inferContext } from "../../src/semantics/index.ts";
import { isThere, MODULES, refusalsOf, wrapped } from "./validity/start.ts";

const fixtures = join(import.meta.dirname, "../../fixtures/rules");
const folder = mkdtempSync(join(tmpdir(), "nginx-lint-oracle-"));
mkdirSync(join(folder, "logs"));
// `load_module modules/…` is relative to the prefix.
symlinkSync("/usr/lib/nginx/modules", join(folder, "modules"));
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
  const top = inferContext(parse(text, "fixture"));
  return wrapped(text, top) ?? wrapped(text, "location") ?? text;
}

/** What `nginx -t` says of the first mistake; null where it would start. */
function refusal(text: string): string | null {
  const file = join(folder, "nginx.conf");
  writeFileSync(file, MODULES + makeReadable(wrap(text)));
  return refusalsOf(folder, file).join("\n") || null;
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
    // Parts that are only right beside others, and what nginx refuses for a reason that another rule tells.
    .filter((name) => !["part.conf", "http.conf", "misspelt.conf"].includes(name))
    .map((name) => [name, readFileSync(join(fixtures, id, name), "utf8")] as const)
    // What names files of elsewhere or stands for a template says nothing about nginx.
    .filter(([, text]) => !/\binclude\b|\$\{[A-Z]|^# nginx-version/m.test(text));

  it.each(texts)("%s", (_, text) => {
    const said = refusal(text);
    if (text.includes(`# expect: ${id}`)) expect(said).not.toBeNull();
    else expect(said === null || isAboutTheMachine(said), said ?? "").toBe(true);
  });
});
