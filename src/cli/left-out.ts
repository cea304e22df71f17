import type { Notification } from "../linter/index.ts";
import { push } from "../lists/index.ts";
import type { LeftOut, LoadResult } from "../loader/index.ts";
import { shorten } from "../semantics/index.ts";

/** So many of a kind are named; the rest is counted. */
const MOST_NAMED = 6;
/** Of files that are left out for the same harmless reason. */
const MOST_ALIKE = 3;
/** Names that people write are shorter. */
const LONGEST_NAME = 200;

/** What was met and read in part, or not at all, in a few lines. */
export function notesOfLoad({ leftOut, doubts }: Pick<LoadResult, "leftOut" | "doubts">): Notification[] {
  const told = doubts.slice(0, MOST_NAMED);
  const more = doubts.length - told.length;
  if (more > 0) told.push(`${more} more of the files may be dumps`);
  const warnings = told.map((message): Notification => ({ level: "warning", message }));
  return [...warnings, ...notesOfLeftOut(leftOut)];
}

/** What was met and not read, in a few lines. What leads out of what was handed by a link, or to git's own, is worth a warning. */
export function notesOfLeftOut(leftOut: readonly LeftOut[]): Notification[] {
  const outside = leftOut.filter(({ outside }) => outside);
  const isAstray = ({ reason }: LeftOut) => /^is (?:a link|git's own)/.test(reason);
  const astray = outside.filter(isAstray);
  const notes: Notification[] = astray.slice(0, MOST_NAMED).map(({ name, reason }) => {
    return { level: "warning", message: `${name} is not read: it ${reason}` };
  });
  const more = astray.length - MOST_NAMED;
  if (more > 0) notes.push({ level: "warning", message: `${more} more lead outside the given paths` });
  const others = outside.filter((each) => !isAstray(each));
  const named = others.filter(({ include }) => include === undefined).map(({ name }) => name);
  if (named.length > 0) {
    notes.push({ level: "note", message: `not read, because outside the given paths: ${listed(named)}` });
  }
  const includes = [...new Set(others.flatMap(({ include }) => (include === undefined ? [] : [include])))];
  if (includes.length > 0) notes.push({ level: "note", message: notFollowed(includes) });
  const reasons = new Map<string, string[]>();
  for (const { name, reason, outside } of leftOut) {
    if (outside) continue;
    push(reasons, reason, name);
  }
  const harmless = [...reasons].map(([reason, names]) => `${listed(names, MOST_ALIKE)} (${reason})`);
  if (harmless.length > 0) notes.push({ level: "note", message: `not linted: ${harmless.join("; ")}` });
  return notes;
}

/** They are relative to a configuration that is not among the paths. */
function notFollowed([first = "", ...more]: readonly string[]): string {
  if (more.length === 0)
    return `\`include ${shorten(first, LONGEST_NAME)}\` was not followed: lint the tree that contains it`;
  return `includes of ${listed([first, ...more])} were not followed: lint the tree that contains them`;
}

/** The first names, and how many more there are. */
export function listed(names: readonly string[], most = MOST_NAMED): string {
  const more = names.length - most;
  const named = names
    .slice(0, most)
    .map((name) => shorten(name, LONGEST_NAME))
    .join(", ");
  return more > 0 ? `${named} and ${more} more` : named;
}
