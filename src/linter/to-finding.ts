/** Reports of one cause as a finding, with lines and columns. */
import { groupBy } from "../lists/index.ts";
import type { ConfigFile } from "../parser/index.ts";
import type { Finding, Region, RelatedFinding } from "./finding.ts";
import { fingerprint } from "./fingerprint.ts";
import type { PlainReport, Spot } from "./plain-report.ts";

/** What a rule says about one place, the first report first. */
export type Cause = readonly [PlainReport, ...PlainReport[]];

/** One cause is one finding: reports of a rule at the same place (a snippet included twelve times) become one. */
export function mergeReports(reports: readonly PlainReport[]): Cause[] {
  return [...groupBy(reports, keyOf).values()];
}

/** The same for reports of one cause. */
export function keyOf({
  rule,
  at: { file, start, end },
  identity,
}: Pick<PlainReport, "rule" | "at"> & { readonly identity?: string | undefined }): string {
  return `${rule.id}\0${file}\0${start}\0${end}\0${identity ?? ""}`;
}

/** @param files by name: those that the spots of the reports are in */
export function toFinding(group: Cause, files: ReadonlyMap<string, ConfigFile>): Finding {
  const first = withinTree(group[0], files);
  const { rule, message, help, witness, details, fix } = first;
  const related = new Map<string, RelatedFinding>();
  for (const report of group) {
    for (const place of report.related) {
      if (!files.has(place.at.file)) continue;
      const entry = { ...regionOf(place.at, files), message: place.message };
      related.set(`${entry.file}\0${entry.offset}\0${entry.message}`, entry);
    }
  }
  return {
    ruleId: rule.id,
    severity: first.severity ?? rule.severity,
    confidence: first.confidence ?? rule.confidence,
    message,
    ...(help === undefined ? {} : { help }),
    ...regionOf(first.at, files),
    related: [...related.values()],
    ...(witness === undefined ? {} : { witness }),
    details: details.map(({ label, text, at }) =>
      at === undefined || !files.has(at.file)
        ? { label, text }
        : { label, text, at: { file: at.file, line: lineOf(at, files) } },
    ),
    includeChain: first.chain.map((link) => ({ file: link.file, line: lineOf(link, files) })),
    ...(fix === null ? {} : { fix }),
    fingerprint: fingerprintOf(first, files),
  };
}

/**
 * A file of nginx's own that is known but not there, such as `fastcgi_params`, is spoken of where it is included, and
 * nothing is changed in it.
 */
function withinTree(report: PlainReport, files: ReadonlyMap<string, ConfigFile>): PlainReport {
  if (files.has(report.at.file)) {
    const isThere = report.fix?.edits.every(({ file }) => files.has(file)) ?? true;
    return isThere ? report : { ...report, fix: null };
  }
  const include = report.chain.findIndex(({ file }) => files.has(file));
  const at = report.chain[include];
  return at === undefined ? report : { ...report, at, chain: report.chain.slice(include + 1), fix: null };
}

function fingerprintOf(report: PlainReport, files: ReadonlyMap<string, ConfigFile>): string {
  const file = files.get(report.at.file);
  if (report.fingerprint !== null || file === undefined) return report.fingerprint ?? "";
  const { rule, at, identity } = report;
  report.fingerprint = fingerprint({
    ruleId: rule.id,
    file,
    offset: at.start,
    ...(identity === undefined ? {} : { identity }),
  });
  return report.fingerprint;
}

export function regionOf({ file, start, end }: Spot, files: ReadonlyMap<string, ConfigFile>): Region {
  const from = files.get(file)?.position(start) ?? NOWHERE;
  const to = files.get(file)?.position(end) ?? NOWHERE;
  return {
    file,
    line: from.line,
    column: from.column,
    endLine: to.line,
    endColumn: to.column,
    offset: start,
    length: end - start,
  };
}

const NOWHERE = { line: 1, column: 1 };

function lineOf({ file, start }: Spot, files: ReadonlyMap<string, ConfigFile>): number {
  return files.get(file)?.position(start).line ?? NOWHERE.line;
}
