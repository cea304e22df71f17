/** Follows the includes of a file, and of the files they bring, to a tree that ends. */
import { askedOnce } from "../../lists/index.ts";
import type { Block, ConfigFile, Directive } from "../../parser/index.ts";
import type { ContextKind } from "../context-kind.ts";
import type { IncludeProblem, IncludeTarget, SourceTree } from "../tree.ts";

/** Files inside files. nginx ends at about a thousand, for want of file descriptors; people need three or four. */
const DEEPEST_INCLUDE = 100;

/**
 * Directives that a tree may have by including the same files again and again, beside those that are written. Twenty
 * files that each include the next one twice have a million. Files count as directives, so that empty ones end, too.
 */
const MOST_REPEATED_DIRECTIVES = 300_000;

/** What is read of a tree with more than that: nobody meant it, and every directive more costs time. */
const FEW_REPEATED_DIRECTIVES = 10_000;

/** The same for all trees of a run: thousands of files may each include all others. */
const MOST_REPEATED_IN_RUN = 600_000;

/**
 * Looks at what includes stand for that bring nothing new, in all trees of a run. A hundred thousand patterns over some
 * thousand files stand for a billion.
 */
const MOST_LOOKS = 10_000_000;

/** What an include costs that is looked at in one more tree, in looks: its target is kept. */
const LOOKS_OF_INCLUDE = 5;

/** Circles that are told, and includes that lead too deep; the others are cut, too. */
const MOST_TOLD = 1_000;

/** What trees may still repeat of each other and of themselves: one for all trees of a run. */
export class Growth {
  repeated = MOST_REPEATED_IN_RUN;
  looks = MOST_LOOKS;
  /** Files that are in a tree: what they hold is counted as written where they are first met. */
  readonly met = new Set<ConfigFile>();
  /** What includes stand for whose files have been looked at. */
  readonly walked = new Set<IncludeTarget>();
}

const TOO_OFTEN =
  "is included so often that the configuration has hundreds of thousands of repeated directives";

/** Finds what the argument of an `include` stands for. */
export interface IncludeResolver {
  resolve(path: string): IncludeTarget;
}

/** A file on the way from the entry to the include that is looked at. */
interface Frame {
  readonly file: ConfigFile;
  readonly includes: readonly Directive[];
  next: number;
  /** Files of the include that is looked at, which are still to be entered. */
  waiting: readonly ConfigFile[];
  entered: number;
  /** What of `waiting` stays, and what is wrong with the rest. */
  kept: ConfigFile[];
  problems: IncludeProblem[];
  /** Some of them were too much, which has been told. */
  isFull: boolean;
  /** Directives of the file with those of the files in it. */
  size: number;
  /** Files below it on the longest way. */
  height: number;
}

/** What is known of a file whose includes have all been followed. */
interface Extent {
  readonly size: number;
  readonly height: number;
}

/**
 * The tree below `entry`. Circles are cut at the include that closes them, and so are includes that lead too deep or
 * would make the tree too large; sizes are counted file by file, never by walking the tree that they unfold to.
 */
export function growTree(
  entry: ConfigFile,
  top: ContextKind,
  fragment: boolean,
  resolver: IncludeResolver,
  growth = new Growth(),
): SourceTree {
  const most = Math.min(MOST_REPEATED_DIRECTIVES, growth.repeated);
  const grown = grow(entry, resolver, growth, { most, mayGiveUp: true });
  // What was too much is grown again, smaller.
  const few = Math.min(FEW_REPEATED_DIRECTIVES, growth.repeated);
  const found = grown ?? grow(entry, resolver, growth, { most: few, mayGiveUp: false });
  if (found === null) throw new TypeError("a smaller tree is cut, and not given up");
  const { includes, files, repeated } = found;
  growth.repeated -= repeated;
  for (const file of files) growth.met.add(file);
  return { entry, top, includes, files, fragment };
}

interface Grown {
  readonly includes: SourceTree["includes"];
  readonly files: readonly ConfigFile[];
  /** Directives that stand in the tree beside those that it is the first to have. */
  readonly repeated: number;
}

/**
 * @param limits.most directives that may be repeated
 * @param limits.mayGiveUp null is returned where there are more; else the includes are cut that bring them
 */
function grow(
  entry: ConfigFile,
  resolver: IncludeResolver,
  growth: Growth,
  { most, mayGiveUp }: { readonly most: number; readonly mayGiveUp: boolean },
): Grown | null {
  const includes = new Map<Directive, IncludeTarget>();
  const extents = new Map<ConfigFile, Extent>();
  const files = new Set([entry]);
  const way = new Set<ConfigFile>();
  const frames: Frame[] = [];
  let written = 0;
  let cycles = 0;
  let tooDeep = 0;
  const overfull = new Map<ConfigFile, IncludeProblem>();

  const enter = (file: ConfigFile): void => {
    const { includes, count } = readIncludes(file);
    if (!growth.met.has(file)) written += count + 1;
    else growth.looks -= LOOKS_OF_INCLUDE * includes.length;
    way.add(file);
    frames.push({
      file,
      includes,
      next: 0,
      waiting: [],
      entered: 0,
      kept: [],
      problems: [],
      isFull: false,
      size: count + 1,
      height: 0,
    });
  };

  /** Leaves a file out. A pattern stands for thousands of files: one of them is enough to say so. */
  const cut = (frame: Frame, file: ConfigFile): void => {
    if (frame.isFull) return;
    const known = overfull.get(file);
    const problem = known ?? { kind: "too-many", message: `${file.name} ${TOO_OFTEN}` };
    if (known === undefined) overfull.set(file, problem);
    frame.problems.push(problem);
    frame.isFull = true;
  };

  enter(entry);
  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    const file = frame.waiting[frame.entered];
    if (file !== undefined) {
      const extent = extents.get(file);
      const depth = frames.length + (extent?.height ?? 0);
      const isInside = way.has(file);
      if (!isInside && depth <= DEEPEST_INCLUDE && extent === undefined) {
        if (growth.looks > 0 || !growth.met.has(file)) {
          files.add(file);
          enter(file);
          continue;
        }
      }
      frame.entered++;
      growth.looks--;
      if (isInside) {
        // Where all files include all others, each include closes a circle with each of them.
        if (cycles++ < MOST_TOLD)
          frame.problems.push({ kind: "cycle", message: describeCycle(frames, file) });
      } else if (depth > DEEPEST_INCLUDE) {
        const message = `${file.name} is included more than ${DEEPEST_INCLUDE} files deep and is not read`;
        if (tooDeep++ < MOST_TOLD) frame.problems.push({ kind: "too-deep", message });
      } else if (extent === undefined || frame.size + extent.size > most + written) {
        if (mayGiveUp && extent !== undefined) return null;
        cut(frame, file);
      } else {
        frame.kept.push(file);
        frame.size += extent.size;
        frame.height = Math.max(frame.height, extent.height + 1);
      }
      continue;
    }
    const done = frame.includes[frame.next - 1];
    if (done !== undefined) includes.set(done, { files: frame.kept, problems: frame.problems });
    const include = frame.includes[frame.next];
    if (include === undefined) {
      extents.set(frame.file, { size: frame.size, height: frame.height });
      way.delete(frame.file);
      frames.pop();
      continue;
    }
    const target = resolver.resolve(include.args[0]?.value ?? "");
    frame.next++;
    frame.waiting = target.files;
    frame.entered = 0;
    frame.kept = [];
    frame.problems = [...target.problems];
    frame.isFull = false;
    const [first] = target.files;
    if (growth.looks <= 0 && first !== undefined && growth.walked.has(target)) {
      cut(frame, first);
      frame.waiting = [];
    }
    growth.walked.add(target);
  }
  const size = extents.get(entry)?.size ?? 0;
  return { includes, files: [...files], repeated: Math.max(0, size - written) };
}

function describeCycle(frames: readonly Frame[], file: ConfigFile): string {
  const from = frames.findIndex((frame) => frame.file === file);
  const names = frames.slice(from).map((frame) => frame.file.name);
  const shown = names.length > 6 ? [...names.slice(0, 3), "…", ...names.slice(-2)] : names;
  return `the includes form a loop: ${[...shown, file.name].join(" → ")}`;
}

interface FileIncludes {
  readonly includes: readonly Directive[];
  /** Directives in the file, those in blocks counted. */
  readonly count: number;
}

/** The same files are looked at in several trees. */
const readIncludes = askedOnce((file: ConfigFile): FileIncludes => {
  const includes: Directive[] = [];
  const count = collectIncludes(file.items, includes);
  return { includes, count };
});

function collectIncludes(items: Block["items"], includes: Directive[]): number {
  let count = 0;
  for (const item of items) {
    if (item.kind === "comment") continue;
    count++;
    // With any other number of arguments it is an error of its own, and brings nothing.
    if (item.name.value === "include" && item.block === null && item.args.length === 1) includes.push(item);
    else if (item.block?.kind === "block") count += collectIncludes(item.block.items, includes);
  }
  return count;
}
