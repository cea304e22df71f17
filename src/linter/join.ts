import { compareFindings } from "./fate.ts";
import type { Finding, LintResult } from "./finding.ts";

/** Results of runs over different files as one. */
export function joinResults(results: readonly LintResult[]): LintResult {
  const [first] = results;
  if (first !== undefined && results.length === 1) return first;
  const all = (key: "findings" | "suppressed"): Finding[] =>
    results.flatMap((result) => result[key]).sort(compareFindings);
  const files = new Map(results.flatMap((result) => result.files).map((file) => [file.name, file]));
  const sum = (key: keyof LintResult["summary"]) =>
    results.reduce((total, { summary }) => total + summary[key], 0);
  const uses = results.flatMap(({ baseline }) => (baseline === null ? [] : [baseline]));
  return {
    findings: all("findings"),
    suppressed: all("suppressed"),
    omitted: results.flatMap((result) => result.omitted),
    files: [...files.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    notifications: results.flatMap((result) => result.notifications),
    baseline:
      uses.length === 0
        ? null
        : {
            left: uses.reduce((total, { left }) => total + left, 0),
            gone: uses.flatMap(({ gone }) => gone),
            unseen: uses.reduce((total, { unseen }) => total + unseen, 0),
          },
    summary: {
      files: files.size,
      errors: sum("errors"),
      warnings: sum("warnings"),
      infos: sum("infos"),
      suppressed: sum("suppressed"),
    },
  };
}
