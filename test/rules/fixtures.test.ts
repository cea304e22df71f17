/**
 * Every rule against its fixtures and the snippets of its page.
 *
 * `fixtures/rules/<rule-id>/*.conf` say themselves what is expected where: `# expect: rule-id` on the line of the
 * finding, with a severity or confidence behind it where that matters (`# expect: rule-id info low`). A comment
 * `# message: …` below says what the finding above it must say, letter by letter. A first line `# nginx-version: 1.28.0`
 * sets the version. Other files of the folder are there to be included.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { defaultPolicy, lint, type Policy } from "../../src/linter/index.ts";
import { askRule, contextFor, type Report, RULES, type Rule } from "../../src/rules/index.ts";
import { Configuration, parseVersion, type SourceTree, Statement } from "../../src/semantics/index.ts";
import { treeOf } from "../tree.ts";

const root = join(import.meta.dirname, "../../fixtures/rules");

interface Found {
  readonly place: string;
  readonly report: Report;
}

function run(rule: Rule, tree: SourceTree, version: string | undefined): Found[] {
  const found: Found[] = [];
  const given = contextFor(new Configuration(tree), version === undefined ? null : parseVersion(version), {});
  askRule(rule, {
    ...given,
    options: {},
    met: () => {},
    report: (report) => {
      const { at } = report;
      const file = at.file;
      const start = at instanceof Statement ? at.directive.start : at.start;
      found.push({ place: `${file.name}:${file.position(start).line}`, report });
    },
  });
  return found;
}

const EXPECT = /# expect: (\S+)((?: (?:error|warning|info|high|medium|low))*)/;

function expected(rule: Rule, tree: SourceTree): string[] {
  return tree.files.flatMap(({ name, text }) =>
    text.split("\n").flatMap((line, index) => {
      const match = EXPECT.exec(line);
      return match?.[1] === rule.id ? [`${name}:${index + 1}${match[2]}`] : [];
    }),
  );
}

const MESSAGE = /^\s*# message: (.*\S)/;

/** What the findings say whose wording a fixture states: `file:line text`. */
function expectedMessages(rule: Rule, tree: SourceTree): string[] {
  return tree.files.flatMap(({ name, text }) => {
    let place = "";
    return text.split("\n").flatMap((line, index) => {
      if (EXPECT.exec(line)?.[1] === rule.id) place = `${name}:${index + 1}`;
      const message = MESSAGE.exec(line)?.[1];
      return message === undefined ? [] : [`${place} ${message}`];
    });
  });
}

function fixturesOf(rule: Rule): string[] {
  try {
    return readdirSync(join(root, rule.id), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".conf"))
      .sort();
  } catch {
    return [];
  }
}

/** Files whose name starts with `_` are there to be included by the others. */
function fixtureTexts(rule: Rule, name: string): Record<string, string> {
  const read = (file: string) => readFileSync(join(root, rule.id, file), "utf8");
  const texts = { [name]: read(name) };
  const parts = fixturesOf(rule).filter((other) => basename(other).startsWith("_"));
  for (let pending = [name]; pending.length > 0; ) {
    const text = texts[pending.pop() ?? ""] ?? "";
    const included = parts.filter((part) => !(part in texts) && text.includes(`include ${part};`));
    for (const part of included) texts[part] = read(part);
    pending.push(...included);
  }
  return texts;
}

/** The texts with the fixes of these findings applied. */
function mended(texts: Record<string, string>, found: readonly Found[]): Record<string, string> {
  const edits = found.flatMap(({ report }) => report.fix?.edits ?? []);
  const result = { ...texts };
  for (const { file, offset, length, text } of edits.sort((a, b) => b.offset - a.offset)) {
    const before = result[file.name] ?? "";
    result[file.name] = before.slice(0, offset) + text + before.slice(offset + length);
  }
  return result;
}

function versionIn({ entry }: SourceTree): string | undefined {
  return /^# nginx-version: (\S+)/.exec(entry.text)?.[1];
}

const EVERYTHING: Policy = { ...defaultPolicy, presets: ["strict"], requireReason: true };

describe.each(RULES.map((rule) => [rule.id, rule] as const))("%s", (_, rule) => {
  it("reports its bad example and not its good one", () => {
    const reported = (text: string) =>
      lint([treeOf(text)], { policy: EVERYTHING }).findings.filter(({ ruleId }) => ruleId === rule.id);
    expect(reported(rule.docs.bad).length).toBeGreaterThan(0);
    expect(reported(rule.docs.good)).toEqual([]);
  });

  const names = fixturesOf(rule).filter((name) => !basename(name).startsWith("_"));
  it.each(names)("%s", (name) => {
    const texts = fixtureTexts(rule, name);
    const tree = treeOf(texts);
    const version = versionIn(tree);
    const wanted = expected(rule, tree);
    const found = run(rule, tree, version);
    const got = found.map(({ place, report }) => {
      const words =
        wanted.find((line) => line === place || line.startsWith(`${place} `))?.slice(place.length + 1) ?? "";
      const facts = [report.severity ?? rule.severity, report.confidence ?? rule.confidence] as string[];
      return [place, ...words.split(" ").filter((word) => facts.includes(word))].join(" ");
    });
    expect([...new Set(got)].sort()).toEqual(wanted.sort());

    const messages = expectedMessages(rule, tree);
    const stated = new Set(messages.map((message) => message.slice(0, message.indexOf(" "))));
    const said = found.filter(({ place }) => stated.has(place));
    expect(said.map(({ place, report }) => `${place} ${report.message}`).sort()).toEqual(messages.sort());
  });

  if (rule.fix === undefined) return;
  it.each(names)("%s: no finding with a fix is left when it is applied", (name) => {
    let texts = fixtureTexts(rule, name);
    // What is mended outside may be lost again further in.
    for (let round = 0; round < 3; round++) {
      const tree = treeOf(texts);
      texts = mended(texts, run(rule, tree, versionIn(tree)));
    }
    const tree = treeOf(texts);
    expect(tree.files.flatMap((file) => file.problems)).toEqual([]);
    expect(run(rule, tree, versionIn(tree)).filter(({ report }) => report.fix !== undefined)).toEqual([]);
  });
});

it("no rule fails on the fixtures of another", () => {
  const failures = RULES.flatMap((rule) =>
    fixturesOf(rule).flatMap(
      (name) => lint([treeOf(fixtureTexts(rule, name))], { policy: EVERYTHING }).notifications,
    ),
  );
  expect(failures).toEqual([]);
}, 60_000);
