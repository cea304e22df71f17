/** Linting: paths in, report and exit status out. */
import { type Bounds, readRegularFile } from "../bounds/index.ts";
import {
  type Baseline,
  didYouMean,
  type FixLevel,
  fails,
  formatBaseline,
  joinResults,
  type LintResult,
  lint,
  lintAndProve,
  type Notification,
  type ProofOptions,
  Run,
  shrinkBaseline,
  strangeFiles,
} from "../linter/index.ts";
import { type LoadProblem, type LoadResult, load } from "../loader/index.ts";
import {
  type FormatName,
  formatReport,
  formatSummary,
  type ReportOptions,
  remarks,
  visible,
} from "../reporters/index.ts";
import { RULES, type Rule } from "../rules/index.ts";
import type { Settings } from "../settings/index.ts";
import type { Arguments } from "./arguments.ts";
import { baselineNews, LARGEST_BASELINE, readBaseline } from "./baseline-file.ts";
import { diffNews, diffText, fixFiles, type Patches, patchesOf } from "./fix-files.ts";
import { readiness } from "./large-trees.ts";
import { listed, notesOfLoad } from "./left-out.ts";
import { boundsOf, type Portion, portionsOf } from "./settings-of.ts";
import { readInput, terminal, write, writeOutput } from "./streams.ts";
import { statisticsTable, timingTable } from "./tables.ts";
import { UsageError } from "./usage-error.ts";

declare const __VERSION__: string;

/** What came of one portion of the paths. */
interface Outcome {
  readonly result: LintResult;
  readonly problems: readonly LoadProblem[];
  readonly notes: readonly Notification[];
  readonly baseline: { readonly path: string; readonly known: Baseline } | null;
  /** Some finding is bad enough for the settings of this portion. */
  readonly fails: boolean;
  /** What `--diff` shows; empty without it. */
  readonly steps: Patches["steps"];
}

/** What came of all paths together. */
export interface LintRun {
  readonly result: LintResult;
  readonly outcomes: readonly Outcome[];
  readonly exitCode: 0 | 1 | 2;
  /** For reports of it, which go to the output file where one is named. */
  readonly options: ReportOptions;
  readonly bounds: Bounds;
}

/** Lints what the arguments name; what could not be read is told on standard error. Throws `UsageError`. */
export async function lintPaths(given: Arguments): Promise<LintRun> {
  // `performance.now()` would load all of node:perf_hooks.
  const started = process.uptime();
  const spent = given.flag("timing") ? new Map<string, number>() : null;
  const outcomes: Outcome[] = [];
  const cwd = process.cwd();
  const bounds = boundsOf(given, given.positionals, cwd);
  const run = new Run();
  for (const portion of await portionsOf(given, given.positionals, cwd, bounds)) {
    outcomes.push(await lintPortion(portion, given, bounds, spent, run));
  }
  const result = withNotifications(joinResults(outcomes.map((outcome) => outcome.result)), outcomes);
  if (spent !== null) await write("stderr", timingTable(spent));
  const failures = result.notifications.filter(({ level }) => level === "error");
  for (const { message } of failures) await write("stderr", `nginx-lint: ${visible(message)}\n`);
  for (const { level, message } of tellsWarnings(given) ? [] : result.notifications) {
    if (level === "warning") await write("stderr", `nginx-lint: warning: ${visible(message)}\n`);
  }
  const failed = failures.length > 0;
  const exitCode = failed ? 2 : outcomes.some((outcome) => outcome.fails) ? 1 : 0;
  const options: ReportOptions = {
    version: __VERSION__,
    rules: RULES,
    ...terminal(given.flag("color"), given.value("output") !== undefined),
    workingDirectory: process.cwd(),
    elapsedMs: (process.uptime() - started) * 1000,
    quiet: given.flag("quiet") === true,
    exitCode,
  };
  return { result, outcomes, exitCode, options, bounds };
}

/** Lints, and reports as the arguments want it. Returns the exit status; throws `UsageError`. */
export async function lintCommand(given: Arguments): Promise<number> {
  const { result, outcomes, exitCode, options, bounds } = await lintPaths(given);
  const target = given.value("write-baseline");
  if (target !== undefined) {
    const status = exitCode === 2 ? 2 : await writeBaseline(target, result, outcomes, given, bounds);
    await tellUncounted(result, options, given);
    return status;
  }
  if (given.flag("diff")) {
    const steps = outcomes.flatMap((outcome) => outcome.steps);
    const levels = diffLevels(given);
    const hasBoth =
      levels.length > 1 && steps.some(({ level, files }) => level === "unsafe" && files.length > 0);
    await writeReport(given, await diffText(steps, hasBoth), bounds);
    await write("stderr", diffNews(steps, levels));
    await tellUncounted(result, options, given);
    return exitCode;
  }
  if (given.flag("report") === false) {
    await tellUncounted(result, options, given);
    return exitCode === 2 ? 2 : 0;
  }
  if (given.flag("statistics")) await writeReport(given, statisticsTable(result), bounds);
  else await report(given, result, options, bounds);
  // Beside a file there is the summary, which has it.
  const isSparse = SPARSE.includes(given.value("format") ?? "") && given.value("output") === undefined;
  if (given.flag("statistics") || isSparse) await tellUncounted(result, options, given);
  for (const { baseline, result } of options.quiet ? [] : outcomes) {
    if (baseline === null || result.baseline === null) continue;
    const strange = strangeFiles(
      baseline.known,
      result.files.map(({ name }) => name),
    );
    await write("stderr", baselineNews(result.baseline, baseline.path, strange));
  }
  return exitCode;
}

/** Where the report has no room for it: what comments silenced, settings took away and nobody read. */
async function tellUncounted(result: LintResult, { quiet }: ReportOptions, given: Arguments): Promise<void> {
  if (quiet) return;
  for (const { label, text } of remarks(result))
    if (label !== "warning" || tellsWarnings(given)) await write("stderr", `nginx-lint: ${label}: ${text}\n`);
}

/** Formats that hold findings and no word on what does not count. */
const SPARSE: readonly string[] = ["compact", "gitlab", "checkstyle"];

async function lintPortion(
  { paths, settings, source }: Portion,
  given: Arguments,
  bounds: Bounds,
  spent: Map<string, number> | null,
  run: Run,
): Promise<Outcome> {
  // A baseline is written of everything, unless the old one is named to be shrunk.
  const anew = given.value("write-baseline") !== undefined && given.value("baseline") === undefined;
  const path = anew ? null : settings.baseline;
  const isHanded = given.value("baseline") !== undefined;
  const read = (file: string) => (isHanded ? readHanded(file, bounds) : source.read(file, LARGEST_BASELINE));
  const origin = settings.layer.baseline?.origin;
  const by = origin?.kind === "file" ? `${origin.file}:${origin.line}:1: ` : "";
  const baseline = path === null ? null : { path, known: await readBaseline(path, read, by) };
  const inputs = {
    paths,
    cwd: process.cwd(),
    bounds,
    excluded: settings.excluded,
    onRead: readiness(),
    ...optional("root", settings.root ?? undefined),
    ...(paths.includes("-") ? { stdin: readStdin(given.value("stdin-filename")) } : {}),
  };
  const { policy, version, exit } = settings;
  const loaded = await load(inputs);
  const timed = spent === null ? {} : { timed: clocked(spent) };
  const fixOnly = fixOnlyOf(given);
  const options: ProofOptions = {
    policy,
    version,
    baseline: baseline?.known ?? null,
    run,
    ...timed,
    ...optional("fixOnly", fixOnly),
  };
  const level = levelOf(given);
  const { result, steps } = await (async () => {
    if (given.flag("diff")) return patchesOf(loaded, options, diffLevels(given));
    const isProven = level !== undefined || CARRYING.includes(given.value("format") ?? "stylish");
    if (!isProven) return { result: lint(loaded.trees, options), steps: [] };
    // Whoever reads fixes in a report reads those of both levels.
    const carries = CARRYING.includes(given.value("format") ?? "stylish");
    if (level === undefined)
      return { result: lintAndProve(loaded.trees, { ...options, effort: "report" }).result, steps: [] };
    return {
      result: await fixFiles(loaded, { ...options, level: carries ? "unsafe" : level, apply: level }),
      steps: [],
    };
  })();
  const notes = [
    ...settings.concessions,
    ...settings.premises,
    ...notesOfExcluded(given, loaded, settings),
    ...notesOfLoad(loaded),
  ];
  const problems = [...loaded.problems, ...(settings.isOutOfEffort() ? [tooManyGlobs(settings)] : [])];
  return { result, problems, notes, baseline, fails: fails(result.summary, exit), steps };
}

/** Files that were read and whose findings do not count, because the command line says so: settings say it of themselves. */
function notesOfExcluded(given: Arguments, { trees }: LoadResult, { excluded }: Settings): Notification[] {
  if (given.values("exclude").length === 0) return [];
  const names = new Set(trees.flatMap(({ files }) => files.map(({ name }) => name)).filter(excluded));
  if (names.size === 0) return [];
  return [{ level: "note", message: `findings do not count in ${listed([...names])} (--exclude)` }];
}

/** What they exclude and override is not all known, so the run must not pass. */
function tooManyGlobs({ files: [file = "the settings"] }: Settings): LoadProblem {
  return {
    path: file,
    message: `${file}: trying its globs on all files would take too long; write fewer or simpler ones`,
  };
}

/** Formats in which programs and people read the fixes themselves: what they carry is proven. */
const CARRYING: readonly string[] = ["json", "sarif", "html", "github"];

/** Which fixes are to be applied; undefined for none. */
function levelOf(given: Arguments): FixLevel | undefined {
  return (given.value("fix") ?? (given.values("fix-only").length > 0 ? "safe" : undefined)) as
    | FixLevel
    | undefined;
}

/** Without a word on it, `--diff` shows the safe ones, and what the others would change on top. */
function diffLevels(given: Arguments): readonly FixLevel[] {
  const level = given.value("fix") as FixLevel | undefined;
  return level === undefined ? ["safe", "unsafe"] : [level];
}

/** The rules whose fixes are wanted; undefined for all. Throws `UsageError` for one that does not exist. */
function fixOnlyOf(given: Arguments): ReadonlySet<string> | undefined {
  const ids = given.values("fix-only");
  const known = RULES.map(({ id }) => id);
  for (const id of ids)
    if (!known.includes(id))
      throw new UsageError(`--fix-only: no rule is called ${id}${didYouMean(id, known)}`);
  return ids.length === 0 ? undefined : new Set(ids);
}

/** Adds up, rule by rule, in milliseconds. */
function clocked(spent: Map<string, number>): (rule: Rule, run: () => void) => void {
  return ({ id }, run) => {
    const started = process.hrtime.bigint();
    try {
      run();
    } finally {
      const took = Number(process.hrtime.bigint() - started) / 1e6;
      spent.set(id, (spent.get(id) ?? 0) + took);
    }
  };
}

async function writeBaseline(
  target: string,
  result: LintResult,
  outcomes: readonly Outcome[],
  given: Arguments,
  bounds: Bounds,
): Promise<number> {
  const [old] = outcomes.flatMap(({ baseline }) => (baseline === null ? [] : [baseline]));
  const shrinks = old !== undefined && result.baseline !== null;
  const text = shrinks ? shrinkBaseline(old.known, result.baseline) : formatBaseline(result.findings);
  await writeOutput(bounds, target, text);
  if (given.flag("quiet") !== true) {
    const gone = result.baseline?.gone.reduce((sum, { count }) => sum + count, 0) ?? 0;
    const findings = (count: number) => (count === 1 ? "1 finding" : `${count} findings`);
    const what = shrinks
      ? `dropped ${findings(gone)} that ${gone === 1 ? "is" : "are"} gone`
      : `noted ${findings(result.findings.length)}; --baseline ${target} (or \`baseline: ${target}\` in the settings) lets only new ones count`;
    await write("stderr", `${visible(`${target}: ${what}`)}\n`);
  }
  return 0;
}

/** Writes the report where the arguments want it, in the format they name. */
export async function report(
  given: Arguments,
  result: LintResult,
  options: ReportOptions,
  bounds: Bounds,
): Promise<void> {
  const format = (given.value("format") ?? "stylish") as FormatName;
  const output = given.value("output");
  await writeReport(
    given,
    await formatReport(format, options.quiet ? errorsOnly(result) : result, options),
    bounds,
  );
  if (output === undefined) return;
  if (!options.quiet) await write("stderr", `${await formatSummary(result, options)}\n`);
}

async function writeReport(given: Arguments, text: string, bounds: Bounds): Promise<void> {
  const output = given.value("output");
  // The fixed text has standard output for itself.
  const isFixed = levelOf(given) !== undefined && !given.flag("diff");
  const isTaken = isFixed && given.positionals.includes("-");
  if (output === undefined) await write(isTaken ? "stderr" : "stdout", text);
  else await writeOutput(bounds, output, text);
}

function readStdin(name: string | undefined): { name?: string; bytes: Uint8Array } {
  return { ...optional("name", name), bytes: readInput() };
}

/** A baseline that the command line names. */
function readHanded(path: string, bounds: Bounds): Uint8Array {
  const { real, refusal } = bounds.handedAt(path);
  if (refusal !== null) throw new UsageError(`--baseline ${path} ${refusal}`);
  return readRegularFile(real, LARGEST_BASELINE);
}

/** What could not be read is told by the reports too: a run that saw half must not look whole. */
function withNotifications(result: LintResult, outcomes: readonly Outcome[]): LintResult {
  const unread = outcomes.flatMap(({ problems }) =>
    problems.map(({ message }): Notification => ({ level: "error", message })),
  );
  const notes = outcomes.flatMap(({ notes }) => notes);
  return { ...result, notifications: [...unread, ...result.notifications, ...notes] };
}

/** Whether people read warnings in the report, or under it, or want none. */
function tellsWarnings(given: Arguments): boolean {
  const format = given.value("format") ?? "stylish";
  const inReport = format === "stylish" || format === "github" || given.value("output") !== undefined;
  return inReport || given.flag("quiet") === true;
}

function errorsOnly(result: LintResult): LintResult {
  const findings = result.findings.filter(({ severity }) => severity === "error");
  return { ...result, findings, summary: { ...result.summary, warnings: 0, infos: 0 } };
}

function optional<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { [K in Key]?: Value });
}
