/** The GitHub Action: its inputs are the options, its outputs the counts; annotations, a job summary and SARIF. */
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { joinResults, type LintResult } from "../linter/index.ts";
import { checklistMarkdown, formatReport, type ReportOptions } from "../reporters/index.ts";
import { RULES } from "../rules/index.ts";
import { type Arguments, readArguments } from "./arguments.ts";
import { answersFor } from "./checklist-command.ts";
import { lintPaths, report } from "./lint-command.ts";
import { refuseStrangers } from "./strangers.ts";
import { write, writeOutput } from "./streams.ts";
import { UsageError } from "./usage-error.ts";

declare const __VERSION__: string;

type Environment = Readonly<Record<string, string | undefined>>;

/** Runs once for all that is reported. Returns the exit status; wrong inputs become an annotation, too. */
export async function githubAction(env: Environment): Promise<number> {
  try {
    return await run(env);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const notification = { level: "error" as const, message: error.message };
    const result: LintResult = { ...joinResults([]), notifications: [notification] };
    const options = {
      version: __VERSION__,
      rules: RULES,
      color: false,
      width: 80,
      quiet: false,
      exitCode: 2,
    };
    await write("stdout", await formatReport("github", result, options));
    await summarize(env, result, options);
    return 2;
  }
}

async function run(env: Environment): Promise<number> {
  const given = readArguments(argumentsOf(env));
  refuseStrangers(given, "lint");
  refuseIdle(given);
  const wantsChecklist = flag(env, "checklist");
  const { result, exitCode, options, bounds } = await lintPaths(given);
  await report(given, result, options, bounds);
  const sarifFile = input(env, "sarif-file");
  if (sarifFile !== "") {
    const text = await formatReport("sarif", result, options);
    await writeOutput(bounds, sarifFile, text, (real) => mkdirSync(dirname(real), { recursive: true }));
  }
  await summarize(env, result, options);
  const { errors, warnings } = result.summary;
  setOutputs(env, { "sarif-file": sarifFile, findings: result.findings.length, errors, warnings });
  if (wantsChecklist && env.GITHUB_STEP_SUMMARY) {
    const { answers, asides } = await answersFor(given, given.positionals);
    appendFileSync(env.GITHUB_STEP_SUMMARY, `\n${checklistMarkdown(answers, asides)}`);
  }
  return exitCode;
}

/** Options of the command that have it do something else than report; the Action does not. */
const IDLE = ["diff", "help", "print-config", "report", "statistics", "version", "write-baseline"];

/** Throws `UsageError`. */
function refuseIdle(given: Arguments): void {
  const idle = IDLE.find((name) => given.flag(name) !== undefined || given.values(name).length > 0);
  if (idle !== undefined) throw new UsageError(`args: the Action has no --${idle}; run the command for that`);
}

/** The inputs as a command line; no shell ever reads them. Throws `UsageError`. */
export function argumentsOf(env: Environment): string[] {
  const options = ["config", "settings-from", "fail-on", "nginx-version"].flatMap((name) => {
    const value = input(env, name);
    return value === "" ? [] : [`--${name}=${value}`];
  });
  const presets = input(env, "preset")
    .split(/[\s,]+/)
    .filter((preset) => preset !== "")
    .map((preset) => `--preset=${preset}`);
  const paths = input(env, "paths")
    .split("\n")
    .map((path) => path.trim())
    .filter((path) => path !== "");
  // A tree cannot lead out of the checkout, whatever is a link in it.
  const within = `--within=${env.GITHUB_WORKSPACE || "."}`;
  const format = `--format=${input(env, "format") || "github"}`;
  const more = words(input(env, "args"));
  // An option at their end must not take the mark before the paths for its value.
  readArguments(more);
  return [within, format, ...options, ...presets, ...more, "--", ...or(paths, ["."])];
}

function or<Item>(items: readonly Item[], others: readonly Item[]): readonly Item[] {
  return items.length > 0 ? items : others;
}

/** The runner hands an input over under its name in capitals, hyphens kept. */
function input(env: Environment, name: string): string {
  return env[`INPUT_${name.toUpperCase()}`]?.trim() ?? "";
}

/** Words parted by white space; quotes keep it in a word, and mean nothing more. Throws `UsageError`. */
function words(text: string): string[] {
  const found: string[] = [];
  const word = /\s*((?:[^\s"']|"[^"]*"|'[^']*')+)/y;
  for (let match = word.exec(text); match !== null; match = word.exec(text)) {
    found.push((match[1] ?? "").replace(/"([^"]*)"|'([^']*)'/g, "$1$2"));
    if (word.lastIndex === text.length) return found;
  }
  if (text !== "") throw new UsageError(`args: a quote is not closed: ${text}`);
  return found;
}

async function summarize(env: Environment, result: LintResult, options: ReportOptions): Promise<void> {
  const file = env.GITHUB_STEP_SUMMARY;
  if (file) appendFileSync(file, await formatReport("markdown", result, options));
}

function setOutputs(env: Environment, outputs: Readonly<Record<string, string | number>>): void {
  const file = env.GITHUB_OUTPUT;
  if (!file) return;
  // The runner takes everything up to the delimiter for the value: nobody can guess it.
  const delimiter = `nginx-lint-${crypto.randomUUID()}`;
  const lines = Object.entries(outputs).map(
    ([name, value]) => `${name}<<${delimiter}\n${value}\n${delimiter}\n`,
  );
  appendFileSync(file, lines.join(""));
}

/** Throws `UsageError` for anything else than YAML's `true` and `false`. */
function flag(env: Environment, name: string): boolean {
  const value = input(env, name);
  if (/^(true|false|)$/i.test(value)) return value.toLowerCase() === "true";
  throw new UsageError(`the input ${name} is ${value}: expected true or false`);
}
