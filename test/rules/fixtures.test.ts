/**
 * Every rule against its fixtures and the snippets of its page.
 *
 * `fixtures/rules/<rule-id>/*.conf` say themselves what is expected where: `# expect: rule-id` on the line of the
 * finding, with a severity or confidence behind it where that matters (`# expect: rule-id info low`). A comment
 * `# message: …` below says what the finding above it must say, letter by letter. A first line `# nginx-version: 1.28.0`
 * sets the version. Other files of the folder are there to be included.
 */
import { describe, expect, it } from "vitest";
import { defaultPolicy, lint, type Policy } from "../../src/linter/index.ts";
import { type Report, RULES, type Rule } from "../../src/rules/index.ts";
import { type SourceTree, Statement } from "../../src/semantics/index.ts";
import { treeOf } from "../tree.ts";
import { reportsOf } from "./ask.ts";
import { entriesOf, fixturesOf, fixtureTexts, versionIn } from "./rule-fixtures.ts";

interface Found {
  readonly place: string;
  readonly report: Report;
}

function run(rule: Rule, tree: SourceTree, version: string | undefined): Found[] {
  return reportsOf(rule, tree, { version }).map((report) => {
    const { at } = report;
    const start = at instanceof Statement ? at.directive.start : at.start;
    return { place: `${at.file.name}:${at.file.position(start).line}`, report };
  });
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

const EVERYTHING: Policy = { ...defaultPolicy, presets: ["strict"], requireReason: true };

describe.each(RULES.map((rule) => [rule.id, rule] as const))("%s", (_, rule) => {
  it("reports its bad example and not its good one", () => {
    const reported = (text: string) =>
      lint([treeOf(text)], { policy: EVERYTHING }).findings.filter(({ ruleId }) => ruleId === rule.id);
    expect(reported(rule.docs.bad).length).toBeGreaterThan(0);
    expect(reported(rule.docs.good)).toEqual([]);
  });

  const names = entriesOf(rule);
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
});

it("no rule fails on the fixtures of another", () => {
  const failures = RULES.flatMap((rule) =>
    fixturesOf(rule).flatMap(
      (name) => lint([treeOf(fixtureTexts(rule, name))], { policy: EVERYTHING }).notifications,
    ),
  );
  expect(failures).toEqual([]);
}, 300_000);
