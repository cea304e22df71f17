/**
 * The one place that decides what becomes of a finding: which rules run, with what severity their findings count, which
 * are silenced by a comment or known to the baseline, and whether the run fails.
 *
 * - A rule is on where a preset has it or the user gave it a severity. The user's word beats the presets. What keeps
 *   nginx from starting is on with any preset and with any choice of rules: only its own name switches it off.
 * - Severity: the rule's own, unless the report says another for its case. Where the user set one, that is the most a
 *   finding of the rule can be, and a report weaker than its rule stays weaker by as many steps: a rule of `warning` set
 *   to `error` makes its `info` cases warnings.
 * - Confidence: `low` does not count, except with the preset `strict`, by the setting `confidence`, or where the user
 *   turned on by name a rule that is never surer.
 * - Then come suppression comments, and last the baseline.
 */

import { firstNotBefore, push } from "../lists/index.ts";
import type { ConfigFile } from "../parser/index.ts";
import {
  type Assumptions,
  type Confidence,
  type Preset,
  type Report,
  RULES,
  type Rule,
  type Severity,
} from "../rules/index.ts";
import { type Baseline, matchBaseline } from "./baseline.ts";
import type { BaselineUse, Finding, LintResult } from "./finding.ts";
import { normalName } from "./fingerprint.ts";
import { mayBeSuppressed, type SuppressionComment } from "./suppression-comments.ts";
import { type OwnReport, reportSuppressions, type Usage } from "./suppression-reports.ts";
import { readSuppressions, type Suppressions, silencedBy } from "./suppressions.ts";

export type RuleLevel = Severity | "off";

/** What the user says about one rule. */
export interface RuleSetting {
  readonly severity?: RuleLevel;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** What the user decided for one file. */
export interface FileDecisions {
  readonly rules: ReadonlyMap<string, RuleSetting>;
  readonly assume: Assumptions;
  /** False: findings in this file are of no interest (`include`, `exclude`). */
  readonly included: boolean;
}

/** Everything the user decided about a run. */
export interface Policy {
  readonly presets: readonly Preset[];
  /** Just these rules and those of what keeps nginx from starting; null: all that are on. */
  readonly only: ReadonlySet<string> | null;
  /** The least confidence that counts; null: as the presets have it. */
  readonly confidence: Confidence | null;
  /** Suppression comments count for nothing: they silence no finding, and nothing is said of them. */
  readonly ignoreSuppressions?: boolean;
  /** Suppressions without a reason are reported. */
  readonly requireReason: boolean;
  /**
   * The same object for files that are treated alike: they are looked at together.
   * @param file the shown name of a configuration file.
   */
  decisionsFor(file: string): FileDecisions;
}

const UNDECIDED: FileDecisions = { rules: new Map(), assume: {}, included: true };

/** What holds when nobody decides anything. */
export const defaultPolicy: Policy = {
  presets: ["recommended"],
  only: null,
  confidence: null,
  requireReason: false,
  decisionsFor: () => UNDECIDED,
};

const SEVERITIES: readonly Severity[] = ["info", "warning", "error"];
const CONFIDENCES: readonly Confidence[] = ["low", "medium", "high"];

/** Whether a preset turns a rule on. */
export function inPreset(rule: Rule, preset: Preset): boolean {
  const isForAll = rule.category === "validity" && rule.presets.includes("recommended");
  return isForAll || isWantedBy(preset, rule.presets);
}

/** Whether a rule or a case with these marks is of a preset: `strict` wants everything, and `django-react` what `recommended` does. */
export function isWantedBy(preset: Preset, presets: readonly Preset[]): boolean {
  if (preset === "strict" || presets.includes(preset)) return true;
  return preset === "django-react" && presets.includes("recommended");
}

/** A configuration with such a finding does not run: whoever asks for other rules has to know. */
export function stopsNginx(rule: Rule): boolean {
  return rule.category === "validity" && rule.severity === "error" && rule.presets.includes("recommended");
}

/** Whether a rule is among those that the user chose to run, or does not depend on that. */
export function isChosen(rule: Rule, { only }: Policy): boolean {
  return only === null || only.has(rule.id) || stopsNginx(rule);
}

/** The severity of a rule for findings in one file, before a report has its say. */
export function levelOf(rule: Rule, policy: Policy, decisions: FileDecisions): RuleLevel {
  const explicit = decisions.rules.get(rule.id)?.severity;
  if (policy.only !== null) {
    if (!policy.only.has(rule.id)) return stopsNginx(rule) ? (explicit ?? rule.severity) : "off";
    return explicit === undefined || explicit === "off" ? rule.severity : explicit;
  }
  if (explicit !== undefined) return explicit;
  return policy.presets.some((preset) => inPreset(rule, preset)) ? rule.severity : "off";
}

/** One run of a rule: its options and assumptions, and the files whose findings are to be kept. */
export interface RuleRun {
  readonly rule: Rule;
  readonly options: Readonly<Record<string, unknown>>;
  readonly assume: Assumptions;
  covers(file: string): boolean;
  /** Whether a case that only some presets want is wanted. */
  wants(presets: readonly Preset[]): boolean;
}

/**
 * Which rules to run, and how. A rule runs once, or once for every different set of options that the files' overrides
 * ask for.
 * @param files the shown names of all files of the configuration.
 */
export function planRuns(rules: readonly Rule[], files: readonly string[], policy: Policy): RuleRun[] {
  const alike = new Set(files.map((file) => policy.decisionsFor(file)));
  const [only] = alike;
  if (only === undefined || alike.size > 1) return plan(rules, files, policy);
  // A folder of fragments is a thousand trees that are planned in the same way.
  if (lastPlan?.rules !== rules || lastPlan.policy !== policy || lastPlan.only !== only)
    lastPlan = { rules, policy, only, runs: plan(rules, files, policy) };
  const own = new Set(files);
  const covers = (file: string) => own.has(file);
  return lastPlan.runs.map(({ rule, options, assume, wants }) => ({ rule, options, assume, covers, wants }));
}

let lastPlan:
  | {
      readonly rules: readonly Rule[];
      readonly policy: Policy;
      readonly only: FileDecisions;
      readonly runs: readonly RuleRun[];
    }
  | undefined;

function plan(rules: readonly Rule[], files: readonly string[], policy: Policy): RuleRun[] {
  const decisions = new Map(files.map((file) => [file, policy.decisionsFor(file)]));
  const groups = new Set(decisions.values());
  const runs: RuleRun[] = [];
  for (const rule of rules) {
    const variants = new Map<string, { decided: FileDecisions; alike: Set<FileDecisions> }>();
    for (const decided of groups) {
      if (!decided.included || levelOf(rule, policy, decided) === "off") continue;
      const key = JSON.stringify([decided.rules.get(rule.id)?.options ?? {}, decided.assume]);
      const variant = variants.get(key) ?? { decided, alike: new Set() };
      variant.alike.add(decided);
      variants.set(key, variant);
    }
    for (const { decided, alike } of variants.values()) {
      const covers = (file: string) => {
        const here = decisions.get(file);
        return here !== undefined && alike.has(here);
      };
      const options = { ...optionDefaults(rule), ...decided.rules.get(rule.id)?.options };
      // Whoever names the rule wants all of it.
      const isNamed = policy.only !== null || decided.rules.get(rule.id)?.severity !== undefined;
      const wants = (presets: readonly Preset[]) =>
        isNamed || policy.presets.some((preset) => isWantedBy(preset, presets));
      runs.push({ rule, options, assume: decided.assume, covers, wants });
    }
  }
  return runs;
}

/**
 * Characters that rules may look at once more, because overrides give them other options or assumptions for some files: with a
 * thousand of those, a run would be a thousand runs.
 */
const MOST_REPEATED = 1_300_000_000;
/** What it takes a rule to look at next to nothing, in characters. */
const LEAST_LOOK = 20_000;

/** What a run may spend on having rules look at a tree more than once. */
export class Repeats {
  #left = MOST_REPEATED;

  /** @param characters the length of the tree */
  takes(characters: number): boolean {
    const cost = Math.max(LEAST_LOOK, characters);
    if (cost > this.#left) return false;
    this.#left -= cost;
    return true;
  }
}

/** The first run of each rule, and as many of the others as there is room for. */
export function affordable(
  plan: readonly RuleRun[],
  { files }: { readonly files: readonly ConfigFile[] },
  repeats: Repeats,
): { readonly runs: readonly RuleRun[]; readonly leftOut: readonly RuleRun[] } {
  const seen = new Set(plan.map(({ rule }) => rule));
  if (seen.size === plan.length) return { runs: plan, leftOut: [] };
  seen.clear();
  const length = files.reduce((sum, { text }) => sum + text.length, 0);
  const leftOut: RuleRun[] = [];
  const runs = plan.filter((run) => {
    if (!seen.has(run.rule)) {
      seen.add(run.rule);
      return true;
    }
    const fits = repeats.takes(length);
    if (!fits) leftOut.push(run);
    return fits;
  });
  return { runs, leftOut };
}

/** What is said where runs are left out. */
export function tellLeftOut(leftOut: readonly RuleRun[], entry: string): string {
  const rules = new Set(leftOut.map(({ rule }) => rule.id)).size;
  return `${entry}: the settings have ${rules === 1 ? "a rule" : `${rules} rules`} look at it in more ways than a run is given, and not all of them were tried: write fewer overrides with options or assumptions of their own`;
}

function optionDefaults(rule: Rule): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(rule.options ?? {}).map(([name, option]) => [name, option.default]),
  );
}

/** The findings of a run on their way to a verdict. */
export interface Case {
  /** As the rules reported them: severity and confidence are the report's, else the rule's own. */
  readonly findings: readonly Finding[];
  readonly files: readonly ConfigFile[];
  /** Those that ran, where they are on. */
  readonly rules: readonly Rule[];
  /** Rules that did not finish: their silence means nothing. */
  readonly failed: ReadonlySet<string>;
  /** Whether a file belongs to a whole configuration, so that rules that need one were able to speak. */
  isWhole(file: ConfigFile): boolean;
  readonly policy: Policy;
  readonly baseline: Baseline | null;
  /** Makes a finding of what the linter itself reports. */
  toFinding(rule: Rule, report: Report): Finding;
}

export interface Verdict {
  /** What counts, sorted. */
  readonly findings: readonly Finding[];
  /** What was silenced by a comment or is known to the baseline, sorted; each says which. */
  readonly suppressed: readonly Finding[];
  /** Null without a baseline. */
  readonly baseline: BaselineUse | null;
}

/** Decides the fate of every finding. */
export function applyPolicy(matter: Case): Verdict {
  const { policy, baseline } = matter;
  const rules = new Map([...RULES, ...matter.rules].map((rule) => [rule.id, rule]));
  const finished = new Set(matter.rules.map((rule) => rule.id).filter((id) => !matter.failed.has(id)));
  const judge = new Judge(rules, finished, policy);
  const files = new Map(matter.files.map((file) => [file.name, file]));
  const suppressions = new Map<string, Suppressions>();
  for (const file of policy.ignoreSuppressions ? [] : files.values()) {
    suppressions.set(
      file.name,
      readSuppressions(file, (id) => rules.has(id)),
    );
  }

  const used = new Map<SuppressionComment, Set<string>>();
  const standing: Finding[] = [];
  const suppressed: Finding[] = [];
  for (const reported of matter.findings) {
    const finding = judge.weigh(reported);
    if (finding === null) continue;
    const here = suppressions.get(finding.file);
    const comment = here === undefined ? null : silencedBy(here, finding.ruleId, finding.offset);
    const sure = judge.isSure(finding);
    if (comment === null) {
      if (sure) standing.push(finding);
      continue;
    }
    const ids = used.get(comment) ?? new Set();
    used.set(comment, ids.add(finding.ruleId));
    if (sure) suppressed.push(inSource(finding, comment, files.get(finding.file)));
  }

  for (const { rule, report } of aboutSuppressions(
    matter,
    suppressions,
    { used, counted: [...standing] },
    [...rules.keys()],
    judge,
  )) {
    const finding = judge.weigh(matter.toFinding(rule, report));
    if (finding !== null && judge.isSure(finding)) standing.push(finding);
  }
  standing.sort(compareFindings);
  suppressed.sort(compareFindings);
  if (baseline === null) return { findings: standing, suppressed, baseline: null };

  const shown = new Map([...files.keys()].map((name) => [normalName(name), name]));
  const { fresh, known, use } = matchBaseline(standing, baseline, (file, ruleId) => {
    const name = shown.get(file);
    // A rule that no longer exists will never answer.
    return name !== undefined && (!rules.has(ruleId) || judge.ran(ruleId, name));
  });
  return {
    findings: fresh.map((finding) => ({ ...finding, baselineState: "new" })),
    suppressed: [
      ...suppressed,
      ...known.map(
        (finding): Finding => ({ ...finding, baselineState: "unchanged", suppression: { kind: "baseline" } }),
      ),
    ].sort(compareFindings),
    baseline: use,
  };
}

/** Severity and confidence, with the decisions of each file looked up once. */
class Judge {
  private readonly rules: ReadonlyMap<string, Rule>;
  private readonly finished: ReadonlySet<string>;
  private readonly policy: Policy;
  private readonly decisions = new Map<string, FileDecisions>();

  constructor(rules: ReadonlyMap<string, Rule>, finished: ReadonlySet<string>, policy: Policy) {
    this.rules = rules;
    this.finished = finished;
    this.policy = policy;
  }

  decisionsFor(file: string): FileDecisions {
    const known = this.decisions.get(file);
    if (known !== undefined) return known;
    const decided = this.policy.decisionsFor(file);
    this.decisions.set(file, decided);
    return decided;
  }

  /** Whether findings of a rule in a file count. */
  private isOn(rule: Rule, file: string): boolean {
    const decided = this.decisionsFor(file);
    return decided.included && levelOf(rule, this.policy, decided) !== "off";
  }

  /** Whether the silence of a rule on a file means something. */
  ran(ruleId: string, file: string): boolean {
    const rule = this.rules.get(ruleId);
    return rule !== undefined && this.finished.has(ruleId) && this.isOn(rule, file);
  }

  /** Whether everything that is on ran: nothing left out by choice, and nothing failed. */
  get complete(): boolean {
    return this.policy.only === null && this.finished.size >= this.rules.size;
  }

  /** The finding with the severity that counts, or null where its rule is off. */
  weigh(finding: Finding): Finding | null {
    const rule = this.rules.get(finding.ruleId);
    if (rule === undefined) return finding;
    if (!this.isOn(rule, finding.file)) return null;
    const explicit = this.explicit(finding);
    if (explicit === undefined) return finding;
    return { ...finding, severity: weakened(rule, finding.severity, explicit) };
  }

  isSure({ ruleId, file, confidence }: Finding): boolean {
    const rule = this.rules.get(ruleId);
    if (rule === undefined) return isSure(confidence, this.policy);
    return isSure(confidence, this.policy) || isWantedAnyway(rule, confidence, file, this.policy);
  }

  /** The severity that the user gave the rule of a finding. */
  private explicit({ ruleId, file }: Finding): Severity | undefined {
    return explicitSeverity(ruleId, this.decisionsFor(file));
  }
}

function explicitSeverity(ruleId: string, { rules }: FileDecisions): Severity | undefined {
  const severity = rules.get(ruleId)?.severity;
  return severity === "off" ? undefined : severity;
}

function isSure(confidence: Confidence, { confidence: least, presets }: Policy): boolean {
  return isConfident(confidence, least ?? usualConfidence(presets));
}

/** The least confidence that counts where nobody says another. */
export function usualConfidence(presets: readonly Preset[]): Confidence {
  return presets.includes("strict") ? "low" : "medium";
}

export function isConfident(confidence: Confidence, least: Confidence): boolean {
  return CONFIDENCES.indexOf(confidence) >= CONFIDENCES.indexOf(least);
}

/** The user turned on by name a rule that is never surer. */
function isWantedAnyway(rule: Rule, confidence: Confidence, file: string, policy: Policy): boolean {
  if (policy.confidence !== null || rule.confidence !== confidence) return false;
  if (policy.only?.has(rule.id)) return true;
  return explicitSeverity(rule.id, policy.decisionsFor(file)) !== undefined;
}

/**
 * Whether a report may become a finding that counts, or show that a comment was needed. Of the others there may be one for
 * every site, so that none is made a finding.
 */
export function mayMatter(
  rule: Rule,
  report: Pick<Report, "confidence">,
  file: ConfigFile,
  policy: Policy,
): boolean {
  const confidence = report.confidence ?? rule.confidence;
  if (isSure(confidence, policy) || mayBeSuppressed(file)) return true;
  return isWantedAnyway(rule, confidence, file.name, policy);
}

/** How much a report counts that is not made a finding; null where it does not. */
export function severityOfLeftOut(rule: Rule, report: Report, policy: Policy): Severity | null {
  const { name } = report.at.file;
  const decided = policy.decisionsFor(name);
  const confidence = report.confidence ?? rule.confidence;
  if (!decided.included || levelOf(rule, policy, decided) === "off") return null;
  if (!isSure(confidence, policy) && !isWantedAnyway(rule, confidence, name, policy)) return null;
  return weakened(rule, report.severity ?? rule.severity, explicitSeverity(rule.id, decided));
}

/** The severity of a case of a rule, where the user gave the rule one. */
function weakened(rule: Rule, own: Severity, explicit: Severity | undefined): Severity {
  if (explicit === undefined) return own;
  const weaker = Math.max(0, SEVERITIES.indexOf(rule.severity) - SEVERITIES.indexOf(own));
  return SEVERITIES[Math.max(0, SEVERITIES.indexOf(explicit) - weaker)] ?? "info";
}

function inSource(finding: Finding, comment: SuppressionComment, file: ConfigFile | undefined): Finding {
  const line = file?.position(comment.start).line;
  return {
    ...finding,
    suppression: {
      kind: "inSource",
      file: finding.file,
      ...(line === undefined ? {} : { line }),
      ...(comment.reason === null ? {} : { reason: comment.reason }),
    },
  };
}

function* aboutSuppressions(
  matter: Case,
  suppressions: ReadonlyMap<string, Suppressions>,
  { used, counted }: { used: Usage["used"]; counted: readonly Finding[] },
  ruleIds: readonly string[],
  judge: Judge,
): Generator<OwnReport> {
  let lines: ReadonlyMap<string, readonly number[]> | undefined;
  for (const here of suppressions.values()) {
    const { name } = here.file;
    yield* reportSuppressions(here, ruleIds, {
      used,
      nextLine: (ids, from) => {
        lines ??= linesByRule(counted);
        return nextLine(lines, name, ids, from);
      },
      ran: (id) => judge.ran(id, name),
      complete: judge.complete,
      whole: matter.isWhole(here.file),
      requireReason: matter.policy.requireReason,
    });
  }
}

/** The lines at which each rule has findings that count, by file: asked for every comment, of which there may be thousands. */
function linesByRule(findings: readonly Finding[]): ReadonlyMap<string, readonly number[]> {
  const lines = new Map<string, number[]>();
  for (const { file, ruleId, line } of findings) push(lines, `${file}\0${ruleId}`, line);
  for (const each of lines.values()) each.sort((a, b) => a - b);
  return lines;
}

/** The first line of a file from there on at which one of the rules has a finding that counts; null without. */
function nextLine(
  lines: ReadonlyMap<string, readonly number[]>,
  file: string,
  ids: readonly string[],
  from: number,
): number | null {
  let nearest: number | null = null;
  for (const id of new Set(ids)) {
    const own = lines.get(`${file}\0${id}`) ?? [];
    const line = own[firstNotBefore(own, (each) => each < from)];
    if (line !== undefined && (nearest === null || line < nearest)) nearest = line;
  }
  return nearest;
}

/** By file, line, column and rule; then by message, so that the order never depends on the rules' own. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    compareText(a.file, b.file) ||
    a.line - b.line ||
    a.column - b.column ||
    compareText(a.ruleId, b.ruleId) ||
    compareText(a.message, b.message)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export type FailOn = Severity | "never";

/** From when on a run fails. */
export interface ExitPolicy {
  readonly failOn: FailOn;
  /** More warnings than this fail the run; null: any number may pass. */
  readonly maxWarnings: number | null;
}

/** Whether the findings that count make the run fail (exit status 1). */
export function fails(summary: LintResult["summary"], { failOn, maxWarnings }: ExitPolicy): boolean {
  if (maxWarnings !== null && summary.warnings > maxWarnings) return true;
  switch (failOn) {
    case "never":
      return false;
    case "error":
      return summary.errors > 0;
    case "warning":
      return summary.errors + summary.warnings > 0;
    case "info":
      return summary.errors + summary.warnings + summary.infos > 0;
  }
}
