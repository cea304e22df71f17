import { describe, expect, it, vi } from "vitest";
import {
  BaselineError,
  defaultPolicy,
  formatBaseline,
  lint,
  parseBaseline,
  shrinkBaseline,
} from "../../src/linter/index.ts";
import { ruleFor, treeOf } from "./sample.ts";

const rules = [ruleFor("no-root", "root"), ruleFor("no-index", "index")];
const site = "events {}\nhttp {\n  root /a;\n  server {\n    index a;\n    root /b;\n  }\n}\n";

function run(text: string, baseline?: string, only?: readonly string[]) {
  return lint([treeOf(text)], {
    rules,
    policy: { ...defaultPolicy, only: only === undefined ? null : new Set(only) },
    ...(baseline === undefined ? {} : { baseline: parseBaseline(baseline, "baseline.json") }),
  });
}

const written = formatBaseline(run(site).findings);

describe("a baseline", () => {
  it("has one line an entry, sorted, without line numbers", () => {
    const findings = run(site).findings.map((finding) => ({
      ...finding,
      message: "Lost at lines 3, 4 and 9–12. And more.",
    }));
    const lines = formatBaseline([...findings].reverse()).split("\n");
    expect(lines.map((line) => line.replace(/[0-9a-f]{32}/, "…"))).toEqual([
      "{",
      '  "version": 1,',
      '  "findings": [',
      '    {"file":"nginx.conf","rule":"no-index","fingerprint":"…","count":1,"message":"Lost at line …."},',
      '    {"file":"nginx.conf","rule":"no-root","fingerprint":"…","count":1,"message":"Lost at line …."},',
      '    {"file":"nginx.conf","rule":"no-root","fingerprint":"…","count":1,"message":"Lost at line …."}',
      "  ]",
      "}",
      "",
    ]);
    expect(formatBaseline([...findings].reverse())).toBe(formatBaseline(findings));
  });

  it("makes the run it was written from clean", () => {
    const { findings, suppressed, summary, baseline } = run(site, written);
    expect(findings).toEqual([]);
    expect(suppressed.map((finding) => [finding.suppression, finding.baselineState])).toEqual(
      Array.from({ length: 3 }, () => [{ kind: "baseline" }, "unchanged"]),
    );
    expect(summary).toMatchObject({ warnings: 0, suppressed: 3 });
    expect(baseline).toEqual({ left: 3, gone: [], unseen: 0 });
  });

  it("holds for moved, reordered and re-indented lines", () => {
    const moved =
      "events {}\n\n\nhttp {\n\tserver {\n\t\troot '/b'; # b\n\t\tindex\n a;\n\t}\n\troot /a;\n}\n";
    expect(run(moved, written).findings).toEqual([]);
  });

  it("lets exactly the new finding through", () => {
    const { findings } = run(site.replace("index a;", "index a; location /x { root /c; }"), written);
    expect(findings.map((finding) => [finding.ruleId, finding.line, finding.baselineState])).toEqual([
      ["no-root", 5, "new"],
    ]);
  });

  it("counts findings that are alike: of two, one known, the second is new", () => {
    const twice = site.replace("root /b;", "root /b;\n    root /b;");
    expect(run(twice, written).findings.map((finding) => finding.line)).toEqual([7]);
    expect(run(twice, formatBaseline(run(twice).findings)).findings).toEqual([]);
    expect(run(site, formatBaseline(run(twice).findings)).baseline?.gone).toMatchObject([
      { rule: "no-root", count: 1 },
    ]);
  });

  it("tells which entries are gone", () => {
    const { baseline } = run(site.replace("root /b;", ""), written);
    expect(baseline).toMatchObject({
      left: 2,
      gone: [{ rule: "no-root", count: 1, message: "root is here." }],
      unseen: 0,
    });
  });

  it("does not call gone what was not looked at", () => {
    expect(run(site, written, ["no-root"]).baseline).toEqual({ left: 2, gone: [], unseen: 1 });
    const elsewhere = written
      .replaceAll("nginx.conf", "other.conf")
      .replaceAll(/"fingerprint":".{32}"/g, '"fingerprint":"x"');
    expect(run(site, elsewhere).baseline).toEqual({ left: 0, gone: [], unseen: 3 });
  });

  it("calls gone the entries of a rule that no longer exists", () => {
    const old =
      '{"version":1,"findings":[{"file":"nginx.conf","rule":"retired","fingerprint":"0","count":2,"message":"m"}]}';
    expect(run(site, old).baseline?.gone).toMatchObject([{ rule: "retired", count: 2 }]);
  });

  it("shrinks by what is gone, and takes in nothing new", () => {
    const changed = site.replace("root /b;", "root /c;");
    const { baseline } = run(changed, written);
    if (baseline === null) throw new Error("no baseline");
    const shrunk = shrinkBaseline(parseBaseline(written, "b"), baseline);
    expect(shrunk).toBe(formatBaseline(run(site.replace("root /b;", "")).findings));
    expect(run(changed, shrunk).findings).toHaveLength(1);
  });

  it("of no findings is an empty list that can be read again", () => {
    expect(parseBaseline(formatBaseline([]), "b").entries).toEqual([]);
  });
});

describe("a file that is no baseline", () => {
  const entry = '{"file":"f","rule":"r","fingerprint":"0","count":1,"message":"]{\\""}';
  const cases: [string, string, string][] = [
    ["empty", "", "b.json:1:1: not JSON"],
    ["cut off", '{\n  "version": 1,\n  "findings": [', "b.json:3:16: not JSON"],
    ["a slip", '{\n  "version": 1,\n  findings: []\n}', "b.json:3:3: not JSON"],
    ["a list", "[]", "b.json:1:1: a baseline is an object"],
    ["without version", '{ "findings": [] }', "b.json:1:1: `version` is missing, expected 1"],
    ["of another version", '{\n "version": 2, "findings": [] }', "b.json:2:2: `version` is 2, expected 1"],
    ["without findings", '{ "version": 1,\n  "findings": {} }', "b.json:2:3: `findings` must be a list"],
    [
      "a wrong entry",
      `{ "version": 1, "findings": [\n ${entry},\n "x" ] }`,
      "b.json:3:2: an entry is an object",
    ],
    [
      "a missing key",
      `{ "version": 1, "findings": [\n${entry},\n  {"file":"f"} ] }`,
      "b.json:3:3: `rule` of an entry",
    ],
    [
      "a wrong count",
      `{ "version": 1, "findings": [${entry.replace("1", "0.5")}] }`,
      "b.json:1:30: `count` of an entry",
    ],
    [
      "a fingerprint that anybody could forge",
      `{ "version": 1, "findings": [{"file":"f","rule":"r","fingerprint":"81f9219173ac8013","count":1,"message":"m"}] }`,
      "b.json:1:30: `fingerprint` of an entry has 16 digits",
    ],
    ["a conflict", `{ "version": 1,\n<<<<<<< HEAD\n  "findings": [] }`, "b.json:2:1: a merge conflict"],
  ];
  it.each(cases)("is told with its place: %s", (_name, text, message) => {
    expect(() => parseBaseline(text, "b.json")).toThrow(BaselineError);
    expect(() => parseBaseline(text, "b.json")).toThrow(message);
  });
});

describe("a text that is no baseline, of any length", () => {
  const entry = (message: string) =>
    JSON.stringify({ file: "a", rule: "b", fingerprint: "c", count: 1, message });
  const listOf = (...entries: string[]) => `{"version":1,"findings":[\n${entries.join(",\n")}\n]}`;

  it.each([
    ["behind a message of megabytes", entry("a".repeat(9_000_000))],
    ["behind megabytes of escapes", entry('\\"'.repeat(3_000_000))],
    ["behind brackets in a message", entry("]}[{,")],
  ])("is told with its place %s", (_, first) => {
    expect(() => parseBaseline(listOf(first, first, "{}"), "b.json")).toThrow(
      "b.json:4:1: `file` of an entry must be a string",
    );
  });

  it.each([
    ["nested lists", `{"version":1,"findings":${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}}`, "1:27"],
    ["empty lists", `{"version":1,"findings":[${"[],".repeat(1_000_000)}[]]}`, "1:225020"],
  ])("is not made anything of where it is %s", (_, text, place) => {
    const parsed = vi.spyOn(JSON, "parse");
    expect(() => parseBaseline(text, "b.json")).toThrow(
      `b.json:${place}: a baseline is an object with a list of entries, and nothing else`,
    );
    expect(parsed).not.toHaveBeenCalled();
    parsed.mockRestore();
  });

  it("is quoted in short", () => {
    const text = `{"version":"${"a".repeat(100_000)}","findings":[]}`;
    let message = "";
    try {
      parseBaseline(text, "b.json");
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain('`version` is "aaa');
    expect(message.length).toBeLessThan(200);
  });

  it("may hold a hundred thousand entries all the same", () => {
    const many = Array.from({ length: 100_000 }, () => entry("[{"));
    expect(parseBaseline(listOf(...many), "b.json").entries).toHaveLength(100_000);
  });
});
