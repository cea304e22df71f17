/** Linting: paths in, report and exit status out. */
import { readFileSync } from "node:fs";
import {
  type ExitPolicy,
  fails,
  type LintResult,
  lint,
  type Policy,
  type RuleSetting,
} from "../linter/index.ts";
import { load } from "../loader/index.ts";
import {
  type FormatName,
  formatReport,
  formatSummary,
  type ReportOptions,
  visible,
} from "../reporters/index.ts";
import { type Preset, RULES, type Severity } from "../rules/index.ts";
import { parseVersion, type Version } from "../semantics/index.ts";
import type { Arguments } from "./arguments.ts";
import { didYouMeanRule } from "./catalogue.ts";
import { terminal, write, writeFileAtomically } from "./streams.ts";
import { UsageError } from "./usage-error.ts";

declare const __VERSION__: string;

/** Lints what the arguments name. Returns the exit status; throws `UsageError`. */
export async function lintCommand(given: Arguments): Promise<number> {
  const started = performance.now();
  const policy = readPolicy(given);
  const exit = readExitPolicy(given);
  const version = readVersion(given);
  const { trees, problems } = await load({
    paths: given.positionals,
    cwd: process.cwd(),
    ...optional("root", given.value("root")),
    ...(given.positionals.includes("-") ? { stdin: readStdin(given.value("stdin-filename")) } : {}),
  });
  const result = lint(trees, { policy, version });
  const failed = problems.length > 0 || result.notifications.some(({ level }) => level === "error");
  const exitCode = failed ? 2 : fails(result.summary, exit) ? 1 : 0;

  const output = given.value("output");
  const options: ReportOptions = {
    version: __VERSION__,
    rules: RULES,
    ...terminal(given.flag("color"), output !== undefined),
    workingDirectory: process.cwd(),
    elapsedMs: performance.now() - started,
    quiet: given.flag("quiet") === true,
    exitCode,
  };
  for (const { message } of problems) await write(process.stderr, `nginx-lint: ${visible(message)}\n`);
  for (const { message } of result.notifications)
    await write(process.stderr, `nginx-lint: ${visible(message)}\n`);
  const format = (given.value("format") ?? "stylish") as FormatName;
  await report(format, options.quiet ? errorsOnly(result) : result, options, output);
  return exitCode;
}

async function report(
  format: FormatName,
  result: LintResult,
  options: ReportOptions,
  output: string | undefined,
) {
  const text = await formatReport(format, result, options);
  if (output === undefined) return write(process.stdout, text);
  writeFileAtomically(output, text);
  if (!options.quiet) await write(process.stderr, `${await formatSummary(result, options)}\n`);
}

function readStdin(name: string | undefined): { name?: string; bytes: Uint8Array } {
  return { ...optional("name", name), bytes: readFileSync(0) };
}

function errorsOnly(result: LintResult): LintResult {
  return { ...result, findings: result.findings.filter(({ severity }) => severity === "error") };
}

const SEVERITIES = ["off", "info", "warning", "error"];

function readPolicy(given: Arguments): Policy {
  const rules = new Map<string, RuleSetting>();
  for (const value of given.values("rule")) {
    const [id = "", severity = ""] = value.split(":");
    checkRule("--rule", id);
    if (!SEVERITIES.includes(severity)) {
      throw new UsageError(`--rule ${value}: write ID:SEVERITY with one of ${SEVERITIES.join(", ")}`);
    }
    rules.set(id, { severity: severity as Severity | "off" });
  }
  const only = given.values("only");
  for (const id of only) checkRule("--only", id);
  const presets = given.values("preset") as Preset[];
  return {
    presets: presets.length > 0 ? presets : ["recommended"],
    only: only.length > 0 ? new Set(only) : null,
    confidence: null,
    requireReason: false,
    decisionsFor: () => ({ rules, assume: {}, included: true }),
  };
}

function checkRule(option: string, id: string): void {
  if (!RULES.some((rule) => rule.id === id))
    throw new UsageError(`${option}: no rule is called ${id}${didYouMeanRule(id)}`);
}

function readExitPolicy(given: Arguments): ExitPolicy {
  const text = given.value("max-warnings");
  if (text !== undefined && !/^\d+$/.test(text))
    throw new UsageError(`--max-warnings ${text}: write a number`);
  return {
    failOn: (given.value("fail-on") ?? "warning") as ExitPolicy["failOn"],
    maxWarnings: text === undefined ? null : Number(text),
  };
}

function readVersion(given: Arguments): Version | null {
  const text = given.value("nginx-version");
  if (text === undefined) return null;
  const version = parseVersion(text);
  if (version === null) throw new UsageError(`--nginx-version ${text}: write 1.24, 1.24.0 or mainline`);
  return version;
}

function optional<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { [K in Key]?: Value });
}
