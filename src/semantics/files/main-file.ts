/** Telling main files from parts. */
import type { ConfigFile } from "../../parser/index.ts";

/** A main file for sure: nginx wants `events` there and nowhere else. */
export function isMain(file: ConfigFile): boolean {
  return hasBlock(file, /^events$/) || (/(?:^|\/)nginx\.conf$/.test(file.name) && isTopLevel(file));
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
