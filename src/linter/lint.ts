/** Runs rules over configurations and turns their reports into findings. */
import type { ConfigFile } from "../parser/index.ts";
import { type Assumptions, RULES, type Rule } from "../rules/index.ts";
import { Budget, type SourceTree, type Version } from "../semantics/index.ts";
import type { Baseline } from "./baseline.ts";
import { applyPolicy, compareFindings, type Policy, tellLeftOut } from "./fate.ts";
import type { Finding, LintResult, Notification, Omitted, SourceFile } from "./finding.ts";
import { plainReport } from "./plain-report.ts";
import { agreed, readingsOfTree } from "./readings.ts";
import { Run, tellUnseenFiles } from "./run.ts";
import { type RunOptions, runRules, type Timed, type TreeRun } from "./run-rules.ts";
import { noteOfOmitted } from "./shelf.ts";
import { type Cause, mergeReports, toFinding } from "./to-finding.ts";
import { filesOf } from "./tree-changes.ts";

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
  /** Runs each rule; for those who want to know how long it takes. */
  readonly timed?: Timed;
  /** The run that this is a part of. */
  readonly run?: Run;
}

/** What a run leaves for the next one with the same options: the last run over each tree, by the name of its entry. */
export type Kept = Map<string, TreeRun>;

/** A cause, and the files that it speaks of. */
interface PlacedCause {
  readonly cause: Cause;
  readonly files: ReadonlyMap<string, ConfigFile>;
}

/** Lints trees that are already read. Rules that fail are told in `notifications`; the others go on. */
export function lint(trees: readonly SourceTree[], options: LintOptions = {}): LintResult {
  return lintAgain(trees, options, null);
}

/** @param kept what the last run left; afterwards, what this one leaves. Null: there is no other run */
export function lintAgain(trees: readonly SourceTree[], options: LintOptions, kept: Kept | null): LintResult {
  const { rules = RULES, version = null, policy = everything(options), baseline = null, timed } = options;
  const notifications: Notification[] = [];
  const failed = new Set<string>();
  const causes: PlacedCause[] = [];
  const undecided = new Map<Rule, PlacedCause>();
  const { run: part = new Run(new Budget({ remembers: kept !== null && kept.size > 0 })) } = options;
  const { budget } = part;
  budget.add(lengthOf(trees));
  const before = part.shelf.copy();
  const whole = new Set<ConfigFile>();
  const last = new Map(kept);
  kept?.clear();
  let unseenTrees = 0;
  const unseenServers = new Map<string, number>();
  const parts = [...new Set(trees.flatMap((tree) => (tree.fragment ? tree.files : [])))];
  for (const tree of trees) {
    const readings = readingsOfTree(tree);
    if (part.trees <= 0) {
      unseenTrees++;
      continue;
    }
    part.trees -= readings.length;
    const files = filesOf(tree);
    // What findings may name.
    const read = new Map(tree.files.map((file) => [file.name, file]));
    const focus = tree.focus === undefined ? null : new Set([...tree.focus].map(({ name }) => name));
    // Readings are compared: each looks at the same servers.
    const mostServers = Math.floor(part.servers / readings.length);
    const runs = runReadings(
      tree,
      readings,
      {
        rules,
        version,
        policy,
        budget,
        mostServers,
        repeats: part.repeats,
        parts,
        shelf: part.shelf,
        ...(timed === undefined ? {} : { timed }),
      },
      last,
      kept,
    );
    for (const { servers, unseenServers } of runs) part.servers -= servers - unseenServers;
    const found = runs.map((run) => {
      if (run.isWhole) for (const file of tree.files) if (file.problems.length === 0) whole.add(file);
      for (const [rule, reason] of run.failures) {
        failed.add(rule.id);
        notifications.push({
          level: "error",
          message: `rule ${rule.id} failed on ${tree.entry.name}: ${reason}`,
        });
      }
      if (run.unseenServers > 0) {
        for (const { id } of rules) failed.add(id);
        unseenServers.set(tree.entry.name, run.unseenServers);
      }
      if (run.leftOut.length > 0) {
        for (const { rule } of run.leftOut) failed.add(rule.id);
        notifications.push({ level: "error", message: tellLeftOut(run.leftOut, tree.entry.name) });
      }
      for (const report of run.undecided) {
        failed.add(report.rule.id);
        if (!undecided.has(report.rule)) undecided.set(report.rule, { cause: [report], files: read });
      }
      const reports = run.told.flat(2).filter(({ at }) => focus?.has(at.file) ?? true);
      return [run.tree, mergeReports(reports)] as const;
    });
    for (const cause of agreed(found, files)) causes.push({ cause, files: read });
  }
  if (unseenServers.size > 0) notifications.push({ level: "error", message: describeUnseen(unseenServers) });
  if (unseenTrees > 0) {
    for (const { id } of rules) failed.add(id);
    notifications.push({ level: "error", message: tellUnseenFiles(unseenTrees) });
  }
  for (const placed of undecided.values()) causes.push(placed);
  // Of what was not told nobody can say that it is not there.
  for (const { id } of part.shelf.cutRules) failed.add(id);
  const inFocus = [...new Set(trees.flatMap(filesInFocus))];
  const shown = new Map(inFocus.map((file) => [file.name, file]));
  const verdict = applyPolicy({
    findings: uniqueCauses(causes)
      .map(({ cause, files }) => toFinding(cause, files))
      .sort(compareFindings),
    files: inFocus,
    rules,
    failed,
    isWhole: (file) => whole.has(file),
    policy,
    baseline,
    toFinding: (rule, report) => toFinding([plainReport(rule, report)], shown),
  });
  const files = sourceFiles(trees);
  const omitted = part.shelf.omittedSince(before);
  const left = (kind: Omitted["kind"]) =>
    omitted.reduce((sum, each) => sum + (each.kind === kind ? each.count : 0), 0);
  const count = (severity: Finding["severity"]) =>
    verdict.findings.filter((finding) => finding.severity === severity).length + left(severity);
  return {
    ...verdict,
    omitted,
    files,
    notifications: [...notifications, ...noteOfOmitted(omitted)],
    summary: {
      files: files.length,
      errors: count("error"),
      warnings: count("warning"),
      infos: count("info"),
      suppressed: verdict.suppressed.length + left("suppressed"),
    },
  };
}

/** Whoever adds more servers than are looked at could hide one behind them. @param unseen by entry */
function describeUnseen(unseen: ReadonlyMap<string, number>): string {
  const [[name, first] = ["", 0], ...others] = unseen;
  const rest = others.reduce((sum, [, each]) => sum + each, 0);
  const more =
    rest === 0
      ? ""
      : ` and ${rest} of ${others.length === 1 ? "another file" : `${others.length} other files`}`;
  return `${first} servers of ${name}${more} were not looked at by the rules about servers: a tree of that size is judged by its first ones`;
}

/** One run, or one for each reading of the templates in the tree; of those nothing is kept. */
function runReadings(
  tree: SourceTree,
  readings: readonly SourceTree[],
  options: RunOptions,
  last: ReadonlyMap<string, TreeRun>,
  kept: Kept | null,
): readonly TreeRun[] {
  if (readings.length > 1 || tree.files.some(({ template }) => template)) {
    // Each reading finds most of what the others find: it is counted once.
    const shelves = readings.map(() => options.shelf.copy());
    const runs = readings.map((reading, index) =>
      runRules(reading, { ...options, shelf: shelves[index] ?? options.shelf }, null, false),
    );
    for (const shelf of shelves) options.shelf.becomeAsFullAs(shelf);
    return runs;
  }
  const run = runRules(tree, options, last.get(tree.entry.name) ?? null, kept !== null);
  kept?.set(tree.entry.name, run);
  return [run];
}

/** The policy of those who have none: all rules, all findings. */
export function everything({ rules = RULES, assume = {}, options }: LintOptions): Policy {
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

/** Of all texts that are looked at. */
export function lengthOf(trees: readonly SourceTree[]): number {
  const files = new Set(trees.flatMap((tree) => tree.files));
  let length = 0;
  for (const { text } of files) length += text.length;
  return length;
}

/** The same finding met in two trees (a file that both include) counts once. */
function uniqueCauses(causes: readonly PlacedCause[]): PlacedCause[] {
  const seen = new Map<string, PlacedCause>();
  for (const placed of causes) {
    const [{ rule, at, message }] = placed.cause;
    const key = `${rule.id}\0${at.file}\0${at.start}\0${at.end}\0${message}`;
    if (!seen.has(key)) seen.set(key, placed);
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
