/** Telling main files from parts. */
import type { ConfigFile } from "../../parser/index.ts";

/** A main file for sure: nginx wants `events` there and nowhere else. */
export function isMain(file: ConfigFile): boolean {
  if (hasBlock(file, /^events$/)) return true;
  return /(?:^|\/)nginx\.conf$/.test(file.name) && (isTopLevel(file) || isEmpty(file));
}

/** Nothing is configured in it: nginx would not start with it. */
function isEmpty({ items, problems, template }: ConfigFile): boolean {
  return !template && problems.length === 0 && items.every(({ kind }) => kind === "comment");
}

/** It has blocks that stand outside of all others: a main file, or a part of one, such as `stream { … }` by itself. */
export function isTopLevel(file: ConfigFile): boolean {
  return hasBlock(file, /^(?:events|http|stream|mail)$/);
}

function hasBlock(file: ConfigFile, names: RegExp): boolean {
  return file.items.some(
    (item) => item.kind === "directive" && item.block !== null && names.test(item.name.value),
  );
}
