/**
 * Fixes are proven before they are offered: the edited trees are read and asked. The finding is gone, nothing else is wrong that
 * was not, and requests get the answers that they got; what else an unsafe fix changes is told, and what lets somebody in
 * that was refused is never offered.
 */
import { append } from "../lists/index.ts";
import type { SourceTree } from "../semantics/index.ts";
import { type AnswerDifference, tellDifferences } from "../site/index.ts";
import type { Finding, FindingFix, LintResult, Notification } from "./finding.ts";
import { chooseFixes, type Fixed, type FixLevel, filesWith } from "./fix.ts";
import { type Kept, type LintOptions, lengthOf, lintAgain } from "./lint.ts";
import { type Candidate, type Look, Looker } from "./look.ts";

export interface ProofOptions extends LintOptions {
  /** `safe`: unsafe fixes are left as the rules wrote them, and nobody has looked at them. Default: `unsafe`. */
  readonly level?: FixLevel;
  /** Which fixes go into the texts. Default: all that are proven. */
  readonly apply?: FixLevel;
  /** Only fixes of these rules are wanted. */
  readonly fixOnly?: ReadonlySet<string>;
  /** `report`: only fixes that are cheap to prove are offered. Default: `fix`. */
  readonly effort?: "fix" | "report";
  /** Whether a file may be written; fixes of others are offered and not applied. Default: every file. */
  readonly writable?: (file: string) => boolean;
  /** What several rounds may spend together. Default: what one of them may. */
  readonly allowance?: Allowance;
}

export interface Proven {
  /** As `lint` tells it; of the fixes those that are proven, each with what it changes besides. */
  readonly result: LintResult;
  /** The texts with those fixes in them that hold together. What touches the same lines waits for another round. */
  readonly fixed: Fixed;
  /** The findings whose fixes are in these texts. */
  readonly applied: readonly Finding[];
}

/** What a run may spend on its fixes. */
interface Effort {
  /** Requests that are asked. */
  readonly asks: number;
  /** How often it looks at edited trees, unless they are huge. */
  readonly looks: number;
  /** The characters that it looks at; for small trees it may be more looks. */
  readonly characters: number;
  /** What it looks at in no case, with all its rounds, also where that means fewer looks, or none. */
  readonly mostCharacters: number;
}

/** Whoever wants fixes waits for them; whoever wants a report gets those that are cheap to prove. */
const EFFORTS: Readonly<Record<"fix" | "report", Effort>> = {
  fix: { asks: 60_000, looks: 12, characters: 6_000_000, mostCharacters: 20_000_000 },
  report: { asks: 20_000, looks: 3, characters: 2_000_000, mostCharacters: 2_000_000 },
};
const MOST_LOOKS = 80;
/** What comparing a finding takes, in characters: there may be one for every three words. */
const FINDING = 80;

/** What is left of a run's effort on fixes: each round lints once, and looks at edited trees. */
export class Allowance {
  characters: number;
  asks: number;

  constructor(effort: "fix" | "report" = "fix") {
    this.characters = EFFORTS[effort].mostCharacters;
    this.asks = EFFORTS[effort].asks;
  }
}

/** Characters that all fixes of a round may write: one that repeats a long list of headers elsewhere may write as much as there is. */
const MOST_INSERTED = 1_000_000;

/** Unsafe fixes of which each is looked at alone, to tell what it changes; of more only what nothing explains is told. */
const MOST_ALONE = 24;

/** Fixes that are said to be withheld, one by one. */
const MOST_NOTES = 5;

/** Lints, and proves the fixes of what it finds. */
export function lintAndProve(trees: readonly SourceTree[], options: ProofOptions = {}): Proven {
  const { level = "unsafe", apply = level, effort = "fix", fixOnly, writable = () => true } = options;
  const { allowance = new Allowance(effort) } = options;
  const length = Math.max(1, lengthOf(trees));
  // What nobody looks at again need not be kept.
  const kept: Kept | null = looksAt(length, EFFORTS[effort], allowance) > 0 ? new Map() : null;
  const result = lintAgain(trees, options, kept);
  const cost = length + FINDING * (result.findings.length + result.suppressed.length);
  const looks = looksAt(cost, EFFORTS[effort], allowance);
  const candidates: Candidate[] = [];
  let inserted = 0;
  let tooLong = 0;
  for (const finding of result.findings) {
    const { fix, ruleId } = finding;
    if (fix === undefined || fix.edits.length === 0 || !(fixOnly?.has(ruleId) ?? true)) continue;
    const length = fix.edits.reduce((sum, { text }) => sum + text.length, 0);
    if (inserted + length > MOST_INSERTED) {
      tooLong++;
      continue;
    }
    inserted += length;
    candidates.push({ finding, fix });
  }
  // What is found in edited trees is no part of the run's findings.
  const { run: _, ...alone } = options;
  const looker = new Looker(trees, alone, kept ?? new Map(), result);
  const proof = new Proof(result, looker, level, { looks, asks: allowance.asks });
  proof.leave(tooLong);
  proof.settle(candidates, ({ fix }) => fix.edits.every(({ file }) => writable(file)));
  allowance.asks = proof.asksLeft;
  allowance.characters -= cost * (looks - proof.looksLeft) + length;
  const chosen = proof.chosen(apply);
  return {
    result: {
      ...result,
      findings: result.findings.map((finding) => {
        const isLeft =
          finding.fix?.safe === false && level === "safe" && (fixOnly?.has(finding.ruleId) ?? true);
        return isLeft ? finding : withFix(finding, proof.offered.get(finding));
      }),
      notifications: [...result.notifications, ...proof.notes()],
    },
    fixed: filesWith(
      chosen.map(({ fix }) => fix),
      new Map(result.files.map(({ name, text }) => [name, text])),
    ),
    applied: chosen.map(({ finding }) => withFix(finding, proof.offered.get(finding))),
  };
}

function withFix(finding: Finding, fix: FindingFix | undefined): Finding {
  if (finding.fix === undefined) return finding;
  const { fix: _, ...rest } = finding;
  return fix === undefined ? rest : { ...rest, fix };
}

/** How often edited trees are looked at. @param cost of a look, in characters */
function looksAt(
  cost: number,
  { looks, characters, mostCharacters }: Effort,
  { characters: left, asks }: Allowance,
): number {
  if (asks <= 0) return 0;
  const cheap = Math.min(MOST_LOOKS, Math.floor(characters / cost));
  const most = Math.max(cheap, Math.min(looks, Math.floor(mostCharacters / cost)));
  return Math.max(0, Math.min(most, Math.floor(left / cost)));
}

class Proof {
  readonly offered = new Map<Finding, FindingFix>();
  readonly #looker: Looker;
  readonly #level: FixLevel;
  readonly #texts: ReadonlyMap<string, string>;
  /** Proven together: those without which nginx does not start. */
  #first: readonly Candidate[] = [];
  /** Proven together. */
  #accepted: Candidate[] = [];
  /** Differences that are told of a fix that was accepted with them. */
  readonly #told = new Set<string>();
  /** What an accepted fix does by itself, where it was looked at alone. */
  readonly #alones = new Map<Candidate, Look>();
  /** Each is told by itself what it changes. */
  #areFew = true;
  /** What all that are accepted change together, beside what their findings are about. */
  #together: readonly AnswerDifference[] = [];
  readonly #withheld: { readonly finding: Finding; readonly reason: string }[] = [];
  #unchecked = 0;
  #looks: number;
  #asks: number;

  constructor(
    { files }: LintResult,
    looker: Looker,
    level: FixLevel,
    { asks, looks }: Pick<Effort, "asks" | "looks">,
  ) {
    this.#looker = looker;
    this.#level = level;
    this.#texts = new Map(files.map(({ name, text }) => [name, text]));
    this.#asks = asks;
    this.#looks = looks;
  }

  /**
   * What keeps nginx from starting comes first: without it there are no answers to compare, so that the rest waits for another
   * round. Then safe ones, so that what an unsafe one changes is told of it alone.
   */
  settle(candidates: readonly Candidate[], isApplicable: (candidate: Candidate) => boolean): void {
    const applicable = candidates.filter(isApplicable);
    const isStopping = ({ finding }: Candidate) => this.#looker.isStopping(finding);
    this.#first = this.#settled(applicable.filter(isStopping));
    const rest = this.#settled(applicable.filter((each) => !isStopping(each)));
    this.#settled(candidates.filter((each) => !isApplicable(each)));
    this.#accepted = rest;
  }

  #settled(candidates: readonly Candidate[]): Candidate[] {
    this.#accepted = [];
    this.#together = [];
    this.#areFew = candidates.length <= MOST_ALONE;
    this.#settleBoth(candidates);
    if (this.#areFew) this.#tellChanges();
    return this.#accepted;
  }

  /**
   * What an unsafe fix changes is told of it by itself: the same whichever others are wanted. What only several do together is told
   * of the last one, and so is what nobody had time to tell apart.
   */
  #tellChanges(): void {
    const unsafe = this.#accepted.filter((each) => !this.offered.get(each.finding)?.safe);
    const told = new Set<string>();
    const changes = new Map<Candidate, AnswerDifference[]>();
    for (const each of unsafe) {
      const look = this.#alones.get(each) ?? this.#look([each], false);
      if (look === null || look.isCut || look.reason !== null) {
        if (this.#together.length > 0) this.offered.set(each.finding, each.fix);
        continue;
      }
      changes.set(each, [...look.others]);
      for (const difference of look.others) told.add(keyOf(difference));
    }
    const rest = this.#together.filter((each) => !told.has(keyOf(each)));
    const last = unsafe.at(-1);
    if (last !== undefined && rest.length > 0) changes.set(last, [...(changes.get(last) ?? []), ...rest]);
    for (const [{ finding, fix }, own] of changes)
      this.offered.set(finding, { ...fix, changes: tellDifferences(own) });
  }

  #settleBoth(candidates: readonly Candidate[]): void {
    const demoted = this.#settleAll(
      candidates.filter(({ fix }) => fix.safe),
      true,
    );
    if (this.#level === "safe") return;
    this.#settleAll([...candidates.filter(({ fix }) => !fix.safe), ...demoted], false);
  }

  /** Counts fixes that nobody looks at. */
  leave(count: number): void {
    this.#unchecked += count;
  }

  /** Those that hold together. */
  chosen(level: FixLevel): readonly Candidate[] {
    const isWanted = ({ fix }: Candidate) => fix.safe || level === "unsafe";
    const first = this.#first.filter(isWanted);
    return first.length > 0 ? first : this.#accepted.filter(isWanted);
  }

  /** What is not offered, and why. */
  notes(): readonly Notification[] {
    const told = this.#withheld.slice(0, MOST_NOTES).map(
      ({ finding: { ruleId, file, line }, reason }): Notification => ({
        level: "note",
        message: `the fix of ${ruleId} at ${file}:${line} is withheld: ${reason}`,
        file,
        line,
      }),
    );
    const more = this.#withheld.length - told.length;
    const note = (message: string): Notification => ({ level: "note", message });
    if (more > 0) told.push(note(`${more} more ${more === 1 ? "fix is" : "fixes are"} withheld`));
    if (this.#unchecked > 0) {
      const what = this.#unchecked === 1 ? "1 fix is" : `${this.#unchecked} fixes are`;
      told.push(
        note(
          `${what} not offered: checking them takes more than a run is given; --fix spends more on them, and the next run goes on`,
        ),
      );
    }
    return told;
  }

  /** In rounds of those that do not overlap. Returns those that were said to be safe, and are not. */
  #settleAll(candidates: readonly Candidate[], isSafe: boolean): readonly Candidate[] {
    const demoted: Candidate[] = [];
    for (let left = candidates; left.length > 0; ) {
      if (this.#isSpent) {
        this.#unchecked += left.length;
        break;
      }
      const chosen = this.#chosen(left);
      const now = chosen.size === 0 ? left.slice(0, 1) : left.filter((each) => chosen.has(each));
      append(demoted, chosen.size === 0 ? this.#alone(now, isSafe) : this.#halve(now, isSafe));
      const done = new Set(now);
      left = left.filter((each) => !done.has(each));
    }
    return demoted;
  }

  /** Those that overlap neither with each other nor with what is accepted. */
  #chosen(candidates: readonly Candidate[]): ReadonlySet<Candidate> {
    const all = [...this.#accepted, ...candidates];
    const chosen = new Set(
      chooseFixes(
        all.map(({ fix }) => fix),
        this.#texts,
      ),
    );
    return new Set(candidates.filter(({ fix }) => chosen.has(fix)));
  }

  /** All together where that holds, else one half after the other. */
  #halve(candidates: readonly Candidate[], isSafe: boolean): readonly Candidate[] {
    const look = this.#look([...this.#accepted, ...candidates], isSafe);
    if (look !== null && look.reason === null && !look.isCut && look.opened.length === 0) {
      const [only] = candidates;
      const isAlone = !isSafe && candidates.length === 1;
      const news = look.others.filter((each) => !this.#told.has(keyOf(each)));
      if (news.length === 0 || (!isSafe && this.#areFew)) {
        if (isAlone && only !== undefined && this.#accepted.length === 0) this.#alones.set(only, look);
        this.#together = look.others;
        for (const each of candidates) this.#accept(each, []);
        return [];
      }
      if (isAlone && only !== undefined) {
        for (const each of news) this.#told.add(keyOf(each));
        this.#accept(only, tellDifferences(news));
        return [];
      }
    }
    if (candidates.length === 1)
      return this.#alone(candidates, isSafe, this.#accepted.length === 0 ? look : null);
    const middle = candidates.length >> 1;
    return [
      ...this.#halve(candidates.slice(0, middle), isSafe),
      ...this.#halve(candidates.slice(middle), isSafe),
    ];
  }

  #accept(candidate: Candidate, changes: readonly string[]): void {
    this.#accepted.push(candidate);
    this.offered.set(candidate.finding, { ...candidate.fix, changes });
  }

  /** One that does not hold together with what is accepted may hold by itself. */
  #alone(
    [candidate]: readonly Candidate[],
    isSafe: boolean,
    known: Look | null = null,
  ): readonly Candidate[] {
    if (candidate === undefined) return [];
    const { finding, fix } = candidate;
    const look = known ?? this.#look([candidate], isSafe);
    if (look === null || look.isCut) this.#unchecked++;
    else if (look.reason !== null) this.#withheld.push({ finding, reason: look.reason });
    else if (look.opened.length > 0) {
      const [shown = ""] = tellDifferences(look.opened);
      this.#withheld.push({ finding, reason: `it would let in what is refused: ${shown}` });
    } else if (isSafe && look.others.length > 0) return [{ finding, fix: { ...fix, safe: false } }];
    else this.offered.set(finding, { ...fix, changes: tellDifferences(look.others) });
    return [];
  }

  get looksLeft(): number {
    return this.#looks;
  }

  get asksLeft(): number {
    return this.#asks;
  }

  get #isSpent(): boolean {
    return this.#looks <= 0 || this.#asks <= 0;
  }

  /** Null where the run has looked often enough. */
  #look(candidates: readonly Candidate[], isSafe: boolean): Look | null {
    if (this.#isSpent) return null;
    this.#looks--;
    // What was demoted is among those that are accepted, or looked at as an unsafe one.
    const look = this.#looker.lookAt(candidates, isSafe, this.#asks);
    this.#asks -= look.asked;
    return look;
  }
}

function keyOf({ request, when }: AnswerDifference): string {
  const { method, scheme, host, uri, local } = request;
  return `${method} ${scheme} ${host} ${local?.port} ${uri} ${when}`;
}
