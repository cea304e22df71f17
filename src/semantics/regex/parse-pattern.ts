/**
 * Reads a pattern as PCRE2 does (`parse_regex` of 10.42, the version that the oracle tests ask), with its error messages.
 * Where versions in use differ (10.43 and later read `{,3}` as a quantifier, for instance) the answer is "unsure".
 */
import { spend } from "../budget.ts";
import { addByte, addRange, addSet, type ByteSet, complement, emptySet, foldCase, setOf } from "./bytes.ts";
import {
  ALPHA,
  ANY,
  CONTROL_ESCAPES,
  NOT_NEWLINE,
  POSITION_ESCAPES,
  POSIX_CLASSES,
  SET_ESCAPES,
} from "./escapes.ts";
import { compiledSize, contains, copiesOf, widthOf } from "./measure.ts";
import type { Pattern, PatternNode } from "./pattern.ts";

export type ParsedPattern =
  | { readonly kind: "pattern"; readonly pattern: Pattern }
  /** PCRE refuses it; `offset` counts bytes, as PCRE reports it. */
  | { readonly kind: "invalid"; readonly message: string; readonly offset: number }
  | { readonly kind: "unsure"; readonly reason: string };

/** What reading a pattern costs, and each of its characters. */
const STEPS_TO_READ = 30;
const STEPS_PER_CHARACTER = 5;

/** Takes the steps for reading a pattern and making something of it; see {@link spend}. */
export function spendOnReading(pattern: string): void {
  spend(STEPS_TO_READ + STEPS_PER_CHARACTER * pattern.length);
}

/** nginx reads no longer word, and no pattern of 65,535 bytes is compiled, whatever brings it. */
const LONGEST = 65_535;

/** Parses a pattern given as a byte string. */
export function parsePattern(bytes: string, caseless: boolean): ParsedPattern {
  if (bytes.length > LONGEST) return { kind: "unsure", reason: "it is longer than nginx reads" };
  try {
    return { kind: "pattern", pattern: new PatternParser(bytes, caseless).parse() };
  } catch (error) {
    if (error instanceof PatternError)
      return { kind: "invalid", message: error.message, offset: error.offset };
    if (error instanceof Unsure) return { kind: "unsure", reason: error.message };
    throw error;
  }
}

class PatternError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

class Unsure extends Error {}

/** PCRE2's own limits and messages. */
const MAX_NESTING = 250;
const MAX_REPEAT = 65_535;
const MAX_GROUP = 65_535;
const MAX_NAME = 32;
/** The compiled size in bytes from which PCRE may refuse; its limit is 65,536 and our sum is an upper estimate. */
const MAX_SAFE_SIZE = 60_000;

const TOO_BIG_NUMBER = "number too big in {} quantifier";
const NO_SUCH_GROUP = "reference to non-existent subpattern";
const MISSING_PARENTHESIS = "missing closing parenthesis";
const UNSUPPORTED_POSIX = "POSIX collating elements are not supported";
const INVALID_RANGE = "invalid range in character class";

interface Options {
  readonly caseless: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
  readonly extended: boolean;
  readonly noAutoCapture: boolean;
  readonly ungreedy: boolean;
}

type Escape =
  | { readonly kind: "byte"; readonly byte: number }
  | { readonly kind: "node"; readonly node: PatternNode; readonly quantifiable: boolean }
  | { readonly kind: "set"; readonly set: ByteSet };

const NEVER: PatternNode = { type: "opaque", reason: "a group repeated zero times" };
const EMPTY: PatternNode = { type: "sequence", items: [] };

class PatternParser {
  readonly #text: string;
  #at = 0;
  #depth = 0;
  #groups = 0;
  /** Between `\Q` and `\E`. */
  #quoted = false;
  #options: Options;
  readonly #names = new Map<string, number>();
  /** References are checked once all groups are known, as PCRE does. */
  readonly #references: { readonly to: number | string; readonly offset: number }[] = [];
  readonly #lookbehinds: { readonly body: PatternNode; readonly offset: number }[] = [];
  readonly #namedReferences = new Map<PatternNode, string>();

  constructor(text: string, caseless: boolean) {
    this.#text = text;
    this.#options = {
      caseless,
      multiline: false,
      dotAll: false,
      extended: false,
      noAutoCapture: false,
      ungreedy: false,
    };
  }

  parse(): Pattern {
    const root = this.#alternatives();
    if (this.#at < this.#text.length) this.#fail("unmatched closing parenthesis", this.#at);
    for (const { body, offset } of this.#lookbehinds) checkLookbehind(body, offset);
    for (const { to, offset } of this.#references) {
      const exists = typeof to === "number" ? to <= this.#groups : this.#names.has(to);
      if (!exists) this.#fail(NO_SUCH_GROUP, offset);
    }
    if (this.#mayBeTooLarge(root)) throw new Unsure("may be too large for PCRE");
    return { root: this.#resolve(root), groups: this.#groups, names: [...this.#names] };
  }

  /** What is written out compiles to 9 bytes a byte at most (`[ab]`); only copies of groups make more of it. */
  #mayBeTooLarge(root: PatternNode): boolean {
    if (this.#text.length * 9 > MAX_SAFE_SIZE) return true;
    const hasCopies = contains(root, (node) => node.type === "repeat" && copiesOf(node) > 1);
    return hasCopies && compiledSize(root) > MAX_SAFE_SIZE;
  }

  /** Branches up to a closing parenthesis or the end; does not consume the parenthesis. */
  #alternatives(onBranch?: () => void): PatternNode {
    const branches: PatternNode[] = [];
    let items: PatternNode[] = [];
    /** Whether a quantifier may follow, that is, whether the last item can be repeated. */
    let quantifiable = false;
    /** The last item is a repeat that may still get its `?` or `+`. */
    let modifiable = false;
    const text = this.#text;
    while (this.#at < text.length) {
      const from = this.#at;
      const char = text.charAt(this.#at++);
      if (this.#quoted) {
        if (char === "\\" && text.charAt(this.#at) === "E") {
          this.#at++;
          this.#quoted = false;
        } else {
          items.push(this.#literal(char.charCodeAt(0)));
          quantifiable = true;
          modifiable = false;
        }
        continue;
      }
      if (char === "\\" && (text.charAt(this.#at) === "Q" || text.charAt(this.#at) === "E")) {
        this.#quoted = text.charAt(this.#at++) === "Q";
        continue;
      }
      if (this.#options.extended && this.#skipsExtended(char)) continue;
      if (char === "(" && text.startsWith("?#", this.#at)) {
        const close = text.indexOf(")", this.#at);
        if (close < 0) this.#fail("missing ) after (?# comment", text.length);
        this.#at = close + 1;
        continue;
      }
      if (modifiable && (char === "?" || char === "+")) {
        const last = items.pop();
        if (last?.type !== "repeat") throw new Unsure("unexpected modifier");
        items.push({ ...last, mode: this.#mode(char) });
        modifiable = false;
        continue;
      }
      modifiable = false;
      const repeat = this.#quantifier(char);
      if (repeat !== null) {
        if (!quantifiable) this.#fail("quantifier does not follow a repeatable item", this.#at - 1);
        const body = items.pop();
        if (body === undefined) throw new Unsure("nothing to repeat");
        // PCRE's optimiser takes the needs of a group that is never matched for needs of the pattern.
        const isNever = repeat.max === 0 && body.type !== "set";
        items.push(
          isNever
            ? { type: "repeat", body: NEVER, ...repeat, mode: "greedy" }
            : { type: "repeat", body, ...repeat, mode: this.#mode("") },
        );
        quantifiable = false;
        modifiable = true;
        continue;
      }
      quantifiable = false;
      if (char === ")") {
        this.#at = from;
        break;
      }
      switch (char) {
        case "|":
          branches.push({ type: "sequence", items });
          items = [];
          onBranch?.();
          break;
        case "^":
          items.push({ type: "position", at: this.#options.multiline ? "line-start" : "start" });
          break;
        case "$":
          items.push({ type: "position", at: this.#options.multiline ? "line-end" : "last-line-end" });
          break;
        case ".":
          items.push({ type: "set", set: this.#options.dotAll ? ANY : NOT_NEWLINE });
          quantifiable = true;
          break;
        case "[":
          items.push(this.#class());
          quantifiable = true;
          break;
        case "\\": {
          const escaped = this.#escape(false);
          if (escaped.kind === "node") items.push(escaped.node);
          else if (escaped.kind === "set") items.push({ type: "set", set: escaped.set });
          else items.push(this.#literal(escaped.byte));
          quantifiable = escaped.kind !== "node" || escaped.quantifiable;
          break;
        }
        case "(": {
          const group = this.#parenthesis();
          if (group !== null) {
            items.push(group.node);
            quantifiable = group.quantifiable;
          }
          break;
        }
        default:
          items.push(this.#literal(char.charCodeAt(0)));
          quantifiable = true;
      }
    }
    branches.push({ type: "sequence", items });
    const [only] = branches;
    return branches.length === 1 && only !== undefined ? only : { type: "alternation", branches };
  }

  /** White space and `#` comments under `(?x)`. */
  #skipsExtended(char: string): boolean {
    if (/[\t-\r \x85]/.test(char)) return true;
    if (char !== "#") return false;
    const newline = this.#text.indexOf("\n", this.#at);
    this.#at = newline < 0 ? this.#text.length : newline + 1;
    return true;
  }

  #mode(modifier: string): "greedy" | "lazy" | "possessive" {
    if (modifier === "+") return "possessive";
    return (modifier === "?") !== this.#options.ungreedy ? "lazy" : "greedy";
  }

  #quantifier(char: string): { min: number; max: number } | null {
    if (char === "*") return { min: 0, max: Number.POSITIVE_INFINITY };
    if (char === "+") return { min: 1, max: Number.POSITIVE_INFINITY };
    if (char === "?") return { min: 0, max: 1 };
    if (char !== "{") return null;
    const rest = this.#text.slice(this.#at, this.#at + 64);
    const counts = /^(\d+)(?:(,)(\d*))?\}/.exec(rest);
    if (counts === null) {
      const newer = /^[ \t]*(?:(\d+)[ \t]*)?(?:,[ \t]*(?:(\d+)[ \t]*)?)?\}/.exec(rest);
      if (newer !== null && (newer[1] || newer[2]))
        throw new Unsure("`{,n}` and spaces in `{}`: since PCRE2 10.43");
      if (/^\d{5}/.test(rest)) throw new Unsure("a long number after `{`");
      return null;
    }
    const min = Number(counts[1]);
    if (min > MAX_REPEAT) this.#fail(TOO_BIG_NUMBER, this.#at + digitsTooBig(counts[1] ?? ""));
    const max =
      counts[2] === undefined ? min : counts[3] === "" ? Number.POSITIVE_INFINITY : Number(counts[3]);
    if (max !== Number.POSITIVE_INFINITY && max > MAX_REPEAT)
      this.#fail(TOO_BIG_NUMBER, this.#at + (counts[1] ?? "").length + 1 + digitsTooBig(counts[3] ?? ""));
    this.#at += counts[0].length;
    if (max < min) this.#fail("numbers out of order in {} quantifier", this.#at - 1);
    return { min, max };
  }

  #literal(byte: number): PatternNode {
    const set = setOf([byte, byte]);
    return { type: "set", set: this.#options.caseless ? foldCase(set) : set };
  }

  /** An escape; the reader stands behind the backslash. */
  #escape(inClass: boolean): Escape {
    const text = this.#text;
    if (this.#at >= text.length) this.#fail("\\ at end of pattern", this.#at);
    const char = text.charAt(this.#at++);
    if (!/[0-9A-Za-z]/.test(char)) return { kind: "byte", byte: char.charCodeAt(0) };
    const control = CONTROL_ESCAPES.get(char);
    if (control !== undefined) return { kind: "byte", byte: control };
    const set = SET_ESCAPES.get(char);
    if (set !== undefined) return { kind: "set", set };
    if (inClass && char === "b") return { kind: "byte", byte: 0x08 };
    const position = POSITION_ESCAPES.get(char);
    if (position !== undefined && !inClass)
      return { kind: "node", node: { type: "position", at: position }, quantifiable: false };
    if (/[0-9]/.test(char)) return this.#digitEscape(char, inClass);
    switch (char) {
      case "x":
        return { kind: "byte", byte: this.#hexadecimal() };
      case "o":
        return { kind: "byte", byte: this.#octal() };
      case "c":
        return { kind: "byte", byte: this.#controlLetter() };
      case "F":
      case "L":
      case "l":
      case "U":
      case "u":
        return this.#fail("PCRE2 does not support \\F, \\L, \\l, \\N{name}, \\U, or \\u", this.#at);
      case "g":
      case "k":
        if (inClass) throw new Unsure("\\g or \\k in a class");
        return this.#referenceEscape(char);
      case "p":
      case "P":
        // Categories are one letter, scripts stand in braces.
        if (/[a-z]/i.test(text.charAt(this.#at)) && !/[clmnpsz]/i.test(text.charAt(this.#at)))
          this.#fail("unknown property after \\P or \\p", this.#at + 1);
        throw new Unsure("depends on Unicode properties");
      case "X":
        throw new Unsure("depends on Unicode properties");
    }
    if (inClass) {
      if (char === "N" && text.charAt(this.#at) === "{") throw new Unsure("\\N{…}");
      if (char === "N") this.#fail("\\N is not supported in a class", this.#at);
      if (/[ABCGKRZz]/.test(char)) this.#fail("escape sequence is invalid in character class", this.#at - 1);
    }
    switch (char) {
      case "C":
        return { kind: "set", set: ANY };
      case "N":
        if (text.charAt(this.#at) === "{") throw new Unsure("\\N{…}");
        return { kind: "set", set: NOT_NEWLINE };
      case "R":
        return { kind: "node", node: { type: "opaque", reason: "\\R" }, quantifiable: true };
      case "K":
        return { kind: "node", node: { type: "opaque", reason: "\\K" }, quantifiable: false };
    }
    return this.#fail("unrecognized character follows \\", this.#at - 1);
  }

  /** `\1` is a reference; `\0`, and what is no group outside the first nine, is octal. */
  #digitEscape(char: string, inClass: boolean): Escape {
    const text = this.#text;
    if (!inClass && char !== "0") {
      const digits = /^\d*/.exec(text.slice(this.#at - 1, this.#at + 19))?.[0] ?? char;
      const group = Number(digits);
      if (group > 2_000_000) throw new Unsure("a very long number after a backslash");
      if (group < 10 || char >= "8" || group <= this.#groups) {
        this.#at += digits.length - 1;
        return this.#reference(group, this.#at - 1);
      }
    }
    if (char >= "8") return { kind: "byte", byte: char.charCodeAt(0) };
    const more = /^[0-7]{0,2}/.exec(text.slice(this.#at, this.#at + 2))?.[0] ?? "";
    this.#at += more.length;
    const byte = Number.parseInt(char + more, 8);
    if (byte > 0xff) this.#fail("octal value is greater than \\377 in 8-bit non-UTF-8 mode", this.#at);
    return { kind: "byte", byte };
  }

  #reference(group: number, offset: number): Escape {
    this.#references.push({ to: group, offset });
    const node: PatternNode = { type: "reference", group, caseless: this.#options.caseless };
    return { kind: "node", node, quantifiable: true };
  }

  #hexadecimal(): number {
    const rest = this.#text.slice(this.#at, this.#at + 24);
    if (!rest.startsWith("{")) {
      const digits = /^[0-9A-Fa-f]{0,2}/.exec(rest)?.[0] ?? "";
      if (digits === "") throw new Unsure("\\x without digits: refused since PCRE2 10.45");
      this.#at += digits.length;
      return Number.parseInt(digits, 16);
    }
    return this.#bracedNumber(rest, 16, "non-hex character in \\x{} (closing brace missing?)");
  }

  #octal(): number {
    const rest = this.#text.slice(this.#at, this.#at + 24);
    if (!rest.startsWith("{"))
      this.#fail("missing opening brace after \\o", this.#at - (rest === "" ? 1 : 0));
    return this.#bracedNumber(rest, 8, "non-octal character in \\o{} (closing brace missing?)");
  }

  #bracedNumber(rest: string, base: 8 | 16, unclosed: string): number {
    if (/^\{[^}]*[ \t]/.test(rest)) throw new Unsure("spaces in `\\x{}`: since PCRE2 10.43");
    const digits = (base === 16 ? /^\{([0-9A-Fa-f]*)/ : /^\{([0-7]*)/).exec(rest)?.[1] ?? "";
    if (digits === "" && (rest === "{" || rest.startsWith("{}")))
      this.#fail("digits missing in \\x{} or \\o{} or \\N{U+}", this.#at + 1);
    if (digits === "") this.#fail(unclosed, this.#at + 1);
    if (Number.parseInt(digits, base) > 0xff)
      this.#fail("character code point value in \\x{} or \\o{} is too large", this.#at + 1 + digits.length);
    this.#at += 1 + digits.length;
    if (this.#at >= this.#text.length) this.#fail(unclosed, this.#at - 1);
    if (this.#text.charAt(this.#at) !== "}") this.#fail(unclosed, this.#at);
    this.#at++;
    return Number.parseInt(digits, base);
  }

  #controlLetter(): number {
    if (this.#at >= this.#text.length) this.#fail("\\c at end of pattern", this.#at);
    const byte = this.#text.charAt(this.#at).toUpperCase().charCodeAt(0);
    if (byte < 0x20 || byte > 0x7e)
      this.#fail("\\c must be followed by a printable ASCII character", this.#at);
    this.#at++;
    return byte ^ 0x40;
  }

  /** `\g{1}`, `\g-1`, `\g{name}`, `\k<name>`; `\g<…>` is a subroutine call. */
  #referenceEscape(char: string): Escape {
    const text = this.#text;
    const opener = text.charAt(this.#at);
    if (char === "g" && opener !== "<" && opener !== "'") {
      const number = /^(\{)?([+-]?)(\d{1,6})(?!\d)(\})?/.exec(text.slice(this.#at, this.#at + 16));
      if (number !== null && (number[1] === undefined || number[4] !== undefined)) {
        const [all, brace, sign, digits] = number;
        const value = Number(digits);
        const group = sign === "-" ? this.#groups - value + 1 : sign === "+" ? this.#groups + value : value;
        if (value === 0 && sign !== "") throw new Unsure("a relative reference of zero");
        if (group <= 0) this.#fail(NO_SUCH_GROUP, this.#at + (sign === "-" ? 0 : all.length));
        this.#at += all.length - (brace === undefined && number[4] !== undefined ? 1 : 0);
        return this.#reference(group, this.#at - 1);
      }
    }
    if (char === "g" && /^\{[+-]?\d/.test(text.slice(this.#at))) throw new Unsure("a malformed reference");
    if (opener !== "{" && opener !== "<" && opener !== "'") {
      if (char === "k")
        this.#fail("\\k is not followed by a braced, angle-bracketed, or quoted name", this.#at);
      this.#fail(
        "\\g is not followed by a braced, angle-bracketed, or quoted name/number or by a plain number",
        this.#at,
      );
    }
    if (opener === "{" && /^\{[ \t]/.test(text.slice(this.#at))) throw new Unsure("spaces in braces");
    const isCall = char === "g" && opener !== "{";
    if (isCall && /^[+-]?\d/.test(text.slice(this.#at + 1))) throw new Unsure("a subroutine call");
    const { name, offset } = this.#name(opener === "<" ? ">" : opener === "{" ? "}" : "'");
    return { kind: "node", node: this.#namedReference(name, offset, isCall), quantifiable: true };
  }

  #namedReference(name: string, offset: number, isCall: boolean): PatternNode {
    this.#references.push({ to: name, offset });
    if (isCall) return { type: "opaque", reason: "a subroutine call" };
    const node: PatternNode = { type: "reference", group: 0, caseless: this.#options.caseless };
    this.#namedReferences.set(node, name);
    return node;
  }

  /** A group's name; the reader stands before the character in front of it and ends behind the terminator. */
  #name(terminator: string): { name: string; offset: number } {
    const text = this.#text;
    const offset = ++this.#at;
    if (offset >= text.length) this.#fail("subpattern name expected", offset);
    if (/\d/.test(text.charAt(offset))) this.#fail("subpattern name must start with a non-digit", offset);
    while (this.#at < text.length && /\w/.test(text.charAt(this.#at))) this.#at++;
    const name = text.slice(offset, this.#at);
    if (name.length > MAX_NAME) throw new Unsure("a name longer than 32 (10.44 allows 128)");
    if (name === "") this.#fail("subpattern name expected", offset);
    if (text.charAt(this.#at) !== terminator)
      this.#fail("syntax error in subpattern name (missing terminator?)", this.#at);
    this.#at++;
    return { name, offset };
  }

  /** A bracketed class; the reader stands behind the `[`. */
  #class(): PatternNode {
    const text = this.#text;
    if (text.startsWith("[:<:]]", this.#at) || text.startsWith("[:>:]]", this.#at)) {
      this.#at += 6;
      return { type: "opaque", reason: "[[:<:]]" };
    }
    const outside = this.#posixEnd(this.#at);
    if (outside !== null) {
      const named = text.charAt(this.#at) === ":";
      this.#fail(
        named ? "POSIX named classes are supported only within a class" : UNSUPPORTED_POSIX,
        this.#at - 1,
      );
    }
    if (/^\^?\\[QE]/.test(text.slice(this.#at, this.#at + 3))) throw new Unsure("\\Q or \\E opens a class");
    const negated = text.charAt(this.#at) === "^";
    if (negated) this.#at++;
    const set = emptySet();
    let quoted = false;
    /** The byte that may start a range; null after a range or at the start; "class" after a set such as `\d`. */
    let previous: number | "class" | null = null;
    /** The byte before a `-` that has been read. */
    let low: number | null = null;
    for (let first = true; ; first = false) {
      if (this.#at >= text.length) this.#fail("missing terminating ] for character class", text.length);
      const char = text.charAt(this.#at++);
      let byte = char.charCodeAt(0);
      if (quoted) {
        if (char === "\\" && text.charAt(this.#at) === "E") {
          this.#at++;
          quoted = false;
          continue;
        }
      } else if (char === "]" && !first) {
        if (low !== null) addByte(set, 0x2d);
        break;
      } else if (char === "[" && this.#posixEnd(this.#at) !== null) {
        if (low !== null) this.#fail(INVALID_RANGE, this.#at);
        addSet(set, this.#posixClass());
        this.#refuseRangeAfterClass();
        previous = "class";
        continue;
      } else if (char === "-" && typeof previous === "number" && low === null) {
        low = previous;
        previous = null;
        continue;
      } else if (char === "\\") {
        const next = text.charAt(this.#at);
        if (next === "Q" || next === "E") {
          this.#at++;
          quoted = next === "Q";
          continue;
        }
        const escaped = this.#escape(true);
        if (escaped.kind === "node") throw new Unsure("unexpected escape in a class");
        if (escaped.kind === "set") {
          if (low !== null) this.#fail(INVALID_RANGE, this.#at);
          addSet(set, escaped.set);
          this.#refuseRangeAfterClass();
          previous = "class";
          continue;
        }
        byte = escaped.byte;
      }
      if (low === null) {
        addByte(set, byte);
        previous = byte;
        continue;
      }
      if (low > byte) this.#fail("range out of order in character class", this.#at - 1);
      addRange(set, low, byte);
      low = null;
      previous = null;
    }
    const folded = this.#options.caseless ? foldCase(set) : set;
    return { type: "set", set: negated ? complement(folded) : folded };
  }

  /** `[\d-z]` is refused; a hyphen at the end is itself. */
  #refuseRangeAfterClass(): void {
    if (this.#text.charAt(this.#at) !== "-") return;
    const next = this.#text.charAt(this.#at + 1);
    if (next === "\\" || next === "") throw new Unsure("a hyphen after a set");
    if (next !== "]") this.#fail(INVALID_RANGE, this.#at);
  }

  /** Where the `:]` of a POSIX class begins whose `:` (or `.`, `=`) stands at `at`; null where it is none. */
  #posixEnd(at: number): number | null {
    const text = this.#text;
    const terminator = text.charAt(at);
    if (terminator === "" || !":.=".includes(terminator)) return null;
    for (let end = at + 1; end + 1 < text.length; end++) {
      const char = text.charAt(end);
      const next = text.charAt(end + 1);
      if (char === "\\" && (next === "]" || next === "\\")) end++;
      else if ((char === "[" && next === terminator) || char === "]") return null;
      else if (char === terminator && next === "]") return end;
    }
    return null;
  }

  #posixClass(): ByteSet {
    const end = this.#posixEnd(this.#at) ?? this.#at;
    if (this.#text.charAt(this.#at) !== ":") this.#fail(UNSUPPORTED_POSIX, this.#at - 1);
    const negated = this.#text.charAt(this.#at + 1) === "^";
    const nameAt = this.#at + (negated ? 2 : 1);
    const name = this.#text.slice(nameAt, end);
    const set = POSIX_CLASSES.get(name);
    if (set === undefined) this.#fail("unknown POSIX class name", nameAt);
    this.#at = end + 2;
    // Without regard to case, [:^lower:] is what is no letter.
    const folded = this.#options.caseless && (name === "lower" || name === "upper") ? ALPHA : set;
    return negated ? complement(folded) : folded;
  }

  /** What an opening parenthesis begins; null for option settings, which match nothing and cannot be repeated. */
  #parenthesis(): { node: PatternNode; quantifiable: boolean } | null {
    const text = this.#text;
    if (this.#at >= text.length) this.#fail(MISSING_PARENTHESIS, this.#at);
    const char = text.charAt(this.#at);
    if (char === "*") return this.#verb();
    if (char !== "?") return this.#group(this.#options.noAutoCapture ? null : this.#nextGroup());
    this.#at++;
    if (this.#at >= text.length) this.#fail(MISSING_PARENTHESIS, this.#at);
    const kind = text.charAt(this.#at);
    const second = text.charAt(this.#at + 1);
    switch (kind) {
      case ":":
        this.#at++;
        return this.#group(null);
      case ">":
        this.#at++;
        return this.#group(null, true);
      case "|":
        throw new Unsure("a branch reset group");
      case "=":
      case "!":
        this.#at++;
        return this.#look(false, kind === "!");
      case "*":
        throw new Unsure("a non-atomic assertion");
      case "<":
        if (second === "=" || second === "!") return this.#look(true, second === "!");
        if (second === "*") throw new Unsure("a non-atomic assertion");
        return this.#namedGroup(">");
      case "'":
        return this.#namedGroup("'");
      case "P":
        return this.#pythonSyntax();
      case "R":
        this.#at++;
        if (text.charAt(this.#at) !== ")")
          this.#fail("(?R (recursive pattern call) must be followed by a closing parenthesis", this.#at);
        this.#at++;
        return { node: { type: "opaque", reason: "recursion" }, quantifiable: true };
      case "&":
        return { node: this.#calledName(), quantifiable: true };
      case "C":
      case "(":
      case "[":
        throw new Unsure("a condition, callout or extended class");
    }
    if (/^[+-]?\d/.test(text.slice(this.#at))) return { node: this.#callByNumber(), quantifiable: true };
    if (kind === "+") this.#fail("digit expected after (?+ or (?-", this.#at);
    return this.#optionSetting();
  }

  #calledName(): PatternNode {
    const { name, offset } = this.#name(")");
    return this.#namedReference(name, offset, true);
  }

  #callByNumber(): PatternNode {
    const call = /^([+-]?)(\d{1,5})\)/.exec(this.#text.slice(this.#at, this.#at + 12));
    if (call === null) throw new Unsure("a subroutine call by number");
    const value = Number(call[2]);
    const group = call[1] === "-" ? this.#groups - value + 1 : call[1] === "+" ? this.#groups + value : value;
    if (call[1] !== "" && value === 0) throw new Unsure("a relative call of zero");
    if (group < 0 || (group === 0 && value > 0)) this.#fail(NO_SUCH_GROUP, this.#at + call[0].length - 1);
    this.#at += call[0].length;
    this.#references.push({ to: group, offset: this.#at - 1 });
    return { type: "opaque", reason: "recursion" };
  }

  /** `(?P<name>…)`, `(?P=name)`, `(?P>name)`. */
  #pythonSyntax(): { node: PatternNode; quantifiable: boolean } {
    this.#at++;
    const kind = this.#text.charAt(this.#at);
    if (kind === "<") return this.#namedGroup(">");
    if (kind === ">") return { node: this.#calledName(), quantifiable: true };
    if (kind === "=") {
      const { name, offset } = this.#name(")");
      return { node: this.#namedReference(name, offset, false), quantifiable: true };
    }
    if (kind === "") this.#fail(MISSING_PARENTHESIS, this.#at);
    return this.#fail("unrecognized character after (?P", this.#at);
  }

  #namedGroup(terminator: string): { node: PatternNode; quantifiable: boolean } {
    const { name } = this.#name(terminator);
    const index = this.#nextGroup();
    if (this.#names.has(name))
      this.#fail("two named subpatterns have the same name (PCRE2_DUPNAMES not set)", this.#at);
    this.#names.set(name, index);
    return this.#group(index);
  }

  #nextGroup(): number {
    if (this.#groups >= MAX_GROUP) this.#fail("too many capturing groups (maximum 65535)", this.#at);
    return ++this.#groups;
  }

  /** `(*FAIL)` and its like. A `(*` before nothing is a group that starts with a quantifier. */
  #verb(): { node: PatternNode; quantifiable: boolean } {
    if (/^\*(?:F|FAIL)\)/.test(this.#text.slice(this.#at, this.#at + 6))) {
      this.#at = this.#text.indexOf(")", this.#at) + 1;
      return { node: { type: "look", behind: false, negative: true, body: EMPTY }, quantifiable: false };
    }
    const after = this.#text.charAt(this.#at + 1);
    if (after === "" || after === ")") this.#fail("quantifier does not follow a repeatable item", this.#at);
    throw new Unsure("a (*VERB)");
  }

  #group(index: number | null, atomic = false): { node: PatternNode; quantifiable: boolean } {
    const body = this.#nested();
    return { node: { type: "group", index, atomic, body }, quantifiable: true };
  }

  #look(behind: boolean, negative: boolean): { node: PatternNode; quantifiable: boolean } {
    const offset = this.#at - 2;
    if (behind) this.#at += 2;
    const body = this.#nested();
    if (contains(body, (node) => node.type === "opaque" && node.reason === "\\K"))
      throw new Unsure("\\K in a lookaround");
    if (behind) this.#lookbehinds.push({ body, offset });
    return { node: { type: "look", behind, negative, body }, quantifiable: true };
  }

  /** The inside of a group and its closing parenthesis; options end with the group. */
  #nested(options?: Options): PatternNode {
    if (++this.#depth > MAX_NESTING) this.#fail("parentheses are too deeply nested", this.#at);
    const outer = this.#options;
    if (options !== undefined) this.#options = options;
    const body = this.#alternatives();
    this.#options = outer;
    if (this.#at >= this.#text.length) this.#fail(MISSING_PARENTHESIS, this.#at);
    this.#at++;
    this.#depth--;
    return body;
  }

  /** `(?i)` holds to the end of the group around it; `(?i:…)` inside its own parentheses. */
  #optionSetting(): { node: PatternNode; quantifiable: boolean } | null {
    const letters: Record<string, keyof Options> = {
      i: "caseless",
      m: "multiline",
      s: "dotAll",
      x: "extended",
      n: "noAutoCapture",
      U: "ungreedy",
    };
    const options: { -readonly [name in keyof Options]: Options[name] } = { ...this.#options };
    let value = true;
    let hyphenAllowed = true;
    if (this.#text.charAt(this.#at) === "^") {
      this.#at++;
      hyphenAllowed = false;
      for (const letter of "imsxn") {
        const name = letters[letter];
        if (name !== undefined) options[name] = false;
      }
    }
    const unset = new Set<string>();
    for (;;) {
      if (this.#at >= this.#text.length) this.#fail(MISSING_PARENTHESIS, this.#at);
      const letter = this.#text.charAt(this.#at++);
      if (letter === ")") {
        this.#options = options;
        return null;
      }
      if (letter === ":") {
        const body = this.#nested(options);
        return { node: { type: "group", index: null, atomic: false, body }, quantifiable: true };
      }
      if (letter === "-") {
        if (!hyphenAllowed) this.#fail("invalid hyphen in option setting", this.#at - 1);
        hyphenAllowed = false;
        value = false;
        continue;
      }
      // Duplicate names, `(?xx)` and what 10.43 added.
      if (letter === "J" || letter === "a" || letter === "r") throw new Unsure(`the option (?${letter})`);
      if (letter === "x" && this.#text.charAt(this.#at) === "x") throw new Unsure("the option (?xx)");
      const name = letters[letter];
      if (name === undefined) this.#fail("unrecognized character after (? or (?-", this.#at - 1);
      if (!value) unset.add(letter);
      if (value || unset.has(letter)) options[name] = value;
    }
  }

  /** Fills in the numbers of groups referred to by name. */
  #resolve(node: PatternNode): PatternNode {
    if (this.#namedReferences.size === 0) return node;
    switch (node.type) {
      case "sequence":
        return { ...node, items: node.items.map((item) => this.#resolve(item)) };
      case "alternation":
        return { ...node, branches: node.branches.map((branch) => this.#resolve(branch)) };
      case "group":
      case "repeat":
      case "look":
        return { ...node, body: this.#resolve(node.body) };
      case "reference": {
        const name = this.#namedReferences.get(node);
        return name === undefined ? node : { ...node, group: this.#names.get(name) ?? 0 };
      }
      default:
        return node;
    }
  }

  #fail(message: string, offset: number): never {
    throw new PatternError(message, offset);
  }
}

/** How many digits of a number can be read before it is too big for a quantifier. */
function digitsTooBig(digits: string): number {
  for (let count = 1; count <= digits.length; count++) {
    if (Number(digits.slice(0, count)) > MAX_REPEAT) return count;
  }
  return digits.length;
}

/** Up to 10.42 each branch of a lookbehind has one length; later versions ask only for a bound. */
function checkLookbehind(body: PatternNode, offset: number): void {
  const branches = body.type === "alternation" ? body.branches : [body];
  for (const branch of branches) {
    const width = widthOf(branch);
    if (width === null) throw new Unsure("a reference in a lookbehind");
    if (width.max === Number.POSITIVE_INFINITY)
      throw new PatternError("lookbehind assertion is not fixed length", offset);
    if (width.min !== width.max || width.max > 200)
      throw new Unsure("a lookbehind of variable length: since 10.43");
  }
}
