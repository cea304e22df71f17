/** A page for a job summary of GitHub Actions: counts, then a table. */

import type { Finding, LintResult } from "../linter/index.ts";
import { append } from "../lists/index.ts";
import type { Severity } from "../rules/index.ts";
import { docsUrl } from "./catalogue.ts";
import { MOST_ANNOTATIONS, withinLimit } from "./github.ts";
import type { ReportOptions } from "./options.ts";
import { remarks } from "./remarks.ts";
import { visible } from "./visible.ts";
import { asides, count, fullMessage, headline, isClean } from "./wording.ts";

/** GitHub cuts a summary at 1 MiB, and nobody reads longer tables. */
const MOST = 200;

const SIGNS: Record<Severity, string> = { error: "🛑 error", warning: "⚠️ warning", info: "ℹ️ note" };

export function markdown(result: LintResult, options: Pick<ReportOptions, "version">): string {
  const { counts, where } = headline(result);
  const sign = isClean(result) ? "✅ " : "";
  const lines = ["## nginx-lint", "", [`${sign}**${counts}** ${where}`, ...asides(result)].join(" · "), ""];
  for (const { level, message } of result.notifications) {
    if (level === "error") lines.push(`> **error** ${markdownText(message)}`, "");
  }
  const shown = worstFirst(result.findings).slice(0, MOST);
  if (shown.length > 0) lines.push("| | Place | Rule | What happens |", "| --- | --- | --- | --- |");
  for (const finding of shown) lines.push(row(finding));
  const more = result.findings.length - shown.length;
  if (more > 0) lines.push("", `… and ${count(more, "more problem")}.`);
  const { dropped } = withinLimit(result.findings);
  if (dropped.length > 0)
    lines.push(
      "",
      `GitHub shows ${MOST_ANNOTATIONS} annotations of each level; ${dropped.length} of these have none.`,
    );
  const left = remarks(result).map(({ label, text }) => `- **${label}** ${markdownText(text)}`);
  if (left.length > 0) append(lines, ["", ...left]);
  return `${lines.join("\n").trimEnd()}\n\n<sub>nginx-lint ${markdownText(options.version)}</sub>\n`;
}

function worstFirst(findings: readonly Finding[]): Finding[] {
  const order: Record<Severity, number> = { error: 0, warning: 1, info: 2 };
  return [...findings].sort((a, b) => order[a.severity] - order[b.severity]);
}

function row(finding: Finding): string {
  const place = code(`${finding.file}:${finding.line}`);
  const rule = `[${code(finding.ruleId)}](${docsUrl(finding.ruleId)})`;
  const witness = finding.witness ? `<br>${code(finding.witness.value)}` : "";
  return `| ${SIGNS[finding.severity]} | ${place} | ${rule} | ${markdownText(fullMessage(finding))}${witness} |`;
}

function code(text: string): string {
  return `<code>${entities(visible(text))}</code>`;
}

/** Plain text with code between pairs of backticks; nothing else in it is markup. */
export function markdownText(text: string): string {
  const parts = visible(text).split("`");
  if (parts.length % 2 === 0) return entities(parts.join("`"));
  return parts
    .map((part, index) => (index % 2 === 1 ? `<code>${entities(part)}</code>` : entities(part)))
    .join("");
}

/** A character given by its number never is markup: not in Markdown, HTML, GitHub's mentions, nor its formulas. */
function entities(text: string): string {
  return text
    .replace(/[^\p{L}\p{N} .,;/-]/gu, (character) => `&#${character.codePointAt(0)};`)
    .replace(/(?<=www)\./gi, "&#46;");
}
