/** One page that needs nothing else: a summary, filters, and the sources with the findings in place. */

import type { Finding, LintResult, SourceFile } from "../linter/index.ts";
import { groupBy } from "../lists/index.ts";
import type { Severity } from "../rules/index.ts";
import { docsUrl } from "./catalogue.ts";
import { htmlPage } from "./html-page.ts";
import { SCRIPT } from "./html-script.ts";
import { htmlProse, htmlSource, htmlText } from "./html-text.ts";
import type { ReportOptions } from "./options.ts";
import { remarks } from "./remarks.ts";
import { asides, count, fixEffect, fullMessage, headline, isClean } from "./wording.ts";

/** Lines shown before and after a finding; the rest is folded. */
const AROUND = 3;
/** Files with more lines show only what is around their findings. */
const LONGEST_FILE = 5000;
const LONGEST_LINE = 2000;

export async function html(result: LintResult, options: ReportOptions): Promise<string> {
  const page = pageOf(result);
  const sections = page.files.map((file, index) => fileSection(file, index, page)).join("\n");
  const body = `<header>
<h1>nginx-lint</h1>
${summaryBlock(result)}
</header>
${result.findings.length > 0 ? filters(result) : ""}
<main>
${sections}
${suppressedBlock(result)}
</main>`;
  return htmlPage({ title: titleOf(result), body, script: SCRIPT, version: options.version });
}

interface PageFile {
  readonly name: string;
  readonly source: SourceFile | undefined;
  readonly lines: readonly string[];
  /** Whether every line of it is on the page. */
  readonly whole: boolean;
  /** By line, in order. */
  readonly findings: ReadonlyMap<number, readonly NumberedFinding[]>;
  readonly includedFrom: string;
}

interface NumberedFinding {
  readonly id: string;
  readonly finding: Finding;
}

interface Page {
  readonly files: readonly PageFile[];
  readonly indexOf: ReadonlyMap<string, number>;
}

function pageOf(result: LintResult): Page {
  const sources = new Map(result.files.map((file) => [file.name, file]));
  const numbered = result.findings.map((finding, index) => ({ id: `finding-${index + 1}`, finding }));
  const files = [...groupBy(numbered, ({ finding }) => finding.file)].map(([name, findings]) => {
    const source = sources.get(name);
    const lines = source ? source.text.split(/\r?\n/) : [];
    if (lines.at(-1) === "") lines.pop();
    const chain = findings[0]?.finding.includeChain ?? [];
    return {
      name,
      source,
      lines,
      whole: lines.length <= LONGEST_FILE,
      findings: groupBy(findings, ({ finding }) => finding.line),
      includedFrom: chain.map((place) => `${place.file}:${place.line}`).join(", from "),
    };
  });
  return { files, indexOf: new Map(files.map((file, index) => [file.name, index])) };
}

function titleOf(result: LintResult): string {
  const { counts, where } = headline(result);
  return `${counts} ${where}`;
}

function summaryBlock(result: LintResult): string {
  const text = htmlText(titleOf(result));
  const line = isClean(result) ? `<span class="clean">✓ ${text}</span>` : text;
  const hidden = asides(result).map((note) => ` <span class="faint">· ${note}</span>`);
  const errors = result.notifications.filter(({ level }) => level === "error");
  const problems = [
    ...errors.map(({ message }) => ({ level: "error", label: "error", text: message })),
    ...remarks(result)
      .filter(({ label }) => label !== "suppressed")
      .map(({ label, text }) => ({ level: label === "warning" ? "warning" : "note", label, text })),
  ].map(({ level, label, text }) => `\n<p class="problem ${level}"><b>${label}</b> ${htmlProse(text)}</p>`);
  return `<p class="summary">${line}${hidden.join("")}</p>${problems.join("")}`;
}

function filters(result: LintResult): string {
  const of = (key: "ruleId" | "file") => [...groupBy(result.findings, (finding) => finding[key])];
  const options = (key: "ruleId" | "file") =>
    of(key)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, list]) => `<option value="${htmlText(name)}">${htmlText(name)} (${list.length})</option>`)
      .join("");
  const { errors, warnings, infos } = result.summary;
  const chips = [
    errors > 0 ? chip("error", count(errors, "error")) : "",
    warnings > 0 ? chip("warning", count(warnings, "warning")) : "",
    infos > 0 ? chip("info", `${infos} info`) : "",
  ];
  return `<form id="filters" hidden><div>
${chips.join("")}
<select id="rule" aria-label="Rule"><option value="">all rules</option>${options("ruleId")}</select>
<select id="file" aria-label="File"><option value="">all files</option>${options("file")}</select>
<input type="search" id="text" aria-label="Text" placeholder="Search in findings">
<span id="shown" class="faint" role="status"></span>
</div></form>`;
}

function chip(severity: Severity, label: string): string {
  return `<label class="chip ${severity}"><input type="checkbox" name="severity" value="${severity}" checked>${label}</label>`;
}

function fileSection(file: PageFile, index: number, page: Page): string {
  const included = file.includedFrom ? ` <small>included from ${htmlText(file.includedFrom)}</small>` : "";
  let body = "";
  let next = 1;
  const lines = [...file.findings.keys()];
  for (const [at, line] of lines.entries()) {
    body += gap(file, index, next, line - AROUND - 1);
    body += block(file, index, Math.max(next, line - AROUND), line);
    for (const one of file.findings.get(line) ?? []) body += article(one, file, index, page);
    // What follows a finding, up to the next one.
    next = line + 1;
    const following = Math.min(
      line + AROUND,
      (lines[at + 1] ?? Number.POSITIVE_INFINITY) - 1,
      file.lines.length,
    );
    body += block(file, index, next, following);
    next = Math.max(next, following + 1);
  }
  body += gap(file, index, next, file.lines.length);
  return `<section class="file"><h2>${htmlText(file.name)}${included}</h2>\n${body}</section>`;
}

/** Lines `from` to `to` folded away; plain where they are too few to be worth it. */
function gap(file: PageFile, index: number, from: number, to: number): string {
  if (to < from) return "";
  const lines = count(to - from + 1, "line");
  if (!file.whole) return `<details class="gap"><summary>${lines} not shown</summary></details>\n`;
  if (to - from < 2) return block(file, index, from, to);
  return `<details class="gap"><summary>${lines}</summary>${block(file, index, from, to)}</details>\n`;
}

function block(file: PageFile, index: number, from: number, to: number): string {
  let rows = "";
  for (let line = from; line <= to; line++) {
    const text = file.lines[line - 1];
    if (text === undefined) break;
    const marks = file.findings.get(line) ?? [];
    rows += `<span class="row" id="${lineId(index, line)}" data-line="${line}">${sourceLine(text, marks)}\n</span>`;
  }
  return rows ? `<pre>${rows}</pre>\n` : "";
}

function lineId(file: number, line: number): string {
  return `file-${file + 1}-line-${line}`;
}

/** The line with the places of its findings marked, overlapping ones too. */
function sourceLine(text: string, findings: readonly NumberedFinding[]): string {
  const end = Math.min(text.length, LONGEST_LINE);
  const places = findings.map(({ id, finding }) => {
    const start = Math.min(finding.column - 1, end);
    return { id, severity: finding.severity, start, end: Math.min(end, start + Math.max(1, finding.length)) };
  });
  const cuts = [...new Set([0, end, ...places.flatMap((place) => [place.start, place.end])])].sort(
    (a, b) => a - b,
  );
  let out = "";
  for (const [i, start] of cuts.entries()) {
    const stop = cuts[i + 1];
    if (stop === undefined) break;
    const part = htmlSource(text.slice(start, stop));
    const over = places.filter((place) => place.start <= start && place.end >= stop);
    out +=
      over.length === 0
        ? part
        : `<mark class="${worst(over)}" data-of="${over.map((p) => p.id).join(" ")}">${part}</mark>`;
  }
  return text.length > end ? `${out}…` : out;
}

function worst(places: readonly { readonly severity: Severity }[]): Severity {
  const has = (severity: Severity) => places.some((place) => place.severity === severity);
  return has("error") ? "error" : has("warning") ? "warning" : "info";
}

function article({ id, finding }: NumberedFinding, file: PageFile, index: number, page: Page): string {
  const { severity, ruleId, confidence, line, column } = finding;
  const place = `${line}:${column}`;
  const anchor = file.source ? ` href="#${lineId(index, line)}"` : "";
  const sure = confidence === "high" ? "" : ` <span class="faint">${confidence} confidence</span>`;
  const rows = rowsOf(finding, page);
  return `<article class="finding ${severity}" id="${id}" data-severity="${severity}" data-rule="${htmlText(ruleId)}" data-file="${htmlText(finding.file)}">
<a class="place"${anchor}>${place}</a><span class="severity">${severity}</span> <a class="rule" href="${htmlText(docsUrl(ruleId))}" rel="noreferrer">${htmlText(ruleId)}</a>${sure}
<p>${htmlProse(fullMessage(finding))}</p>${rows ? `\n<dl>${rows}</dl>` : ""}
</article>
`;
}

function rowsOf(finding: Finding, page: Page): string {
  const { witness, details, related, fix } = finding;
  let out = "";
  if (witness && !details.some((detail) => detail.text === witness.value)) {
    out += row(witness.kind === "uri" ? "URI" : witness.kind, `<code>${htmlText(witness.value)}</code>`);
  }
  for (const { label, text, at } of details) {
    out += row(label, `<code>${htmlText(text)}</code>${at ? ` ${placeLink(at, finding, page)}` : ""}`);
  }
  for (const place of related) {
    out += row("see", `${placeLink(place, finding, page)}: ${htmlProse(place.message)}`);
  }
  if (fix) {
    const option = fix.safe ? "--fix" : "--fix=unsafe";
    out += row(
      "fix",
      `${htmlProse(fix.description)} <span class="faint">(<code>${option}</code> does it: ${htmlProse(fixEffect(fix))})</span>`,
    );
  }
  return out;
}

function row(label: string, value: string): string {
  return `<dt>${htmlText(label)}</dt><dd>${value}</dd>`;
}

/** A link to the line where it is on the page. */
function placeLink(
  at: { readonly file: string; readonly line: number },
  finding: Finding,
  page: Page,
): string {
  const name = at.file === finding.file ? `line ${at.line}` : `${htmlText(at.file)}:${at.line}`;
  const index = page.indexOf.get(at.file);
  const target = index === undefined ? undefined : page.files[index];
  const onPage = index !== undefined && target?.whole && at.line <= target.lines.length;
  return onPage ? `<a href="#${lineId(index, at.line)}">${name}</a>` : name;
}

function suppressedBlock({ suppressed }: LintResult): string {
  if (suppressed.length === 0) return "";
  const items = suppressed.map((finding) => {
    const { kind, line, reason: given } = finding.suppression ?? {};
    const reason = kind === "baseline" ? (given ?? "known to the baseline") : given;
    const by = line === undefined || line === finding.line ? "" : ` (by line ${line})`;
    const place = `${htmlText(finding.file)}:${finding.line}${by}`;
    return `<li><code>${htmlText(finding.ruleId)}</code> ${place}${reason ? ` — ${htmlProse(reason)}` : ""}</li>`;
  });
  return `<section><details class="suppressed"><summary>${suppressed.length} not counted</summary><ul>${items.join("")}</ul></details></section>`;
}
