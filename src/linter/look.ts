/** Looks at what edits make of trees: whether findings are gone, what is said that was not, and which answers differ. */

import { firstNotBefore, greatest, push } from "../lists/index.ts";
import { type ConfigFile, reparse } from "../parser/index.ts";
import { RULES, type Rule } from "../rules/index.ts";
import {
  Configuration,
  type Context,
  Model,
  type SourceTree,
  type Statement,
  withEdits,
} from "../semantics/index.ts";
import { type AnswerDifference, AnswersBefore } from "../site/index.ts";
import { stopsNginx } from "./fate.ts";
import type { Finding, FindingEdit, FindingFix, LintResult, Region } from "./finding.ts";
import { type Kept, type LintOptions, lintAgain } from "./lint.ts";
import { filesOf } from "./tree-changes.ts";

/** A finding with the fix that may be offered for it. */
export interface Candidate {
  readonly finding: Finding;
  readonly fix: FindingFix;
}

/** What some fixes do together. */
export interface Look {
  /** Why they are no cure; null where they are one. */
  readonly reason: string | null;
  /** Answers that differ beside what the fixes are about. */
  readonly others: readonly AnswerDifference[];
  /** Requests that are refused before, and let in after, and that no finding is about. */
  readonly opened: readonly AnswerDifference[];
  /** Servers were left out, for want of requests that may be asked. */
  readonly isCut: boolean;
  readonly asked: number;
}

const CURED: Look = { reason: null, others: [], opened: [], isCut: false, asked: 0 };

/** One state of the files, and what was said of it. */
export class Looker {
  readonly #trees: readonly SourceTree[];
  readonly #options: LintOptions;
  readonly #kept: Kept;
  readonly #before: LintResult;
  readonly #sides = new Map<SourceTree, Side>();
  readonly #stopping: ReadonlySet<string>;
  readonly #reveals: ReadonlyMap<string, readonly string[]>;

  /** Whether nginx does not start with what the finding is about: then there are no answers to keep. */
  readonly isStopping = ({ ruleId }: Finding): boolean => this.#stopping.has(ruleId);

  /** @param kept what the run left that led to `before` */
  constructor(trees: readonly SourceTree[], options: LintOptions, kept: Kept, before: LintResult) {
    const { rules = RULES } = options;
    this.#trees = trees;
    // What the baseline knows is among what was said before.
    this.#options = { ...options, baseline: null };
    this.#kept = kept;
    this.#before = before;
    this.#reveals = new Map(rules.map(({ id, reveals = [] }) => [id, reveals]));
    this.#stopping = new Set(rules.filter((rule: Rule) => stopsNginx(rule)).map(({ id }) => id));
  }

  /**
   * @param isSafe no answer may differ at all, whatever the findings are about
   * @param most requests that may be asked
   */
  lookAt(candidates: readonly Candidate[], isSafe: boolean, most: number): Look {
    const edits = candidates.flatMap(({ fix }) => fix.edits);
    const names = new Set(edits.map(({ file }) => file));
    const trees = this.#trees.filter((tree) => [...filesOf(tree).keys()].some((name) => names.has(name)));
    const made = new Map<ConfigFile, ConfigFile>();
    const reread = (file: ConfigFile, text: string) => {
      const now = made.get(file) ?? reparse(file, text);
      made.set(file, now);
      return now;
    };
    const edited = trees.map((tree) => withEdits(tree, edits, reread));
    for (const [file, now] of made)
      if (now.problems.length > file.problems.length) return { ...CURED, reason: "it breaks the file" };
    const after = lintAgain(edited, this.#options, new Map(this.#kept));
    const moves = new Moves(edits);
    const reason = this.#whatIsWrong(candidates, after, moves);
    if (reason !== null) return { ...CURED, reason };
    if (candidates.some(({ finding }) => this.isStopping(finding))) return CURED;
    const others: AnswerDifference[] = [];
    const opened: AnswerDifference[] = [];
    let asked = 0;
    for (const [index, tree] of trees.entries()) {
      const now = edited[index];
      if (now === undefined) continue;
      const side = this.#side(tree);
      const comparison = side.compare(now, most - asked);
      const concern = isSafe ? null : side.concernOf(candidates, moves);
      asked += comparison.asked;
      if (comparison.unasked > 0) return { ...CURED, isCut: true, asked };
      for (const difference of comparison.differences) {
        const isShown = concern?.isShown(difference) ?? false;
        if (difference.opens && !isShown) opened.push(difference);
        else if (concern?.isAbout(difference) !== true) others.push(difference);
      }
    }
    return { ...CURED, others, opened, asked };
  }

  #side(tree: SourceTree): Side {
    const side = this.#sides.get(tree) ?? new Side(tree, this.#options);
    this.#sides.set(tree, side);
    return side;
  }

  /** A finding that stays, or an error or a warning that was not there; null for neither. */
  #whatIsWrong(candidates: readonly Candidate[], after: LintResult, moves: Moves): string | null {
    const fixed = new Set(candidates.map(({ finding }) => finding));
    const known = [...this.#before.findings, ...this.#before.suppressed].filter((each) => !fixed.has(each));
    const left = new Pool(known, moves);
    const stays = new Pool([...fixed], moves);
    // nginx did not read what it does not start with: only what still keeps it from that is new.
    const isStopped = candidates.some(({ finding }) => this.isStopping(finding));
    const unknown = after.findings.filter((each) => !left.take(each, "place"));
    for (const each of unknown.filter((one) => !left.take(one, "words"))) {
      if (stays.take(each, "place") || stays.take(each, "words"))
        return `${each.ruleId} would still report it`;
      if (left.isToldOfElsewhere(each)) continue;
      if (candidates.some(({ finding }) => this.#reveals.get(finding.ruleId)?.includes(each.ruleId)))
        continue;
      if (each.severity === "info" || (isStopped && !this.#stopping.has(each.ruleId))) continue;
      return `${each.ruleId} would report: ${each.message}`;
    }
    return null;
  }
}

/** Findings, each to be met again once. Of those with one key, the ones that were taken are dropped from the front. */
class Pool {
  readonly #byPlace = new Map<string, Queue>();
  readonly #byWords = new Map<string, Queue>();
  /** Places that findings name besides their own. */
  readonly #named = new Set<string>();
  readonly #taken = new Set<Finding>();

  constructor(findings: readonly Finding[], moves: Moves) {
    for (const finding of findings) {
      const { ruleId, file, offset } = finding;
      const place = placeOf(ruleId, { file, offset: moves.moved(file, offset) });
      enqueue(this.#byPlace, place, finding);
      for (const related of finding.related)
        this.#named.add(
          placeOf(ruleId, { file: related.file, offset: moves.moved(related.file, related.offset) }),
        );
      for (const key of wordsOf(finding)) enqueue(this.#byWords, key, finding);
    }
  }

  /**
   * A graver one is another one. `place`: the same rule at the same place; `words`: wherever, but the same fingerprint or the
   * same sentences.
   */
  take(finding: Finding, by: "place" | "words"): boolean {
    const { ruleId } = finding;
    const keys = by === "place" ? [placeOf(ruleId, finding)] : wordsOf(finding);
    for (const key of keys) {
      const queue = (by === "place" ? this.#byPlace : this.#byWords).get(key);
      const found = queue === undefined ? null : this.#next(queue, finding);
      if (found === null) continue;
      this.#taken.add(found);
      return true;
    }
    return false;
  }

  #next(queue: Queue, { severity }: Finding): Finding | null {
    while (queue.from < queue.findings.length && this.#isTaken(queue.findings[queue.from])) queue.from++;
    for (let at = queue.from; at < queue.findings.length; at++) {
      const each = queue.findings[at];
      if (each !== undefined && !this.#taken.has(each) && GRAVITY[each.severity] >= GRAVITY[severity])
        return each;
    }
    return null;
  }

  #isTaken(finding: Finding | undefined): boolean {
    return finding !== undefined && this.#taken.has(finding);
  }

  /**
   * A finding for several places is told at the first of them: it stands elsewhere now, one of its places has a finding of its own, or
   * one more place has joined it.
   */
  isToldOfElsewhere(finding: Finding): boolean {
    const { ruleId, related } = finding;
    const isLeft = (each: Finding) => !this.#taken.has(each);
    return (
      this.#named.has(placeOf(ruleId, finding)) ||
      related.some((place) => this.#byPlace.get(placeOf(ruleId, place))?.findings.some(isLeft) === true)
    );
  }
}

interface Queue {
  readonly findings: Finding[];
  /** Those before it are taken. */
  from: number;
}

function enqueue(queues: Map<string, Queue>, key: string, finding: Finding): void {
  const queue = queues.get(key);
  if (queue === undefined) queues.set(key, { findings: [finding], from: 0 });
  else queue.findings.push(finding);
}

/** Where a finding stands. */
function placeOf(ruleId: string, { file, offset }: { file: string; offset: number }): string {
  return `${ruleId}\0${file}\0${offset}`;
}

const GRAVITY: Readonly<Record<Finding["severity"], number>> = { info: 0, warning: 1, error: 2 };

function wordsOf({ ruleId, file, fingerprint, message }: Finding): readonly string[] {
  return [`${ruleId}\0${file}\0=${fingerprint}`, `${ruleId}\0${file}\0${message}`];
}

/** Where places of the texts before are after the edits, which do not overlap. */
class Moves {
  readonly #edits = new Map<string, FindingEdit[]>();
  /** For each file by how much what is behind each of its edits has moved. */
  readonly #sums = new Map<string, number[]>();

  constructor(edits: readonly FindingEdit[]) {
    for (const edit of edits) push(this.#edits, edit.file, edit);
    for (const [file, own] of this.#edits) {
      own.sort((a, b) => a.offset - b.offset || a.length - b.length);
      let sum = 0;
      this.#sums.set(
        file,
        own.map(({ text, length }) => {
          sum += text.length - length;
          return sum;
        }),
      );
    }
  }

  /** Of a place inside of what is replaced, where the replacement begins. */
  moved(file: string, offset: number): number {
    const edits = this.#edits.get(file) ?? [];
    // The first that ends behind the place.
    const next = firstNotBefore(edits, (edit) => edit.offset + edit.length <= offset);
    const at = edits[next];
    const base = at !== undefined && at.offset < offset ? at.offset : offset;
    return base + (this.#sums.get(file)?.[next - 1] ?? 0);
  }
}

/** One tree before its edits, and what its findings are about. */
class Side {
  readonly #model: Model;
  readonly #answers: AnswersBefore;
  #starts: Map<string, Statement[]> | undefined;
  readonly #scopes = new Map<Finding, readonly Context[]>();

  constructor(tree: SourceTree, { version = null }: LintOptions) {
    this.#model = new Model(new Configuration(tree), version);
    this.#answers = new AnswersBefore(this.#model);
  }

  compare(after: SourceTree, most: number) {
    return this.#answers.compare(new Model(new Configuration(after), this.#model.version), { most });
  }

  /** What the findings of some fixes are about. */
  concernOf(candidates: readonly Candidate[], moves: Moves): Concern {
    const concern = new Concern();
    for (const { finding } of candidates) {
      const shown = kindShownBy(finding);
      concern.addAddress(finding);
      for (const scope of this.#scopesOf(finding)) {
        concern.add(scope, shown);
        const { opener } = scope;
        const now =
          opener === null
            ? ""
            : placeIn(opener.file.name, moves.moved(opener.file.name, opener.directive.start));
        concern.add(now, shown);
      }
    }
    return concern;
  }

  /** The block that the finding stands in, or opens; and those that it names besides, or in which requests are handed on. */
  #scopesOf(finding: Finding): readonly Context[] {
    let scopes = this.#scopes.get(finding);
    if (scopes === undefined) {
      const own = this.#statementsAt(finding).map(({ block, context }) => block ?? context);
      const named = finding.related.flatMap((each) =>
        this.#statementsAt(each).flatMap(
          ({ block, name, context }) => block ?? (name.endsWith("_pass") ? context : []),
        ),
      );
      scopes = [...new Set([...own, ...named])];
      this.#scopes.set(finding, scopes);
    }
    return scopes;
  }

  /** Every statement that begins there, or that the place is in: a snippet may be included at several. */
  #statementsAt({ file, offset }: Region): readonly Statement[] {
    if (this.#starts === undefined) {
      this.#starts = new Map();
      for (const statement of this.#model.configuration.statements)
        push(this.#starts, `${statement.file.name}\0${statement.directive.start}`, statement);
    }
    const exact = this.#starts.get(`${file}\0${offset}`);
    if (exact !== undefined) return exact;
    const around = this.#model.configuration.statements.filter(
      ({ file: { name }, directive: { start, end } }) => name === file && start <= offset && offset < end,
    );
    const nearest = greatest(around.map(({ directive }) => directive.start));
    return around.filter(({ directive }) => directive.start === nearest);
  }
}

/**
 * What findings are about: the blocks that they name, and where these begin after the edits. Both the findings and the answers that
 * differ may be thousands, so that none of them is held against each of the others.
 */
class Concern {
  /** By block, or by its place after the edits: the kinds of files that requests in findings ask for. */
  readonly #kinds = new Map<Context | string, Set<string>>();

  /** What is asked for by whole addresses, wherever it is answered: schemes and kinds of files. */
  readonly #addresses = new Set<string>();

  addAddress({ witness }: Finding): void {
    const [, scheme, uri] = /^GET (https?):\/\/[^/]+(\/.*)/.exec(witness?.value ?? "") ?? [];
    if (uri !== undefined) this.#addresses.add(`${scheme} ${kindOf(uri)}`);
  }

  add(scope: Context | string, shown: string | null): void {
    const kinds = this.#kinds.get(scope) ?? new Set<string>();
    this.#kinds.set(scope, kinds);
    if (shown !== null) kinds.add(shown);
  }

  /** The answer was, or is now, given inside of a block that a finding names; or the finding names the whole address. */
  isAbout(difference: AnswerDifference): boolean {
    const { scheme, uri } = difference.request;
    if (this.#addresses.has(`${scheme} ${kindOf(uri)}`)) return true;
    return scopesOf(difference).some((scope) => this.#kinds.has(scope));
  }

  /** Such a finding names the request, or one for the same kind of file beside it. */
  isShown(difference: AnswerDifference): boolean {
    const kind = kindOf(difference.request.uri);
    return scopesOf(difference).some((scope) => this.#kinds.get(scope)?.has(kind) === true);
  }
}

/** The blocks around an answer as it was, and the places of those around it as it is. */
function scopesOf({ before, after }: AnswerDifference): readonly (Context | string)[] {
  const places = (after.context?.outward() ?? []).map(({ opener }) =>
    opener === null ? "" : placeIn(opener.file.name, opener.directive.start),
  );
  return [...(before.context?.outward() ?? []), ...places];
}

function placeIn(file: string, offset: number): string {
  return `${file}\0${offset}`;
}

/** The kind of file that the request in a finding asks for; null without one. */
function kindShownBy({ witness }: Finding): string | null {
  if (witness?.kind !== "request" && witness?.kind !== "uri") return null;
  // `GET https://example.com/a` or `/a`
  const last = witness.value.split(/\s/).at(-1) ?? "";
  const [, shown] = /^(?:[^/]+\/\/[^/]*)?(\/.*)/s.exec(last) ?? [];
  return shown === undefined ? null : kindOf(shown);
}

/** Folder and ending of what is asked for. */
function kindOf(uri: string): string {
  const path = uri.split("?")[0] ?? "";
  const slash = path.lastIndexOf("/");
  const dot = path.indexOf(".", slash);
  return `${path.slice(0, slash + 1)}${dot < 0 ? "" : path.slice(dot)}`;
}
