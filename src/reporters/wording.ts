/** Findings in words that all formats share. */
import type { Finding, FindingFix, LintResult } from "../linter/index.ts";
import { visible } from "./visible.ts";

/** What happens and what to write, as sentences. */
export function fullMessage(finding: Pick<Finding, "message" | "help">): string {
  const message = sentence(finding.message);
  return finding.help ? `${message} ${sentence(capitalised(finding.help))}` : message;
}

/** The text with a final stop where it has no final mark of its own. */
function sentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === "" || /[.!?:…]$/u.test(trimmed) ? trimmed : `${trimmed}.`;
}

/** Code in backticks keeps its case: nginx's directives are lower case. */
function capitalised(text: string): string {
  return text.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());
}

/** What a fix does beside its purpose: `safe`, or `changes: …`. */
export function fixEffect({ safe, changes }: FindingFix): string {
  if (safe) return "safe";
  if (changes === undefined) return "changes what the site does";
  return changes.length === 0 ? "changes nothing else" : `changes: ${changes.join("; ")}`;
}

/** `1 error`, `4 warnings`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

/** `5 problems (1 error, 4 warnings)` and where they are, or that there are none in what was read; or that nothing was. */
export function headline(result: LintResult): { readonly counts: string; readonly where: string } {
  const { errors, warnings, infos, files } = result.summary;
  const problems = errors + warnings + infos;
  if (files === 0) return { counts: "Nothing", where: "was linted" };
  if (problems === 0 && !isComplete(result)) {
    return { counts: "Incomplete", where: `(${incidents(result)}); no problems in what was linted` };
  }
  if (problems === 0) return { counts: "No problems", where: `in ${count(files, "file")}` };
  const parts: string[] = [];
  if (errors > 0) parts.push(count(errors, "error"));
  if (warnings > 0) parts.push(count(warnings, "warning"));
  if (infos > 0) parts.push(`${infos} info`);
  const affected = new Set(result.findings.map((finding) => finding.file)).size;
  return {
    counts: `${count(problems, "problem")} (${parts.join(", ")})`,
    where: `in ${count(affected, "file")}`,
  };
}

/** Something was read, everything that was to be, and nothing is wrong with it. */
export function isClean(result: LintResult): boolean {
  return result.findings.length === 0 && result.summary.files > 0 && isComplete(result);
}

/** Everything could be read, and every rule ran to its end. */
function isComplete({ notifications }: LintResult): boolean {
  return notifications.every(({ level }) => level !== "error");
}

function incidents({ notifications }: LintResult): string {
  return count(notifications.filter(({ level }) => level === "error").length, "error");
}

/** What is not counted as a problem: `14 suppressed`, `3 known` to the baseline; and whether something is missing. */
export function asides(result: LintResult): string[] {
  const known = result.baseline?.left ?? 0;
  const suppressed = result.summary.suppressed - known;
  const parts: string[] = [];
  if (!isComplete(result) && result.findings.length > 0) parts.push("incomplete");
  if (suppressed > 0) parts.push(`${suppressed} suppressed`);
  if (known > 0) parts.push(`${known} known`);
  return parts;
}

/** The witness and the details as lines without layout, safe for a terminal. */
export function proofLines(finding: Finding): string[] {
  const { witness, details } = finding;
  const lines: string[] = [];
  if (witness && !details.some((detail) => detail.text === witness.value)) {
    lines.push(`${witness.kind}: ${visible(witness.value)}`);
  }
  for (const { label, text, at } of details) {
    const place = at ? ` (${visible(at.file)}:${at.line})` : "";
    lines.push(`${visible(label)}: ${visible(text)}${place}`);
  }
  for (const { message, file, line } of finding.related) {
    lines.push(`see ${visible(file)}:${line}: ${visible(message)}`);
  }
  return lines;
}

/** One name per finding where equal fingerprints are told apart by their order: `ab12`, `ab12-2`. */
export function uniqueFingerprints(findings: readonly Finding[]): string[] {
  const seen = new Map<string, number>();
  return findings.map(({ fingerprint }) => {
    const nth = (seen.get(fingerprint) ?? 0) + 1;
    seen.set(fingerprint, nth);
    return nth === 1 ? fingerprint : `${fingerprint}-${nth}`;
  });
}
