/** What differs between two versions of a tree of files. */
import type { ConfigFile, Directive, Item } from "../parser/index.ts";
import { changeBetween, moved, type TextChange } from "../parser/index.ts";
import type { SourceTree } from "../semantics/index.ts";
import { mayBeSuppressed } from "./suppression-comments.ts";

/** The changed files by name; nothing else differs. */
export interface TreeChanges {
  readonly files: ReadonlyMap<string, TextChange>;
  /** Only comments and blanks differ: to nginx the trees are one. */
  readonly isOnlyComments: boolean;
}

/** Null where the trees are made of other files, or put them together in another way. */
export function changesBetween(before: SourceTree, after: SourceTree): TreeChanges | null {
  if (shapeOf(before) !== shapeOf(after)) return null;
  const files = new Map<string, TextChange>();
  const known = filesOf(before);
  let isOnlyComments = true;
  for (const [name, file] of filesOf(after)) {
    const old = known.get(name);
    // What no comment can silence and nobody wants to hear was not kept.
    if (old === undefined || mayBeSuppressed(old) !== mayBeSuppressed(file)) return null;
    if (old === file || old.text === file.text) continue;
    const change = changeBetween(old.text, file.text);
    files.set(name, change);
    isOnlyComments &&= isSameContent(old, file, change);
  }
  return { files, isOnlyComments };
}

/** Every file of a tree by its name, also those that only stand in for one that nobody gave. */
export function filesOf({ files, includes }: SourceTree): ReadonlyMap<string, ConfigFile> {
  const all = new Map<string, ConfigFile>();
  for (const target of includes.values()) for (const file of target.files) all.set(file.name, file);
  for (const file of files) all.set(file.name, file);
  return all;
}

function shapeOf({ entry, top, fragment, files, focus, includes }: SourceTree): string {
  const parts = [entry.name, top, String(fragment), ...files.map(({ name }) => name), "focus"];
  for (const { name } of focus ?? []) parts.push(name);
  for (const [directive, target] of includes) {
    parts.push("include", directive.args[0]?.value ?? "");
    for (const { name } of target.files) parts.push(name);
    for (const { kind, message } of target.problems) parts.push(kind, message);
  }
  return parts.join("\0");
}

/** The same directives in the same order, each written as before. */
function isSameContent(before: ConfigFile, after: ConfigFile, change: TextChange): boolean {
  if ([before, after].some(({ problems, template }) => problems.length > 0 || template)) return false;
  const pending: (readonly [readonly Item[], readonly Item[]])[] = [[before.items, after.items]];
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    const [old, now] = pair.map((items) => items.filter((item) => item.kind === "directive"));
    if (old === undefined || now === undefined || old.length !== now.length) return false;
    for (const [index, directive] of old.entries()) {
      const other = now[index];
      const place = moved(change, directive.start, directive.end);
      if (other === undefined || place === null) return false;
      if (other.start !== place[0] || other.end !== place[1]) return false;
      // What the change does not touch is written as before.
      if (directive.end <= change.start || directive.start >= change.oldEnd) continue;
      if (headOf(directive, before) !== headOf(other, after)) return false;
      if (directive.block?.kind !== "block" || other.block?.kind !== "block") return false;
      pending.push([directive.block.items, other.block.items]);
    }
  }
  return true;
}

function headOf({ start, end, block }: Directive, { text }: ConfigFile): string {
  return text.slice(start, block?.open ?? end);
}
