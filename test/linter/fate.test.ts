import { describe, expect, it } from "vitest";
import { affordable, planRuns, Repeats } from "../../src/linter/fate.ts";
import { defaultPolicy, fails, lint, type Policy, type RuleSetting, Run } from "../../src/linter/index.ts";
import type { Preset, Rule, Severity } from "../../src/rules/index.ts";
import { defineRule } from "../../src/rules/index.ts";
import { ruleFor, treeOf } from "./sample.ts";

const text = "events {}\nhttp {\n  root /a;\n}\n";

function policyOf(rules: Record<string, RuleSetting>, more: Partial<Policy> = {}): Policy {
  const decisions = { rules: new Map(Object.entries(rules)), assume: {}, included: true };
  return { ...defaultPolicy, decisionsFor: () => decisions, ...more };
}

/** The severities of what one rule reports. */
function outcome(rule: Rule, policy: Policy): Severity[] {
  return lint([treeOf(text)], { rules: [rule], policy }).findings.map((finding) => finding.severity);
}

describe("whether a rule is on", () => {
  const cases: [Preset, Preset, boolean][] = [
    ["recommended", "recommended", true],
    ["recommended", "django-react", true],
    ["recommended", "security", false],
    ["django-react", "recommended", false],
    ["security", "security", true],
    ["security", "strict", true],
    ["strict", "recommended", false],
  ];
  it.each(cases)("a rule of %s under the preset %s: %s", (own, active, on) => {
    expect(
      outcome(ruleFor("x", "root", { presets: [own] }), { ...defaultPolicy, presets: [active] }),
    ).toHaveLength(on ? 1 : 0);
  });

  it("the user's word beats the presets", () => {
    expect(outcome(ruleFor("x", "root"), policyOf({ x: { severity: "off" } }))).toEqual([]);
    expect(outcome(ruleFor("x", "root", { presets: [] }), policyOf({ x: { severity: "info" } }))).toEqual([
      "info",
    ]);
  });

  it("options alone turn nothing on", () => {
    expect(outcome(ruleFor("x", "root", { presets: [] }), policyOf({ x: { options: {} } }))).toEqual([]);
  });

  it("`only` beats both", () => {
    const only = new Set(["x"]);
    expect(
      outcome(ruleFor("x", "root", { presets: [] }), policyOf({ x: { severity: "off" } }, { only })),
    ).toEqual(["warning"]);
    expect(outcome(ruleFor("y", "root"), policyOf({}, { only }))).toEqual([]);
  });

  it("what keeps nginx from starting is on with any preset and any choice, save by its own name", () => {
    const stops = (more: Partial<Rule> = {}) =>
      ruleFor("x", "root", { category: "validity", severity: "error", ...more });
    expect(outcome(stops(), { ...defaultPolicy, presets: ["security"] })).toEqual(["error"]);
    const only = new Set(["y"]);
    expect(outcome(stops(), policyOf({}, { only }))).toEqual(["error"]);
    expect(outcome(stops({ severity: "warning" }), policyOf({}, { only }))).toEqual([]);
    expect(outcome(stops({ presets: ["strict"] }), policyOf({}, { only }))).toEqual([]);
    expect(outcome(stops(), policyOf({ x: { severity: "off" } }, { only }))).toEqual([]);
    expect(outcome(stops(), policyOf({ x: { severity: "off" } }, { presets: ["security"] }))).toEqual([]);
  });

  it("nothing counts in a file that is not included", () => {
    const decisionsFor = () => ({ rules: new Map(), assume: {}, included: false });
    expect(outcome(ruleFor("x", "root"), { ...defaultPolicy, decisionsFor })).toEqual([]);
  });
});

describe("the severity of a finding", () => {
  const cases: [own: Severity, reported: Severity | null, set: Severity | null, is: Severity][] = [
    ["warning", null, null, "warning"],
    ["warning", "info", null, "info"],
    ["warning", "error", null, "error"],
    ["warning", null, "error", "error"],
    ["warning", "info", "error", "warning"],
    ["warning", "info", "info", "info"],
    ["warning", "error", "info", "info"],
    ["warning", "error", "warning", "warning"],
    ["error", "info", "error", "info"],
    ["error", "warning", "warning", "info"],
  ];
  it.each(cases)("of a rule of %s, reported as %s, set to %s, is %s", (own, reported, set, is) => {
    const more = reported === null ? {} : { severity: reported };
    const rule = ruleFor("x", "root", { severity: own }, () => more);
    expect(outcome(rule, policyOf(set === null ? {} : { x: { severity: set } }))).toEqual([is]);
  });
});

describe("confidence", () => {
  const unsure = ruleFor("x", "root", {}, () => ({ confidence: "low" }));
  it("low does not count by default, and counts under strict or by the setting", () => {
    expect(outcome(unsure, defaultPolicy)).toEqual([]);
    expect(outcome(unsure, { ...defaultPolicy, presets: ["recommended", "strict"] })).toHaveLength(1);
    expect(outcome(unsure, { ...defaultPolicy, confidence: "low" })).toHaveLength(1);
    expect(outcome(unsure, { ...defaultPolicy, presets: ["strict"], confidence: "medium" })).toEqual([]);
  });

  it("a rule that is never surer counts where the user turned it on by name", () => {
    const never = ruleFor("x", "root", { confidence: "low" });
    expect(outcome(never, defaultPolicy)).toEqual([]);
    expect(outcome(never, policyOf({ x: { severity: "warning" } }))).toHaveLength(1);
    expect(outcome(never, { ...defaultPolicy, only: new Set(["x"]) })).toHaveLength(1);
    expect(outcome(unsure, policyOf({ x: { severity: "warning" } }))).toEqual([]);
  });

  it("a suppression of an unsure finding is not needless", () => {
    const silenced = treeOf(text.replace("root", "# nginx-lint-disable-next-line x\n  root"));
    expect(lint([silenced], { rules: [unsure], policy: defaultPolicy })).toMatchObject({
      findings: [],
      suppressed: [],
    });
  });
});

describe("a case that only some presets want", () => {
  const rule = defineRule({
    ...ruleFor("x", "root"),
    presets: ["recommended", "security"],
    check({ configuration, report }) {
      for (const at of configuration.all("root")) report({ at, message: "m", presets: ["security"] });
    },
  });

  it("is silent under the others", () => {
    expect(outcome(rule, defaultPolicy)).toEqual([]);
    expect(outcome(rule, { ...defaultPolicy, presets: ["django-react"] })).toEqual([]);
    expect(outcome(rule, { ...defaultPolicy, presets: ["security"] })).toHaveLength(1);
    expect(outcome(rule, { ...defaultPolicy, presets: ["strict"] })).toHaveLength(1);
  });

  it("counts where the user names the rule", () => {
    expect(outcome(rule, policyOf({ x: { severity: "warning" } }))).toHaveLength(1);
    expect(outcome(rule, { ...defaultPolicy, only: new Set(["x"]) })).toHaveLength(1);
  });
});

describe("options", () => {
  const rule = defineRule({
    ...ruleFor("x", "root"),
    options: {
      word: { type: "string", description: "A word.", default: "own" },
      other: { type: "number", description: "A number.", default: 1 },
    },
    check({ configuration, options, assume, report }) {
      for (const file of configuration.tree.files) {
        report({
          at: { file, start: 0, end: 1 },
          message: `${options.word} ${options.other} ${assume.edge}`,
        });
      }
    },
  });

  it("are the rule's defaults where the user says nothing", () => {
    const messages = lint([treeOf(text)], {
      rules: [rule],
      policy: policyOf({ x: { options: { other: 2 } } }),
    }).findings;
    expect(messages.map((finding) => finding.message)).toEqual(["own 2 undefined"]);
  });

  it("and assumptions may differ from file to file", () => {
    const a = treeOf(text, "a.conf");
    const b = treeOf(text, "b.conf");
    const decisionsFor = (file: string) => ({
      rules: new Map([["x", { options: { word: file } }]]),
      assume: { edge: file === "a.conf" },
      included: true,
    });
    const { findings } = lint([{ ...a, files: [a.entry, b.entry] }], {
      rules: [rule],
      policy: { ...defaultPolicy, decisionsFor },
    });
    expect(findings.map((finding) => [finding.file, finding.message])).toEqual([
      ["a.conf", "a.conf 1 true"],
      ["b.conf", "b.conf 1 false"],
    ]);
  });
});

describe("settings that treat files in thousands of ways", () => {
  const rule = { ...ruleFor("x", "root"), options: {} };
  const files = [treeOf(text).entry];
  const names = Array.from({ length: 500 }, (_, i) => `${i}.conf`);
  /** Each file with assumptions of its own. */
  const policy: Policy = {
    ...defaultPolicy,
    decisionsFor: (file) => ({ rules: new Map(), assume: { metricsPaths: [`/${file}`] }, included: true }),
  };

  it("have each rule run once, and again as often as there is room for", () => {
    expect(affordable(planRuns([rule], names, policy), { files }, new Repeats())).toMatchObject({
      runs: { length: 500 },
      leftOut: [],
    });
    const spent = new Repeats();
    while (spent.takes(1_000_000));
    expect(affordable(planRuns([rule], names, policy), { files }, spent)).toMatchObject({
      runs: { length: 1 },
      leftOut: { length: 499 },
    });
  });

  it("do not pass behind what was left out", () => {
    let looks = 0;
    const counting = { ...rule, check: () => void looks++ };
    const run = new Run();
    while (run.repeats.takes(1_000_000));
    const [a, b] = ["a.conf", "b.conf"].map((name) => ({ ...treeOf(text).entry, name }));
    const tree = treeOf(text);
    if (a === undefined || b === undefined) throw new Error("no files");
    const result = lint([{ ...tree, files: [...tree.files, a, b] }], { rules: [counting], policy, run });
    expect(looks).toBe(1);
    expect(result.notifications).toMatchObject([
      { level: "error", message: expect.stringContaining("look at it in more ways than a run is given") },
    ]);
  });
});

describe("a rule that fails", () => {
  it("makes no suppression needless and no known finding gone", () => {
    const broken = defineRule({
      ...ruleFor("x", "root"),
      check() {
        throw new Error("broken");
      },
    });
    const baseline = {
      entries: [{ file: "nginx.conf", rule: "x", fingerprint: "0", count: 1, message: "m" }],
    };
    const result = lint([treeOf(text.replace("root", "# nginx-lint-disable-next-line x -- y\n  root"))], {
      rules: [broken],
      baseline,
    });
    expect(result.findings).toEqual([]);
    expect(result.baseline).toEqual({ left: 0, gone: [], unseen: 1 });
    expect(result.notifications).toHaveLength(1);
  });
});

describe("whether a run fails", () => {
  const summary = { files: 1, errors: 0, warnings: 2, infos: 3, suppressed: 9 };
  it.each([
    ["error", false],
    ["warning", true],
    ["info", true],
    ["never", false],
  ] as const)("two warnings and three infos with --fail-on %s: %s", (failOn, failed) => {
    expect(fails(summary, { failOn, maxWarnings: null })).toBe(failed);
  });

  it("suppressed findings never fail it", () => {
    expect(fails({ ...summary, warnings: 0, infos: 0 }, { failOn: "info", maxWarnings: null })).toBe(false);
  });

  it("more warnings than allowed fail it, whatever --fail-on says", () => {
    expect(fails(summary, { failOn: "never", maxWarnings: 1 })).toBe(true);
    expect(fails(summary, { failOn: "never", maxWarnings: 2 })).toBe(false);
  });
});
