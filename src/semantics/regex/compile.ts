/** PCRE patterns as JavaScript can run them: exactly, or not at all. */
import { greatest } from "../../lists/index.ts";
import { isFilledIn } from "../../parser/index.ts";
import { countByRun, forgetBetweenRuns, giveUp, OutOfSteps, partly, spend } from "../budget.ts";
import { type Automaton, accepts, NotAutomatic } from "./automaton.ts";
import { areDisjoint, type ByteSet, rangesOf, toBytes } from "./bytes.ts";
import { automatonOf } from "./determinise.ts";
import { childrenOf, contains, widthOf } from "./measure.ts";
import { Memo } from "./memo.ts";
import { parsePattern, spendOnReading } from "./parse-pattern.ts";
import type { Pattern, PatternNode, Position } from "./pattern.ts";

/** What the groups of a pattern matched, in byte strings. */
export interface PatternMatch {
  /**
   * `$1` stands at 1; undefined for a group that took no part (nginx gives an empty string). At 0 stands the whole match,
   * for patterns with groups only: nginx has no use for it.
   */
  readonly captures: readonly (string | undefined)[];
  /** Named groups, in order of appearance. */
  readonly named: ReadonlyMap<string, string | undefined>;
}

export type CompiledPattern =
  | {
      readonly kind: "exact";
      /** How many capture groups there are. */
      readonly groups: number;
      /** Names of groups, in order of appearance. */
      readonly names: readonly string[];
      /**
       * Whether PCRE finds a match in `subject`, a byte string (see {@link toBytes}). Throws a {@link SlowMatch} where finding out
       * could take longer than anyone would wait (thousands of bytes, several loops, and no automaton to ask).
       */
      test(subject: string): boolean;
      /** The match PCRE finds, or null. Throws as `test` does. */
      exec(subject: string): PatternMatch | null;
    }
  /** JavaScript cannot tell what PCRE would do, or PCRE refuses the pattern. */
  | { readonly kind: "undecidable"; readonly reason: string };

/** Finding out whether a pattern matches could take longer than anyone would wait. */
export class SlowMatch extends OutOfSteps {}

/** Backtracking beyond this many steps is left to the automaton. */
const MAX_BACKTRACKING = 5_000_000;
/** Where there is no automaton, steps that take seconds. */
const MAX_WAIT = 1_000_000_000;

/**
 * Compiles a pattern (text as it stands in the file, after nginx's own unquoting) for matching as nginx does: byte by byte,
 * case folded for ASCII only. Subjects are byte strings.
 */
export function compilePcre(pattern: string, options: { readonly caseless: boolean }): CompiledPattern {
  return compiled.get(`${options.caseless}${pattern}`, () => compile(pattern, options));
}

const compiled = new Memo<CompiledPattern>(500);
forgetBetweenRuns(() => compiled.forget());

function compile(pattern: string, options: { readonly caseless: boolean }): CompiledPattern {
  spendOnReading(pattern);
  if (isFilledIn(pattern)) return { kind: "undecidable", reason: "a template fills it in" };
  const parsed = parsePattern(toBytes(pattern), options.caseless);
  if (parsed.kind === "invalid") return { kind: "undecidable", reason: parsed.message };
  if (parsed.kind === "unsure") return { kind: "undecidable", reason: parsed.reason };
  return compilePattern(parsed.pattern, pattern, options.caseless);
}

/** What a match takes whose parts are asked for. */
const STEPS_TO_MATCH = 4;

/** Patterns of a run that stay with the lines they were written in: a compiled one takes some thousand bytes. */
const MOST_KEPT = 20_000;
let kept = 0;
countByRun(() => {
  kept = 0;
});

/** {@link compilePcre}, when the pattern is first needed. Where there are too many, it is compiled again each time. */
export function lazyPattern(pattern: string, caseless: boolean): () => CompiledPattern {
  let known: CompiledPattern | null = null;
  return () => {
    if (known !== null) return known;
    const made = compilePcre(pattern, { caseless });
    if (kept < MOST_KEPT) {
      kept++;
      known = made;
    }
    return made;
  };
}

function compilePattern(pattern: Pattern, text: string, caseless: boolean): CompiledPattern {
  const source = new Translation();
  let expression: string;
  try {
    expression = source.emit(pattern.root, new Set());
  } catch (error) {
    if (error instanceof Untranslatable) return { kind: "undecidable", reason: error.message };
    throw error;
  }
  const problem = pattern.groups > 0 || source.ordered ? orderProblem(pattern.root) : null;
  if (problem !== null) return { kind: "undecidable", reason: problem };
  const isExplosive = contains(pattern.root, isAmbiguousLoop);
  if (isExplosive && pattern.groups > 0)
    return { kind: "undecidable", reason: "nested repeats may backtrack without end" };
  const { groups, names: named } = pattern;
  const names = named.map(([name]) => name);
  const { positions } = source;
  // Few patterns are ever asked for it: to keep what was read for that would take more memory than reading it again takes time.
  const automaton = lazily(() => automatonIfAny(text, caseless));
  if (isExplosive && automaton() === null)
    return { kind: "undecidable", reason: "nested repeats may backtrack without end" };

  const degree = degreeOf(pattern.root) + (startsAnchored(pattern.root) ? 0 : 1);
  if (source.ordered && degree > 2 && automaton() === null)
    return { kind: "undecidable", reason: "several repeats may backtrack too long" };

  const regexp = lazily(() => new RegExp(expression, "s"));
  const isSlowOn = (subject: string): boolean => isExplosive || subject.length ** degree > MAX_BACKTRACKING;
  const test = (subject: string): boolean => {
    spend(2);
    if (!isSlowOn(subject)) return regexp().test(subject);
    const exact = automaton();
    if (exact !== null) return accepts(exact, subject);
    if (subject.length ** degree > MAX_WAIT) throw new SlowMatch("the subject is too long for this pattern");
    return regexp().test(subject);
  };
  const exec = (subject: string): PatternMatch | null => {
    spend(STEPS_TO_MATCH);
    // Failing is what takes long, so the automaton rules it out first.
    if (isSlowOn(subject) && !test(subject)) return null;
    const match = groups === 0 ? null : regexp().exec(subject);
    if (match === null && !(groups === 0 && test(subject))) return null;
    const captures: (string | undefined)[] = [match?.[0]];
    for (let group = 1; group <= groups; group++) captures.push(match?.[positions.get(group) ?? -1]);
    return { captures, named: new Map(named.map(([name, group]) => [name, captures[group]])) };
  };
  return { kind: "exact", groups, names, test, exec };
}

function automatonIfAny(text: string, caseless: boolean): Automaton | null {
  const parsed = parsePattern(toBytes(text), caseless);
  if (parsed.kind !== "pattern") return null;
  try {
    return partly(() => automatonOf(parsed.pattern));
  } catch (error) {
    if (error instanceof NotAutomatic) return null;
    if (error instanceof OutOfSteps) {
      giveUp(`what \`${text}\` matches`);
      return null;
    }
    throw error;
  }
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

class Untranslatable extends Error {}

const POSITIONS: Readonly<Record<Position, string>> = {
  start: "^",
  end: "$",
  "last-line-end": "(?=\\n?$)",
  // Not after a newline that ends the subject.
  "line-start": "(?:^|(?<=\\n)(?!$))",
  "line-end": "(?=\\n|$)",
  "word-boundary": "\\b",
  "no-word-boundary": "\\B",
};

/** Writes a pattern in JavaScript's syntax, without flags but `s`. */
class Translation {
  /** Where JavaScript keeps each capture group; atomic groups take numbers of their own. */
  readonly positions = new Map<number, number>();
  /** Whether the order in which alternatives are tried decides whether there is a match at all. */
  ordered = false;
  #captures = 0;
  #behind = 0;

  /** `assigned` are the groups that have a value when the node is reached; it is updated. */
  emit(node: PatternNode, assigned: Set<number>): string {
    switch (node.type) {
      case "set":
        return setSource(node.set);
      case "sequence":
        return node.items.map((item) => this.emit(item, assigned)).join("");
      case "alternation": {
        const outcomes = node.branches.map((branch) => {
          const after = new Set(assigned);
          return { source: this.emit(branch, after), after };
        });
        for (const group of outcomes[0]?.after ?? [])
          if (outcomes.every(({ after }) => after.has(group))) assigned.add(group);
        return `(?:${outcomes.map(({ source }) => source).join("|")})`;
      }
      case "group":
        return this.#group(node.index, node.atomic, node.body, assigned);
      case "repeat":
        return this.#repeat(node, assigned);
      case "look": {
        const hasCaptures = contains(node.body, (child) => child.type === "group" && child.index !== null);
        // JavaScript matches a lookbehind from right to left, which captures differently.
        if (node.behind && hasCaptures) throw new Untranslatable("a capture in a lookbehind");
        if (node.behind) this.#behind++;
        const inside = this.emit(node.body, node.negative ? new Set(assigned) : assigned);
        if (node.behind) this.#behind--;
        if (hasCaptures) this.ordered = true;
        return `(?${node.behind ? "<" : ""}${node.negative ? "!" : "="}${inside})`;
      }
      case "position":
        return POSITIONS[node.at];
      case "reference": {
        this.ordered = true;
        const position = this.positions.get(node.group);
        // In PCRE a reference to an unset group fails; in JavaScript it matches the empty string.
        if (position === undefined || !assigned.has(node.group))
          throw new Untranslatable("a reference to a group that may be unset");
        if (node.caseless) throw new Untranslatable("a reference without regard to case");
        if (this.#behind > 0) throw new Untranslatable("a reference in a lookbehind");
        return `(?:\\${position})`;
      }
      case "opaque":
        throw new Untranslatable(node.reason);
    }
  }

  #group(index: number | null, atomic: boolean, body: PatternNode, assigned: Set<number>): string {
    if (atomic) return this.#atomic(() => this.emit(body, assigned));
    if (index === null) return `(?:${this.emit(body, assigned)})`;
    this.positions.set(index, ++this.#captures);
    const inside = this.emit(body, assigned);
    assigned.add(index);
    return `(${inside})`;
  }

  /** A lookahead is atomic in JavaScript: match there, then take what it matched. */
  #atomic(inside: () => string): string {
    if (this.#behind > 0) throw new Untranslatable("an atomic group in a lookbehind");
    this.ordered = true;
    const position = ++this.#captures;
    return `(?:(?=(${inside()}))\\${position})`;
  }

  #repeat(node: Extract<PatternNode, { type: "repeat" }>, assigned: Set<number>): string {
    const after = new Set(assigned);
    const quantified = (): string => {
      const inside = this.emit(node.body, after);
      const { min, max } = node;
      // JavaScript's `?` never takes an empty turn, an alternative does: `(.*)?` sets its group to the empty string.
      if (min === 0 && max === 1 && node.body.type !== "set")
        return node.mode === "lazy" ? `(?:|${inside})` : `(?:${inside}|)`;
      const upper = max === Number.POSITIVE_INFINITY ? "" : max;
      const count =
        min === 0 && max === 1
          ? "?"
          : upper === "" && min < 2
            ? min === 0
              ? "*"
              : "+"
            : `{${min},${upper}}`;
      const atom = node.body.type === "set" ? inside : `(?:${inside})`;
      return `${atom}${count}${node.mode === "lazy" ? "?" : ""}`;
    };
    const source = node.mode === "possessive" ? this.#atomic(quantified) : quantified();
    if (node.min > 0) for (const group of after) assigned.add(group);
    return source;
  }
}

function setSource(set: ByteSet): string {
  const ranges = rangesOf(set);
  const [first] = ranges;
  if (first === undefined) return "[]";
  if (ranges.length === 1 && first[0] === first[1]) return byteSource(first[0]);
  return `[${ranges.map(([low, high]) => (low === high ? byteSource(low) : `${byteSource(low)}-${byteSource(high)}`)).join("")}]`;
}

function byteSource(byte: number): string {
  const char = String.fromCharCode(byte);
  return /[0-9A-Za-z_/]/.test(char) ? char : `\\x${byte.toString(16).padStart(2, "0")}`;
}

/**
 * Why the two engines could choose different matches; null where they cannot. JavaScript forgets the captures of a loop's
 * body at each turn and never takes an empty turn; PCRE does neither.
 */
function orderProblem(root: PatternNode): string | null {
  let problem: string | null = null;
  const visit = (node: PatternNode): void => {
    if (node.type === "repeat" && node.max > 1) {
      const width = widthOf(node.body);
      if (width === null || width.min === 0) problem ??= "a repeat of what may be empty";
      if (hasOptionalCapture(node.body)) problem ??= "an optional capture in a loop";
    }
    childrenOf(node).forEach(visit);
  };
  visit(root);
  return problem;
}

/** Whether some capture inside need not take part each time the node matches. */
function hasOptionalCapture(node: PatternNode): boolean {
  const capture = (child: PatternNode): boolean => child.type === "group" && child.index !== null;
  switch (node.type) {
    case "alternation":
      return contains(node, capture);
    case "repeat":
      return node.min === 0 ? contains(node.body, capture) : hasOptionalCapture(node.body);
    case "look":
      return node.negative ? contains(node.body, capture) : hasOptionalCapture(node.body);
    default:
      return childrenOf(node).some(hasOptionalCapture);
  }
}

/** A loop that may cut one text into turns in several ways: backtracking may take exponential time. */
export function isAmbiguousLoop(node: PatternNode): boolean {
  if (node.type !== "repeat" || node.max < 3) return false;
  const body = unwrap(node.body);
  if (body.type === "set") return false;
  if (body.type === "alternation") return !isChoiceOfBytes(body);
  const items = body.type === "sequence" ? body.items.map(unwrap) : [body];
  // Only one part may vary, and one end of the turn must be a byte that stands nowhere else in it: `(/[^/]+)*`.
  const isPlain = (part: PatternNode): boolean =>
    part.type === "set" ||
    part.type === "position" ||
    part.type === "look" ||
    (part.type === "alternation" && isChoiceOfBytes(part));
  const variable = items.filter((item) => !isPlain(item));
  const [only] = variable;
  if (only === undefined) return false;
  if (variable.length > 1 || only.type !== "repeat" || !isPlain(unwrap(only.body))) return true;
  return ![items[0], items.at(-1)].some(
    (end) =>
      end?.type === "set" &&
      items.every(
        (item) =>
          item === end || !contains(item, (part) => part.type === "set" && !areDisjoint(part.set, end.set)),
      ),
  );
}

/** Whether the branches are single bytes, none in two of them. */
function isChoiceOfBytes(node: Extract<PatternNode, { type: "alternation" }>): boolean {
  const branches = node.branches.map(unwrap);
  return branches.every(
    (branch, at) =>
      branch.type === "set" &&
      branches.slice(at + 1).every((other) => other.type === "set" && areDisjoint(branch.set, other.set)),
  );
}

/** A node without the groups and one-item sequences around it. */
function unwrap(node: PatternNode): PatternNode {
  if (node.type === "group") return unwrap(node.body);
  if (node.type === "sequence" && node.items.length === 1 && node.items[0] !== undefined)
    return unwrap(node.items[0]);
  return node;
}

/** How many loops can share out one text between them: matching takes up to length to this power. */
function degreeOf(node: PatternNode): number {
  if (node.type === "alternation") return greatest([0, ...node.branches.map(degreeOf)]);
  const inside = childrenOf(node).reduce((sum, child) => sum + degreeOf(child), 0);
  return inside + (node.type === "repeat" && node.max > 8 && node.mode !== "possessive" ? 1 : 0);
}

function startsAnchored(node: PatternNode): boolean {
  if (node.type === "position") return node.at === "start";
  if (node.type === "sequence") return node.items[0] !== undefined && startsAnchored(node.items[0]);
  if (node.type === "alternation") return node.branches.every(startsAnchored);
  return node.type === "group" && startsAnchored(node.body);
}
