/** Deterministic automata over bytes, and what can be asked of them. */

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
