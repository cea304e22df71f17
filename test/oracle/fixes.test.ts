/** The texts that fixtures state after `--fix` and `--fix=unsafe` against nginx: it takes them where it took the text before. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "../../src/parser/index.ts";
import { inferContext } from "../../src/semantics/index.ts";
import { isThere, refusalsOf, wrapped } from "./validity/start.ts";

const fixtures = join(import.meta.dirname, "../../fixtures/rules");
const folder = mkdtempSync(join(tmpdir(), "nginx-lint-fixes-"));
mkdirSync(join(folder, "logs"));
for (const name of ["fastcgi.conf", "fastcgi_params", "mime.types"]) writeFileSync(join(folder, name), "");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Without what nginx looks for on the machine while it reads: certificates, and the addresses of names. */
function portable(text: string): string {
  return text
    .replace(/\bssl_certificate(?:_key)? [^;]*;/g, "")
    .replace(/\blisten ([^;]*?) ssl\b/g, "listen $1")
    .replace(/(_pass \w+:\/\/)(?!unix:|\$|\d)[\w.-]+/g, "$1127.0.0.1")
    .replace(/(_pass )(?!\w+:\/\/|unix:|\$|\d)[\w.-]+/g, "$1127.0.0.1")
    .replace(/(\bserver )(?!unix:|\d)[\w.-]+(?=[:; ])/g, "$1127.0.0.1");
}

function wrap(text: string): string {
  const top = inferContext(parse(text, "fixture"));
  return wrapped(text, top) ?? wrapped(text, "location") ?? text;
}

/** What `nginx -t` says against a text; null where it takes it. */
function refusal(text: string): string | null {
  const file = join(folder, "nginx.conf");
  writeFileSync(file, portable(wrap(text)));
  return refusalsOf(folder, file).join("\n") || null;
}

/** Of other versions, with files of their own, or templates. */
const IS_ELSEWHERE = /^# nginx-version|\binclude _|^# file: |\$\{[A-Z]/m;

const cases = readdirSync(fixtures, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.(?:fixed|unsafe)\.conf$/.test(name))
  .sort()
  .map((name) => {
    const read = (file: string) => readFileSync(join(fixtures, file), "utf8");
    return { name, before: read(name.replace(/\.(?:fixed|unsafe)\.conf$/, ".conf")), after: read(name) };
  })
  .filter(({ before, after }) => !IS_ELSEWHERE.test(before + after));

/** What does not start before is to start afterwards. */
const MENDED: ReadonlySet<string> = new Set(["duplicate-directive/same.fixed.conf"]);

describe.skipIf(!isThere)("a fixed text", () => {
  const taken = isThere
    ? cases.filter(({ name, before }) => MENDED.has(name) || refusal(before) === null)
    : [];

  it("is compared for many fixtures", () => {
    expect(taken.length).toBeGreaterThan(25);
  });

  it.each(taken)("is taken by nginx: $name", ({ after }) => {
    expect(refusal(after)).toBeNull();
  });
});
