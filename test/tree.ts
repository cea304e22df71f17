/** Builds trees for tests from texts, without a file system. */
import { type ConfigFile, type Directive, parse } from "../src/parser/index.ts";
import {
  type ContextKind,
  type IncludeProblem,
  type IncludeTarget,
  inferContext,
  type SourceTree,
} from "../src/semantics/index.ts";

/**
 * A tree of named texts; the first is the entry. Includes name other texts of the tree. A relative name that is not
 * there is missing, an absolute one lies outside what was given, a pattern matches nothing.
 */
export function treeOf(texts: string | Readonly<Record<string, string>>, top?: ContextKind): SourceTree {
  const named = typeof texts === "string" ? { "nginx.conf": texts } : texts;
  const files = new Map(Object.entries(named).map(([name, text]) => [name, parse(text, name)]));
  const [entry] = files.values();
  if (entry === undefined) throw new TypeError("a tree needs a file");
  const includes = new Map<Directive, IncludeTarget>();
  for (const file of files.values()) collectIncludes(file, files, includes);
  const kind = top ?? inferContext(entry);
  return { entry, top: kind, includes, files: [...files.values()], fragment: kind !== "main" };
}

function collectIncludes(
  file: ConfigFile,
  files: Map<string, ConfigFile>,
  into: Map<Directive, IncludeTarget>,
) {
  const pending = [...file.items];
  for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
    if (item.kind === "comment") continue;
    if (item.block?.kind === "block") pending.push(...item.block.items);
    if (item.name.value !== "include") continue;
    const name = item.args[0]?.value ?? "";
    const target = files.get(name);
    if (target !== undefined) into.set(item, { files: [target], problems: [] });
    else if (/[*?[]/.test(name)) into.set(item, { files: [], problems: [] });
    else if (name.startsWith("/")) into.set(item, unresolved("outside-root", `cannot look for ${name}`));
    else into.set(item, unresolved("missing", `${name} is not there`));
  }
}

function unresolved(kind: IncludeProblem["kind"], message: string): IncludeTarget {
  return { files: [], problems: [{ kind, message }] };
}
