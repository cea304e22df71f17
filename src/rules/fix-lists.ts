/** Edits that add lines to the lists and settings of contexts. */
import { groupBy } from "../lists/index.ts";
import type { Context, Statement } from "../semantics/index.ts";
import { appendInside, insertAfter, insertBefore, isMovable, standingIn } from "./fix-lines.ts";
import type { Edit } from "./rule.ts";

/** Lines that are to join a list of a context. */
export interface Joining {
  readonly context: Context;
  readonly lines: readonly string[];
}

/**
 * Lines behind the last statement of these names that stands in the context, or behind the include that brings it. Null where
 * there is none, and where others read the same text.
 */
export function insertBeside(
  context: Context,
  names: readonly string[] | RegExp,
  lines: readonly string[],
): Edit | null {
  return context.readings === 1 ? joinList({ context, lines }, names) : null;
}

/**
 * The same for several contexts, each with its own lines. What several read is changed where all of them want the same; null
 * where one of the edits cannot be made.
 */
export function insertBesideEach(
  all: readonly Joining[],
  names: readonly string[] | RegExp,
): readonly Edit[] | null {
  const written = groupBy(all, ({ context }) => context.opener?.directive);
  const edits: Edit[] = [];
  for (const [first, ...others] of written.values()) {
    const edit = joinList(first, names);
    const text = first.lines.join("\n");
    const isAgreed =
      others.length + 1 === first.context.readings && others.every(({ lines }) => lines.join("\n") === text);
    if (edit === null || !isAgreed) return null;
    edits.push(edit);
  }
  return edits;
}

/**
 * Lines that join the same list of several contexts, in the file that all of them have it from where nobody else reads that
 * file, or in each of them.
 */
export function insertInList(
  contexts: readonly Context[],
  name: string,
  lines: readonly string[],
): readonly Edit[] | null {
  const shared = sharedEnd(contexts, name);
  if (shared !== null && isMovable(shared)) return [insertAfter(shared, lines)];
  return insertBesideEach(
    contexts.map((context) => ({ context, lines })),
    [name],
  );
}

/** The last line of a list that contexts, and they alone, have from an included file. */
function sharedEnd(contexts: readonly Context[], name: string): Statement | null {
  const [first] = contexts;
  const head = first?.all(name)[0];
  if (first === undefined || head === undefined || head.chain === (first.opener?.chain ?? null)) return null;
  const isSame = contexts.every((context) => context.all(name)[0]?.directive === head.directive);
  const readers = first.root.allBelow(name).filter(({ directive }) => directive === head.directive);
  if (!isSame || readers.length !== contexts.length) return null;
  return first.all(name).findLast(({ file }) => file === head.file) ?? null;
}

function joinList({ context, lines }: Joining, names: readonly string[] | RegExp): Edit | null {
  const last = lastOf(context, names);
  const anchor = last === undefined ? null : standingIn(context, last);
  return anchor === null || !isMovable(anchor) ? null : insertAfter(anchor, lines);
}

/** The last statement of these names in a context, which may be long and asked about for each of its servers. */
function lastOf(context: Context, names: readonly string[] | RegExp): Statement | undefined {
  if (names instanceof RegExp) return context.statements.findLast(({ name }) => names.test(name));
  const wanted = names.filter((name) => context.has(name));
  const [only, ...others] = wanted;
  if (only === undefined) return undefined;
  if (others.length === 0) return context.last(only);
  return context.statements.findLast(({ name }) => wanted.includes(name));
}

/**
 * A line of a context for itself: behind the last simple directive before the first block, where settings stand. Null where the
 * context has none of its own, and where others read the same text.
 */
export function insertSetting(context: Context, line: string): Edit | null {
  if (context.readings > 1) return null;
  const own = context.opener?.chain ?? null;
  const before: Statement[] = [];
  let first: Statement | undefined;
  for (const statement of context.statements) {
    if (statement.chain !== own) continue;
    if (statement.directive.block !== null) {
      first = statement;
      break;
    }
    before.push(statement);
  }
  const last = before.findLast(isMovable);
  if (last !== undefined) return insertAfter(last, [line]);
  if (first !== undefined) return isMovable(first) ? insertBefore(first, [line]) : null;
  return context.opener === null ? null : appendInside(context.opener, [line]);
}
