/**
 * How much a run may think. Questions about regular expressions and requests can be made to take as long as one likes, so
 * that their steps are counted. Counted, and not timed: the same input gets the same answers on every machine.
 */
import type { Statement } from "./tree.ts";

/** A step takes a third of a microsecond or so; what a file without any length may use. */
const LEAST = 8_000_000;
/** More for every character of the configuration; ordinary sites need less than half of it with all rules on. */
const PER_CHARACTER = 8;
/** The part of what is left that one rule may use, so that something is left for the others. */
const RULE_SHARE = 1 / 2;
/** The part of a rule's steps that one question may use. */
const QUESTION_SHARE = 1 / 4;

/** What a question may use that is asked outside of a run. */
const ALONE = 20_000_000;

/** A question that was given up. */
export interface GivenUp {
  readonly what: string;
  readonly at: Statement | null;
}

/** Thrown by {@link spend}; caught where a question can be answered with "not known". */
export class OutOfSteps extends Error {}

let thrown: OutOfSteps | undefined;

/** One for all: whoever goes on asking with nothing left gets it for every question, and a stack costs more than most answers. */
function outOfSteps(): OutOfSteps {
  thrown ??= new OutOfSteps("more work than this run is given");
  return thrown;
}

interface Meter {
  left: number;
  /** The first question that was given up: one is told. */
  givenUp: GivenUp | null;
}

let meter: Meter | null = null;

const forgetful: (() => void)[] = [];
const counting: (() => void)[] = [];

/** Has something forgotten when a new run begins, so that no run answers more for what another has paid. */
export function forgetBetweenRuns(forget: () => void): void {
  forgetful.push(forget);
}

/** Has a count of what a run does begin anew with each run. */
export function countByRun(begin: () => void): void {
  counting.push(begin);
}

/** The steps of one run. */
export class Budget {
  #left = LEAST;

  /** @param options.remembers what another run found out may be used: it looked at the same files before an edit */
  constructor({ remembers = false } = {}) {
    for (const begin of counting) begin();
    if (!remembers) for (const forget of forgetful) forget();
  }

  /** @param characters the length of what is looked at next */
  add(characters: number): void {
    this.#left += PER_CHARACTER * characters;
  }

  /**
   * Lets someone ask with a share of what is left, as far as that goes. Who asks again has less by what is on the account.
   */
  share(ask: () => void, account: Account): void {
    const outer = meter;
    const { spent } = account;
    const given = Math.max(0, Math.floor((this.#left + spent) * RULE_SHARE) - spent);
    account.left = given;
    meter = account;
    try {
      ask();
    } catch (error) {
      endEarly(error);
    } finally {
      meter = outer;
      const taken = given - Math.max(0, account.left);
      this.#left -= taken;
      account.spent += taken;
    }
  }
}

/** What one rule has taken of a run's steps. */
export class Account implements Meter {
  spent = 0;
  /** What it may take at the moment. */
  left = 0;
  givenUp: GivenUp | null = null;
}

/** Takes steps from whoever asks; without a budget they are free. Throws {@link OutOfSteps}. */
export function spend(steps: number): void {
  if (meter === null) return;
  meter.left -= steps;
  if (meter.left < 0) throw outOfSteps();
}

/** Takes steps for what can be left out without a word, such as a suggestion; false where too few are left. */
export function affords(steps: number): boolean {
  if (meter === null) return true;
  if (meter.left < 2 * steps) return false;
  meter.left -= steps;
  return true;
}

/** Asks with a part of the asker's steps, so that a costly question leaves some for the cheap ones. */
export function partly<T>(ask: () => T): T {
  if (meter === null) return alone(ask);
  const mine = meter;
  const kept = mine.left - Math.floor(mine.left * QUESTION_SHARE);
  mine.left -= kept;
  try {
    return ask();
  } finally {
    mine.left = Math.max(0, mine.left) + kept;
  }
}

/** A question that belongs to no run has steps of its own. */
function alone<T>(ask: () => T): T {
  meter = { left: ALONE, givenUp: null };
  try {
    return ask();
  } finally {
    meter = null;
  }
}

/** Notes that a question was given up for its size. */
export function giveUp(what: string, at: Statement | null = null): void {
  if (meter !== null) meter.givenUp ??= { what, at };
}

/** Does as much of something as there are steps for. */
export function asFarAsItGoes(ask: () => void): void {
  try {
    ask();
  } catch (error) {
    endEarly(error);
  }
}

/** Notes that there were no steps left for the rest; throws again what is an error. */
function endEarly(error: unknown): void {
  if (!(error instanceof OutOfSteps)) throw error;
  giveUp("the questions that were left");
}

/** Notes again what was given up when something was found out that is remembered. */
export function giveUpAgain(givenUp: GivenUp | null): void {
  if (meter !== null) meter.givenUp ??= givenUp;
}

/** Asks, and tells what was given up by it. */
export function watching<T>(ask: () => T): { readonly value: T; readonly givenUp: GivenUp | null } {
  const mine = meter;
  if (mine === null) return { value: ask(), givenUp: null };
  const before = mine.givenUp;
  mine.givenUp = null;
  try {
    return { value: ask(), givenUp: mine.givenUp };
  } finally {
    mine.givenUp = before ?? mine.givenUp;
  }
}
