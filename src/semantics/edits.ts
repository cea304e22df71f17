/** A tree with other texts in some of its files: what an edit would make of it, before anyone writes it. */
import { groupBy } from "../lists/index.ts";
import { type ConfigFile, type Directive, reparse } from "../parser/index.ts";
import { growTree } from "./files/include-tree.ts";
import type { IncludeProblem, IncludeTarget, SourceTree } from "./tree.ts";

/** A part of a file that is to be replaced; offset and length in UTF-16 units of the text before. */
export interface TextEdit {
  /** The name of the file. */
  readonly file: string;
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/** Reads a file again that has another text now. */
export type Reread = (before: ConfigFile, text: string) => ConfigFile;

/** The text with the edits made. They must not overlap; their order does not matter. */
export function editedText(text: string, edits: readonly Omit<TextEdit, "file">[]): string {
  let out = "";
  let at = 0;
  for (const { offset, length, text: inserted } of edits.toSorted((a, b) => a.offset - b.offset)) {
    out += text.slice(at, offset) + inserted;
    at = offset + length;
  }
  return out + text.slice(at);
}

/**
 * The tree as it would be with the edits made: files that they do not touch stay the same objects, the others are read again as
 * far as they changed. An include that stands in the tree already means what it meant; a new one is not followed. Readings of
 * templates belong to texts, so that the new tree has none.
 *
 * @param reread for callers who edit several trees of the same files
 */
export function withEdits(
  tree: SourceTree,
  edits: readonly TextEdit[],
  reread: Reread = reparse,
): SourceTree {
  const byName = groupBy(edits, ({ file }) => file);
  const known = new Map<ConfigFile, ConfigFile>();
  const now = (file: ConfigFile): ConfigFile => {
    let made = known.get(file);
    if (made === undefined) {
      const own = byName.get(file.name);
      made = own === undefined ? file : reread(file, editedText(file.text, own));
      known.set(file, made);
    }
    return made;
  };
  const targets = targetsByPath(tree.includes);
  const resolved = new Map<string, IncludeTarget>();
  const grown = growTree(now(tree.entry), tree.top, tree.fragment, {
    resolve(path) {
      let target = resolved.get(path);
      if (target === undefined) {
        const before = targets.get(path);
        target =
          before === undefined
            ? { files: [], problems: [{ kind: "outside-root", message: NEW(path) }] }
            : { files: before.files.map(now), problems: before.problems };
        resolved.set(path, target);
      }
      return target;
    },
  });
  // A tree may have files that nothing includes, and knows some that it does not show.
  const reached = new Set(grown.files);
  const before = new Set([...tree.includes.values()].flatMap(({ files }) => files));
  const isLeft = (file: ConfigFile) => reached.has(now(file)) || (file !== tree.entry && !before.has(file));
  const files = tree.files.filter(isLeft).map(now);
  const { top, fragment, focus } = tree;
  const made = { entry: grown.entry, top, fragment, includes: grown.includes, files };
  return focus === undefined ? made : { ...made, focus: new Set([...focus].filter(isLeft).map(now)) };
}

const NEW = (path: string) => `${path} was not included before`;

/** What cut a circle or a tree too large is found again by whoever grows the tree. */
const FOUND_AGAIN: readonly IncludeProblem["kind"][] = ["cycle", "too-deep", "too-many"];

/** What each path stands for: nginx looks for it in one place, whichever file includes it. */
function targetsByPath(includes: ReadonlyMap<Directive, IncludeTarget>): ReadonlyMap<string, IncludeTarget> {
  const targets = new Map<string, IncludeTarget>();
  for (const [{ args }, { files, problems }] of includes) {
    const path = args[0]?.value ?? "";
    const other = targets.get(path);
    // Where a circle was cut, the other place says what it was.
    if (other !== undefined && other.files.length >= files.length) continue;
    targets.set(path, { files, problems: problems.filter(({ kind }) => !FOUND_AGAIN.includes(kind)) });
  }
  return targets;
}
