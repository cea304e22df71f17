/** Workflow commands: GitHub Actions shows them as annotations at the lines of a pull request. */

import type { Finding, LintResult } from "../linter/index.ts";
import { groupBy } from "../lists/index.ts";
import type { Severity } from "../rules/index.ts";
import { compact } from "./compact.ts";
import { remarks } from "./remarks.ts";
import { visible } from "./visible.ts";
import { count, fixEffect, fullMessage, proofLines } from "./wording.ts";

/** GitHub shows so many annotations of each level for a step, and drops what comes after them. */
export const MOST_ANNOTATIONS = 10;

const COMMANDS: Record<Severity | "note", string> = {
  error: "error",
  warning: "warning",
  info: "notice",
  note: "notice",
};

export function github(result: LintResult): string {
  const problems = result.notifications
    .filter(({ level }) => level !== "note")
    .map(({ level, message }) => command(COMMANDS[level], { title: "nginx-lint" }, visible(message)));
  // In the log alone: an annotation of each at every change would be in nobody's interest.
  const left = remarks(result)
    .filter(({ label }) => label !== "warning")
    .map(({ label, text }) => `nginx-lint: ${label}: ${text}\n`);
  const { shown, dropped } = withinLimit(result.findings);
  const more =
    dropped.length === 0
      ? ""
      : `${count(dropped.length, "more problem")}; GitHub shows ${MOST_ANNOTATIONS} annotations of each level\n${compact({ findings: dropped })}`;
  // No line begins with what a configuration says: the runner obeys such lines.
  const rest = more.replace(/^(?=.)/gm, "nginx-lint: ");
  return [...problems, ...shown.map(annotation), rest, ...left].join("");
}

/** The findings that GitHub will show as annotations, and those that it would drop; both in their order. */
export function withinLimit(findings: readonly Finding[]): {
  readonly shown: readonly Finding[];
  readonly dropped: readonly Finding[];
} {
  const levels = groupBy(findings, ({ severity }) => severity);
  const first = new Set([...levels.values()].flatMap((list) => list.slice(0, MOST_ANNOTATIONS)));
  return {
    shown: findings.filter((finding) => first.has(finding)),
    dropped: findings.filter((finding) => !first.has(finding)),
  };
}

function annotation(finding: Finding): string {
  const { line, endLine, column, endColumn } = finding;
  const place: Record<string, string> = {
    file: visible(finding.file.replace(/^(?:\.\/)+/, "")),
    line: String(line),
  };
  // The runner refuses columns on a range of several lines.
  if (endLine === line) {
    place.col = String(column);
    // Its columns are inclusive at the end.
    place.endColumn = String(Math.max(column, endColumn - 1));
  } else {
    place.endLine = String(endLine);
  }
  place.title = `nginx-lint: ${finding.ruleId}`;
  const { fix } = finding;
  const option = fix?.safe === true ? "--fix" : "--fix=unsafe";
  const cure =
    fix === undefined ? [] : [`fix: ${visible(`${fix.description} (${option}: ${fixEffect(fix)})`)}`];
  const message = [visible(fullMessage(finding)), ...proofLines(finding), ...cure].join("\n");
  return command(COMMANDS[finding.severity], place, message);
}

function command(name: string, properties: Record<string, string>, message: string): string {
  const list = Object.entries(properties).map(([key, value]) => `${key}=${propertyText(value)}`);
  return `::${name} ${list.join(",")}::${dataText(message)}\n`;
}

/** As @actions/core writes it: the runner undoes exactly this. */
function dataText(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function propertyText(text: string): string {
  return dataText(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
