/** The library: the same engine as the command line. Runs in Node and in a browser. */
export {
  type Baseline,
  type BaselineUse,
  defaultPolicy,
  type Finding,
  fails,
  formatBaseline,
  type LintOptions,
  type LintResult,
  lint,
  type Policy,
  parseBaseline,
} from "./linter/index.ts";
export { type ConfigFile, parse, print } from "./parser/index.ts";
export { type FormatName, formatReport, type ReportOptions } from "./reporters/index.ts";
export { RULES, type Rule } from "./rules/index.ts";
export type { SourceTree } from "./semantics/index.ts";
