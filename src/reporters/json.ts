/** Version 1 of the JSON contract: the same result gives the same bytes, on every machine. */
import type { Finding, LintResult } from "../linter/index.ts";
import { docsPath } from "./catalogue.ts";
import { jsonText, noteOf } from "./json-text.ts";
import type { ReportOptions } from "./options.ts";
import { fullMessage } from "./wording.ts";

export function json(result: LintResult, options: Pick<ReportOptions, "version">): string {
  const { files, errors, warnings, infos, suppressed } = result.summary;
  return jsonText({
    version: 1,
    tool: { name: "nginx-lint", version: options.version },
    // Sorted by code units: no locale, no order of reading.
    files: result.files.map((file) => file.name).sort(),
    findings: result.findings.map(findingOf),
    suppressed: result.suppressed.map(suppressedOf),
    // Only where there is something: what is counted below, and too much to be told.
    ...(result.omitted.length > 0 && {
      omitted: result.omitted.map(({ ruleId, kind, count }) => ({ ruleId, kind, count })),
    }),
    // What made the run incomplete, and what made it smaller.
    errors: result.notifications.filter(({ level }) => level === "error").map(({ message }) => ({ message })),
    notes: result.notifications.filter(({ level }) => level !== "error").map(noteOf),
    summary: { files, errors, warnings, infos, suppressed },
  });
}

function suppressedOf(finding: Finding) {
  const { ruleId, severity, file, line, column, fingerprint, suppression } = finding;
  return {
    ruleId,
    severity,
    message: fullMessage(finding),
    file,
    line,
    column,
    fingerprint,
    by: {
      kind: suppression?.kind === "baseline" ? "baseline" : "comment",
      ...(suppression?.file !== undefined && { file: suppression.file }),
      ...(suppression?.line !== undefined && { line: suppression.line }),
      ...(suppression?.reason !== undefined && { reason: suppression.reason }),
    },
  };
}

function findingOf(finding: Finding) {
  const { witness, fix } = finding;
  return {
    ruleId: finding.ruleId,
    severity: finding.severity,
    confidence: finding.confidence,
    message: fullMessage(finding),
    file: finding.file,
    line: finding.line,
    column: finding.column,
    endLine: finding.endLine,
    endColumn: finding.endColumn,
    related: finding.related.map(({ message, file, line, column }) => ({ message, file, line, column })),
    ...(witness && { witness: { kind: witness.kind, value: witness.value } }),
    includeChain: finding.includeChain.map(({ file, line }) => ({ file, line })),
    ...(fix && {
      fix: {
        description: fix.description,
        safe: fix.safe,
        ...(fix.changes && { changes: fix.changes }),
        edits: fix.edits.map(({ file, offset, length, text }) => ({ file, offset, length, text })),
      },
    }),
    fingerprint: finding.fingerprint,
    docs: docsPath(finding.ruleId),
  };
}
