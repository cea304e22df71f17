/**
 * Fixes over the fixtures of the rules that have one, sites, public bug reports and public trees: nginx takes what it took before, the
 * findings are gone, nothing new is reported, a second run changes nothing, and answers stay. It prints the counts.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { load } from "../../src/loader/index.ts";
import { RULES } from "../../src/rules/index.ts";
import { parseVersion, type SourceTree, type Version } from "../../src/semantics/index.ts";
import { entriesOf, fixtureTexts, versionIn } from "../rules/rule-fixtures.ts";
import { treeOf } from "../tree.ts";
import { type Mending, mend } from "./mended/check.ts";
import { isThere, MODULES, refusalsOf, wrapped } from "./validity/start.ts";

const repository = join(import.meta.dirname, "../..");
const shared = join(repository, "../shared");
const folder = mkdtempSync(join(tmpdir(), "nginx-lint-fixes-"));
const total = { trees: 0, safe: 0, unsafe: 0, withheld: 0, told: 0, asked: 0, started: 0 };
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  console.info(`fixes: ${JSON.stringify(total)}`);
});

/** nginx would start, did the machine have what the file names. */
const OF_THE_MACHINE =
  /cannot load certificate|host not found|BIO_new_file|No such file or directory|mkdir\(\)|getpwnam|getgrnam|bind\(\)/;

let folders = 0;

/** Whether nginx would start; null where that cannot be asked. */
function starts(tree: SourceTree): boolean | null {
  const text = wrapped(tree.entry.text, tree.top);
  if (!isThere || text === null || tree.files.some(({ template }) => template)) return null;
  const place = join(folder, String(folders++));
  const at = (name: string) => join(place, name.replaceAll("../", "up/"));
  mkdirSync(join(place, "logs"), { recursive: true });
  symlinkSync("/usr/lib/nginx/modules", join(place, "modules"));
  // What stands elsewhere on this machine is read there.
  for (const { name, text: part } of tree.files.filter((file) => !file.name.startsWith("/"))) {
    mkdirSync(dirname(at(name)), { recursive: true });
    writeFileSync(at(name), part);
  }
  const main = at(join(dirname(tree.entry.name), "wrapped.conf"));
  writeFileSync(main, (/\bload_module\b/.test(text) ? "" : MODULES) + text);
  const own = `${/^\s*pid\s/m.test(text) ? "" : `pid ${place}/pid; `}error_log stderr;`;
  const refusals = refusalsOf(place, main, own);
  rmSync(place, { recursive: true, force: true });
  const isTaken = refusals.every((line) => OF_THE_MACHINE.test(line));
  total.asked++;
  if (isTaken) total.started++;
  return isTaken;
}

/** What is wrong after the safe fixes, and after the unsafe ones on top. */
function wrongWith(trees: readonly SourceTree[], version: Version | null): readonly string[] {
  total.trees += trees.length;
  const wrong: string[] = [];
  let now = trees;
  for (const level of ["safe", "unsafe"] as const) {
    const mending: Mending = mend(now, level, version);
    for (const count of mending.applied.values()) total[level] += count;
    total.told += mending.changes.length;
    if (level === "unsafe") total.withheld += mending.withheld.length;
    wrong.push(...mending.wrong.map((each) => `${level}: ${each}`));
    for (const [index, tree] of now.entries()) {
      const after = mending.after[index] ?? tree;
      if (after.files.every(({ text }, at) => text === tree.files[at]?.text)) continue;
      if (starts(tree) === true && starts(after) === false) wrong.push(`${level}: nginx no longer starts`);
    }
    now = mending.after;
  }
  return wrong;
}

const fixing = RULES.filter((rule) => rule.fix !== undefined && entriesOf(rule).length > 0);

describe.each(fixing.map((rule) => [rule.id, rule] as const))(
  "the fixtures of %s, with all rules on",
  (_, rule) => {
    it.each(entriesOf(rule))("%s", (name) => {
      const tree = treeOf(fixtureTexts(rule, name));
      const version = versionIn(tree);
      expect(wrongWith([tree], version === undefined ? null : parseVersion(version))).toEqual([]);
    });
  },
);

const places = [
  ...["shop", "container", "sound"].map((name) => join(repository, "fixtures/sites", name)),
  ...["reports", "corpus"].flatMap((name) =>
    existsSync(join(shared, name))
      ? readdirSync(join(shared, name), { withFileTypes: true }).flatMap((entry) =>
          entry.isDirectory() ? [join(shared, name, entry.name)] : [],
        )
      : [],
  ),
];

describe("sites and trees of others", () => {
  it.each(places)("%s", async (place) => {
    const { trees } = await load({ paths: ["."], cwd: place });
    expect(trees.length).toBeGreaterThan(0);
    expect(wrongWith(trees, null)).toEqual([]);
  });
});
