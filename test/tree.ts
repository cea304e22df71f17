/** Builds trees for tests from texts, without a file system. */
import { parse } from "../src/parser/index.ts";
import { NamedFiles } from "../src/semantics/files/named-files.ts";
import { type ContextKind, growTree, inferContext, type SourceTree } from "../src/semantics/index.ts";

/**
 * A tree of named texts; the first is the entry, and the others are in the tree whether it includes them or not.
 * Includes name other texts of the tree.
 */
export function treeOf(texts: string | Readonly<Record<string, string>>, top?: ContextKind): SourceTree {
  const named = typeof texts === "string" ? { "nginx.conf": texts } : texts;
  const files = new Map(Object.entries(named).map(([name, text]) => [name, parse(text, name)]));
  const [entry] = files.values();
  if (entry === undefined) throw new TypeError("a tree needs a file");
  const kind = top ?? inferContext(entry);
  const resolver = new NamedFiles(files, { prefixes: [""], known: "tree" });
  const grown = growTree(entry, kind, kind !== "main", resolver);
  return { ...grown, files: [...files.values()] };
}
