/** One line a finding, as editors and `grep` read it. */
import type { LintResult } from "../linter/index.ts";
import { visible } from "./visible.ts";
import { fullMessage } from "./wording.ts";

export function compact(result: Pick<LintResult, "findings">): string {
  let out = "";
  for (const finding of result.findings) {
    const place = `${visible(finding.file)}:${finding.line}:${finding.column}`;
    out += `${place}: ${finding.severity}: ${visible(fullMessage(finding))} [${finding.ruleId}]\n`;
  }
  return out;
}
