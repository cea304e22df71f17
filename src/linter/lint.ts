/** Runs rules over configurations and turns their reports into findings. */
import type { ConfigFile } from "../parser/index.ts";
import { type Assumptions, type Place, type Report, RULES, type Rule } from "../rules/index.ts";
import {
  Configuration,
  type IncludeChain,
  type SourceTree,
  Statement,
  type Version,
} from "../semantics/index.ts";
import type { Finding, LintResult, Notification, Region, RelatedFinding, SourceFile } from "./finding.ts";

export interface LintOptions {
  readonly rules?: readonly Rule[];
  /** The nginx version to judge against; null: any. */
  readonly version?: Version | null;
  readonly assume?: Assumptions;
  readonly options?: (rule: Rule) => Readonly<Record<string, unknown>>;
}

/** A report together with the rule that made it. */
interface Reported {
  readonly rule: Rule;
  readonly report: Report;
}

/** Lints trees that are already read. Rules that fail are told in `notifications`; the others go on. */
export function lint(trees: readonly SourceTree[], options: LintOptions = {}): LintResult {
  const notifications: Notification[] = [];
  const findings: Finding[] = [];
  for (const tree of trees) {
    const reports = runRules(new Configuration(tree), options, notifications);
    const wanted = reports.filter(({ report }) => tree.focus?.has(rangeOf(report.at).file) ?? true);
    findings.push(...mergeReports(wanted));
  }
  const unique = uniqueFindings(findings).sort(compareFindings);
  const files = sourceFiles(trees);
  const count = (severity: Finding["severity"]) => unique.filter((f) => f.severity === severity).length;
  return {
    findings: unique,
    suppressed: [],
    files,
    notifications,
    summary: {
      files: files.length,
      errors: count("error"),
      warnings: count("warning"),
      infos: count("info"),
      suppressed: 0,
    },
  };
}

function runRules(
  configuration: Configuration,
  { rules = RULES, version = null, assume = {}, options }: LintOptions,
  notifications: Notification[],
): Reported[] {
  const reports: Reported[] = [];
  for (const rule of rules) {
    try {
      rule.check({
        configuration,
        version,
        assume,
        options: options?.(rule) ?? {},
        report: (report) => reports.push({ rule, report }),
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const { name } = configuration.tree.entry;
      notifications.push({ level: "error", message: `rule ${rule.id} failed on ${name}: ${reason}` });
    }
  }
  return reports;
}

/** One cause is one finding: reports of a rule at the same place (a snippet included twelve times) become one. */
function mergeReports(reports: readonly Reported[]): Finding[] {
  const byCause = new Map<string, Reported[]>();
  for (const reported of reports) {
    const { file, start, end } = rangeOf(reported.report.at);
    const key = `${reported.rule.id}\0${file.name}\0${start}\0${end}\0${reported.report.identity ?? ""}`;
    const same = byCause.get(key);
    if (same === undefined) byCause.set(key, [reported]);
    else same.push(reported);
  }
  return [...byCause.values()].map(toFinding);
}

function toFinding(group: readonly Reported[]): Finding {
  const [first] = group;
  if (first === undefined) throw new TypeError("a finding needs a report");
  const { rule, report } = first;
  const { at, message, help, witness, details = [], fix } = report;
  const region = regionOf(at);
  const related = new Map<string, RelatedFinding>();
  for (const { report } of group) {
    for (const place of report.related ?? []) {
      const entry = { ...regionOf(place.at), message: place.message };
      related.set(`${entry.file}\0${entry.offset}\0${entry.message}`, entry);
    }
  }
  return {
    ruleId: rule.id,
    severity: report.severity ?? rule.severity,
    confidence: report.confidence ?? rule.confidence,
    message,
    ...(help === undefined ? {} : { help }),
    ...region,
    related: [...related.values()],
    ...(witness === undefined ? {} : { witness }),
    details: details.map(({ label, text, at: place }) => {
      if (place === undefined) return { label, text };
      const { file, line } = regionOf(place);
      return { label, text, at: { file, line } };
    }),
    includeChain: at instanceof Statement ? chainOf(at.chain) : [],
    ...(fix === undefined
      ? {}
      : {
          fix: {
            description: fix.description,
            safe: fix.safe,
            edits: fix.edits.map(({ file, offset, length, text }) => ({
              file: file.name,
              offset,
              length,
              text,
            })),
          },
        }),
    fingerprint: "",
  };
}

function chainOf(chain: IncludeChain | null): { file: string; line: number }[] {
  const links: { file: string; line: number }[] = [];
  for (let link = chain; link !== null; link = link.outer) {
    links.push({ file: link.include.file.name, line: link.include.line });
  }
  return links;
}

/** The characters a place covers: of a statement, its words without the block. */
export function rangeOf(place: Place): { file: ConfigFile; start: number; end: number } {
  if (!(place instanceof Statement)) return place;
  const { directive, file } = place;
  return { file, start: directive.start, end: directive.args.at(-1)?.end ?? directive.name.end };
}

function regionOf(place: Place): Region {
  const { file, start, end } = rangeOf(place);
  const from = file.position(start);
  const to = file.position(end);
  return {
    file: file.name,
    line: from.line,
    column: from.column,
    endLine: to.line,
    endColumn: to.column,
    offset: start,
    length: end - start,
  };
}

/** The same finding met in two trees (a file that both include) counts once. */
function uniqueFindings(findings: readonly Finding[]): Finding[] {
  const seen = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.ruleId}\0${finding.file}\0${finding.offset}\0${finding.length}\0${finding.message}`;
    if (!seen.has(key)) seen.set(key, finding);
  }
  return [...seen.values()];
}

function compareFindings(a: Finding, b: Finding): number {
  return (
    compareText(a.file, b.file) ||
    a.line - b.line ||
    a.column - b.column ||
    compareText(a.ruleId, b.ruleId) ||
    compareText(a.message, b.message)
  );
}

/** By code units: the same on every machine, whatever its locale. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sourceFiles(trees: readonly SourceTree[]): SourceFile[] {
  const files = new Map<string, SourceFile>();
  for (const tree of trees) {
    for (const { name, text } of tree.files) if (!files.has(name)) files.set(name, { name, text });
  }
  return [...files.values()].sort((a, b) => compareText(a.name, b.name));
}
