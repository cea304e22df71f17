/**
 * Disagreement in one place, written as comments:
 *
 *     # nginx-lint-disable-next-line RULE, RULE -- reason
 *     listen 443;  # nginx-lint-disable-line RULE -- reason
 *     # nginx-lint-disable RULE -- reason
 *     …
 *     # nginx-lint-enable RULE
 *
 * Without rules, all are meant. `disable` holds until its `enable` or the end of the file. A finding is silenced where
 * its cause stands, wherever that file is included.
 */
import type { Comment, ConfigFile, Directive, Item } from "../parser/index.ts";
import {
  type Edit,
  missingSuppressionReason,
  type Report,
  type Rule,
  unknownRule,
  unusedSuppression,
} from "../rules/index.ts";
import { didYouMean } from "./nearest.ts";

type Verb = "disable" | "enable" | "disable-line" | "disable-next-line";

interface Mention {
  readonly text: string;
  /** UTF-16 offsets into the file's text; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
}

/** One suppressing (or ending) comment as written. */
export interface SuppressionComment {
  readonly verb: Verb;
  /** Rules that exist. */
  readonly rules: readonly string[];
  /** Names that no rule has. */
  readonly strangers: readonly Mention[];
  /** No rule is named: all are meant. */
  readonly all: boolean;
  readonly reason: string | null;
  readonly start: number;
  readonly end: number;
}

/** A stretch of a file in which one rule (null: every rule) is silent. */
interface Span {
  readonly comment: SuppressionComment;
  readonly ruleId: string | null;
  readonly start: number;
  readonly end: number;
  /** For a span of every rule: where single rules speak again. */
  readonly exceptions: ReadonlyMap<string, number>;
}

/** The suppressions of one file. */
export interface Suppressions {
  readonly file: ConfigFile;
  readonly comments: readonly SuppressionComment[];
  readonly spans: readonly Span[];
  /** Comments that begin like a suppression and are none, and `enable`s of what nobody disabled. */
  readonly stray: readonly { readonly start: number; readonly end: number; readonly message: string }[];
}

/** What the linter itself has to say about a comment. */
export interface OwnReport {
  readonly rule: Rule;
  readonly report: Report;
}

const VERBS: readonly Verb[] = ["disable", "enable", "disable-line", "disable-next-line"];
const MARK = /^#+[ \t]*nginx-lint-([\w-]+)(.*)$/su;

/** Reads the suppressions of a file; `isRule` knows every rule of the catalogue. */
export function readSuppressions(file: ConfigFile, isRule: (id: string) => boolean): Suppressions {
  const nothing = { file, comments: [], spans: [], stray: [] };
  if (!file.text.includes("nginx-lint-")) return nothing;
  const { comments: written, heads } = survey(file);
  const comments: SuppressionComment[] = [];
  const stray: { start: number; end: number; message: string }[] = [];
  for (const comment of written) {
    const match = MARK.exec(comment.raw);
    const verb = match?.[1];
    if (match === null || verb === undefined) continue;
    const known = VERBS.find((candidate) => candidate === verb);
    if (known === undefined) {
      const message = `\`nginx-lint-${verb}\` is no suppression and does nothing${didYouMean(
        `nginx-lint-${verb}`,
        VERBS.map((name) => `nginx-lint-${name}`),
      )}`;
      stray.push({ start: comment.start, end: comment.end, message });
      continue;
    }
    const tail = match[2] ?? "";
    comments.push(
      readComment(known, tail, comment, comment.start + comment.raw.length - tail.length, isRule),
    );
  }
  const spans = [...lineSpans(file, comments, heads), ...regionSpans(file, comments, heads, stray)];
  return { file, comments, spans, stray };
}

/**
 * The comment that silences a finding of a rule at an offset, or null. Of several, one that names the rule, and among
 * those the last to begin.
 */
export function silencedBy(
  suppressions: Suppressions,
  ruleId: string,
  offset: number,
): SuppressionComment | null {
  let best: Span | null = null;
  for (const span of suppressions.spans) {
    if (offset < span.start || offset >= span.end) continue;
    if (span.ruleId === null ? offset >= (span.exceptions.get(ruleId) ?? Infinity) : span.ruleId !== ruleId)
      continue;
    if (best === null || rank(span) > rank(best) || (rank(span) === rank(best) && span.start >= best.start)) {
      best = span;
    }
  }
  return best?.comment ?? null;
}

function rank(span: Span): number {
  return span.ruleId === null ? 0 : 1;
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
          message: "This suppression gives no reason.",
          help: "add ` -- ` and why the rule does not hold here",
        },
      });
    }
    const used = usage.used.get(comment);
    if (comment.all) {
      if (used === undefined && usage.complete) reports.push(needless(file, comment, [], usage.whole));
      continue;
    }
    const unused = comment.rules.filter((id) => !used?.has(id) && usage.ran(id));
    if (unused.length > 0) reports.push(needless(file, comment, unused, usage.whole));
  }
  return reports;
}

function stranger(text: string, ruleIds: readonly string[]): string {
  if (/\s/.test(text)) return `\`${text}\` is not the name of a rule; write a reason after \` -- \`.`;
  return `There is no rule \`${text}\`${didYouMean(text, ruleIds) || "."}`;
}

function needless(
  file: ConfigFile,
  comment: SuppressionComment,
  unused: readonly string[],
  sure: boolean,
): OwnReport {
  const what = unused.length === 0 ? "any rule" : listed(unused);
  const rest = comment.rules.filter((id) => !unused.includes(id));
  const report: Report = {
    at: { file, start: comment.start, end: comment.end },
    message: `Nothing here is reported by ${what}: the suppression is needless.`,
    help: rest.length === 0 ? "delete the comment" : `keep ${listed(rest)} only`,
    identity: `${comment.verb} ${unused.join(" ")}`,
    ...(sure ? {} : { confidence: "low" }),
  };
  if (rest.length > 0 || comment.strangers.length > 0) return { rule: unusedSuppression, report };
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

/** The rules and the reason of a comment; `tail` begins at offset `from` of the file. */
function readComment(
  verb: Verb,
  tail: string,
  { start, end }: Comment,
  from: number,
  isRule: (id: string) => boolean,
): SuppressionComment {
  const dashes = /(?:^|\s)--(?:\s|$)/.exec(tail);
  const list = dashes === null ? tail : tail.slice(0, dashes.index);
  const reason = dashes === null ? "" : tail.slice(dashes.index + dashes[0].length).trim();
  const rules: string[] = [];
  const strangers: Mention[] = [];
  let all = true;
  for (const { 0: part, index } of list.matchAll(/[^,]+/g)) {
    // A part is one rule, or rules with only blanks between them; words that are none are kept together.
    let rest = part;
    for (let word = firstWord(rest); word !== null; word = firstWord(rest)) {
      all = false;
      if (!isRule(word.text)) break;
      rules.push(word.text);
      rest = rest.slice(word.end);
    }
    if (rest.trim() === "") continue;
    const at = from + index + part.length - rest.trimStart().length;
    strangers.push({ text: rest.trim(), start: at, end: at + rest.trim().length });
  }
  return { verb, rules, strangers, all, reason: reason === "" ? null : reason, start, end };
}

function firstWord(text: string): { readonly text: string; readonly end: number } | null {
  const match = /^\s*(\S+)/.exec(text);
  return match?.[1] === undefined ? null : { text: match[1], end: match[0].length };
}

/** A directive up to its `;` or `{`. */
interface Head {
  readonly start: number;
  readonly end: number;
}

/** Every comment of nginx in the file, in order, and the head of every directive. */
function survey(file: ConfigFile): { readonly comments: Comment[]; readonly heads: Head[] } {
  const comments: Comment[] = [];
  const heads: Head[] = [];
  const pending: Item[] = [...file.items].reverse();
  for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
    if (item.kind === "comment") {
      if (!item.template) comments.push(item);
      continue;
    }
    heads.push({ start: item.start, end: item.block?.open ?? item.end });
    comments.push(...item.comments.filter((comment) => !comment.template));
    pushChildren(pending, item);
  }
  return { comments, heads };
}

function pushChildren(pending: Item[], directive: Directive): void {
  if (directive.block?.kind !== "block") return;
  const { items } = directive.block;
  for (let i = items.length - 1; i >= 0; i--) {
    const item = items[i];
    if (item !== undefined) pending.push(item);
  }
}

/** `disable-line` and `disable-next-line`: the line, and what of a directive's head stands on further lines. */
function* lineSpans(
  file: ConfigFile,
  comments: readonly SuppressionComment[],
  heads: readonly Head[],
): Generator<Span> {
  for (const comment of comments) {
    if (comment.verb !== "disable-line" && comment.verb !== "disable-next-line") continue;
    const line = lineAt(
      file.text,
      comment.verb === "disable-line" ? comment.start : nextCode(file.text, comment.end),
    );
    let { start, end } = line;
    for (let i = firstEndingAfter(heads, line.start); i < heads.length; i++) {
      const head = heads[i];
      if (head === undefined || head.start >= line.end) break;
      start = Math.min(start, head.start);
      end = Math.max(end, head.end);
    }
    for (const ruleId of comment.all ? [null] : comment.rules) {
      yield { comment, ruleId, start, end, exceptions: new Map() };
    }
  }
}

/** Heads follow one another and do not overlap. */
function firstEndingAfter(heads: readonly Head[], offset: number): number {
  let low = 0;
  let high = heads.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((heads[middle]?.end ?? Infinity) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function lineAt(text: string, offset: number): Head {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset);
  return { start, end: end === -1 ? text.length + 1 : end };
}

/** Where the next line begins that is neither blank nor only a comment. */
function nextCode(text: string, offset: number): number {
  const line = /\n(?![ \t\r]*(?:#.*)?(?:\r?\n|$))/g;
  line.lastIndex = offset;
  const match = line.exec(text);
  return match === null ? text.length : match.index + 1;
}

/** `disable` … `enable`. */
function regionSpans(
  file: ConfigFile,
  comments: readonly SuppressionComment[],
  heads: readonly Head[],
  stray: { start: number; end: number; message: string }[],
): Span[] {
  const spans: (Span & { end: number; readonly exceptions: Map<string, number> })[] = [];
  const firstDirective = heads[0]?.start ?? Infinity;
  let open: typeof spans = [];
  for (const comment of comments) {
    if (comment.verb === "disable") {
      // Findings about a file as a whole point at its first character.
      const start = comment.start < firstDirective ? 0 : comment.start;
      for (const ruleId of comment.all ? [null] : comment.rules) {
        const span = {
          comment,
          ruleId,
          start,
          end: file.text.length + 1,
          exceptions: new Map<string, number>(),
        };
        spans.push(span);
        open.push(span);
      }
    } else if (comment.verb === "enable") {
      if (comment.all) {
        if (open.length === 0) stray.push(endsNothing(comment, "Nothing is disabled here"));
        for (const span of open) span.end = comment.start;
        open = [];
        continue;
      }
      for (const id of comment.rules) {
        const ended = open.filter((span) => span.ruleId === id || span.ruleId === null);
        if (ended.length === 0) stray.push(endsNothing(comment, `\`${id}\` is not disabled here`));
        for (const span of ended) {
          if (span.ruleId === null) span.exceptions.set(id, comment.start);
          else span.end = comment.start;
        }
        open = open.filter((span) => span.ruleId !== id);
      }
    }
  }
  return spans;
}

function endsNothing({ start, end }: SuppressionComment, what: string) {
  return { start, end, message: `${what}, so there is nothing to enable` };
}
