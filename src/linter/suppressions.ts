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
import { firstNotBefore } from "../lists/index.ts";
import type { Comment, ConfigFile, Directive, Item } from "../parser/index.ts";
import { mayBeSuppressed, readComment, type Stray, type SuppressionComment } from "./suppression-comments.ts";

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
  /** Of single lines: many perhaps, by their starts, each with the furthest end so far. */
  readonly lines: readonly (Span & { readonly reach: number })[];
  /** From `disable` to `enable`: few. */
  readonly regions: readonly Span[];
  /** Comments that begin like a suppression and are none, and `enable`s of what nobody disabled. */
  readonly stray: readonly Stray[];
}

/** Reads the suppressions of a file; `isRule` knows every rule of the catalogue. */
export function readSuppressions(file: ConfigFile, isRule: (id: string) => boolean): Suppressions {
  if (!mayBeSuppressed(file)) return { file, comments: [], lines: [], regions: [], stray: [] };
  const { comments: written, heads } = survey(file);
  const comments: SuppressionComment[] = [];
  const stray: Stray[] = [];
  for (const comment of written) {
    const read = readComment(comment, isRule);
    if (read === null) continue;
    if ("verb" in read) comments.push(read);
    else stray.push(read);
  }
  const lines = withReach([...lineSpans(file, comments, heads)]);
  return { file, comments, lines, regions: regionSpans(file, comments, heads, stray), stray };
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
  for (const span of spansAt(suppressions, offset)) {
    if (span.ruleId === null ? offset >= (span.exceptions.get(ruleId) ?? Infinity) : span.ruleId !== ruleId)
      continue;
    if (best === null || rank(span) > rank(best) || (rank(span) === rank(best) && span.start >= best.start)) {
      best = span;
    }
  }
  return best?.comment ?? null;
}

function* spansAt({ lines, regions }: Suppressions, offset: number): Generator<Span> {
  for (const span of regions) if (span.start <= offset && offset < span.end) yield span;
  for (let i = firstNotBefore(lines, ({ start }) => start <= offset) - 1; i >= 0; i--) {
    const span = lines[i];
    if (span === undefined || span.reach <= offset) return;
    if (offset < span.end) yield span;
  }
}

function withReach(spans: Span[]): (Span & { readonly reach: number })[] {
  let reach = 0;
  return spans
    .sort((a, b) => a.start - b.start)
    .map((span) => {
      reach = Math.max(reach, span.end);
      return { ...span, reach };
    });
}

function rank(span: Span): number {
  return span.ruleId === null ? 0 : 1;
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
    for (const comment of item.comments) if (!comment.template) comments.push(comment);
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
  let next = -1;
  for (const comment of comments) {
    if (comment.verb !== "disable-line" && comment.verb !== "disable-next-line") continue;
    // Comments may follow one another for megabytes, and all of them mean the line behind the last one.
    if (comment.verb === "disable-next-line" && next <= comment.end) next = nextCode(file.text, comment.end);
    const line = lineAt(file.text, comment.verb === "disable-line" ? comment.start : next);
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
  return firstNotBefore(heads, ({ end }) => end <= offset);
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
  stray: Stray[],
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

function endsNothing({ start, end }: SuppressionComment, what: string): Stray {
  return { start, end, message: `${what}, so there is nothing to enable` };
}
