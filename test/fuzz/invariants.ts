/** What holds of every run, whatever it is given. */

import { compareFindings } from "../../src/linter/fate.ts";
import { applyFixes, type LintResult, lintFiles } from "../../src/linter/index.ts";
import { type Item, parse, print } from "../../src/parser/index.ts";

/** Runs the linter and nothing else: the checks around it take time of their own. */
export type Measured = (lint: () => LintResult) => LintResult;

/**
 * Lints a file beside one that it may include; returns what does not hold.
 * @param again whether to ask what costs as much as the run itself: a second run, and a parse of each fixed file.
 */
export function brokenBy(text: string, again = true, measured: Measured = (lint) => lint()): string[] {
  const broken: string[] = [];
  const files = new Map([
    ["nginx.conf", text],
    ["a.conf", "add_header X-A a;\n"],
  ]);
  const file = parse(text, "nginx.conf");
  if (print(file) !== text) broken.push("what is printed is not what was parsed");
  for (const item of file.items) checkPlace(item, 0, text.length, broken);
  const lint = () => lintFiles(files, { presets: ["strict"], confidence: "low" });
  const result = measured(lint);
  for (const { message } of result.notifications) broken.push(message);
  // What looks like the output of `nginx -T` is taken apart.
  const read = new Map(result.files.map(({ name, text: inside }) => [name, inside]));
  checkFindings(result, read, broken);
  if (!again) return broken;
  if (JSON.stringify(lint()) !== JSON.stringify(result)) broken.push("a second run says something else");
  checkFixes(result, read, broken);
  return broken;
}

function checkPlace(item: Item, from: number, to: number, broken: string[]): void {
  if (item.start < from || item.end > to || item.end < item.start)
    broken.push(`an item lies at ${item.start}–${item.end}, outside of ${from}–${to}`);
  if (item.kind === "directive" && item.block?.kind === "block")
    for (const inner of item.block.items) checkPlace(inner, item.start, item.end, broken);
}

function checkFindings(result: LintResult, files: ReadonlyMap<string, string>, broken: string[]): void {
  const { findings } = result;
  for (const [index, finding] of findings.entries()) {
    const next = findings[index + 1];
    if (next !== undefined && compareFindings(finding, next) > 0) broken.push("findings are not sorted");
    const named = [
      finding.file,
      ...finding.related.map(({ file }) => file),
      ...finding.includeChain.map(({ file }) => file),
      ...finding.details.flatMap(({ at }) => at?.file ?? []),
      ...(finding.fix?.edits.map(({ file }) => file) ?? []),
    ];
    for (const name of named) if (!files.has(name)) broken.push(`${finding.ruleId} names ${name}`);
    for (const { file, offset, length } of [finding, ...finding.related, ...(finding.fix?.edits ?? [])]) {
      if (offset < 0 || length < 0 || offset + length > (files.get(file)?.length ?? 0))
        broken.push(`${finding.ruleId} points outside of ${file}`);
    }
    if (finding.message.length > 1_000) broken.push(`${finding.ruleId} speaks too long`);
    for (const said of [finding.message, finding.help ?? ""])
      if (/\bundefined\b(?! (?:variable|named))|\[object |\bNaN\b/.test(said) && !hasWord(files, said))
        broken.push(`${finding.ruleId} says ${said}`);
  }
}

/** The configuration itself may be about such words. */
function hasWord(files: ReadonlyMap<string, string>, said: string): boolean {
  const word = /undefined|\[object |NaN/.exec(said)?.[0] ?? "";
  return [...files.values()].some((text) => text.includes(word));
}

/** Each is parsed again with the whole file. */
const MOST_FIXES = 50;

function checkFixes(result: LintResult, files: ReadonlyMap<string, string>, broken: string[]): void {
  const before = new Map([...files].map(([name, text]) => [name, parse(text, name).problems.length]));
  for (const finding of result.findings.filter(({ fix }) => fix !== undefined).slice(0, MOST_FIXES)) {
    for (const { name, after } of applyFixes([finding], files, "unsafe").files) {
      if (parse(after, name).problems.length > (before.get(name) ?? 0))
        broken.push(`the fix of ${finding.ruleId} spoils ${name}`);
    }
  }
}
