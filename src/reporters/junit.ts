/**
 * JUnit's XML: a suite for each file, a case for each finding, one passing case for a file without any. Errors and
 * warnings fail, notes pass with their text as output, suppressed findings are skipped.
 */

import type { Finding, LintResult } from "../linter/index.ts";
import { groupBy } from "../lists/index.ts";
import { fullMessage, proofLines } from "./wording.ts";
import { xmlAttributes, xmlText } from "./xml.ts";

interface Counts {
  tests: number;
  failures: number;
  errors: number;
  skipped: number;
}

export function junit(result: LintResult): string {
  const total: Counts = { tests: 0, failures: 0, errors: 0, skipped: 0 };
  const findings = groupBy(result.findings, (finding) => finding.file);
  const suppressed = groupBy(result.suppressed, (finding) => finding.file);
  const names = new Set([...result.files.map((file) => file.name), ...findings.keys(), ...suppressed.keys()]);
  let suites = "";
  for (const name of names) {
    const reported = findings.get(name) ?? [];
    const skipped = suppressed.get(name) ?? [];
    const cases = [...reported.map(caseElement), ...skipped.map(skippedElement)];
    if (cases.length === 0) cases.push(passing(name));
    const failures = reported.filter((finding) => finding.severity !== "info").length;
    suites += suite(
      name,
      cases,
      { tests: cases.length, failures, errors: 0, skipped: skipped.length },
      total,
    );
  }
  if (result.notifications.length > 0) {
    const cases = result.notifications.map(({ level, message, file, line }) => {
      const place = file === undefined ? "" : `${file}:${line ?? 1}: `;
      const name = xmlAttributes({ name: `${place}${message}`, classname: "nginx-lint" });
      // What was left out fails nothing.
      if (level !== "error") return `    <testcase${name}>\n      <skipped/>\n    </testcase>\n`;
      const error = `      <error${xmlAttributes({ message, type: level })}/>\n`;
      return `    <testcase${name}>\n${error}    </testcase>\n`;
    });
    const errors = result.notifications.filter(({ level }) => level === "error").length;
    const counts = { tests: cases.length, failures: 0, errors, skipped: cases.length - errors };
    suites += suite("nginx-lint", cases, counts, total);
  }
  const { tests, failures, errors } = total;
  const root = xmlAttributes({ name: "nginx-lint", tests, failures, errors });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${root}>\n${suites}</testsuites>\n`;
}

function suite(name: string, cases: readonly string[], counts: Counts, total: Counts): string {
  total.tests += counts.tests;
  total.failures += counts.failures;
  total.errors += counts.errors;
  total.skipped += counts.skipped;
  return `  <testsuite${xmlAttributes({ name, ...counts })}>\n${cases.join("")}  </testsuite>\n`;
}

function caseElement(finding: Finding): string {
  const message = fullMessage(finding);
  const text = [message, `at ${place(finding)}`, ...proofLines(finding)].map(xmlText).join("\n");
  const content =
    finding.severity === "info"
      ? `<system-out>${text}</system-out>`
      : `<failure${xmlAttributes({ message, type: finding.severity })}>${text}</failure>`;
  return `    <testcase${caseAttributes(finding)}>\n      ${content}\n    </testcase>\n`;
}

function skippedElement(finding: Finding): string {
  const { kind, file, line, reason } = finding.suppression ?? {};
  const by = file === undefined || line === undefined ? "" : ` by ${file}:${line}`;
  const what = kind === "baseline" ? "known to the baseline" : `suppressed${by}`;
  const message = reason ? `${what}: ${reason}` : what;
  return `    <testcase${caseAttributes(finding)}>\n      <skipped${xmlAttributes({ message })}/>\n    </testcase>\n`;
}

function passing(file: string): string {
  return `    <testcase${xmlAttributes({ name: "no problems", classname: file, file })}/>\n`;
}

function caseAttributes(finding: Finding): string {
  const name = `${finding.ruleId} at ${finding.line}:${finding.column}`;
  return xmlAttributes({ name, classname: finding.file, file: finding.file });
}

function place(finding: Finding): string {
  return `${finding.file}:${finding.line}:${finding.column}`;
}
