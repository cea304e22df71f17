/** What the linter itself has to say about suppressions: needless ones, misspelt rules, missing reasons. */
import type { ConfigFile } from "../parser/index.ts";
import {
  type Edit,
  missingSuppressionReason,
  type Report,
  type Rule,
  unknownRule,
  unusedSuppression,
} from "../rules/index.ts";
import { bounded } from "./bounded.ts";
import { didYouMean } from "./nearest.ts";
import type { SuppressionComment } from "./suppression-comments.ts";
import type { Suppressions } from "./suppressions.ts";

/** What the linter itself has to say about a comment. */
export interface OwnReport {
  readonly rule: Rule;
  readonly report: Report;
}

/** What a run knows when it judges whether a suppression was needed. */
export interface Usage {
  /** Which comments silenced a finding of which rules. */
  readonly used: ReadonlyMap<SuppressionComment, ReadonlySet<string>>;
  /** Whether the rule ran on this file and could have reported there. */
  ran(ruleId: string): boolean;
  /** Every rule that is on ran: a comment for all rules can be judged. */
  readonly complete: boolean;
  /** The files are a whole configuration: on a part, rules that need the whole are silent and prove nothing. */
  readonly whole: boolean;
  readonly requireReason: boolean;
  /** The first line of the file from there on at which one of the rules has a finding that counts; null without. */
  nextLine(ruleIds: readonly string[], from: number): number | null;
}

/** The linter's own findings about the suppressions of a file. */
export function reportSuppressions(
  suppressions: Suppressions,
  ruleIds: readonly string[],
  usage: Usage,
): OwnReport[] {
  const { file } = suppressions;
  const reports: OwnReport[] = [];
  for (const { start, end, message } of suppressions.stray) {
    reports.push({
      rule: unusedSuppression,
      report: { at: { file, start, end }, message: `${message}.`.replace("?.", "?") },
    });
  }
  for (const comment of suppressions.comments) {
    for (const { text, start, end } of comment.strangers) {
      reports.push({
        rule: unknownRule,
        report: { at: { file, start, end }, message: stranger(text, ruleIds) },
      });
    }
    if (comment.verb === "enable") continue;
    const at = { file, start: comment.start, end: comment.end };
    if (usage.requireReason && comment.reason === null) {
      reports.push({
        rule: missingSuppressionReason,
        report: {
          at,
          message: "This suppression has no reason.",
          help: "add ` -- ` and why the rule does not apply here",
        },
      });
    }
    const used = usage.used.get(comment);
    if (comment.all) {
      if (used === undefined && usage.complete) reports.push(needless(file, comment, [], usage));
      continue;
    }
    const unused = comment.rules.filter((id) => !used?.has(id) && usage.ran(id));
    if (unused.length > 0) reports.push(needless(file, comment, unused, usage));
  }
  return reports.map(({ rule, report }) => ({ rule, report: bounded(report) }));
}

function stranger(text: string, ruleIds: readonly string[]): string {
  if (/\s/.test(text)) return `\`${text}\` is not the name of a rule; write a reason after \` -- \`.`;
  return `There is no rule \`${text}\`${didYouMean(text, ruleIds) || "."}`;
}

function needless(
  file: ConfigFile,
  comment: SuppressionComment,
  unused: readonly string[],
  { whole, nextLine }: Usage,
): OwnReport {
  const what = unused.length === 0 ? "any rule" : listed(unused);
  // Nine times of ten it stands above the block and not above the line in it.
  const meant = nextLine(unused, file.position(comment.start).line);
  const rest = comment.rules.filter((id) => !unused.includes(id));
  const report: Report = {
    at: { file, start: comment.start, end: comment.end },
    message: `Nothing here is reported by ${what}: this suppression is not needed.`,
    help:
      meant !== null
        ? `put it above line ${meant}, where the finding is, or delete it`
        : rest.length === 0
          ? "delete the comment"
          : `keep ${listed(rest)} only`,
    identity: `${comment.verb} ${unused.join(" ")}`,
    ...(whole ? {} : { confidence: "low" }),
  };
  if (meant !== null || rest.length > 0 || comment.strangers.length > 0)
    return { rule: unusedSuppression, report };
  const fix = { description: "Delete the comment", safe: true, edits: [deletion(file, comment)] };
  return { rule: unusedSuppression, report: { ...report, fix } };
}

function listed(ids: readonly string[]): string {
  return ids.map((id) => `\`${id}\``).join(", ");
}

/** Takes the comment away with the blanks before it, and its line where it stands alone. */
function deletion(file: ConfigFile, comment: SuppressionComment): Edit {
  const { text } = file;
  let start = comment.start;
  while (start > 0 && (text[start - 1] === " " || text[start - 1] === "\t")) start--;
  const alone = start === 0 || text[start - 1] === "\n";
  let end = comment.end;
  if (alone) {
    if (text[end] === "\r") end++;
    if (text[end] === "\n") end++;
  }
  return { file, offset: start, length: end - start, text: "" };
}
