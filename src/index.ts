/**
 * The library: the same engine as the command line. Nothing in it touches a file system or a network, so that it runs
 * in Node and in a browser.
 *
 * ```js
 * import { formatReport, lintText } from "nginx-lint";
 *
 * const result = lintText("server { listen 80 }", { name: "site.conf" });
 * for (const { line, column, message } of result.findings) console.log(`${line}:${column} ${message}`);
 * console.log(await formatReport("stylish", result));
 * ```
 *
 * @module
 */
import { fails, type LintResult } from "./linter/index.ts";
import { type FormatName, formatReport as format, type ReportOptions } from "./reporters/index.ts";
import { RULES } from "./rules/index.ts";

declare const __VERSION__: string;

/** The version of nginx-lint. */
export const version: string = __VERSION__;

/**
 * A result as text, in any format of the command line or as `markdown`. Ends with a line break unless it is empty.
 * Without options: no colour, 100 columns, and the exit status that the command would have.
 */
export function formatReport(
  name: FormatName,
  result: LintResult,
  options: Partial<ReportOptions> = {},
): Promise<string> {
  const exitCode = fails(result.summary, { failOn: "warning", maxWarnings: null }) ? 1 : 0;
  const usual = { version, rules: RULES, color: false, width: 100, quiet: false, exitCode };
  return format(name, result, { ...usual, ...options });
}

export {
  type Baseline,
  BaselineError,
  type BaselineUse,
  createLinter,
  defaultPolicy,
  type ExitPolicy,
  type FileDecisions,
  type Finding,
  type FindingFix,
  type FixedFile,
  type FixLevel,
  fails,
  fixTrees,
  formatBaseline,
  type JudgedServer,
  type Judgement,
  type JudgeOptions,
  judge,
  type Linter,
  type LintOptions,
  type LintResult,
  lint,
  lintAndProve,
  lintFiles,
  lintText,
  type Mended,
  type Notification,
  type Outcome,
  type Policy,
  type ProofOptions,
  type Proven,
  parseBaseline,
  type Region,
  type RuleLevel,
  type RuleSetting,
  type RuleVerdict,
  type SourceFile,
  type Suppression,
  type TextOptions,
  type Verdicts,
} from "./linter/index.ts";
export {
  type Block,
  type Comment,
  type ConfigFile,
  type Directive,
  parse,
  print,
  type Word,
} from "./parser/index.ts";
export { FORMATS, type FormatName, type ReportOptions } from "./reporters/index.ts";
export {
  type Assumptions,
  type Confidence,
  type Preset,
  RULES,
  type Rule,
  type RuleDocs,
  type Severity,
} from "./rules/index.ts";
export {
  type AnswerChange,
  type SourceTree,
  type TextEdit,
  treesOfTexts,
  withEdits,
} from "./semantics/index.ts";
export {
  type Answer,
  type AnswerDifference,
  type Comparison,
  type ComparisonOptions,
  compareTrees,
  tellDifferences,
} from "./site/index.ts";
