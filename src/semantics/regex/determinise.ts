/**
 * The automaton of a pattern, lookarounds included.
 *
 * Written here rather than taken from a library because lookarounds decide in nginx files (`/\.(?!well-known)`), and the
 * libraries at hand refuse them. A lookahead becomes an obligation that a thread of the automaton carries along; a
 * lookbehind a second automaton that runs beside and is asked where the assertion stands. `^`, `$` and `\b` are both.
 */
import { spend } from "../budget.ts";
import { type Automaton, MAX_STATES, minimise, NotAutomatic, step, TooLarge, unable } from "./automaton.ts";
import { type ByteSet, hasByte, setOf } from "./bytes.ts";
import { childrenOf, contains, widthOf } from "./measure.ts";
import type { Pattern, PatternNode, Position } from "./pattern.ts";

const MAX_NFA_STATES = 20_000;
/** Threads looked at while one automaton is made. */
const MAX_STEPS = 1_000_000;

/** What it takes to split the bytes into classes. */
const STEPS_TO_BEGIN = 1_000;

/** The automaton of all byte strings in which the pattern matches somewhere. Throws {@link NotAutomatic}. */
export function automatonOf(pattern: Pattern): Automaton {
  spend(STEPS_TO_BEGIN);
  const root = withoutPositions(pattern.root);
  const { classOf, representatives } = byteClasses(root);
  const build = { classOf, representatives, steps: 0 };
  return minimise(new Determiniser(build, root, "search").run());
}

const ANY_BYTE: PatternNode = { type: "set", set: setOf([0x00, 0xff]) };
const NEWLINE: PatternNode = { type: "set", set: setOf([0x0a, 0x0a]) };
const WORD: PatternNode = {
  type: "set",
  set: setOf([0x30, 0x39], [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]),
};
const START: PatternNode = { type: "position", at: "start" };

function ahead(body: PatternNode, negative = false): PatternNode {
  return { type: "look", behind: false, negative, body };
}

function behind(body: PatternNode, negative = false): PatternNode {
  return { type: "look", behind: true, negative, body };
}

function inSequence(...items: PatternNode[]): PatternNode {
  return { type: "sequence", items };
}

function either(...branches: PatternNode[]): PatternNode {
  return { type: "alternation", branches };
}

const END = ahead(ANY_BYTE, true);

/** Positions as lookarounds; only `start` stays. */
const POSITIONS: Readonly<Record<Position, PatternNode>> = {
  start: START,
  end: END,
  "last-line-end": either(END, ahead(inSequence(NEWLINE, END))),
  // After a newline, but not after one that ends the subject.
  "line-start": either(START, inSequence(behind(NEWLINE), ahead(ANY_BYTE))),
  "line-end": either(END, ahead(NEWLINE)),
  "word-boundary": either(
    inSequence(behind(WORD), ahead(WORD, true)),
    inSequence(behind(WORD, true), ahead(WORD)),
  ),
  "no-word-boundary": either(
    inSequence(behind(WORD), ahead(WORD)),
    inSequence(behind(WORD, true), ahead(WORD, true)),
  ),
};

function withoutPositions(node: PatternNode): PatternNode {
  switch (node.type) {
    case "position":
      return POSITIONS[node.at];
    case "sequence":
      return { ...node, items: node.items.map(withoutPositions) };
    case "alternation":
      return { ...node, branches: node.branches.map(withoutPositions) };
    case "group":
      if (node.atomic) throw new NotAutomatic("an atomic group");
      return withoutPositions(node.body);
    case "repeat":
      if (node.mode === "possessive") throw new NotAutomatic("a possessive quantifier");
      return { ...node, body: withoutPositions(node.body) };
    case "look":
      return { ...node, body: withoutPositions(node.body) };
    case "reference":
      throw new NotAutomatic("a reference to a group");
    case "opaque":
      throw new NotAutomatic(node.reason);
    case "set":
      return node;
  }
}

/** Splits the bytes into classes that no set of the tree tells apart. */
function byteClasses(root: PatternNode): { classOf: Uint8Array; representatives: number[] } {
  const sets = new Map<string, ByteSet>();
  const collect = (node: PatternNode): void => {
    if (node.type === "set") sets.set(node.set.join(), node.set);
    childrenOf(node).forEach(collect);
  };
  collect(root);
  const distinct = [...sets.values()];
  const classes = new Map<string, number>();
  const classOf = new Uint8Array(256);
  const representatives: number[] = [];
  for (let byte = 0; byte < 256; byte++) {
    const signature = distinct.map((set) => (hasByte(set, byte) ? "1" : "0")).join("");
    let number = classes.get(signature);
    if (number === undefined) {
      number = classes.size;
      classes.set(signature, number);
      representatives.push(byte);
    }
    classOf[byte] = number;
  }
  return { classOf, representatives };
}

/** What all automata of one pattern share. */
interface Build {
  readonly classOf: Uint8Array;
  /** One byte of each class. */
  readonly representatives: readonly number[];
  steps: number;
}

/**
 * - `search`: the pattern anywhere in the subject;
 * - `ahead`: the pattern at the start, anything after it; what came before is not known;
 * - `behind`: the pattern at the end.
 */
type Mode = "search" | "ahead" | "behind";

type NfaState =
  | { readonly type: "byte"; readonly set: ByteSet; readonly next: number }
  | { readonly type: "split"; readonly next: number[] }
  | { readonly type: "start"; readonly next: number }
  | { readonly type: "ahead"; readonly look: number; readonly next: number }
  | { readonly type: "behind"; readonly look: number; readonly negative: boolean; readonly next: number }
  | { readonly type: "match" };

interface Thread {
  readonly state: number;
  /** The lookaheads still to be fulfilled: look and its automaton's state, sorted. */
  readonly obligations: readonly (readonly [look: number, state: number])[];
}

class Determiniser {
  readonly #build: Build;
  readonly #mode: Mode;
  readonly #nfa: NfaState[] = [];
  /** Automata of lookaheads; a negative one is complemented. */
  readonly #aheads: { automaton: Automaton; dead: Uint8Array; universal: Uint8Array }[] = [];
  readonly #behinds: { automaton: Automaton; width: number }[] = [];
  readonly #entry: number;
  /** How many bytes must be read before every lookbehind can be answered when the past is unknown. */
  #memory = 0;

  constructor(build: Build, root: PatternNode, mode: Mode) {
    this.#build = build;
    this.#mode = mode;
    const match = this.#add({ type: "match" });
    const inside = this.#compile(root, match);
    if (mode === "ahead") this.#entry = inside;
    else {
      const next: number[] = [];
      this.#entry = this.#add({ type: "split", next });
      const loop = this.#add({ type: "byte", set: setOf([0x00, 0xff]), next: this.#entry });
      next.push(inside, loop);
    }
  }

  run(): Automaton {
    const { classOf, representatives } = this.#build;
    const classes = representatives.length;
    const numbers = new Map<string, number>();
    const pending: { threads: Thread[]; behinds: number[]; read: number }[] = [];
    const next: number[] = [];
    const accepting: number[] = [];
    const number = (seeds: Thread[], behinds: number[], read: number): number => {
      const threads = this.#closure(seeds, behinds, read);
      const key = `${threads.map(threadKey).join(" ")}|${behinds.join()}|${read}`;
      const known = numbers.get(key);
      if (known !== undefined) return known;
      const fresh = numbers.size;
      if (fresh >= MAX_STATES) throw new TooLarge("more states than the bound");
      numbers.set(key, fresh);
      pending.push({ threads, behinds, read });
      accepting.push(threads.some((thread) => this.#isAcceptedAtEnd(thread)) ? 1 : 0);
      return fresh;
    };
    const start = number(
      [{ state: this.#entry, obligations: [] }],
      this.#behinds.map(({ automaton }) => automaton.start),
      0,
    );
    for (let current = 0; current < pending.length; current++) {
      const from = pending[current];
      if (from === undefined) break;
      for (const byte of representatives) {
        spend(1 + (from.threads.length >> 2));
        const behinds = from.behinds.map((state, look) => {
          const tracker = this.#behinds[look];
          return tracker === undefined ? 0 : step(tracker.automaton, state, byte);
        });
        next.push(number(this.#advance(from.threads, byte), behinds, Math.min(from.read + 1, this.#memory)));
      }
    }
    return { classOf, classes, next: Int32Array.from(next), accepting: Uint8Array.from(accepting), start };
  }

  #add(state: NfaState): number {
    if (this.#nfa.length >= MAX_NFA_STATES) throw new TooLarge("a repeat too large");
    return this.#nfa.push(state) - 1;
  }

  /** The states of a node that lead on to `next`; returns the first. */
  #compile(node: PatternNode, next: number): number {
    switch (node.type) {
      case "set":
        return this.#add({ type: "byte", set: node.set, next });
      case "sequence":
        return node.items.reduceRight((after, item) => this.#compile(item, after), next);
      case "alternation":
        return this.#compileAlternation(node.branches, next);
      case "group":
        return this.#compile(node.body, next);
      case "repeat":
        return this.#compileRepeat(node.body, node.min, node.max, next);
      case "position":
        if (this.#mode === "ahead") this.#memory = Math.max(this.#memory, 1);
        return this.#add({ type: "start", next });
      case "look":
        return node.behind
          ? this.#compileBehind(node.body, node.negative, next)
          : this.#compileAhead(node, next);
      case "reference":
      case "opaque":
        throw new NotAutomatic(node.type);
    }
  }

  /** Branches that begin with the same set share its state, as words in a tree: long lists of words stay cheap. */
  #compileAlternation(branches: readonly PatternNode[], next: number): number {
    const choices: number[] = [];
    const shared = new Map<string, { readonly set: ByteSet; readonly rests: PatternNode[] }>();
    for (const branch of branches) {
      const [first, ...rest] = branch.type === "sequence" ? branch.items : [branch];
      if (first?.type !== "set") {
        choices.push(this.#compile(branch, next));
        continue;
      }
      const key = first.set.join();
      const same = shared.get(key);
      if (same === undefined) shared.set(key, { set: first.set, rests: [{ type: "sequence", items: rest }] });
      else same.rests.push({ type: "sequence", items: rest });
    }
    for (const { set, rests } of shared.values())
      choices.push(this.#add({ type: "byte", set, next: this.#compileAlternation(rests, next) }));
    const [only] = choices;
    return choices.length === 1 && only !== undefined ? only : this.#add({ type: "split", next: choices });
  }

  #compileRepeat(body: PatternNode, min: number, max: number, next: number): number {
    let first = next;
    if (max === Number.POSITIVE_INFINITY) {
      const choices: number[] = [];
      const loop = this.#add({ type: "split", next: choices });
      choices.push(this.#compile(body, loop), next);
      first = loop;
    } else {
      for (let copy = min; copy < max; copy++)
        first = this.#add({ type: "split", next: [this.#compile(body, first), next] });
    }
    for (let copy = 0; copy < min; copy++) first = this.#compile(body, first);
    return first;
  }

  #compileAhead(node: { body: PatternNode; negative: boolean }, next: number): number {
    const positive = minimise(new Determiniser(this.#build, node.body, "ahead").run());
    const automaton = node.negative
      ? { ...positive, accepting: positive.accepting.map((flag) => 1 - flag) }
      : positive;
    const look =
      this.#aheads.push({
        automaton,
        dead: unable(automaton, 1),
        universal: unable(automaton, 0),
      }) - 1;
    return this.#add({ type: "ahead", look, next });
  }

  #compileBehind(body: PatternNode, negative: boolean, next: number): number {
    const width = widthOf(body);
    // A lookahead does not know what came before it, so nothing in it may ask for more than its own bytes.
    if (this.#mode === "ahead" && contains(body, (node) => node.type === "position" || node.type === "look"))
      throw new NotAutomatic("a lookbehind that leaves its lookahead");
    if (width === null || width.max === Number.POSITIVE_INFINITY) throw new NotAutomatic("a lookbehind");
    const automaton = minimise(new Determiniser(this.#build, body, "behind").run());
    const look = this.#behinds.push({ automaton, width: width.max }) - 1;
    if (this.#mode === "ahead") this.#memory = Math.max(this.#memory, width.max, 1);
    return this.#add({ type: "behind", look, negative, next });
  }

  /** All threads reachable without reading; what is implied by a freer thread is left out. */
  #closure(seeds: readonly Thread[], behinds: readonly number[], read: number): Thread[] {
    const seen = new Map<string, Thread>();
    const stack = [...seeds];
    for (let thread = stack.pop(); thread !== undefined; thread = stack.pop()) {
      if (++this.#build.steps > MAX_STEPS) throw new TooLarge("more work than the bound");
      spend(1 + thread.obligations.length);
      const key = threadKey(thread);
      if (seen.has(key)) continue;
      seen.set(key, thread);
      const { obligations } = thread;
      const state = this.#nfa[thread.state];
      switch (state?.type) {
        case "split":
          for (const next of state.next) stack.push({ state: next, obligations });
          break;
        case "start":
          if (this.#isAtStart(read)) stack.push({ state: state.next, obligations });
          break;
        case "ahead": {
          const look = this.#aheads[state.look];
          if (look === undefined) break;
          const kept = this.#withObligation(obligations, state.look, look.automaton.start);
          if (kept !== null) stack.push({ state: state.next, obligations: kept });
          break;
        }
        case "behind": {
          const look = this.#behinds[state.look];
          if (look === undefined) break;
          if (this.#mode === "ahead" && read < Math.max(look.width, 1))
            throw new NotAutomatic("a lookbehind that leaves its lookahead");
          const holds = look.automaton.accepting[behinds[state.look] ?? 0] === 1;
          if (holds !== state.negative) stack.push({ state: state.next, obligations });
          break;
        }
      }
    }
    return this.#essential([...seen.values()]);
  }

  /** Only threads that read or match matter; one without obligations stands for all others of its state. */
  #essential(threads: readonly Thread[]): Thread[] {
    const free = new Set<number>();
    for (const thread of threads) if (thread.obligations.length === 0) free.add(thread.state);
    const essential = threads.filter((thread) => {
      const type = this.#nfa[thread.state]?.type;
      if (type !== "byte" && type !== "match") return false;
      return thread.obligations.length === 0 || !free.has(thread.state);
    });
    // What has matched stays matched, whatever follows.
    const matched = essential.find(
      (thread) => thread.obligations.length === 0 && this.#nfa[thread.state]?.type === "match",
    );
    if (matched !== undefined && this.#mode !== "behind") return [matched];
    return essential.sort((a, b) => a.state - b.state || (threadKey(a) < threadKey(b) ? -1 : 1));
  }

  /** What stands before a lookahead is not known, so neither is whether it stands at the start. */
  #isAtStart(read: number): boolean {
    if (this.#mode !== "ahead") return this.#atOrigin;
    if (read === 0) throw new NotAutomatic("an anchor that opens a lookahead");
    return false;
  }

  /** Set while the first closure is made. */
  #atOrigin = true;

  #advance(threads: readonly Thread[], byte: number): Thread[] {
    this.#atOrigin = false;
    const advanced: Thread[] = [];
    for (const thread of threads) {
      const state = this.#nfa[thread.state];
      let target: number;
      if (state?.type === "byte" && hasByte(state.set, byte)) target = state.next;
      else if (state?.type === "match" && this.#mode !== "behind") target = thread.state;
      else continue;
      let obligations: Thread["obligations"] | null = [];
      for (const [look, at] of thread.obligations) {
        const automaton = this.#aheads[look]?.automaton;
        if (automaton === undefined || obligations === null) continue;
        obligations = this.#withObligation(obligations, look, step(automaton, at, byte));
      }
      if (obligations !== null) advanced.push({ state: target, obligations });
    }
    return advanced;
  }

  /** One obligation more; null where it can no longer be fulfilled. */
  #withObligation(
    obligations: Thread["obligations"],
    look: number,
    state: number,
  ): Thread["obligations"] | null {
    const ahead = this.#aheads[look];
    if (ahead === undefined || ahead.dead[state] === 1) return null;
    if (ahead.universal[state] === 1) return obligations;
    if (obligations.some(([other, at]) => other === look && at === state)) return obligations;
    return [...obligations, [look, state] as const].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  }

  #isAcceptedAtEnd(thread: Thread): boolean {
    if (this.#nfa[thread.state]?.type !== "match") return false;
    if (this.#mode === "behind" && thread.obligations.length > 0)
      throw new NotAutomatic("a lookahead that leaves its lookbehind");
    return thread.obligations.every(([look, state]) => this.#aheads[look]?.automaton.accepting[state] === 1);
  }
}

function threadKey(thread: Thread): string {
  return thread.obligations.length === 0
    ? String(thread.state)
    : `${thread.state}:${thread.obligations.map(([look, state]) => `${look}.${state}`).join()}`;
}
