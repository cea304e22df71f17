/** Findings that are known already, so that only new ones count. Text in, text out. */
import { shorten } from "../semantics/index.ts";
import type { BaselineEntry, BaselineUse, Finding } from "./finding.ts";
import { normalName } from "./fingerprint.ts";

/** The format that this version writes, and the only one it reads. */
const BASELINE_VERSION = 1;

export interface Baseline {
  readonly entries: readonly BaselineEntry[];
}

/** A text that is no baseline. The message is one line: `file:line:column: what`. */
export class BaselineError extends Error {
  override readonly name = "BaselineError";
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;

  constructor(file: string, text: string, offset: number, problem: string) {
    let line = 1;
    let start = 0;
    for (let end = text.indexOf("\n"); end !== -1 && end < offset; end = text.indexOf("\n", start)) {
      line++;
      start = end + 1;
    }
    const column = offset - start + 1;
    super(`${file}:${line}:${column}: ${problem}`);
    this.file = file;
    this.line = line;
    this.column = column;
  }
}

/** The baseline of these findings: JSON, sorted, one entry a line. The same findings give the same bytes. */
export function formatBaseline(findings: readonly Finding[]): string {
  const entries = new Map<string, BaselineEntry>();
  for (const finding of findings) {
    const known = entries.get(finding.fingerprint);
    entries.set(finding.fingerprint, {
      file: normalName(finding.file),
      rule: finding.ruleId,
      fingerprint: finding.fingerprint,
      count: (known?.count ?? 0) + 1,
      message: known?.message ?? summary(finding.message),
    });
  }
  return format([...entries.values()]);
}

/** The baseline without what is gone: it shrinks, and takes in nothing new. */
export function shrinkBaseline(baseline: Baseline, { gone }: BaselineUse): string {
  const lost = new Map<string, number>();
  for (const { fingerprint, count } of gone) lost.set(fingerprint, (lost.get(fingerprint) ?? 0) + count);
  const left = baseline.entries.flatMap((entry) => {
    const less = Math.min(entry.count, lost.get(entry.fingerprint) ?? 0);
    lost.set(entry.fingerprint, (lost.get(entry.fingerprint) ?? 0) - less);
    return entry.count === less ? [] : [{ ...entry, count: entry.count - less }];
  });
  return format(left);
}

/**
 * How many files a baseline is about where a run has none of them: it names them relative to the folder that it was written from.
 * @param names of all files of the run.
 * @returns 0 where the run has one of them, or the baseline is empty.
 */
export function strangeFiles({ entries }: Baseline, names: Iterable<string>): number {
  const known = new Set(entries.map(({ file }) => normalName(file)));
  for (const name of names) if (known.has(normalName(name))) return 0;
  return known.size;
}

function format(entries: readonly BaselineEntry[]): string {
  const lines = [...entries]
    .sort(byFileRuleMessage)
    // The keys in one order, whatever the order they were read in.
    .map(({ file, rule, fingerprint, count, message }) => ({ file, rule, fingerprint, count, message }))
    .map((entry) => `    ${JSON.stringify(entry)}`);
  const list = lines.length === 0 ? "[]" : `[\n${lines.join(",\n")}\n  ]`;
  return `{\n  "version": ${BASELINE_VERSION},\n  "findings": ${list}\n}\n`;
}

function byFileRuleMessage(a: BaselineEntry, b: BaselineEntry): number {
  return (
    compare(a.file, b.file) ||
    compare(a.rule, b.rule) ||
    compare(a.message, b.message) ||
    compare(a.fingerprint, b.fingerprint)
  );
}

/** By UTF-16 units: no locale, the same everywhere. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The first sentence, short, without line numbers: they would change in every diff. */
function summary(message: string): string {
  const sentence = /^.*?[.!?](?=\s|$)/s.exec(message)?.[0] ?? message;
  const quiet = sentence.replace(/\blines? \d+(?:(?:[–,-]|, | and )\d+)*/g, "line …").replace(/\s+/g, " ");
  return quiet.length <= 160 ? quiet : `${quiet.slice(0, 159).trimEnd()}…`;
}

/**
 * Reads a baseline; `name` is what error messages call it.
 * @throws {BaselineError} where the text is not one, with the place.
 */
export function parseBaseline(text: string, name: string): Baseline {
  const conflict = /^(?:<{7}|={7}|>{7})(?: |$)/m.exec(text);
  if (conflict !== null) {
    throw new BaselineError(
      name,
      text,
      conflict.index,
      "a merge conflict; keep both sides, or write a new baseline",
    );
  }
  const value = readJson(text, name);
  if (!isRecord(value))
    throw new BaselineError(name, text, 0, "a baseline is an object with `version` and `findings`");
  if (value.version !== BASELINE_VERSION) {
    const found = shorten(JSON.stringify(value.version) ?? "missing", LONGEST_VALUE);
    const problem = `\`version\` is ${found}, expected ${BASELINE_VERSION}; write a new baseline`;
    throw new BaselineError(name, text, Math.max(0, text.indexOf('"version"')), problem);
  }
  const findings = value.findings;
  if (!Array.isArray(findings)) {
    throw new BaselineError(name, text, Math.max(0, text.indexOf('"findings"')), "`findings` must be a list");
  }
  const entries = findings.map((entry: unknown, index): BaselineEntry => {
    const problem = entryProblem(entry);
    if (problem !== null) throw new BaselineError(name, text, entryOffset(text, index), problem);
    return entry as BaselineEntry;
  });
  return { entries };
}

/** What is quoted of a value that is wrong. */
const LONGEST_VALUE = 40;
/** Of a list of entries in an object. */
const DEEPEST = 3;
/** `{"file":"","rule":"","fingerprint":"","count":1,"message":""}` is longer. */
const SHORTEST_ENTRY = 40;
/** Up to here nothing that JSON makes of a text takes much memory. */
const LONG_TEXT = 1024 * 1024;

function readJson(text: string, name: string): unknown {
  if (text.length > LONG_TEXT) {
    const most = text.length / SHORTEST_ENTRY;
    let opened = 0;
    for (const { at, depth } of openings(text)) {
      // What JSON would make of it takes thirty times its length.
      if (depth <= DEEPEST && ++opened <= most) continue;
      throw new BaselineError(
        name,
        text,
        at,
        "a baseline is an object with a list of entries, and nothing else",
      );
    }
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const position = /position (\d+)/.exec(reason)?.[1];
    // V8 does not always tell the position, and quotes what is around it, with its line ends.
    const offset = position === undefined ? (/end of/.test(reason) ? text.length : 0) : Number(position);
    const what = reason.replace(/,? (?:in JSON )?at position.*$/s, "").replace(/, (?:\.\.\.)?".*$/s, "");
    throw new BaselineError(name, text, offset, `not JSON: ${what}`);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function entryProblem(entry: unknown): string | null {
  if (!isRecord(entry))
    return "an entry is an object with `file`, `rule`, `fingerprint`, `count` and `message`";
  for (const key of ["file", "rule", "fingerprint", "message"]) {
    if (typeof entry[key] !== "string") return `\`${key}\` of an entry must be a string`;
  }
  if (/^[0-9a-f]{16}$/.test(String(entry.fingerprint)))
    return "`fingerprint` of an entry has 16 digits, as those that could be forged had; write a new baseline";
  const count = entry.count;
  if (typeof count !== "number" || !Number.isInteger(count) || count < 1) {
    return "`count` of an entry must be a whole number from 1";
  }
  return null;
}

/** Where the entry of an index begins in valid JSON of the shape `{ …, "findings": [ entry, … ] }`. */
function entryOffset(text: string, index: number): number {
  const list = text.indexOf("[", text.indexOf('"findings"'));
  let seen = 0;
  let at = list + 1;
  for (let depth = 1; at < text.length; at = nextPlace(text, at)) {
    const letter = text.charAt(at);
    if (depth === 1 && seen === index && /[^\s,]/.test(letter)) return at;
    if (letter === "{" || letter === "[") depth++;
    else if (letter === "}" || letter === "]") depth--;
    else if (letter === "," && depth === 1) seen++;
  }
  return list;
}

/** Where objects and lists begin in a JSON text, and how deep. */
function* openings(text: string): Generator<{ readonly at: number; readonly depth: number }> {
  let depth = 0;
  for (let at = 0; at < text.length; at = nextPlace(text, at)) {
    const letter = text.charCodeAt(at);
    if (letter === OPEN_BRACE || letter === OPEN_BRACKET) yield { at, depth: ++depth };
    else if (letter === CLOSE_BRACE || letter === CLOSE_BRACKET) depth--;
  }
}

const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];

/** The place behind a letter, or behind the string that begins with it. A string may be as long as the text. */
function nextPlace(text: string, at: number): number {
  if (text.charCodeAt(at) !== 0x22) return at + 1;
  let end = at;
  for (;;) {
    end = text.indexOf('"', end + 1);
    if (end === -1) return text.length;
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes++;
    if (slashes % 2 === 0) return end + 1;
  }
}

/** Which findings a baseline knows. */
export interface BaselineMatch {
  readonly fresh: readonly Finding[];
  readonly known: readonly Finding[];
  readonly use: BaselineUse;
}

/**
 * Parts findings in new and known ones, in their order. Each entry answers for as many findings as it counted; of
 * more that are alike the last ones are new.
 * @param lookedAt whether a rule ran on a file in this run; entries of others are neither left nor gone.
 */
export function matchBaseline(
  findings: readonly Finding[],
  baseline: Baseline,
  lookedAt: (file: string, rule: string) => boolean,
): BaselineMatch {
  const remaining = new Map<string, number>();
  for (const { fingerprint, count } of baseline.entries) {
    remaining.set(fingerprint, (remaining.get(fingerprint) ?? 0) + count);
  }
  const fresh: Finding[] = [];
  const known: Finding[] = [];
  for (const finding of findings) {
    const count = remaining.get(finding.fingerprint) ?? 0;
    if (count === 0) {
      fresh.push(finding);
      continue;
    }
    remaining.set(finding.fingerprint, count - 1);
    known.push(finding);
  }
  const gone: BaselineEntry[] = [];
  let unseen = 0;
  for (const entry of baseline.entries) {
    const count = Math.min(entry.count, remaining.get(entry.fingerprint) ?? 0);
    if (count === 0) continue;
    remaining.set(entry.fingerprint, (remaining.get(entry.fingerprint) ?? 0) - count);
    if (lookedAt(entry.file, entry.rule)) gone.push({ ...entry, count });
    else unseen += count;
  }
  return { fresh, known, use: { left: known.length, gone, unseen } };
}
