/** Edits that add request headers where they reach an upstream without taking others from it. */
import type { Context, Effective, Statement } from "../../semantics/index.ts";
import { insertBesideEach, insertInList } from "../fix-lists.ts";
import { lostLines } from "../report/repeat-lost.ts";
import type { Edit } from "../rule.ts";

const LIST = "proxy_set_header";

/** A pass, and the list of headers in force for it. */
export interface HeaderPlace {
  readonly pass: Statement;
  readonly list: Effective;
}

/**
 * Adds lines to the lists in force, each once; where none is, beside the pass. Null where the list may stand in a part that
 * could not be read, and where others would be changed.
 */
export function addToLists(places: readonly HeaderPlace[], lines: readonly string[]): readonly Edit[] | null {
  if (places.some(({ list }) => list.replaceable || (list.uncertain && list.from === null))) return null;
  const lists = new Set(places.flatMap(({ list: { from } }) => from ?? []));
  const bare = new Set(places.flatMap(({ pass, list }) => (list.from === null ? holderOf(pass) : [])));
  const inLists = lists.size === 0 ? [] : insertInList([...lists], LIST, lines);
  const beside = besidePasses([...bare], lines);
  return inLists === null || beside === null ? null : [...inLists, ...beside];
}

/** Adds lines to the place of a pass alone: what it inherits is repeated, since a list of its own discards that. */
export function addToOwnList({ pass, list }: HeaderPlace, lines: readonly string[]): readonly Edit[] | null {
  const holder = holderOf(pass);
  if (list.replaceable || list.from === null || list.from === holder)
    return addToLists([{ pass, list }], lines);
  return besidePasses([holder], [...lostLines(list.statements), ...lines]);
}

function besidePasses(holders: readonly Context[], lines: readonly string[]): readonly Edit[] | null {
  return insertBesideEach(
    holders.map((context) => ({ context, lines })),
    /^proxy_/,
  );
}

/** Where its headers can be written: an `if` takes none. */
function holderOf({ context }: Statement): Context {
  return context.kind === "location-if" || context.kind === "limit_except"
    ? (context.parent ?? context)
    : context;
}
