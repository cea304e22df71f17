export type {
  Finding,
  FindingDetail,
  FindingEdit,
  FindingFix,
  LintResult,
  Notification,
  Region,
  RelatedFinding,
  SourceFile,
  Suppression,
} from "./finding.ts";
export { type LintOptions, lint } from "./lint.ts";
