/**
 * Deterministic automata over bytes: the language of a pattern, with lookarounds, made once.
 *
 * Written here rather than taken from a library because lookarounds decide in nginx files (`/\.(?!well-known)`), and the
 * libraries at hand refuse them. A lookahead becomes an obligation that a thread of the automaton carries along; a
 * lookbehind a second automaton that runs beside and is asked where the assertion stands. `^`, `$` and `\b` are both.
 */
import { type ByteSet, hasByte, setOf } from "./bytes.ts";
import { childrenOf, contains, widthOf } from "./parse-pattern.ts";
import type { Pattern, PatternNode, Position } from "./pattern.ts";

/** A complete deterministic automaton over bytes. */
export interface Automaton {
  /** The class of each byte; bytes of one class are never told apart. */
  readonly classOf: Uint8Array;
  readonly classes: number;
  /** The state after `state` and a byte of class `c` is `next[state * classes + c]`. */
  readonly next: Int32Array;
  readonly accepting: Uint8Array;
  readonly start: number;
}

/** Work is bounded so that no pattern can hold up a run. */
const MAX_STATES = 4_000;
const MAX_NFA_STATES = 20_000;
const MAX_STEPS = 1_000_000;

/** Thrown inside this folder where a pattern is no regular language or too large a one. */
export class NotAutomatic extends Error {}

/** The automaton of all byte strings in which the pattern matches somewhere. Throws {@link NotAutomatic}. */
export function automatonOf(pattern: Pattern): Automaton {
  const root = withoutPositions(pattern.root);
  const { classOf, representatives } = byteClasses(root);
  const build = { classOf, representatives, steps: 0 };
  return minimise(new Determiniser(build, root, "search").run());
}

/** Whether the automaton accepts a byte string. */
export function accepts(automaton: Automaton, bytes: string): boolean {
  let state = automaton.start;
  for (let at = 0; at < bytes.length; at++) state = step(automaton, state, bytes.charCodeAt(at));
  return automaton.accepting[state] === 1;
}

/** The state after one byte. */
export function step(automaton: Automaton, state: number, byte: number): number {
  return automaton.next[state * automaton.classes + (automaton.classOf[byte] ?? 0)] ?? 0;
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
      if (fresh >= MAX_STATES) throw new NotAutomatic("more states than the bound");
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
    if (this.#nfa.length >= MAX_NFA_STATES) throw new NotAutomatic("a repeat too large");
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
      if (same === undefined) shared.set(key, { set: first.set, rests: [inSequence(...rest)] });
      else same.rests.push(inSequence(...rest));
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
      if (++this.#build.steps > MAX_STEPS) throw new NotAutomatic("more work than the bound");
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
          if (this.#isAtStart(thread, read)) stack.push({ state: state.next, obligations });
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

  /** Where the subject begins is known from the number of bytes read, except in a lookahead. */
  #isAtStart(thread: Thread, read: number): boolean {
    if (this.#mode !== "ahead") return this.#atOrigin;
    if (read === 0 && this.#memory === 0) this.#memory = 1;
    if (read === 0) throw new NotAutomatic(`an anchor in a lookahead (state ${thread.state})`);
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

/** For each state, 1 where no state with `accepting === flag` can be reached from it. */
export function unable(automaton: Automaton, flag: 0 | 1): Uint8Array {
  const { accepting, classes, next } = automaton;
  const states = accepting.length;
  const sources: number[][] = Array.from({ length: states }, () => []);
  for (let state = 0; state < states; state++)
    for (let c = 0; c < classes; c++) sources[next[state * classes + c] ?? 0]?.push(state);
  const result = new Uint8Array(states).fill(1);
  const stack: number[] = [];
  accepting.forEach((value, state) => {
    if (value !== flag) return;
    result[state] = 0;
    stack.push(state);
  });
  for (let state = stack.pop(); state !== undefined; state = stack.pop()) {
    for (const source of sources[state] ?? []) {
      if (result[source] === 0) continue;
      result[source] = 0;
      stack.push(source);
    }
  }
  return result;
}

/** The smallest automaton of the same language, by refinement of the accepting and the other states (Moore). */
export function minimise(automaton: Automaton): Automaton {
  const { accepting, classes, next } = automaton;
  const states = accepting.length;
  let group = Int32Array.from(accepting);
  let count = new Set(group).size;
  for (let before = 0; count > before; ) {
    before = count;
    const refined = group.slice();
    for (let c = 0; c < classes; c++) {
      const numbers = new Map<number, number>();
      for (let state = 0; state < states; state++) {
        const key = (refined[state] ?? 0) * states + (group[next[state * classes + c] ?? 0] ?? 0);
        let number = numbers.get(key);
        if (number === undefined) {
          number = numbers.size;
          numbers.set(key, number);
        }
        refined[state] = number;
      }
      count = numbers.size;
    }
    group = refined;
  }
  const smaller = new Int32Array(count * classes);
  const flags = new Uint8Array(count);
  for (let state = 0; state < states; state++) {
    const into = group[state] ?? 0;
    flags[into] = accepting[state] ?? 0;
    for (let c = 0; c < classes; c++)
      smaller[into * classes + c] = group[next[state * classes + c] ?? 0] ?? 0;
  }
  return {
    classOf: automaton.classOf,
    classes,
    next: smaller,
    accepting: flags,
    start: group[automaton.start] ?? 0,
  };
}

/** Bytes as classes of both automata at once, and one byte of each class. */
function commonClasses(a: Automaton, b: Automaton): { classOf: Uint8Array; representatives: number[] } {
  const pairs = new Map<number, number>();
  const classOf = new Uint8Array(256);
  const representatives: number[] = [];
  for (let byte = 0; byte < 256; byte++) {
    const pair = (a.classOf[byte] ?? 0) * 256 + (b.classOf[byte] ?? 0);
    let number = pairs.get(pair);
    if (number === undefined) {
      number = pairs.size;
      pairs.set(pair, number);
      representatives.push(byte);
    }
    classOf[byte] = number;
  }
  return { classOf, representatives };
}

/** Whether some byte string is accepted by both; `live` tells from which states acceptance can be reached. */
export function shareWord(a: Automaton, b: Automaton, liveA: Uint8Array, liveB: Uint8Array): boolean {
  if (liveA[a.start] !== 1 || liveB[b.start] !== 1) return false;
  const { representatives } = commonClasses(a, b);
  const width = b.accepting.length;
  const seen = new Set<number>([a.start * width + b.start]);
  const stack = [...seen];
  for (let key = stack.pop(); key !== undefined; key = stack.pop()) {
    const left = Math.floor(key / width);
    const right = key % width;
    if (a.accepting[left] === 1 && b.accepting[right] === 1) return true;
    for (const byte of representatives) {
      const nextLeft = step(a, left, byte);
      const nextRight = step(b, right, byte);
      if (liveA[nextLeft] !== 1 || liveB[nextRight] !== 1) continue;
      const next = nextLeft * width + nextRight;
      if (seen.has(next)) continue;
      if (seen.size >= MAX_STATES * 64) throw new NotAutomatic("more states than the bound");
      seen.add(next);
      stack.push(next);
    }
  }
  return false;
}

/** The automaton that accepts where `decide` holds of what the two accept. Throws {@link NotAutomatic} beyond the bound. */
export function combine(a: Automaton, b: Automaton, decide: (a: boolean, b: boolean) => boolean): Automaton {
  const { classOf, representatives } = commonClasses(a, b);
  const width = b.accepting.length;
  const numbers = new Map<number, number>();
  const pending: number[] = [];
  const visit = (left: number, right: number): number => {
    const key = left * width + right;
    let number = numbers.get(key);
    if (number === undefined) {
      number = pending.push(key) - 1;
      if (number >= MAX_STATES * 8) throw new NotAutomatic("more states than the bound");
      numbers.set(key, number);
    }
    return number;
  };
  const start = visit(a.start, b.start);
  const next: number[] = [];
  const accepting: number[] = [];
  for (let current = 0; current < pending.length; current++) {
    const key = pending[current] ?? 0;
    const left = Math.floor(key / width);
    const right = key % width;
    accepting.push(decide(a.accepting[left] === 1, b.accepting[right] === 1) ? 1 : 0);
    for (const byte of representatives) next.push(visit(step(a, left, byte), step(b, right, byte)));
  }
  const product = {
    classOf,
    classes: representatives.length,
    next: Int32Array.from(next),
    accepting: Uint8Array.from(accepting),
    start,
  };
  return minimise(product);
}
