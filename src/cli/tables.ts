/** `--statistics` and `--timing`: a line for each rule. */
import type { LintResult } from "../linter/index.ts";
import { greatest } from "../lists/index.ts";
import { headline } from "../reporters/index.ts";

/** How often each rule reports, the most frequent first. */
export function statisticsTable(result: LintResult): string {
  const { findings } = result;
  if (findings.length === 0) return `${Object.values(headline(result)).join(" ")}\n`;
  const rows = new Map<string, { count: number; severities: Set<string>; safe: number; unsafe: number }>();
  for (const { ruleId, severity, fix } of findings) {
    const row = rows.get(ruleId) ?? { count: 0, severities: new Set(), safe: 0, unsafe: 0 };
    row.count++;
    row.severities.add(severity);
    if (fix !== undefined) row[fix.safe ? "safe" : "unsafe"]++;
    rows.set(ruleId, row);
  }
  const lines = [...rows]
    .sort(([a, { count: m }], [b, { count: n }]) => n - m || (a < b ? -1 : 1))
    .map(([id, { count, severities, safe, unsafe }]) => {
      const fixes = [
        ...(safe > 0 ? [`${safe} with --fix`] : []),
        ...(unsafe > 0 ? [`${unsafe} with --fix=unsafe`] : []),
      ];
      return [String(count), id, [...severities].sort().join(", "), fixes.join(", ")];
    });
  const width = (column: number) => greatest(lines.map((line) => line[column]?.length ?? 0));
  const widths = [width(0), width(1), width(2)];
  return lines
    .map(([count = "", id = "", severity = "", fixes = ""]) =>
      [count.padStart(widths[0] ?? 0), id.padEnd(widths[1] ?? 0), severity.padEnd(widths[2] ?? 0), fixes]
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** @param spent milliseconds by rule */
export function timingTable(spent: ReadonlyMap<string, number>): string {
  const rows = [...spent].sort(([, a], [, b]) => b - a);
  const total = rows.reduce((sum, [, time]) => sum + time, 0);
  const lines = [...rows, ["all rules", total] as const].map(
    ([id, time]) => `${time.toFixed(1).padStart(9)} ms  ${id}\n`,
  );
  return `${lines.join("")}A rule that needs a result first is charged for it, even if others use it too.\n`;
}
