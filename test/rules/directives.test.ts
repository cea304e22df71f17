import { expect, test } from "vitest";
import { askRule, contextFor, RULES } from "../../src/rules/index.ts";
import { Configuration, lookupDirective } from "../../src/semantics/index.ts";
import { treeOf } from "../tree.ts";

const bound = RULES.flatMap((rule) =>
  rule.directives === undefined ? [] : [{ rule, names: rule.directives }],
);

test("rules name directives that exist", () => {
  expect(bound.length).toBeGreaterThan(30);
  const unknown = bound.flatMap(({ names }) => names.filter((name) => lookupDirective(name) === undefined));
  expect(unknown).toEqual([]);
});

test("a rule reports nothing where none of its directives is written", () => {
  let asked = 0;
  for (const { docs } of RULES) {
    for (const text of [docs.bad, docs.good]) {
      const configuration = new Configuration(treeOf(text));
      const context = contextFor(configuration, null, {});
      for (const { rule, names } of bound) {
        if (names.some((name) => configuration.all(name).length > 0)) continue;
        asked++;
        const report = ({ message }: { message: string }) =>
          expect.fail(`${rule.id} says: ${message}\n${text}`);
        askRule(rule, { ...context, options: {}, report, met() {}, unmet() {}, untold() {} });
      }
    }
  }
  expect(asked).toBeGreaterThan(5000);
});
