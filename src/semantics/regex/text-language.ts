/** Sets of byte strings, written as the trees of patterns: what a value can be. */
import { append } from "../../lists/index.ts";
import { OutOfSteps, partly } from "../budget.ts";
import { type Automaton, combine, NotAutomatic } from "./automaton.ts";
import { addSet, type ByteSet, emptySet, hasByte, setOf, toBytes } from "./bytes.ts";
import { automatonOf } from "./determinise.ts";
import { reach } from "./language.ts";
import { childrenOf, contains } from "./measure.ts";
import { parsePattern } from "./parse-pattern.ts";
import type { Pattern, PatternNode } from "./pattern.ts";
import { cheapestText } from "./witness.ts";

/** A pattern that the texts of a language are known to match, or not to match. */
interface Guard {
  readonly pattern: string;
  readonly caseless: boolean;
  readonly negative: boolean;
}

const EMPTY: PatternNode = { type: "sequence", items: [] };

/** A set of byte strings that holds at least all that is meant; where `isExact`, nothing else. */
export class TextLanguage {
  readonly isExact: boolean;
  readonly #node: PatternNode;
  readonly #guards: readonly Guard[];
  #bytes: ByteSet | undefined;

  private constructor(node: PatternNode, isExact: boolean, guards: readonly Guard[] = []) {
    this.#node = node;
    this.isExact = isExact;
    this.#guards = guards;
  }

  /** One text, given as bytes. */
  static text(bytes: string): TextLanguage {
    return new TextLanguage(sequenceOf([...bytes].map(byteNode)), true);
  }

  /** The texts that a pattern matches as a whole; null where PCRE refuses it, or more than bytes decides. */
  static pattern(pattern: string, { caseless = false } = {}): TextLanguage | null {
    const parsed = parsePattern(toBytes(pattern), caseless);
    if (parsed.kind !== "pattern" || contains(parsed.pattern.root, isMoreThanBytes)) return null;
    return new TextLanguage(parsed.pattern.root, true);
  }

  /** A text of bytes of a set, the empty one included. */
  static repeated(set: ByteSet, { exact = true } = {}): TextLanguage {
    return new TextLanguage(
      { type: "repeat", body: { type: "set", set }, min: 0, max: Number.POSITIVE_INFINITY, mode: "greedy" },
      exact,
    );
  }

  static concatenation(languages: readonly TextLanguage[]): TextLanguage {
    const [only] = languages;
    if (languages.length === 1 && only !== undefined) return only;
    return new TextLanguage(
      sequenceOf(languages.map((each) => each.#node)),
      languages.every((each) => each.isExact && each.#guards.length === 0),
    );
  }

  static union(languages: readonly TextLanguage[]): TextLanguage {
    const [only] = languages;
    if (languages.length === 1 && only !== undefined) return only;
    return new TextLanguage(
      { type: "alternation", branches: languages.map((each) => each.#node) },
      languages.every((each) => each.isExact && each.#guards.length === 0),
    );
  }

  /**
   * What a group of a pattern can hold where the subject has bytes of a set only; null where PCRE refuses the pattern, or it
   * has no such group.
   * @param group number or name
   */
  static group(
    pattern: string,
    group: number | string,
    { caseless, within }: { readonly caseless: boolean; readonly within: ByteSet },
  ): TextLanguage | null {
    const parsed = parsePattern(toBytes(pattern), caseless);
    if (parsed.kind !== "pattern") return null;
    const index = typeof group === "number" ? group : numberOf(parsed.pattern, group);
    const body = index === null ? null : findGroup(parsed.pattern.root, index);
    if (body === null) return null;
    const isExact = !contains(parsed.pattern.root, isMoreThanBytes);
    return new TextLanguage({ type: "alternation", branches: [free(body, within), EMPTY] }, isExact);
  }

  /** Those of its texts that match a pattern, or that do not. */
  matching(pattern: string, { caseless = false, negative = false } = {}): TextLanguage {
    return new TextLanguage(this.#node, this.isExact, [...this.#guards, { pattern, caseless, negative }]);
  }

  /** Those of its texts that hold bytes of a set only. */
  within(set: ByteSet): TextLanguage {
    return new TextLanguage(free(this.#node, set), this.isExact, this.#guards);
  }

  /** The bytes that stand in its texts; guards do not count. */
  get bytes(): ByteSet {
    this.#bytes ??= bytesOf(this.#node);
    return this.#bytes;
  }

  /** Whether some text holds a byte. */
  mayHold(byte: number): boolean {
    if (!hasByte(this.bytes, byte)) return false;
    if (this.#guards.length === 0) return true;
    return this.meets(`\\x${byte.toString(16).padStart(2, "0")}`) !== false;
  }

  /** The bytes that a text may begin with, and whether it may be empty. */
  get beginnings(): { readonly set: ByteSet; readonly mayBeEmpty: boolean } {
    return beginningsOf(this.#node);
  }

  /** Whether a pattern matches in some text; null where that cannot be told. */
  meets(pattern: string, { caseless = false } = {}): boolean | null {
    return this.matching(pattern, { caseless }).#ask((all) => reach(all).live[all.start] === 1);
  }

  /** A plain text out of it; null where there is none, or none can be told. */
  example(): string | null {
    return this.#ask(cheapestText);
  }

  /** Asks its automaton; null where that is too large, or guards are not understood. */
  #ask<T>(question: (automaton: Automaton) => T): T | null {
    try {
      return partly(() => {
        let all = automatonOf({ root: whole(this.#node), groups: 0, names: [] });
        for (const guard of this.#guards) {
          const other = automatonFor(guard);
          if (other === null) return null;
          all = combine(all, other, (inside, matches) => inside && matches !== guard.negative);
        }
        return question(all);
      });
    } catch (error) {
      if (error instanceof NotAutomatic || error instanceof OutOfSteps) return null;
      throw error;
    }
  }
}

function automatonFor({ pattern, caseless }: Guard): Automaton | null {
  const parsed = parsePattern(toBytes(pattern), caseless);
  return parsed.kind === "pattern" ? automatonOf(parsed.pattern) : null;
}

function whole(node: PatternNode): PatternNode {
  return sequenceOf([{ type: "position", at: "start" }, node, { type: "position", at: "end" }]);
}

function sequenceOf(items: readonly PatternNode[]): PatternNode {
  return { type: "sequence", items };
}

function byteNode(byte: string): PatternNode {
  const code = byte.charCodeAt(0) & 0xff;
  return { type: "set", set: setOf([code, code]) };
}

function numberOf({ names }: Pattern, wanted: string): number | null {
  return names.find(([name]) => name.toLowerCase() === wanted.toLowerCase())?.[1] ?? null;
}

function findGroup(node: PatternNode, index: number): PatternNode | null {
  if (node.type === "group" && node.index === index) return node.body;
  for (const child of childrenOf(node)) {
    const found = findGroup(child, index);
    if (found !== null) return found;
  }
  return null;
}

/** What decides besides the bytes of the group. */
function isMoreThanBytes(node: PatternNode): boolean {
  return (
    node.type === "look" ||
    node.type === "reference" ||
    node.type === "opaque" ||
    (node.type === "group" && node.atomic) ||
    (node.type === "repeat" && node.mode !== "greedy")
  );
}

/** A part of a pattern without what ties it to the rest, and with the bytes of a set only. */
function free(node: PatternNode, within: ByteSet): PatternNode {
  switch (node.type) {
    case "set":
      return { type: "set", set: node.set.map((word, at) => word & (within[at] ?? 0)) };
    case "sequence":
      return sequenceOf(node.items.map((item) => free(item, within)));
    case "alternation":
      return { type: "alternation", branches: node.branches.map((branch) => free(branch, within)) };
    case "group":
      return free(node.body, within);
    case "repeat":
      return { ...node, body: free(node.body, within), mode: "greedy" };
    case "look":
    case "position":
      return EMPTY;
    case "reference":
    case "opaque":
      return {
        type: "repeat",
        body: { type: "set", set: within },
        min: 0,
        max: Number.POSITIVE_INFINITY,
        mode: "greedy",
      };
  }
}

function bytesOf(node: PatternNode): ByteSet {
  const found = emptySet();
  const pending = [node];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.type === "set") addSet(found, next.set);
    else append(pending, childrenOf(next));
  }
  return found;
}

function beginningsOf(node: PatternNode): { readonly set: ByteSet; readonly mayBeEmpty: boolean } {
  switch (node.type) {
    case "set":
      return { set: node.set, mayBeEmpty: false };
    case "sequence": {
      const set = emptySet();
      for (const item of node.items) {
        const first = beginningsOf(item);
        addSet(set, first.set);
        if (!first.mayBeEmpty) return { set, mayBeEmpty: false };
      }
      return { set, mayBeEmpty: true };
    }
    case "alternation": {
      const set = emptySet();
      const branches = node.branches.map(beginningsOf);
      for (const branch of branches) addSet(set, branch.set);
      return { set, mayBeEmpty: branches.some(({ mayBeEmpty }) => mayBeEmpty) };
    }
    case "repeat": {
      const body = beginningsOf(node.body);
      return { set: body.set, mayBeEmpty: body.mayBeEmpty || node.min === 0 };
    }
    default:
      return { set: emptySet(), mayBeEmpty: true };
  }
}

/** A plain text in which a pattern is likely to match, for a request that has to pass it. */
export interface Sample {
  /** Empty where nothing is known. */
  readonly text: string;
  /** What the groups hold in it: from where to where. */
  readonly groups: readonly (readonly [start: number, end: number])[];
}

export function sampleOf(pattern: string, caseless: boolean): Sample {
  const parsed = parsePattern(toBytes(pattern), caseless);
  const writer = new SampleWriter();
  if (parsed.kind === "pattern") writer.write(parsed.pattern.root);
  return writer;
}

/** Longest sample of a bounded repeat, and of all. */
const MOST_COPIES = 64;
const LONGEST_SAMPLE = 512;

class SampleWriter implements Sample {
  text = "";
  readonly groups: (readonly [start: number, end: number])[] = [];

  write(node: PatternNode): void {
    if (this.text.length > LONGEST_SAMPLE) return;
    switch (node.type) {
      case "set":
        this.text += sampleByte(node.set);
        break;
      case "sequence":
        for (const item of node.items) this.write(item);
        break;
      case "alternation":
        if (node.branches[0] !== undefined) this.write(node.branches[0]);
        break;
      case "group": {
        const start = this.text.length;
        this.write(node.body);
        if (node.index !== null) this.groups.push([start, this.text.length]);
        break;
      }
      case "repeat": {
        const copies = Math.min(Math.max(node.min, node.max > 0 ? 1 : 0), MOST_COPIES);
        for (let copy = 0; copy < copies; copy++) this.write(node.body);
        break;
      }
    }
  }
}

const PLAIN = "ax1/-_.=";

function sampleByte(set: ByteSet): string {
  for (const char of PLAIN) if (hasByte(set, char.charCodeAt(0))) return char;
  for (let byte = 0x61; byte <= 0x7a; byte++) if (hasByte(set, byte)) return String.fromCharCode(byte);
  for (let byte = 0x21; byte < 0x7f; byte++) if (hasByte(set, byte)) return String.fromCharCode(byte);
  for (let byte = 1; byte < 256; byte++) if (hasByte(set, byte)) return String.fromCharCode(byte);
  return "";
}
