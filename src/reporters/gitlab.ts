/** GitLab's Code Quality report: a subset of Code Climate's format. */
import type { Finding, LintResult } from "../linter/index.ts";
import type { Severity } from "../rules/index.ts";
import { jsonText } from "./json-text.ts";
import { visible } from "./visible.ts";
import { fullMessage, proofLines, uniqueFingerprints } from "./wording.ts";

const SEVERITIES: Record<Severity, string> = { error: "critical", warning: "major", info: "info" };

export function gitlab(result: LintResult): string {
  // GitLab drops all but one of the entries that share a fingerprint.
  const fingerprints = uniqueFingerprints(result.findings);
  return jsonText(result.findings.map((finding, index) => entry(finding, fingerprints[index] ?? "")));
}

function entry(finding: Finding, fingerprint: string) {
  return {
    type: "issue",
    check_name: finding.ruleId,
    description: visible(fullMessage(finding)),
    content: { body: proofLines(finding).join("\n") },
    severity: SEVERITIES[finding.severity],
    fingerprint,
    location: {
      // Paths that start with `./` are not matched with the files of a merge request.
      path: finding.file.replace(/^(?:\.\/)+/, ""),
      lines: { begin: finding.line, end: finding.endLine },
    },
  };
}
