import { expect, it } from "vitest";
import { formatReport } from "../../src/reporters/index.ts";
import { clean, hostile, NGINX_CONF, options, ordinary, resultOf } from "./sample.ts";

async function parsed(result = ordinary) {
  return JSON.parse(await formatReport("json", result, options));
}

it("is version 1 of the contract, key by key", async () => {
  const report = await parsed();
  expect(Object.keys(report)).toEqual([
    "version",
    "tool",
    "files",
    "findings",
    "suppressed",
    "errors",
    "notes",
    "summary",
  ]);
  expect(report).toMatchObject({
    version: 1,
    tool: { name: "nginx-lint", version: "1.2.3" },
    files: ["nginx.conf"],
    suppressed: [
      { ruleId: "metrics-unprotected", file: "nginx.conf", line: 15, by: { kind: "comment", line: 14 } },
    ],
    errors: [],
    notes: [],
    summary: { files: 1, errors: 1, warnings: 1, infos: 1, suppressed: 1 },
  });
  expect(report.findings[0]).toEqual({
    ruleId: "location-shadowed",
    severity: "warning",
    confidence: "high",
    message:
      "Requests for `location /django-static/` end up in `location ~* \\.(js|css|…)$`. Write `location ^~ /django-static/ {`.",
    file: "nginx.conf",
    line: 8,
    column: 5,
    endLine: 8,
    endColumn: 51,
    related: [{ message: "loses the request", file: "nginx.conf", line: 5, column: 5 }],
    witness: { kind: "request", value: "GET /django-static/admin/css/base.css" },
    includeChain: [],
    fix: {
      description: "Add `^~`",
      safe: false,
      edits: [
        { file: "nginx.conf", offset: NGINX_CONF.text.indexOf("/django-static/"), length: 0, text: "^~ " },
      ],
    },
    fingerprint: "00112233445566778899aabbccddeeff",
    docs: "docs/rules/location-shadowed.md",
  });
});

it("leaves out a witness and a fix that a finding does not have", async () => {
  expect(Object.keys((await parsed()).findings[1])).not.toContain("witness");
  expect(Object.keys((await parsed()).findings[1])).not.toContain("fix");
});

it("counts suppressed findings and does not list them", async () => {
  const report = await parsed();
  expect(report.findings.map((one: { ruleId: string }) => one.ruleId)).not.toContain("metrics-unprotected");
  expect(report.summary.suppressed).toBe(1);
});

it("sorts the files by code units, whatever order they were read in", async () => {
  const files = ["nginx.conf", "conf.d/b.conf", "Z.conf", "conf.d/a.conf"].map((name) => ({
    name,
    text: "",
  }));
  expect((await parsed(resultOf([], files))).files).toEqual([
    "Z.conf",
    "conf.d/a.conf",
    "conf.d/b.conf",
    "nginx.conf",
  ]);
});

it("does not depend on time, width, colour or directory", async () => {
  const other = { ...options, elapsedMs: 99, width: 40, color: true, workingDirectory: "/elsewhere" };
  expect(await formatReport("json", ordinary, other)).toBe(await formatReport("json", ordinary, options));
});

it("gives a clean run an empty list and ends with a line break", async () => {
  expect((await parsed(clean)).findings).toEqual([]);
  expect(await formatReport("json", clean, options)).toMatch(/\}\n$/);
});

it("gives hostile text back unchanged, in characters that no terminal acts on", async () => {
  const text = await formatReport("json", hostile, options);
  expect(text).not.toMatch(
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u180e\u200b\u2028-\u202e\u2066-\u2069\ufff9\u{e0000}-\u{e007f}]/u,
  );
  const report = JSON.parse(text);
  expect(report.findings[0].witness.value).toBe(hostile.findings[0]!.witness!.value);
  expect(report.findings[0].file).toBe(hostile.files[0]!.name);
});
