/** What a text's tags mean to nginx's words: which are words or parts of words, and which stand between directives. */
import { firstNotBefore } from "../lists/index.ts";
import { Branches, type Branching } from "./branches.ts";
import { endsItsLine, findTags, startsItsLine, type Tag } from "./tags.ts";

/** What a tag between words is read as. */
export type Piece =
  /** Part of a word. */
  | { readonly kind: "word" }
  /** Like a comment. */
  | { readonly kind: "trivia"; readonly end: number }
  /** A directive whose branches begin with the same word. */
  | {
      readonly kind: "beginning";
      readonly tagEnd: number;
      readonly name: number;
      readonly nameEnd: number;
      /** Where the words begin that differ. */
      readonly rest: number;
      readonly end: number;
    };

const WORD: Piece = { kind: "word" };

export class Template {
  readonly branches: Branches;
  readonly tags: readonly Tag[];
  readonly #text: string;
  readonly #byStart = new Map<number, Tag>();
  /** Sections in which a directive goes on that began before them; each branch ends it. */
  readonly #continued = new Set<Branching>();
  readonly #arms = new Map<number, { section: Branching; index: number }>();
  /** The next `;`, `{` or `}` outside of tags and strings that was found, and from where. */
  #structural = { from: 0, at: -1 };
  /** Where the last text without words was looked for one. */
  #blank = { from: 0, to: -1 };
  /** Tags of one line share what follows them. */
  #line = { from: 0, to: -1, isAlone: false };
  /** The text has a tag that is none of its strings'. */
  readonly #isSure: boolean;

  /** @param tags those of the text, at least one */
  constructor(text: string, tags: readonly Tag[]) {
    this.#text = text;
    this.tags = tags;
    this.branches = new Branches(tags);
    for (const tag of tags) this.#byStart.set(tag.start, tag);
    for (const section of this.branches.sections)
      for (const [index, arm] of section.arms.entries()) this.#arms.set(arm.start, { section, index });
    this.#isSure = tags.some(({ start, end }) => !/["']/.test(text.slice(start, end)));
  }

  tagAt(start: number): Tag | undefined {
    return this.#byStart.get(start);
  }

  /** The end of a comment's line; one that a tag spans is none. */
  lineEnd(from: number): number {
    const text = this.#text;
    let newline = text.indexOf("\n", from);
    for (let tag = this.#around(newline); newline >= 0 && tag !== undefined; tag = this.#around(newline))
      newline = text.indexOf("\n", tag.end);
    return newline;
  }

  /** Whether a tag between two offsets writes text for which no directive stands around it. */
  writesText(from: number, to: number): boolean {
    for (let index = this.#indexAt(from); ; index++) {
      const tag = this.tags[index];
      if (tag === undefined || tag.start >= to) return false;
      if (tag.role.kind === "fill" && this.#standsAlone(tag)) return true;
    }
  }

  /** A tag begins there that writes no text of its own. */
  isSilent(start: number): boolean {
    const tag = this.#byStart.get(start);
    return tag !== undefined && tag.role.kind !== "fill";
  }

  hasTagBetween(from: number, to: number): boolean {
    const tag = this.tags[this.#indexAt(from)];
    return (tag !== undefined && tag.start < to) || this.#around(from) !== undefined;
  }

  /** What begins at an offset between two words; null where no tag does. */
  pieceAt(start: number, isInDirective: boolean): Piece | null {
    const tag = this.#byStart.get(start);
    if (tag === undefined) return null;
    switch (tag.role.kind) {
      case "mute":
        return { kind: "trivia", end: tag.end };
      case "fill":
        return !isInDirective && this.#standsAlone(tag) ? { kind: "trivia", end: tag.end } : WORD;
      case "open":
        return isInDirective ? this.#openAmongWords(tag) : this.#openBeforeWords(tag);
      case "else":
      case "close":
        return { kind: "trivia", end: isInDirective ? tag.end : this.#endOfRepeated(tag) };
    }
  }

  /** Behind the tag that a word has at this offset, or the section that is part of the word; else the offset. */
  endInWord(at: number): number {
    const tag = this.#byStart.get(at);
    if (tag === undefined) return at;
    if (tag.role.kind !== "open") return tag.role.kind === "else" || tag.role.kind === "close" ? at : tag.end;
    const section = this.branches.openedAt(at);
    if (section === undefined) return tag.end;
    if (this.#isInline(section)) return section.end;
    this.#continued.add(section);
    return tag.end;
  }

  /** Behind the tag that a string has at this offset; else the offset. */
  endInString(at: number, quote: number): number {
    const tag = this.#byStart.get(at);
    if (tag === undefined) return at;
    if (this.#isSure) return tag.end;
    // `sub_filter '{{' '}}'` has two strings.
    const inner = this.#text.indexOf(String.fromCharCode(quote), at);
    if (inner < 0 || inner >= tag.end) return tag.end;
    return /[\s;{)]/.test(this.#text[inner + 1] ?? " ") ? at : tag.end;
  }

  /** A tag that begins between directives: a branch of them, or of the words that one begins with. */
  #openBeforeWords(tag: Tag): Piece {
    const trivia: Piece = { kind: "trivia", end: tag.end };
    const section = this.branches.openedAt(tag.start);
    if (section === undefined || !this.#isInline(section)) return trivia;
    const first = this.#firstWord(section.start, section.end);
    if (first === null) return trivia;
    const next = this.#nextSign(section.end);
    const isInLine = !startsItsLine(this.#text, section.start) || !endsItsLine(this.#text, section.end);
    if (!isInLine && next !== ";" && next !== "{") return trivia;
    const word = this.#text.slice(first.start, first.end);
    const isCommon = section.arms.every((arm) => {
      const own = this.#firstWord(arm.start, arm.end);
      return own === null ? section.arms.length === 1 : this.#text.slice(own.start, own.end) === word;
    });
    if (!isCommon || section.start === first.start || section.arms.length === 1) return WORD;
    let rest = first.end;
    while (/\s/.test(this.#text[rest] ?? "x")) rest++;
    return {
      kind: "beginning",
      tagEnd: tag.end,
      name: first.start,
      nameEnd: first.end,
      rest,
      end: section.end,
    };
  }

  /** A branch among the words of a directive: some of its words, or the rest of it. */
  #openAmongWords(tag: Tag): Piece {
    const section = this.branches.openedAt(tag.start);
    if (section === undefined) return { kind: "trivia", end: tag.end };
    if (this.#isInline(section)) return WORD;
    if (!startsItsLine(this.#text, tag.start)) this.#continued.add(section);
    return { kind: "trivia", end: tag.end };
  }

  /** Where a directive began before its section, the other branches end it again: up to there they are no directives. */
  #endOfRepeated(tag: Tag): number {
    const arm = this.#arms.get(tag.end);
    if (arm === undefined || arm.index === 0 || !this.#continued.has(arm.section)) return tag.end;
    const end = arm.section.arms[arm.index]?.end ?? tag.end;
    const structural = this.#nextStructural(tag.end);
    if (structural >= end) return tag.end;
    return this.#text[structural] === ";" ? structural + 1 : end;
  }

  /** All that stands in a section is words. */
  #isInline({ start, end }: Branching): boolean {
    return this.#nextStructural(start) >= end;
  }

  /** The next `;`, `{` or `}` outside of tags, strings and comments. No text is read twice. */
  #nextStructural(from: number): number {
    if (from >= this.#structural.from && from <= this.#structural.at) return this.#structural.at;
    const text = this.#text;
    let at = from;
    let isStart = true;
    for (; at < text.length; at++) {
      const tag = this.#byStart.get(at);
      if (tag !== undefined) {
        at = tag.end - 1;
        if (tag.role.kind === "fill") isStart = false;
        continue;
      }
      const sign = text[at] ?? "";
      if (sign === ";" || sign === "{" || (sign === "}" && isStart)) break;
      if (sign === "\\") at++;
      else if (sign === "$") while (text[at + 1] === "{" && !this.#byStart.has(at + 1)) at++;
      else if (isStart && sign === "#") at = this.#commentEnd(at) - 1;
      else if (isStart && (sign === '"' || sign === "'")) at = this.#stringEnd(at);
      isStart = /\s/.test(sign);
    }
    this.#structural = { from, at };
    return at;
  }

  #commentEnd(from: number): number {
    const end = this.lineEnd(from);
    return end < 0 ? this.#text.length : end;
  }

  /** Offset of the closing quote, or the opening one's where nothing closes it. */
  #stringEnd(from: number): number {
    const text = this.#text;
    const quote = text[from];
    for (let at = from + 1; at < text.length; at++) {
      const tag = this.#byStart.get(at);
      if (tag !== undefined) at = tag.end - 1;
      else if (text[at] === "\\") at++;
      else if (text[at] === quote) return at;
      else if (text[at] === "\n" && at - from > 2000) break;
    }
    return from;
  }

  /** The first word between two offsets that is no tag. */
  #firstWord(from: number, to: number): { start: number; end: number } | null {
    const text = this.#text;
    if (from >= this.#blank.from && to <= this.#blank.to) return null;
    for (let at = from; at < to; at++) {
      const tag = this.#byStart.get(at);
      if (tag !== undefined) {
        if (tag.role.kind === "fill" && !this.#standsAlone(tag)) return { start: at, end: tag.end };
        at = tag.end - 1;
      } else if (text[at] === "#") at = this.#commentEnd(at);
      else if (!/\s/.test(text[at] ?? "")) {
        let end = at;
        while (end < to && !/[\s;{]/.test(text[end] ?? " ") && !this.#byStart.has(end)) end++;
        return { start: at, end };
      }
    }
    this.#blank = { from, to };
    return null;
  }

  /** A tag for which whole directives are written: no word follows it in its line. */
  #standsAlone({ start, end }: Tag): boolean {
    if (start < this.#line.from || start >= this.#line.to)
      this.#line = { from: start, ...this.#restOfLine(end) };
    return this.#line.isAlone;
  }

  /** Whether no word follows from an offset on, and up to where that holds for later tags as well. */
  #restOfLine(from: number): { isAlone: boolean; to: number } {
    const text = this.#text;
    let at = from;
    for (; at < text.length; at++) {
      const next = this.#byStart.get(at);
      if (next !== undefined) {
        // What a branch begins with may go on with the word.
        if (next.role.kind === "open" && !endsItsLine(text, next.end))
          return { isAlone: false, to: next.start };
        at = next.end - 1;
      } else if (text[at] !== " " && text[at] !== "\t" && text[at] !== "\r") break;
    }
    const sign = text[at];
    if (sign === "}" || sign === undefined) return { isAlone: true, to: at };
    if (sign === "#") return { isAlone: /\s/.test(text[at - 1] ?? ""), to: at };
    return { isAlone: sign === "\n" && this.#nextSign(at) !== "{", to: at };
  }

  /** The next character that is neither white space nor part of a tag; a block's brace, not a tag's. */
  #nextSign(from: number): string {
    let at = from;
    while (/\s/.test(this.#text[at] ?? "x")) at++;
    return this.#byStart.has(at) ? "" : (this.#text[at] ?? "");
  }

  #around(offset: number): Tag | undefined {
    const tag = this.tags[this.#indexAt(offset + 1) - 1];
    return tag !== undefined && tag.start < offset && offset < tag.end ? tag : undefined;
  }

  /** Index of the first tag that does not begin before an offset. */
  #indexAt(offset: number): number {
    return firstNotBefore(this.tags, ({ start }) => start < offset);
  }
}

/** The tags of a text; null where it has none. @param isNone what only looks like one */
export function readTemplate(text: string, isNone?: (tag: Tag) => boolean): Template | null {
  const tags = findTags(text, isNone);
  return tags.length === 0 ? null : new Template(text, tags);
}
