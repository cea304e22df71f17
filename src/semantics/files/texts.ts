/** Trees of texts that are at hand: what the loader does for the disk, done without one. */
import { type ConfigFile, parse } from "../../parser/index.ts";
import { inferContext } from "../fragment.ts";
import type { SourceTree } from "../tree.ts";
import { dumpTree, isDump, isOnlyDump, splitDump } from "./dump.ts";
import { Growth, growTree } from "./include-tree.ts";
import { isMain, isTopLevel } from "./main-file.ts";
import { type Knowledge, NamedFiles, normalPath } from "./named-files.ts";

/**
 * The whole configurations among named texts, and as fragments what none of them includes. The output of `nginx -T` is
 * split into the files in it.
 *
 * @param texts by name, with `/` between the parts of a name
 * @param known `tree`: what is not among the texts does not exist; `nothing`: it may
 * @param read for callers that have read a text before
 */
export function treesOfTexts(
  texts: ReadonlyMap<string, string>,
  known: Exclude<Knowledge, "everything">,
  read: (text: string, name: string) => ConfigFile = parse,
): SourceTree[] {
  const growth = new Growth();
  const files = new Map<string, ConfigFile>();
  const trees: SourceTree[] = [];
  for (const [name, text] of texts) {
    // A text by itself may come from anywhere; in a tree, nobody's comment makes it several others.
    if (!isDump(text) || (known === "tree" && !isOnlyDump(read(text, name)))) {
      files.set(name, read(text, name));
      continue;
    }
    const dump = splitDump(text).map((part) => [part.name, read(part.text, part.name)] as const);
    const tree = dumpTree(new Map(dump), growth);
    if (tree !== null) trees.push(tree);
  }
  const covered = new Set<ConfigFile>();
  const take = (name: string, file: ConfigFile) => {
    const tree = treeFrom(name, file, files, known, growth);
    for (const each of tree.files) covered.add(each);
    trees.push(tree);
  };
  const all = [...files];
  for (const [name, file] of all) if (isMain(file)) take(name, file);
  for (const [name, file] of all) if (!covered.has(file) && isTopLevel(file)) take(name, file);
  const left = all.filter(([, file]) => !covered.has(file));
  const grown = left.map(([name, file]) => treeFrom(name, file, files, known, growth));
  const included = new Set(grown.flatMap((tree) => tree.files.filter((file) => file !== tree.entry)));
  for (const tree of grown) {
    if (included.has(tree.entry)) continue;
    trees.push(tree);
    for (const file of tree.files) covered.add(file);
  }
  // What is left includes each other in a circle: the first of them stands for all.
  for (const tree of grown) {
    if (covered.has(tree.entry)) continue;
    trees.push(tree);
    for (const file of tree.files) covered.add(file);
  }
  return trees;
}

function treeFrom(
  name: string,
  file: ConfigFile,
  files: ReadonlyMap<string, ConfigFile>,
  known: Knowledge,
  growth: Growth,
): SourceTree {
  const whole = isTopLevel(file) || isMain(file);
  const above = [...directoriesAbove(name)];
  const resolver = new NamedFiles(files, {
    prefixes: whole ? above.slice(0, 1) : above,
    known: whole ? known : "nothing",
  });
  const grown = growTree(file, whole ? "main" : "unknown", !whole, resolver, growth);
  const top = whole ? "main" : inferContext(file, (include) => grown.includes.get(include)?.files ?? []);
  // Nobody wants to hear of files that nobody wrote.
  const standIns = new Set(resolver.standIns);
  if (standIns.size === 0) return { ...grown, top };
  const shown = grown.files.filter((each) => !standIns.has(each));
  return { ...grown, top, files: shown, focus: new Set(shown) };
}

/** The directories that a file is in, nearest first. */
function* directoriesAbove(name: string): Generator<string> {
  const path = normalPath(name);
  for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/", slash - 1)) {
    yield path.slice(0, slash);
  }
  yield path.startsWith("/") ? "/" : "";
}
