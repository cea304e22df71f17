/** Runs rules over configurations and turns their reports into findings. */
import type { ConfigFile } from "../parser/index.ts";
import {
  type Anchor,
  type Assumptions,
  askRule,
  contextFor,
  type Report,
  RULES,
  type Rule,
} from "../rules/index.ts";
import {
  Configuration,
  type IncludeChain,
  type SourceTree,
  Statement,
  type Version,
} from "../semantics/index.ts";
import type { Baseline } from "./baseline.ts";
import { compareFindings, mayMatter, type Policy, planRuns, settle } from "./fate.ts";
import type { Finding, LintResult, Notification, Region, RelatedFinding, SourceFile } from "./finding.ts";
import { fingerprint } from "./fingerprint.ts";
import { rangeOf } from "./range.ts";
import { agreed, readingsOfTree } from "./readings.ts";

export interface LintOptions {
  readonly rules?: readonly Rule[];
  /** The nginx version to judge against; null: any. */
  readonly version?: Version | null;
  /** What the user decided. Without it, every rule of `rules` is on and every finding counts. */
  readonly policy?: Policy;
  /** Without a policy: what the files cannot show. */
  readonly assume?: Assumptions;
  /** Without a policy: options of rules. */
  readonly options?: (rule: Rule) => Readonly<Record<string, unknown>>;
  /** Findings that are known already and do not count. */
  readonly baseline?: Baseline | null;
}

/** A report together with the rule that made it. */
interface Reported {
  readonly rule: Rule;
  readonly report: Report;
}

/** What a rule says about one place, the first report first. */
type Cause = readonly [Reported, ...Reported[]];

/** Lints trees that are already read. Rules that fail are told in `notifications`; the others go on. */
export function lint(trees: readonly SourceTree[], options: LintOptions = {}): LintResult {
  const { rules = RULES, version = null, policy = everything(options), baseline = null } = options;
  const notifications: Notification[] = [];
  const failed = new Set<string>();
  const causes: Cause[] = [];
  const whole = new Set<ConfigFile>();
  for (const tree of trees) {
    const found = readingsOfTree(tree).map((reading) => {
      const configuration = new Configuration(reading);
      if (isWhole(configuration)) {
        for (const file of tree.files) if (file.problems.length === 0) whole.add(file);
      }
      const reports = runRules(configuration, rules, version, policy, notifications, failed);
      const wanted = reports.filter(({ report }) => tree.focus?.has(rangeOf(report.at).file) ?? true);
      return [reading, mergeReports(wanted)] as const;
    });
    causes.push(...agreed(found, keyOf));
  }
  const matters = ([{ rule, report }]: Cause) => mayMatter(rule, report, rangeOf(report.at).file, policy);
  const verdict = settle({
    findings: uniqueCauses(causes).filter(matters).map(toFinding).sort(compareFindings),
    files: [...new Set(trees.flatMap(filesInFocus))],
    rules,
    failed,
    isWhole: (file) => whole.has(file),
    policy,
    baseline,
    toFinding: (rule, report) => toFinding([{ rule, report }]),
  });
  const files = sourceFiles(trees);
  const count = (severity: Finding["severity"]) =>
    verdict.findings.filter((finding) => finding.severity === severity).length;
  return {
    ...verdict,
    files,
    notifications,
    summary: {
      files: files.length,
      errors: count("error"),
      warnings: count("warning"),
      infos: count("info"),
      suppressed: verdict.suppressed.length,
    },
  };
}

/** Nothing is missing that a rule could wait for. */
function isWhole({ fragment, root, http }: Configuration): boolean {
  return !fragment && !root.incomplete && http?.incomplete !== true;
}

/** The policy of those who have none: all rules, all findings. */
function everything({ rules = RULES, assume = {}, options }: LintOptions): Policy {
  const settings = new Map(
    options === undefined ? [] : rules.map((rule) => [rule.id, { options: options(rule) }]),
  );
  const decisions = { rules: settings, assume, included: true };
  return {
    presets: ["strict"],
    only: null,
    confidence: null,
    requireReason: true,
    decisionsFor: () => decisions,
  };
}

function filesInFocus(tree: SourceTree): readonly ConfigFile[] {
  return tree.focus === undefined ? tree.files : [...tree.focus];
}

function runRules(
  configuration: Configuration,
  rules: readonly Rule[],
  version: Version | null,
  policy: Policy,
  notifications: Notification[],
  failed: Set<string>,
): Reported[] {
  const reports: Reported[] = [];
  const files = configuration.tree.files.map((file) => file.name);
  const given = new Map<Assumptions, ReturnType<typeof contextFor>>();
  const givenFor = (assume: Assumptions) => {
    let context = given.get(assume);
    if (context === undefined) {
      context = contextFor(configuration, version, assume);
      given.set(assume, context);
    }
    return context;
  };
  for (const { rule, options, assume, covers, wants } of planRuns(rules, files, policy)) {
    const report = (given: Report) => {
      if (given.presets !== undefined && !wants(given.presets)) return;
      if (covers(rangeOf(given.at).file.name)) reports.push({ rule, report: given });
    };
    try {
      askRule(rule, { ...givenFor(assume), options, report, met: () => {} });
    } catch (error) {
      failed.add(rule.id);
      const reason = error instanceof Error ? error.message : String(error);
      const { name } = configuration.tree.entry;
      notifications.push({ level: "error", message: `rule ${rule.id} failed on ${name}: ${reason}` });
    }
  }
  return reports;
}

function keyOf({ rule, report }: Reported): string {
  const { file, start, end } = rangeOf(report.at);
  return `${rule.id}\0${file.name}\0${start}\0${end}\0${report.identity ?? ""}`;
}

/** One cause is one finding: reports of a rule at the same place (a snippet included twelve times) become one. */
function mergeReports(reports: readonly Reported[]): Cause[] {
  const byCause = new Map<string, [Reported, ...Reported[]]>();
  for (const reported of reports) {
    const key = keyOf(reported);
    const same = byCause.get(key);
    if (same === undefined) byCause.set(key, [reported]);
    else same.push(reported);
  }
  return [...byCause.values()];
}

function toFinding(group: Cause): Finding {
  const [{ rule, report }] = group;
  const { at, message, help, witness, details = [], fix } = report;
  const region = regionOf(at);
  const cause = rangeOf(at);
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
    fingerprint: fingerprint({
      ruleId: rule.id,
      file: cause.file,
      offset: cause.start,
      ...(report.identity === undefined ? {} : { identity: report.identity }),
    }),
  };
}

function chainOf(chain: IncludeChain | null): { file: string; line: number }[] {
  const links: { file: string; line: number }[] = [];
  for (let link = chain; link !== null; link = link.outer) {
    links.push({ file: link.include.file.name, line: link.include.line });
  }
  return links;
}

function regionOf(place: Anchor): Region {
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
function uniqueCauses(causes: readonly Cause[]): Cause[] {
  const seen = new Map<string, Cause>();
  for (const cause of causes) {
    const [{ rule, report }] = cause;
    const { file, start, end } = rangeOf(report.at);
    const key = `${rule.id}\0${file.name}\0${start}\0${end}\0${report.message}`;
    if (!seen.has(key)) seen.set(key, cause);
  }
  return [...seen.values()];
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
