/** Findings to text, one file per format. Nothing is printed here. */
import type { LintResult } from "../linter/index.ts";
import type { ReportOptions } from "./options.ts";

export { type Explained, type ExplainOptions, explainJson, explainText } from "./explain.ts";
export type { ReportOptions } from "./options.ts";
export { visible } from "./visible.ts";

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

/** The whole report, ending with a line break unless it is empty. Only the format that is asked for is loaded. */
export async function formatReport(
  format: FormatName,
  result: LintResult,
  options: ReportOptions,
): Promise<string> {
  switch (format) {
    case "stylish":
      return (await import("./stylish.ts")).stylish(result, options);
    case "compact":
      return (await import("./compact.ts")).compact(result);
    case "json":
      return (await import("./json.ts")).json(result, options);
    case "sarif":
      return (await import("./sarif.ts")).sarif(result, options);
    case "github":
      return (await import("./github.ts")).github(result);
    case "gitlab":
      return (await import("./gitlab.ts")).gitlab(result);
    case "checkstyle":
      return (await import("./checkstyle.ts")).checkstyle(result);
    case "junit":
      return (await import("./junit.ts")).junit(result);
    case "html":
      return (await import("./html.ts")).html(result, options);
    case "markdown":
      return (await import("./markdown.ts")).markdown(result, options);
  }
}

/** One line for people, without its line break: counts and time. For a terminal when the report goes to a file. */
export async function formatSummary(result: LintResult, options: ReportOptions): Promise<string> {
  return (await import("./stylish.ts")).summary(result, options);
}
