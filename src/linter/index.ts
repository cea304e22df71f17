export {
  type Baseline,
  BaselineError,
  formatBaseline,
  parseBaseline,
  shrinkBaseline,
  strangeFiles,
} from "./baseline.ts";
export { EditTrail } from "./edit-trail.ts";
export {
  defaultPolicy,
  type ExitPolicy,
  type FailOn,
  type FileDecisions,
  fails,
  inPreset,
  isChosen,
  isConfident,
  levelOf,
  type Policy,
  type RuleLevel,
  type RuleSetting,
  stopsNginx,
  usualConfidence,
} from "./fate.ts";
export type {
  BaselineEntry,
  BaselineUse,
  Finding,
  FindingDetail,
  FindingEdit,
  FindingFix,
  LintResult,
  Notification,
  Omitted,
  Region,
  RelatedFinding,
  SourceFile,
  Suppression,
} from "./finding.ts";
export { applyFixes, type Fixed, type FixedFile, type FixLevel } from "./fix.ts";
export { joinResults } from "./join.ts";
export {
  type ItemVerdict,
  type ItemVerdicts,
  type JudgedServer,
  type Judgement,
  type JudgeOptions,
  judge,
  type Outcome,
  type RuleVerdict,
  type Verdicts,
} from "./judge.ts";
export { type LintOptions, lengthOf, lint } from "./lint.ts";
export { createLinter, type Linter, lintFiles, lintText, type TextOptions } from "./lint-texts.ts";
export { didYouMean } from "./nearest.ts";
export { Allowance, lintAndProve, type ProofOptions, type Proven } from "./proof.ts";
export { fixTrees, type Mended } from "./rounds.ts";
export { Run, tellUnseenFiles } from "./run.ts";
export { MOST_PLACES } from "./words.ts";
