import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Finding, FindingEdit, FindingFix } from "../../src/linter/finding.ts";
import { applyFixes, chooseFixes } from "../../src/linter/fix.ts";

function finding(edits: readonly FindingEdit[], safe = true): Finding {
  return {
    ruleId: "test",
    severity: "warning",
    confidence: "high",
    message: "",
    file: "a.conf",
    line: 1,
    column: 1,
    endLine: 1,
    endColumn: 1,
    offset: 0,
    length: 0,
    related: [],
    details: [],
    includeChain: [],
    fingerprint: "",
    fix: { description: "", safe, edits },
  };
}

const replace = (text: string, from: string, to: string, file = "a.conf"): FindingEdit => ({
  file,
  offset: text.indexOf(from),
  length: from.length,
  text: to,
});

describe("applying fixes", () => {
  const text = "user a;\npid b;\n";
  const texts = new Map([
    ["a.conf", text],
    ["b.conf", text],
  ]);

  it("puts the edits of several findings into one file", () => {
    const findings = [
      finding([replace(text, "pid b", "pid c")]),
      finding([replace(text, "user a", "user d")]),
    ];
    expect(applyFixes(findings, texts, "safe")).toEqual({
      files: [{ name: "a.conf", before: text, after: "user d;\npid c;\n" }],
      applied: 2,
    });
  });
  it("leaves unsafe fixes alone unless they are wanted", () => {
    const findings = [finding([replace(text, "pid b", "pid c")], false)];
    expect(applyFixes(findings, texts, "safe")).toEqual({ files: [], applied: 0 });
    expect(applyFixes(findings, texts, "unsafe").applied).toBe(1);
  });
  it("takes the first of two that overlap, with all its edits or none", () => {
    const findings = [
      finding([replace(text, "user a", "user b")]),
      finding([replace(text, "a", "c"), replace(text, "pid b", "pid c", "b.conf")]),
    ];
    const { files, applied } = applyFixes(findings, texts, "safe");
    expect(applied).toBe(1);
    expect(files.map(({ name }) => name)).toEqual(["a.conf"]);
  });
  it("refuses an edit that breaks the file, and keeps the others", () => {
    const findings = [
      finding([replace(text, ";\npid", "\n}")]),
      finding([replace(text, "user a", "user b", "b.conf")]),
    ];
    expect(applyFixes(findings, texts, "safe").files.map(({ name }) => name)).toEqual(["b.conf"]);
  });
  it("chooses as somebody would who compares each with each", () => {
    const texts = new Map([
      ["a.conf", "x".repeat(1200)],
      ["b.conf", ""],
    ]);
    const edit = fc.record({
      file: fc.constantFrom("a.conf", "b.conf", "none.conf"),
      offset: fc.nat(1000),
      length: fc.oneof(fc.constant(0), fc.nat(10), fc.nat(600)),
      text: fc.constant(""),
    });
    const fix = fc.record({
      description: fc.constant(""),
      safe: fc.constant(true),
      edits: fc.array(edit, { maxLength: 3 }),
    });
    const overlap = (a: FindingEdit, b: FindingEdit) =>
      a.file === b.file && a.offset <= b.offset + b.length && b.offset <= a.offset + a.length;
    fc.assert(
      fc.property(fc.array(fix, { maxLength: 20 }), (fixes) => {
        const chosen: FindingFix[] = [];
        for (const each of fixes) {
          const taken = chosen.flatMap(({ edits }) => edits);
          const fits = each.edits.every(
            (wanted) => texts.has(wanted.file) && !taken.some((other) => overlap(wanted, other)),
          );
          if (fits && each.edits.length > 0) chosen.push(each);
        }
        expect(chooseFixes(fixes, texts)).toEqual(chosen);
      }),
    );
  });
});
