/** The sections of a template: which texts are written together, one for the other, or any number of times. */
import { firstNotBefore } from "../lists/index.ts";
import { questionOf, type Role, type Section } from "./tag-roles.ts";
import type { Tag } from "./tags.ts";

/** One of the texts that may stand in a section's place. */
export interface Arm {
  readonly section: Branching;
  /** Its place among the arms of the section. */
  readonly index: number;
  /** Behind the tag that begins it. */
  readonly start: number;
  /** Before the tag that ends it. */
  readonly end: number;
}

/** `{% if a %} … {% else %} … {% endif %}`, and what is in it. */
export interface Branching {
  readonly kind: Section;
  readonly condition: string;
  /** Offset of the tag that opens it. */
  readonly start: number;
  /** Behind the tag that closes it. */
  readonly end: number;
  readonly arms: readonly Arm[];
  /** One of its arms is always written. */
  readonly isExhaustive: boolean;
  /** The arm that it stands in. */
  readonly outer: Arm | null;
}

/** One of the texts that a template may become: which branches are written. */
export interface Reading {
  /** Of several branches: that of the first condition, the last one, or one in between (from 1 on). */
  readonly branch: "first" | "last" | number;
  /** What may be left out is written; `always`: also where its condition is the opposite of another one's. */
  readonly isFull: boolean | "always";
}

/** Branches between the first and the last one that are read. */
const MOST_BRANCHES = 6;

/**
 * Readings in which every text is written at least once, and what may be left out is left out at least once. Conditions that
 * ask the same are answered alike in the first two of them. Empty for a file without branches.
 */
export function readingsOf(files: readonly { readonly branches: Branches }[]): readonly Reading[] {
  let most = 0;
  for (const { branches } of files)
    for (const { kind, arms } of branches.sections) if (kind !== "always") most = Math.max(most, arms.length);
  if (most === 0) return [];
  const readings: Reading[] = [
    { branch: "first", isFull: true },
    { branch: "last", isFull: false },
  ];
  const isOpposed = files.some(({ branches }) =>
    branches.sections.some(({ arms, condition }) => arms.length === 1 && questionOf(condition).isNegated),
  );
  if (isOpposed) readings.push({ branch: "first", isFull: "always" });
  if (most === 1) return readings;
  readings.push({ branch: "first", isFull: false }, { branch: "last", isFull: true });
  for (let branch = 1; branch < Math.min(most - 1, MOST_BRANCHES); branch++)
    readings.push({ branch, isFull: true });
  return readings;
}

function isWritten({ section, index }: Arm, { branch, isFull }: Reading): boolean {
  const { kind, arms, condition } = section;
  if (kind === "always" || kind === "part") return true;
  const { isNegated } = questionOf(condition);
  if (arms.length === 1) return isFull === "always" || isFull !== isNegated;
  if (typeof branch === "number") return index === (branch < arms.length - 1 ? branch : 0);
  return index === ((branch === "first") !== isNegated ? 0 : arms.length - 1);
}

/** Where the sections of a file are. Of a file that is no template there are none. */
export class Branches {
  /** In the order of their beginnings. */
  readonly sections: readonly Branching[];
  /** Some tags have no counterpart. */
  readonly isBroken: boolean;
  readonly #hasParts: boolean;
  readonly #byStart = new Map<number, Branching>();

  constructor(tags: readonly Tag[]) {
    const { sections, isBroken } = match(tags);
    this.sections = sections;
    this.isBroken = isBroken;
    for (const section of sections) this.#byStart.set(section.start, section);
    this.#hasParts = sections.some(({ kind }) => kind === "part");
  }

  /** The section that a tag at this offset opens. */
  openedAt(start: number): Branching | undefined {
    return this.#byStart.get(start);
  }

  /** The arms around an offset, outermost first. */
  around(offset: number): readonly Arm[] {
    const { sections } = this;
    const from = firstNotBefore(sections, ({ start }) => start <= offset);
    const arms: Arm[] = [];
    // The last section that begins before it, or one around that section.
    for (let section = sections[from - 1]; section !== undefined; section = section.outer?.section) {
      const arm = armAt(section, offset);
      if (arm !== null) arms.push(arm);
    }
    return arms.reverse();
  }

  /** The innermost part around an offset that is written elsewhere: a macro, a `define`. */
  partAround(offset: number): Arm | null {
    if (!this.#hasParts) return null;
    return this.around(offset).findLast(({ section }) => section.kind === "part") ?? null;
  }

  /** A text that is not written in a reading. */
  isLeftOut(start: number, end: number, reading: Reading): boolean {
    if (this.sections.length === 0) return false;
    return this.around(start).some((arm) => end <= arm.end && !isWritten(arm, reading));
  }

  /** The condition of the second text holds wherever that of the first does. */
  isWithin(first: number, second: number): boolean {
    const arms = this.around(first);
    return this.around(second).every((arm) => arms.includes(arm));
  }

  /** The text there may be left out, or written elsewhere. */
  isConditional(offset: number): boolean {
    if (this.sections.length === 0) return false;
    return this.around(offset).some(({ section }) => section.kind !== "always");
  }

  /**
   * Whether one of two texts may be written without the other: because they stand in two branches of one section, or
   * each under a condition of its own.
   */
  areApart(first: number, second: number): boolean {
    if (this.sections.length === 0) return false;
    const ones = this.around(first);
    const others = this.around(second);
    let depth = 0;
    while (depth < ones.length && ones[depth] === others[depth]) depth++;
    const one = ones.slice(depth);
    const other = others.slice(depth);
    // What is defined here is written nobody knows where.
    if ([...one, ...other].some(({ section }) => section.kind === "part")) return true;
    const conditional = ({ section }: Arm) => section.kind !== "always";
    return one.some(conditional) && other.some(conditional);
  }
}

interface Growing {
  readonly kind: Section;
  readonly name: string;
  readonly family: Tag["family"];
  readonly condition: string;
  readonly start: number;
  end: number;
  readonly arms: { section: Branching; readonly index: number; readonly start: number; end: number }[];
  isExhaustive: boolean;
  isClosed: boolean;
  outer: Arm | null;
}

function match(tags: readonly Tag[]): { sections: Branching[]; isBroken: boolean } {
  const sections: Growing[] = [];
  const stack: Growing[] = [];
  let isBroken = false;
  for (const tag of tags) {
    const { start, end, role } = tag;
    if (role.kind === "open") {
      const section = begun(tag, role);
      sections.push(section);
      stack.push(section);
      continue;
    }
    if (role.kind !== "else" && role.kind !== "close") continue;
    const name = role.kind === "close" ? role.name : "";
    const index = stack.findLastIndex(
      (each) => each.family === tag.family && (name === "" || isEndOf(each, name)),
    );
    const section = stack[index];
    const last = section?.arms.at(-1);
    if (section === undefined || last === undefined) {
      isBroken = true;
      continue;
    }
    // Those inside that nothing closed are none.
    if (stack.length > index + 1) isBroken = true;
    stack.length = index + 1;
    last.end = start;
    if (role.kind === "close") {
      section.end = end;
      section.isClosed = true;
      stack.pop();
      continue;
    }
    // Nothing stands between `case` and its first `when`.
    if (last.start === section.end && SWITCHES.has(section.name)) section.arms.pop();
    section.arms.push({ section, index: section.arms.length, start: end, end });
    if (role.condition === "") section.isExhaustive = true;
  }
  const closed = sections.filter((section) => section.isClosed);
  nest(closed);
  return { sections: closed, isBroken: isBroken || stack.length > 0 };
}

const SWITCHES: ReadonlySet<string> = new Set(["case", "switch"]);

function begun({ start, end, family }: Tag, role: Role & { kind: "open" }): Growing {
  const { section: kind, name, condition } = role;
  const section: Growing = {
    kind,
    name,
    family,
    condition,
    start,
    end,
    arms: [],
    isExhaustive: kind === "always",
    isClosed: false,
    outer: null,
  };
  section.arms.push({ section, index: 0, start: end, end });
  return section;
}

/** `endif` ends `if`; `endblock` may name what it ends. */
function isEndOf({ name }: Growing, end: string): boolean {
  return name === end || (name === "elseif" && end === "if");
}

/** Notes for each section the arm that it stands in. */
function nest(sections: readonly Growing[]): void {
  const around: Growing[] = [];
  for (const section of sections) {
    while ((around.at(-1)?.end ?? Number.POSITIVE_INFINITY) <= section.start) around.pop();
    const outer = around.at(-1);
    section.outer = outer === undefined ? null : armAt(outer, section.start);
    around.push(section);
  }
}

function armAt({ arms }: Branching, offset: number): Arm | null {
  const arm = arms[firstNotBefore(arms, ({ start }) => start <= offset) - 1];
  return arm !== undefined && offset < arm.end ? arm : null;
}
