/** For people at a terminal: the cause, the proof under it, then the cure. */

import type { Finding, LintResult, SourceFile } from "../linter/index.ts";
import { groupBy } from "../lists/index.ts";
import type { Severity } from "../rules/index.ts";
import { docsUrl } from "./catalogue.ts";
import { padEnd, textWidth, wrap } from "./columns.ts";
import { excerpt } from "./excerpt.ts";
import type { ReportOptions } from "./options.ts";
import { remarks } from "./remarks.ts";
import { visible } from "./visible.ts";
import { asides, count, headline, isClean } from "./wording.ts";

const NARROWEST = 40;
const WIDEST = 110;
/** Columns that a message needs to stand beside its rule. */
const LEAST_BESIDE = 24;
/** Places listed under one finding; a cause in a snippet can have hundreds. */
const MOST_RELATED = 8;

type Style = "file" | "faint" | "code" | "good" | Severity;
type Paint = (style: Style, text: string) => string;

export async function stylish(result: LintResult, options: ReportOptions): Promise<string> {
  const paint = await painter(options.color);
  const width = Math.min(WIDEST, Math.max(NARROWEST, options.width));
  const sources = new Map(result.files.map((file) => [file.name, file]));
  let out = "";
  for (const [name, findings] of groupBy(result.findings, (finding) => finding.file)) {
    out += fileBlock(findings, sources.get(name), width, paint, options.links === true);
  }
  return options.quiet ? out : `${out}${summaryLines(result, options, width, paint)}\n`;
}

/** The last lines alone. */
export async function summary(result: LintResult, options: ReportOptions): Promise<string> {
  const width = Math.min(WIDEST, Math.max(NARROWEST, options.width));
  return summaryLines(result, options, width, await painter(options.color));
}

async function painter(color: boolean): Promise<Paint> {
  if (!color) return (_style, text) => text;
  const { Chalk } = await import("chalk");
  const chalk = new Chalk({ level: 1 });
  const styles: Record<Style, (text: string) => string> = {
    file: chalk.bold.underline,
    faint: chalk.dim,
    code: chalk.cyan,
    good: chalk.green,
    error: chalk.red,
    warning: chalk.yellow,
    info: chalk.blue,
  };
  return (style, text) => styles[style](text);
}

function fileBlock(
  findings: readonly Finding[],
  source: SourceFile | undefined,
  width: number,
  paint: Paint,
  links: boolean,
): string {
  const [first] = findings;
  if (!first) return "";
  const chain = includedFrom(first);
  const sameChain = findings.every((finding) => includedFrom(finding) === chain);
  const layout = {
    width,
    links,
    place: widest(findings.map(placeOf)),
    gutter: 4 + widest(findings.map((finding) => String(finding.line))),
  };
  const name = visible(first.file);
  const between = textWidth(name) + textWidth(chain) + 2 <= width ? "  " : "\n  ";
  let out = `${paint("file", name)}${sameChain && chain ? between + paint("faint", chain) : ""}\n`;
  for (const finding of findings) {
    out += `${findingBlock(finding, source, layout, sameChain ? "" : chain, paint)}\n`;
  }
  return out;
}

interface Layout {
  readonly width: number;
  readonly links: boolean;
  /** Columns of the widest `line:column` of the file. */
  readonly place: number;
  /** Columns before the bar beside the source line. */
  readonly gutter: number;
}

function findingBlock(
  finding: Finding,
  source: SourceFile | undefined,
  layout: Layout,
  chain: string,
  paint: Paint,
): string {
  const { width, gutter } = layout;
  return (
    headLines(finding, layout, paint) +
    sourceLines(finding, source, layout, paint) +
    rowLines(rowsOf(finding, chain), gutter, width, paint)
  );
}

/** Place, severity, rule; the message beside them, or under them where the terminal is narrow. */
function headLines(finding: Finding, layout: Layout, paint: Paint): string {
  const { width, links } = layout;
  const position = placeOf(finding).padEnd(layout.place);
  const severity = finding.severity.padEnd("warning".length);
  const id = visible(finding.ruleId);
  const name = links ? hyperlink(docsUrl(finding.ruleId), id) : id;
  const hanging = `  ${position}  ${severity}  `.length;
  const beside = width - hanging - textWidth(id) - 2;
  const message = visible(finding.message);
  const place = `  ${paint("faint", position)}  ${paint(finding.severity, severity)}`;
  // A path that has room on a whole line is not cut for the sake of the layout.
  const needsWhole =
    widest(message.split(" ").filter((word) => textWidth(word) <= width - 4)) > width - hanging;
  if (beside >= LEAST_BESIDE && !needsWhole) {
    const lines = codePainted(wrap(message, beside, width - hanging), paint);
    return `${`${place}  ${name}  ${lines.join(`\n${" ".repeat(hanging)}`)}`.trimEnd()}\n`;
  }
  const lines = codePainted(wrap(message, width - 4, width - 4), paint);
  const head = hanging + textWidth(id) <= width ? `${place}  ${name}` : `${place.trimEnd()}\n    ${name}`;
  return `${head}\n${lines.map((line) => `    ${line}\n`).join("")}`;
}

/** OSC 8: the text leads there where the terminal knows how. */
function hyperlink(url: string, text: string): string {
  return `\u001b]8;;${url}\u001b\\${text}\u001b]8;;\u001b\\`;
}

function sourceLines(
  finding: Finding,
  source: SourceFile | undefined,
  { width, gutter }: Layout,
  paint: Paint,
): string {
  const shown = source && excerpt(source, finding, width - gutter - 3);
  if (!shown) return "";
  const number = `${String(finding.line).padStart(gutter - 1)} |`;
  const mark = paint(finding.severity, "^".repeat(shown.length));
  const line = `${paint("faint", number)} ${shown.text}`;
  const under = `${paint("faint", `${" ".repeat(gutter)}|`)} ${" ".repeat(shown.indent)}${mark}`;
  return `${line}\n${under}\n`;
}

/** A labelled line under a finding. */
interface Row {
  readonly label: string;
  readonly text: string;
  /** Where that is written. */
  readonly at?: string;
}

function rowsOf(finding: Finding, chain: string): Row[] {
  const { witness, details, related, help, fix } = finding;
  const result: Row[] = [];
  if (chain) result.push({ label: "file", text: chain });
  if (witness && !details.some((detail) => detail.text === witness.value)) {
    result.push({ label: witness.kind === "uri" ? "URI" : witness.kind, text: visible(witness.value) });
  }
  for (const { label, text, at } of details) {
    const row = { label: visible(label), text: visible(text) };
    result.push(at ? { ...row, at: whereFrom(finding, at) } : row);
  }
  for (const place of related.slice(0, MOST_RELATED)) {
    result.push({ label: "see", text: `${whereFrom(finding, place)}: ${visible(place.message)}` });
  }
  const more = related.length - MOST_RELATED;
  if (more > 0)
    result.push({ label: "see", text: `${count(more, "more place")} (all are in \`--format json\`)` });
  const cure = help ?? fix?.description;
  if (cure) result.push({ label: "fix", text: visible(cure) + (fix ? byOption(fix.safe) : "") });
  for (const change of fix?.changes ?? [])
    result.push({ label: "changes", text: `also: ${visible(change)}` });
  return result;
}

function byOption(safe: boolean): string {
  return safe ? " (`--fix` does it)" : " (`--fix=unsafe` does it)";
}

function rowLines(list: readonly Row[], indent: number, width: number, paint: Paint): string {
  const labels = widest(list.map((row) => row.label)) + 2;
  const texts = Math.min(60, widest(list.filter((row) => row.at).map((row) => row.text)));
  const room = width - indent - labels;
  let out = "";
  for (const { label, text, at } of list) {
    const place = at ? `(${at})` : "";
    const together = at ? `${padEnd(text, texts)}  ${place}` : text;
    // A place that does not fit beside the aligned text follows it like any other word.
    const lines = textWidth(together) <= room ? [together] : wrap(at ? `${text} ${place}` : text, room, room);
    const [first = "", ...others] = codePainted(lines, paint);
    out += `${" ".repeat(indent)}${paint("faint", padEnd(label, labels))}${first}\n`;
    for (const line of others) out += `${" ".repeat(indent + labels)}${line}\n`;
  }
  return out;
}

/** Colours `code` between backticks, also where it goes on in the next line. */
function codePainted(lines: readonly string[], paint: Paint): string[] {
  const ticks = lines.join("").split("`").length - 1;
  if (ticks % 2 !== 0) return [...lines];
  let inCode = false;
  return lines.map((line) => {
    let out = "";
    for (const [index, part] of line.split("`").entries()) {
      if (index > 0) {
        inCode = !inCode;
        out += "`";
      }
      out += inCode && part !== "" ? paint("code", part) : part;
    }
    return out;
  });
}

function widest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, textWidth(text)), 0);
}

function placeOf(finding: Finding): string {
  return `${finding.line}:${finding.column}`;
}

/** A place as seen from a finding: the file only where it is another one. */
function whereFrom(finding: Finding, at: { readonly file: string; readonly line: number }): string {
  return at.file === finding.file ? `line ${at.line}` : `${visible(at.file)}:${at.line}`;
}

function includedFrom(finding: Finding): string {
  if (finding.includeChain.length === 0) return "";
  const places = finding.includeChain.map(({ file, line }) => `${visible(file)}:${line}`);
  return `included from ${places.join(", from ")}`;
}

/** What was not counted, and last the counts, which people also `grep` and `tail` for. */
function summaryLines(result: LintResult, options: ReportOptions, width: number, paint: Paint): string {
  const rows = rowLines(remarks(result), 2, width, paint);
  return `${rows}${summaryLine(result, options, paint)}`;
}

function summaryLine(result: LintResult, options: ReportOptions, paint: Paint): string {
  const { errors, warnings, infos } = result.summary;
  const { counts, where } = headline(result);
  let line = `${isClean(result) ? `${paint("good", "✓")} ` : ""}${counts} ${where}`;
  if (errors + warnings + infos > 0) {
    const worst: Severity = errors > 0 ? "error" : warnings > 0 ? "warning" : "info";
    line = `${paint(worst, counts)} ${where}`;
  }
  const notes = [...fixable(result), ...asides(result)];
  if (options.elapsedMs !== undefined) notes.push(duration(options.elapsedMs));
  for (const note of notes) line += paint("faint", ` · ${note}`);
  return line;
}

/** How many findings have a fix, and which option applies it. */
function fixable({ findings }: LintResult): string[] {
  const safe = findings.filter(({ fix }) => fix?.safe === true).length;
  const unsafe = findings.filter(({ fix }) => fix?.safe === false).length;
  if (safe === 0) return unsafe === 0 ? [] : [`${unsafe} fixable with --fix=unsafe`];
  return [`${safe} fixable with --fix${unsafe === 0 ? "" : `, ${unsafe} more with --fix=unsafe`}`];
}

function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
