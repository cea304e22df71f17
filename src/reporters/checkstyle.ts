/** Checkstyle's XML, which Jenkins, SonarQube, reviewdog and many editors read. */

import type { Finding, LintResult } from "../linter/index.ts";
import { groupBy } from "../lists/index.ts";
import { fullMessage } from "./wording.ts";
import { xmlAttributes } from "./xml.ts";

/** The version of Checkstyle whose report this is; readers look for it. */
const CHECKSTYLE = "10.0";

export function checkstyle(result: LintResult): string {
  let out = `<?xml version="1.0" encoding="UTF-8"?>\n<checkstyle${xmlAttributes({ version: CHECKSTYLE })}>\n`;
  for (const [name, findings] of groupBy(result.findings, (finding) => finding.file)) {
    out += `  <file${xmlAttributes({ name })}>\n${findings.map(errorElement).join("")}  </file>\n`;
  }
  return `${out}</checkstyle>\n`;
}

function errorElement(finding: Finding): string {
  const attributes = xmlAttributes({
    line: finding.line,
    column: finding.column,
    severity: finding.severity,
    message: fullMessage(finding),
    source: `nginx-lint.${finding.ruleId}`,
  });
  return `    <error${attributes}/>\n`;
}
