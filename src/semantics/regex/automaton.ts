/** Deterministic automata over bytes, and what can be asked of them. */
import { spend } from "../budget.ts";

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
export const MAX_STATES = 4_000;

/** Thrown inside this folder where a pattern is no regular language or too large a one. */
export class NotAutomatic extends Error {}

/** Thrown where a language is regular, and only its automaton too large or too slow to make. */
export class TooLarge extends NotAutomatic {}

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

/** For each state, 1 where no state with `accepting === flag` can be reached from it. */
export function unable(automaton: Automaton, flag: 0 | 1): Uint8Array {
  const { accepting, classes, next } = automaton;
  const states = accepting.length;
  spend(states * classes);
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

/** The smallest automaton of the same language (Hopcroft). */
export function minimise(automaton: Automaton): Automaton {
  const { accepting, classes, next } = automaton;
  const states = accepting.length;
  spend(2 * states * classes);
  const { group, count } = new Partition(automaton).refine();
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

/** The states of an automaton in groups, of which none holds two that some word tells apart. */
class Partition {
  readonly #automaton: Automaton;
  /** The states, those of a group side by side. */
  readonly #order: Int32Array;
  readonly #place: Int32Array;
  readonly #group: Int32Array;
  readonly #from: number[] = [];
  readonly #to: number[] = [];
  /** How many at the front of a group are marked. */
  readonly #marked: number[] = [];
  /** By class and state, where its predecessors begin in `#sources`. */
  readonly #first: Int32Array;
  readonly #sources: Int32Array;

  constructor(automaton: Automaton) {
    const { accepting, classes, next } = automaton;
    const states = accepting.length;
    this.#automaton = automaton;
    this.#order = new Int32Array(states);
    this.#place = new Int32Array(states);
    this.#group = new Int32Array(states);
    this.#first = new Int32Array(states * classes + 1);
    this.#sources = new Int32Array(states * classes);
    for (let edge = 0; edge < next.length; edge++) {
      const slot = (edge % classes) * states + (next[edge] ?? 0) + 1;
      this.#first[slot] = (this.#first[slot] ?? 0) + 1;
    }
    for (let slot = 1; slot < this.#first.length; slot++)
      this.#first[slot] = (this.#first[slot] ?? 0) + (this.#first[slot - 1] ?? 0);
    const filled = this.#first.slice();
    for (let edge = 0; edge < next.length; edge++) {
      const slot = (edge % classes) * states + (next[edge] ?? 0);
      const at = filled[slot] ?? 0;
      this.#sources[at] = Math.floor(edge / classes);
      filled[slot] = at + 1;
    }
    for (const flag of [0, 1]) {
      const from = this.#to.at(-1) ?? 0;
      let to = from;
      for (let state = 0; state < states; state++) {
        if (accepting[state] !== flag) continue;
        this.#put(state, to++);
        this.#group[state] = this.#from.length;
      }
      if (to > from) this.#add(from, to);
    }
  }

  refine(): { readonly group: Int32Array; readonly count: number } {
    const { classes, accepting } = this.#automaton;
    const states = accepting.length;
    const waiting = this.#from.map((_, group) => group);
    const isWaiting = waiting.map(() => true);
    for (let splitter = waiting.pop(); splitter !== undefined; splitter = waiting.pop()) {
      isWaiting[splitter] = false;
      const members = this.#order.slice(this.#from[splitter], this.#to[splitter]);
      for (let c = 0; c < classes; c++) {
        const touched: number[] = [];
        for (const member of members) {
          const slot = c * states + member;
          const end = this.#first[slot + 1] ?? 0;
          for (let at = this.#first[slot] ?? 0; at < end; at++) this.#mark(this.#sources[at] ?? 0, touched);
        }
        spend(1 + members.length + touched.length);
        for (const group of touched) {
          const fresh = this.#split(group);
          if (fresh === null) continue;
          // The smaller half will do, unless the whole is still to be looked at.
          const size = (number: number) => (this.#to[number] ?? 0) - (this.#from[number] ?? 0);
          const chosen = isWaiting[group] === true || size(fresh) < size(group) ? fresh : group;
          isWaiting[chosen] = true;
          waiting.push(chosen);
        }
      }
    }
    return { group: this.#group, count: this.#from.length };
  }

  #add(from: number, to: number): number {
    this.#to.push(to);
    this.#marked.push(0);
    return this.#from.push(from) - 1;
  }

  #put(state: number, at: number): void {
    this.#order[at] = state;
    this.#place[state] = at;
  }

  #mark(state: number, touched: number[]): void {
    const group = this.#group[state] ?? 0;
    const marked = this.#marked[group] ?? 0;
    const at = this.#place[state] ?? 0;
    const front = (this.#from[group] ?? 0) + marked;
    if (at < front) return;
    if (marked === 0) touched.push(group);
    this.#put(this.#order[front] ?? 0, at);
    this.#put(state, front);
    this.#marked[group] = marked + 1;
  }

  /** Makes a group of the marked states; null where all are. */
  #split(group: number): number | null {
    const from = this.#from[group] ?? 0;
    const middle = from + (this.#marked[group] ?? 0);
    this.#marked[group] = 0;
    if (middle === this.#to[group]) return null;
    const fresh = this.#add(from, middle);
    this.#from[group] = middle;
    for (let at = from; at < middle; at++) this.#group[this.#order[at] ?? 0] = fresh;
    return fresh;
  }
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
  spend(512);
  const width = b.accepting.length;
  const seen = new Set<number>([a.start * width + b.start]);
  const stack = [...seen];
  for (let key = stack.pop(); key !== undefined; key = stack.pop()) {
    const left = Math.floor(key / width);
    const right = key % width;
    if (a.accepting[left] === 1 && b.accepting[right] === 1) return true;
    spend(representatives.length);
    for (const byte of representatives) {
      const nextLeft = step(a, left, byte);
      const nextRight = step(b, right, byte);
      if (liveA[nextLeft] !== 1 || liveB[nextRight] !== 1) continue;
      const next = nextLeft * width + nextRight;
      if (seen.has(next)) continue;
      if (seen.size >= MAX_STATES * 64) throw new TooLarge("more states than the bound");
      seen.add(next);
      stack.push(next);
    }
  }
  return false;
}

/** The automaton that accepts where `decide` holds of what the two accept. Throws {@link NotAutomatic} beyond the bound. */
export function combine(a: Automaton, b: Automaton, decide: (a: boolean, b: boolean) => boolean): Automaton {
  const { classOf, representatives } = commonClasses(a, b);
  spend(512);
  const width = b.accepting.length;
  const numbers = new Map<number, number>();
  const pending: number[] = [];
  const visit = (left: number, right: number): number => {
    const key = left * width + right;
    let number = numbers.get(key);
    if (number === undefined) {
      number = pending.push(key) - 1;
      if (number >= MAX_STATES * 8) throw new TooLarge("more states than the bound");
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
    spend(representatives.length);
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
