/**
 * Brings the braces of a template's branches into balance: `{% if tls %} server { … {% else %} server { … {% endif %} … }`
 * opens two blocks and closes one. Of branches that open or close the same blocks one does it for all, and what else is
 * in them stays. A brace that one branch has and its alternative has not is nginx's to refuse.
 */

import type { IToken } from "chevrotain";
import { firstNotBefore } from "../lists/index.ts";
import type { SyntaxProblem } from "./ast.ts";
import type { Arm, Branches, Branching } from "./branches.ts";
import { questionOf } from "./tag-roles.ts";
import { LeftBrace, RightBrace, Semicolon } from "./tokens.ts";

/** Questions whose other answer is tried where the first one brings no balance. */
const MOST_QUESTIONS = 20;
/** Sections in sections; each has the braces in it counted. */
const DEEPEST_SECTIONS = 50;

export interface Balanced {
  readonly tokens: IToken[];
  readonly problems: readonly SyntaxProblem[];
  /** The blocks fit together in one of the texts that the template may become. */
  readonly isBalanced: boolean;
  /** Which braces are written depends on conditions. */
  readonly isConditional: boolean;
}

interface Brace {
  /** Of its token. */
  readonly index: number;
  readonly offset: number;
  readonly step: 1 | -1;
}

/** A section whose branches open or close different blocks. */
interface Uneven {
  readonly section: Branching;
  readonly question: string;
  /** What each branch does to the depth; last, where the section may be left out, 0. */
  readonly effects: readonly number[];
  readonly chosen: number;
  readonly other: number;
  /** The brace that only some branches have. */
  readonly brace: Brace | undefined;
}

/**
 * @param writesText whether a tag between two offsets may write braces of its own
 */
export function balanceBranches(
  tokens: IToken[],
  branches: Branches,
  writesText: (from: number, to: number) => boolean,
): Balanced {
  const braces: Brace[] = [];
  for (const [index, { tokenType, startOffset }] of tokens.entries()) {
    if (tokenType === LeftBrace) braces.push({ index, offset: startOffset, step: 1 });
    else if (tokenType === RightBrace) braces.push({ index, offset: startOffset, step: -1 });
  }
  const counter = new Counter(tokens, braces, branches);
  if (!counter.isNeeded)
    return { tokens, problems: [], isBalanced: counter.isBalanced(), isConditional: false };
  let uneven = counter.choose(null);
  const questions = [...new Set(uneven.map(({ question }) => question))];
  for (const question of questions.slice(0, MOST_QUESTIONS)) {
    if (counter.isBalanced()) break;
    uneven = counter.choose(question);
  }
  const isBalanced = counter.isBalanced();
  if (!isBalanced) counter.choose(null);
  return {
    tokens: tokens.filter((_, index) => !counter.dropped.has(index)),
    problems: isBalanced ? unevenProblems(uneven, tokens, writesText) : [],
    isBalanced,
    isConditional: uneven.length > 0,
  };
}

class Counter {
  readonly #tokens: readonly IToken[];
  readonly #braces: readonly Brace[];
  readonly #sections: readonly Branching[];
  readonly isNeeded: boolean;
  /** Indices of the tokens that are not read. */
  readonly dropped = new Set<number>();

  constructor(tokens: readonly IToken[], braces: readonly Brace[], branches: Branches) {
    this.#tokens = tokens;
    this.#braces = braces;
    this.#sections = branches.sections;
    const depths = new Map<Branching, number>();
    let deepest = 0;
    for (const section of branches.sections) {
      const depth = (section.outer === null ? 0 : (depths.get(section.outer.section) ?? 0)) + 1;
      depths.set(section, depth);
      deepest = Math.max(deepest, depth);
    }
    this.isNeeded =
      deepest <= DEEPEST_SECTIONS &&
      branches.sections.some(({ arms }) => arms.some((arm) => this.#effect(arm).depth !== 0));
  }

  isBalanced(): boolean {
    let depth = 0;
    for (const { index, step } of this.#braces) {
      if (this.dropped.has(index)) continue;
      depth += step;
      if (depth < 0) return false;
    }
    return depth === 0;
  }

  /** Reads each section by one answer to its question, which is yes but for one of them. */
  choose(no: string | null): Uneven[] {
    this.dropped.clear();
    const uneven: Uneven[] = [];
    // The inner ones first: they begin later.
    for (const section of this.#sections.toReversed()) {
      const found = this.#level(section, no);
      if (found !== null) uneven.push(found);
    }
    return uneven.reverse();
  }

  #level(section: Branching, no: string | null): Uneven | null {
    const { arms, kind } = section;
    const read = arms.map((arm) => this.#effect(arm));
    if (kind === "always" || read.every(({ depth }) => depth === 0)) return null;
    const effects = read.map(({ depth }) => depth);
    if (!section.isExhaustive) effects.push(0);
    const { question, isNegated } = questionOf(section.condition);
    const holds = (question !== no) !== isNegated;
    const chosen = holds ? 0 : effects.length - 1;
    const effect = effects[chosen] ?? 0;
    const others = arms.map((arm, index) => ({ arm, index, depth: effects[index] ?? 0 }));
    // Of those that open the same block the first one read does it, of those that close it the last.
    const same = others.filter(({ depth }) => depth === effect).map(({ index }) => index);
    const reader = effect < 0 ? same.at(-1) : same[0];
    for (const { arm, index, depth } of others) {
      if (depth === 0 || index === reader) continue;
      this.#drop(arm, reader === undefined || depth !== effect ? undefined : arms[reader]);
    }
    if (effects.every((each) => each === effect)) return null;
    const odd = read.find(({ depth }) => depth !== 0);
    const brace = odd === undefined ? undefined : (odd.closers[0] ?? odd.openers[0]);
    return { section, question, effects, chosen: effect, other: otherEffect(effects, chosen, holds), brace };
  }

  /** Leaves out what a branch opens or closes, where another one does that for it. */
  #drop(arm: Arm, reader: Arm | undefined): void {
    const { openers, closers } = this.#effect(arm);
    const last = openers.at(-1);
    const [first] = closers;
    let [from, to] = [arm.start, arm.end];
    if (last !== undefined && closers.length === 0 && (reader === undefined || this.#opensAlike(arm, reader)))
      to = last.offset + 1;
    else if (first !== undefined && openers.length === 0) from = first.offset;
    for (let index = this.#tokenAt(from); ; index++) {
      const token = this.#tokens[index];
      if (token === undefined || token.startOffset >= to) break;
      this.dropped.add(index);
    }
  }

  #opensAlike(arm: Arm, reader: Arm): boolean {
    const names = ({ openers }: { openers: readonly Brace[] }) =>
      openers.map(({ index }) => this.#nameBefore(index)).join();
    return names(this.#effect(arm)) === names(this.#effect(reader));
  }

  /** The first word of the directive whose block opens at a token. */
  #nameBefore(index: number): string {
    let at = index;
    while (at > 0) {
      const type = this.#tokens[at - 1]?.tokenType;
      if (type === Semicolon || type === LeftBrace || type === RightBrace) break;
      at--;
    }
    return this.#tokens[at]?.image ?? "";
  }

  #effect({ start, end }: Arm): { depth: number; openers: readonly Brace[]; closers: readonly Brace[] } {
    const openers: Brace[] = [];
    const closers: Brace[] = [];
    for (let at = braceAt(this.#braces, start); ; at++) {
      const brace = this.#braces[at];
      if (brace === undefined || brace.offset >= end) break;
      if (this.dropped.has(brace.index)) continue;
      if (brace.step > 0) openers.push(brace);
      else if (openers.pop() === undefined) closers.push(brace);
    }
    return { depth: openers.length - closers.length, openers, closers };
  }

  #tokenAt(offset: number): number {
    return firstNotBefore(this.#tokens, ({ startOffset }) => startOffset < offset);
  }
}

function braceAt(braces: readonly Brace[], offset: number): number {
  return firstNotBefore(braces, (brace) => brace.offset < offset);
}

/** What the section does where its question is answered the other way. */
function otherEffect(effects: readonly number[], chosen: number, holds: boolean): number {
  const other = effects[holds ? effects.length - 1 : 0] ?? 0;
  // Between `if` and `else` stand further conditions.
  return other === effects[chosen] ? (effects.find((each) => each !== other) ?? other) : other;
}

/** A brace of one branch that no other condition can make up for. */
function unevenProblems(
  uneven: readonly Uneven[],
  tokens: readonly IToken[],
  writesText: (from: number, to: number) => boolean,
): SyntaxProblem[] {
  const changes = new Map<string, number>();
  for (const { question, chosen, other } of uneven)
    changes.set(question, (changes.get(question) ?? 0) + other - chosen);
  const all = [...changes.values()];
  const isOpposed = { rising: all.some((each) => each < 0), falling: all.some((each) => each > 0) };
  const problems: SyntaxProblem[] = [];
  const told = new Set<string>();
  for (const each of uneven) {
    const { section, question, brace } = each;
    const change = changes.get(question) ?? 0;
    if (change === 0 || brace === undefined || told.has(question)) continue;
    if (change > 0 ? isOpposed.rising : isOpposed.falling) continue;
    // A tag in another branch, or where the section ends, may write the brace that is missing.
    if (
      section.arms.some(
        ({ start, end }) => (brace.offset < start || brace.offset >= end) && writesText(start, end),
      )
    )
      continue;
    told.add(question);
    problems.push(unevenProblem(each, brace, tokens));
  }
  return problems;
}

function unevenProblem(
  { section, chosen }: Uneven,
  { offset, step, index }: Brace,
  tokens: readonly IToken[],
): SyntaxProblem {
  const sign = step > 0 ? "{" : "}";
  const where = section.kind === "loop" ? "in a loop of the template" : "in one branch of the template only";
  return {
    start: offset,
    end: offset + (tokens[index]?.image.length ?? 1),
    message: `the \`${sign}\` stands ${where}: ${consequence(section, chosen, step)}, and nginx will not start`,
    help: "open and close a block under the same condition",
    isCertain: true,
  };
}

function consequence({ kind }: Branching, chosen: number, step: number): string {
  if (kind === "loop") return "written twice or not at all, the blocks do not fit together";
  if (chosen === 0)
    return step > 0 ? "where it is written, nothing closes it" : "where it is written, it closes nothing";
  return step > 0
    ? "without it its block is closed and was never opened"
    : "without it its block is not closed";
}
