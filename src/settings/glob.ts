/**
 * Globs of file names: `*`, `?`, `[a-z]`, `{a,b}` within a name, `**` across folders. All ways to match are followed side
 * by side, so that the time grows with the lengths of glob and path, whatever they are.
 */
import { append } from "../lists/index.ts";

/** Whether a path matches: relative, with `/`. */
export type Matches = (path: string) => boolean;

/** What the globs of some settings may still take together, in steps of some nanoseconds. */
export class Effort {
  left: number;

  constructor(steps = 100_000_000) {
    this.left = steps;
  }

  /** The globs are too many or too long for the files: they were not all tried, and those match nothing. */
  get isSpent(): boolean {
    return this.left <= 0;
  }
}

/**
 * A pattern without `/` matches the file's own name in any folder, and one that ends with `/` everything below. What is
 * not closed (`a{b`, `a[b`) means itself.
 */
export function compileGlob(pattern: string, effort: Effort): Matches {
  const steps = new Compiler(rooted(pattern)).compile();
  const program: Program = { steps, waits: new Int32Array(steps.length + 1), clock: 1 };
  return (path) => !effort.isSpent && !NOWHERE.test(path) && run(program, path, effort);
}

/** What people mean by a pattern that would match nothing, or only a file that is called so; null for others. */
export function misunderstood(pattern: string): string | null {
  const range = pattern.match(/\{[^{},]*\}/g)?.find((braces) => braces.includes(".."));
  if (range !== undefined)
    return `\`${range}\` is no range here: write what it stands for, as in \`{1,2,3}\``;
  if (pattern.startsWith("!")) return "`!` takes nothing back here: write patterns for what is meant";
  if (NOWHERE.test(pattern.replaceAll("\\", "/").replace(/^\.\//, "")))
    return "leads out of the folder that patterns start from: put the settings above what is meant";
  return null;
}

/** Nothing that is below a folder is reached through one above it. */
const NOWHERE = /(?:^|\/)\.\.?(?:\/|$)/;

/** The pattern from the folder of the settings on. */
function rooted(pattern: string): string {
  let glob = pattern.replaceAll("\\", "/").replace(/^\.\//, "");
  if (glob.endsWith("/")) glob += "**";
  if (glob.startsWith("/")) return glob.slice(1);
  return glob.includes("/") ? glob : `**/${glob}`;
}

/** A step takes one letter and leads to the next one, or takes none and leads to several. */
type Step =
  | { readonly kind: "letter"; readonly letter: string }
  | { readonly kind: "class"; readonly set: RegExp }
  | { readonly kind: "name letter" }
  | { readonly kind: "any letter" }
  | { readonly kind: "fork"; readonly to: number[] };

interface Program {
  readonly steps: readonly Step[];
  /** By step: when it was last waiting for a letter. */
  readonly waits: Int32Array;
  clock: number;
}

/** A brace that is open: where its alternatives fork, and the steps that lead to its end. */
interface Brace {
  readonly fork: number[];
  readonly exits: number[][];
}

class Compiler {
  readonly #steps: Step[] = [];
  readonly #glob: string;
  readonly #closed: ReadonlySet<number>;

  constructor(glob: string) {
    this.#glob = glob;
    this.#closed = bracesWithAlternatives(glob);
  }

  compile(): readonly Step[] {
    const glob = this.#glob;
    const open: Brace[] = [];
    for (let at = 0; at < glob.length; ) {
      const letter = glob.charAt(at);
      const brace = open.at(-1);
      if (letter === "*") at = this.#stars(at);
      else if (letter === "?") at = this.#add({ kind: "name letter" }, at + 1);
      else if (letter === "[") at = this.#class(at);
      else if (this.#closed.has(at)) {
        if (letter === "{") {
          const fork: number[] = [];
          this.#steps.push({ kind: "fork", to: fork });
          fork.push(this.#steps.length);
          open.push({ fork, exits: [] });
        } else if (brace !== undefined && letter === ",") {
          brace.exits.push(this.#jump());
          brace.fork.push(this.#steps.length);
        } else if (brace !== undefined) {
          for (const exit of brace.exits) exit.push(this.#steps.length);
          open.pop();
        }
        at++;
      } else at = this.#add({ kind: "letter", letter }, at + 1);
    }
    return this.#steps;
  }

  #add(step: Step, next: number): number {
    this.#steps.push(step);
    return next;
  }

  /** A step to what is known later. */
  #jump(): number[] {
    const to: number[] = [];
    this.#steps.push({ kind: "fork", to });
    return to;
  }

  #stars(from: number): number {
    const glob = this.#glob;
    let end = from;
    while (glob.charAt(end) === "*") end++;
    const after = glob.charAt(end);
    const isWhole = end - from === 2 && this.#isEdge(from - 1, "{,") && this.#isEdge(end, ",}");
    if (!isWhole) {
      this.#repeat({ kind: "name letter" });
      return end;
    }
    if (after !== "/") {
      // All that is below, of which there is something.
      this.#steps.push({ kind: "any letter" });
      this.#repeat({ kind: "any letter" });
      return end;
    }
    // Any number of folders, and each with its slash.
    const start = this.#steps.length;
    const past = this.#jump();
    past.push(start + 1);
    this.#steps.push({ kind: "name letter" });
    this.#repeat({ kind: "name letter" });
    this.#steps.push({ kind: "letter", letter: "/" });
    this.#jump().push(start);
    past.push(this.#steps.length);
    return end + 1;
  }

  /** Whether a name ends at this letter of the pattern. @param marks letters of braces at which one does, too. */
  #isEdge(at: number, marks: string): boolean {
    const letter = this.#glob.charAt(at);
    return letter === "" || letter === "/" || (marks.includes(letter) && this.#closed.has(at));
  }

  #repeat(step: Step): void {
    const start = this.#steps.length;
    const past = this.#jump();
    this.#steps.push(step);
    this.#jump().push(start);
    past.push(start + 1, this.#steps.length);
  }

  #class(from: number): number {
    const glob = this.#glob;
    const isNegated = /[!^]/.test(glob.charAt(from + 1));
    const start = from + (isNegated ? 2 : 1);
    // A bracket that comes first belongs to the class.
    const close = glob.indexOf("]", start + 1);
    const inside = close < 0 ? "/" : glob.slice(start, close);
    if (inside.includes("/")) return this.#add({ kind: "letter", letter: "[" }, from + 1);
    this.#steps.push({ kind: "class", set: classOf(inside, isNegated) });
    return close + 1;
  }
}

/** A range that runs backwards holds nothing. */
function classOf(inside: string, isNegated: boolean): RegExp {
  const parts = inside.match(/[\s\S]-[\s\S]|[\s\S]/g) ?? [];
  const set = parts
    .filter((part) => part.length < 3 || part.charAt(0) <= part.charAt(2))
    .map((part) =>
      part.length < 3 ? escaped(part) : `${escaped(part.charAt(0))}-${escaped(part.charAt(2))}`,
    )
    .join("");
  return new RegExp(isNegated ? `[^/${set}]` : `[${set}]`);
}

function escaped(letter: string): string {
  return letter.replace(/[\\\]^-]/g, "\\$&");
}

/** The places of braces that are closed and have a choice in them, and of the commas that part it. */
function bracesWithAlternatives(glob: string): ReadonlySet<number> {
  const found = new Set<number>();
  const open: { readonly at: number; readonly commas: number[] }[] = [];
  for (let at = 0; at < glob.length; at++) {
    const letter = glob.charAt(at);
    if (letter === "{") open.push({ at, commas: [] });
    else if (letter === ",") open.at(-1)?.commas.push(at);
    else if (letter === "}") {
      const brace = open.pop();
      // One that closes nothing makes the others mean themselves, too.
      if (brace === undefined) return new Set();
      if (brace.commas.length > 0) for (const place of [brace.at, ...brace.commas, at]) found.add(place);
    }
  }
  return open.length > 0 ? new Set() : found;
}

function run(program: Program, path: string, effort: Effort): boolean {
  const { steps, waits } = program;
  const reach = (first: number, into: number[]) => {
    const pending = [first];
    for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
      effort.left--;
      // Once for each letter is enough.
      if (waits[place] === program.clock) continue;
      waits[place] = program.clock;
      const step = steps[place];
      if (step?.kind === "fork") append(pending, step.to);
      else into.push(place);
    }
  };
  let now: number[] = [];
  reach(0, now);
  for (let at = 0; at < path.length && now.length > 0; at++) {
    if (effort.isSpent) return false;
    program.clock++;
    const letter = path.charAt(at);
    const next: number[] = [];
    for (const place of now) {
      effort.left--;
      const step = steps[place];
      if (step !== undefined && takes(step, letter)) reach(place + 1, next);
    }
    now = next;
  }
  program.clock++;
  return now.includes(steps.length);
}

function takes(step: Step, letter: string): boolean {
  switch (step.kind) {
    case "letter":
      return step.letter === letter;
    case "class":
      return step.set.test(letter);
    case "name letter":
      return letter !== "/";
    case "any letter":
      return true;
    case "fork":
      return false;
  }
}
