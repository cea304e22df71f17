/** Findings to text, one file per format. Nothing is printed here. */
import type { LintResult } from "../linter/index.ts";
import { checkstyle } from "./checkstyle.ts";
import { compact } from "./compact.ts";
import { github } from "./github.ts";
import { gitlab } from "./gitlab.ts";
import { html } from "./html.ts";
import { json } from "./json.ts";
import { junit } from "./junit.ts";
import { markdown } from "./markdown.ts";
import type { ReportOptions } from "./options.ts";
import { sarif } from "./sarif.ts";
import { stylish, summary } from "./stylish.ts";

export { docsUrl } from "./catalogue.ts";
export {
  asidesInWords,
  type ChecklistAsides,
  checklistJson,
  checklistMarkdown,
  checklistText,
  scoreOf,
} from "./checklist.ts";
export { checklistHtml } from "./checklist-html.ts";
export { wrap } from "./columns.ts";
export { type Explained, type ExplainOptions, explainJson, explainText, type Refusal } from "./explain.ts";
export { jsonText } from "./json-text.ts";
export type { ReportOptions } from "./options.ts";
export { remarks } from "./remarks.ts";
export { visible } from "./visible.ts";
export { headline } from "./wording.ts";

/** The formats of `--format`, the default first. */
export const FORMATS = [
  "stylish",
  "compact",
  "json",
  "sarif",
  "github",
  "gitlab",
  "checkstyle",
  "junit",
  "html",
] as const;

/** `markdown` is what a GitHub job summary shows. */
export type FormatName = (typeof FORMATS)[number] | "markdown";

/** The whole report, ending with a line break unless it is empty. */
export async function formatReport(
  format: FormatName,
  result: LintResult,
  options: ReportOptions,
): Promise<string> {
  switch (format) {
    case "stylish":
      return stylish(result, options);
    case "compact":
      return compact(result);
    case "json":
      return json(result, options);
    case "sarif":
      return sarif(result, options);
    case "github":
      return github(result);
    case "gitlab":
      return gitlab(result);
    case "checkstyle":
      return checkstyle(result);
    case "junit":
      return junit(result);
    case "html":
      return html(result, options);
    case "markdown":
      return markdown(result, options);
  }
}

/** For people, without the last line break: what was not counted, counts and time. For a terminal when the report goes to a file. */
export async function formatSummary(result: LintResult, options: ReportOptions): Promise<string> {
  return summary(result, options);
}
