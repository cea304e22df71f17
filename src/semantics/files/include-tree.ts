/** Follows the includes of a file, and of the files they bring, to a tree that ends. */
import type { Block, ConfigFile, Directive } from "../../parser/index.ts";
import type { ContextKind } from "../context-kind.ts";
import type { IncludeProblem, IncludeTarget, SourceTree } from "../tree.ts";

/** Files inside files. nginx ends at about a thousand, for want of file descriptors; people need three or four. */
const DEEPEST_INCLUDE = 100;

/**
 * Directives that a tree may have by including the same files again and again, beside those that are written. Twenty
 * files that each include the next one twice have a million.
 */
const MOST_REPEATED_DIRECTIVES = 300_000;

/** What is read of a tree with more than that: nobody meant it, and every directive more costs time. */
const FEW_REPEATED_DIRECTIVES = 10_000;

/** Circles that are told; the others are cut, too. */
const MOST_CYCLES = 1_000;

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
  /** Some of them were too much. */
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
): SourceTree {
  const tree = grow(entry, top, fragment, resolver, MOST_REPEATED_DIRECTIVES);
  const smaller = tree ?? grow(entry, top, fragment, resolver, FEW_REPEATED_DIRECTIVES);
  if (smaller === null) throw new TypeError("a smaller tree is cut, and not given up");
  return smaller;
}

/** Null where the tree would be larger than the most that is ever grown. */
function grow(
  entry: ConfigFile,
  top: ContextKind,
  fragment: boolean,
  resolver: IncludeResolver,
  mostRepeated: number,
): SourceTree | null {
  const includes = new Map<Directive, IncludeTarget>();
  const extents = new Map<ConfigFile, Extent>();
  const files = new Set([entry]);
  const way = new Set<ConfigFile>();
  const frames: Frame[] = [];
  let written = 0;
  let cycles = 0;

  const enter = (file: ConfigFile): void => {
    const { includes, count } = readIncludes(file);
    written += count;
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
      size: count,
      height: 0,
    });
  };

  enter(entry);
  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    const file = frame.waiting[frame.entered];
    if (file !== undefined) {
      const extent = extents.get(file);
      const depth = frames.length + (extent?.height ?? 0);
      if (way.has(file)) {
        frame.entered++;
        // Where all files include all others, each include closes a circle with each of them.
        if (cycles++ < MOST_CYCLES)
          frame.problems.push({ kind: "cycle", message: describeCycle(frames, file) });
      } else if (depth > DEEPEST_INCLUDE) {
        frame.entered++;
        const message = `${file.name} is included more than ${DEEPEST_INCLUDE} files deep and is not read`;
        frame.problems.push({ kind: "too-deep", message });
      } else if (extent === undefined) {
        files.add(file);
        enter(file);
      } else {
        frame.entered++;
        if (frame.size + extent.size > mostRepeated + written) {
          // What was too much is grown again, smaller.
          if (mostRepeated === MOST_REPEATED_DIRECTIVES) return null;
          const message = `${file.name} is included so often that the configuration has hundreds of thousands of repeated directives`;
          // A pattern stands for thousands of files: one of them is enough to say so.
          if (!frame.isFull) frame.problems.push({ kind: "too-many", message });
          frame.isFull = true;
        } else {
          frame.kept.push(file);
          frame.size += extent.size;
          frame.height = Math.max(frame.height, extent.height + 1);
        }
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
  }
  return { entry, top, includes, files: [...files], fragment };
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
const known = new WeakMap<ConfigFile, FileIncludes>();

function readIncludes(file: ConfigFile): FileIncludes {
  let found = known.get(file);
  if (found === undefined) {
    const includes: Directive[] = [];
    const count = collectIncludes(file.items, includes);
    found = { includes, count };
    known.set(file, found);
  }
  return found;
}

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
