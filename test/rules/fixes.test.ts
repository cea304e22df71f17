/**
 * What `--fix` and `--fix=unsafe` make of the fixtures of each rule.
 *
 * Beside `NAME.conf` may lie `NAME.fixed.conf` and `NAME.unsafe.conf`: the text after the one and after the other, and
 * below it, under a line `# file: …`, each included file that is changed as well. To state a new one, make it empty and
 * run `npx vitest run --project unit test/rules/fixes.test.ts -t RULE-ID -u`; then read it.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { applyFixes, type Finding, type FixLevel, lint } from "../../src/linter/index.ts";
import { RULES, type Rule } from "../../src/rules/index.ts";
import { parseVersion } from "../../src/semantics/index.ts";
import { treeOf } from "../tree.ts";
import { entriesOf, fixtureTexts, root, versionIn } from "./rule-fixtures.ts";

type Texts = Readonly<Record<string, string>>;

function findingsIn(rule: Rule, texts: Texts): readonly Finding[] {
  const tree = treeOf(texts);
  const version = versionIn(tree);
  return lint([tree], { rules: [rule], version: version === undefined ? null : parseVersion(version) })
    .findings;
}

const MOST_ROUNDS = 5;

/** What is mended outside may be lost again further in, and fixes of the same lines wait for each other: in rounds. */
function fixed(rule: Rule, texts: Texts, level: FixLevel): Texts {
  let result = texts;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { files } = applyFixes(findingsIn(rule, result), new Map(Object.entries(result)), level);
    if (files.length === 0) return result;
    result = { ...result, ...Object.fromEntries(files.map(({ name, after }) => [name, after])) };
  }
  throw new Error(`${rule.id} still changes after ${MOST_ROUNDS} rounds`);
}

function stated(name: string, before: Texts, after: Texts): string {
  const others = Object.keys(after).filter((other) => other !== name && after[other] !== before[other]);
  return [after[name], ...others.map((other) => `# file: ${other}\n${after[other]}`)].join("");
}

function problemsIn(texts: Texts): number {
  return treeOf(texts).files.flatMap(({ problems }) => problems).length;
}

const LEVELS = { fixed: "safe", unsafe: "unsafe" } as const;

/** Whether a comment is used is known to a run of all rules only. */
const fixing = RULES.filter(({ fix, category }) => fix !== undefined && category !== "suppressions");

describe.each(fixing.map((rule) => [rule.id, rule] as const))("the fix of %s", (id, rule) => {
  const names = entriesOf(rule);

  it("is offered somewhere, and only at the level that the page tells", () => {
    const all = [{ bad: rule.docs.bad }, ...names.map((name) => fixtureTexts(rule, name))];
    const offered = all.flatMap((texts) => findingsIn(rule, texts)).flatMap(({ fix }) => fix ?? []);
    expect(offered.length).toBeGreaterThan(0);
    expect(offered.some(({ safe }) => safe)).toBe(rule.fix === "safe");
  });

  it.each(names)("mends %s until no finding with a fix is left", (name) => {
    const texts = fixtureTexts(rule, name);
    const after = fixed(rule, texts, "unsafe");
    expect(problemsIn(after)).toBeLessThanOrEqual(problemsIn(texts));
    expect(findingsIn(rule, after).filter(({ fix }) => fix !== undefined)).toEqual([]);
  });

  const results = names.flatMap((name) =>
    (["fixed", "unsafe"] as const).flatMap((kind) => {
      const file = join(root, id, name.replace(/conf$/, `${kind}.conf`));
      return existsSync(file) ? [[name, kind, file] as const] : [];
    }),
  );
  it.each(results)("writes the same with CRLF: %s %s", (name, kind) => {
    const texts = fixtureTexts(rule, name);
    const crlf = (all: Texts) =>
      Object.fromEntries(Object.entries(all).map(([file, text]) => [file, text.replaceAll("\n", "\r\n")]));
    expect(fixed(rule, crlf(texts), LEVELS[kind])).toEqual(crlf(fixed(rule, texts, LEVELS[kind])));
  });

  it.each(results)("makes of %s what the fixture states as %s", async (name, kind, file) => {
    const texts = fixtureTexts(rule, name);
    await expect(stated(name, texts, fixed(rule, texts, LEVELS[kind]))).toMatchFileSnapshot(file);
  });
});
