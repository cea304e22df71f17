/** The sections of a template: which texts are written together, one for the other, or any number of times. */
import type { Role, Section } from "./tag-roles.ts";
import type { Tag } from "./tags.ts";

/** One of the texts that may stand in a section's place. */
export interface Arm {
  readonly section: Branching;
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
    let [from, to] = [0, sections.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((sections[middle]?.start ?? 0) <= offset) from = middle + 1;
      else to = middle;
    }
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
  readonly arms: { section: Branching; readonly start: number; end: number }[];
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
    if (section.arms.length === 1 && SWITCHES.has(section.name)) section.arms.pop();
    section.arms.push({ section, start: end, end });
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
  section.arms.push({ section, start: end, end });
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
  let [from, to] = [0, arms.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((arms[middle]?.start ?? 0) <= offset) from = middle + 1;
    else to = middle;
  }
  const arm = arms[from - 1];
  return arm !== undefined && offset < arm.end ? arm : null;
}
