import { describe, expect, it } from "vitest";
import { joinResults, lintText } from "../../src/linter/index.ts";

const MANY = 10_050;
const only = ["unknown-directive", "unused-suppression"];
const text = Array.from({ length: MANY }, (_, i) => `unheard_${i} of;\n`).join("");

describe("more findings than anyone reads", () => {
  it("keeps the first ten thousand of a rule, counts the rest and says so", () => {
    const last = "# nginx-lint-disable-next-line unknown-directive -- later\nunheard_last of;\n";
    const result = lintText(`events {}\nhttp {\n${text}${last}}\n`, { only });
    expect(result.findings).toHaveLength(10_000);
    expect(result.omitted).toEqual([
      { ruleId: "unknown-directive", kind: "error", count: 50 },
      { ruleId: "unknown-directive", kind: "suppressed", count: 1 },
    ]);
    expect(result.summary).toMatchObject({ errors: MANY, suppressed: 1 });
    expect(result.notifications.map(({ message }) => message)).toEqual([
      "… and 50 more of unknown-directive: a report holds 10,000 findings of a rule and 50,000 in all",
    ]);
    // The comment at the end is of use, though what it silences is left out.
    expect(result.findings.map(({ ruleId }) => ruleId)).not.toContain("unused-suppression");
    expect(joinResults([result, result]).omitted).toHaveLength(4);
  });

  it("counts what comments silence as silenced", () => {
    const start = "# nginx-lint-disable unknown-directive\nevents {}\nhttp {\n";
    const result = lintText(`${start}${text}}\n`, { only });
    expect(result.findings).toEqual([]);
    expect(result.omitted).toEqual([{ ruleId: "unknown-directive", kind: "suppressed", count: 50 }]);
    expect(result.summary).toMatchObject({ errors: 0, suppressed: MANY });
  });
});
