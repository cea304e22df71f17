/** The fix for lists that an inner level discards: what is lost is written there again. */
import type { Statement } from "../../semantics/index.ts";
import { standingIn, writtenAs } from "../fix-lines.ts";
import { insertBesideEach } from "../fix-lists.ts";
import type { Fix } from "../rule.ts";
import type { Loss } from "./lost-list.ts";

/**
 * Repeats the lost lines behind the list of each place that loses them. None where a line cannot be moved as it is.
 *
 * @param names the directives of the list
 * @param linesOf what to write for a loss, where that is not simply what is lost
 */
export function repeatLost<L extends Loss>(
  losses: readonly L[],
  names: readonly string[],
  description: string,
  linesOf: (loss: L) => readonly string[] = ({ lost }) => lostLines(lost),
): { fix?: Fix } {
  if (losses.some(({ lost }) => lost.some(isConditional))) return {};
  const edits = insertBesideEach(
    losses.map((loss) => ({ context: loss.context, lines: linesOf(loss) })),
    names,
  );
  return edits === null || edits.length === 0 ? {} : { fix: { description, safe: false, edits } };
}

/** The statements as they are written; in place of all that an include brings, the include. */
export function lostLines(lost: readonly Statement[]): string[] {
  const lines: string[] = [];
  const done = new Set<Statement>();
  for (const statement of lost) {
    if (done.has(statement)) continue;
    const group = broughtBy(statement);
    if (group?.brought.every((each) => lost.includes(each))) {
      for (const each of group.brought) done.add(each);
      lines.push(writtenAs(group.include));
    } else lines.push(writtenAs(statement));
  }
  return lines;
}

interface Brought {
  readonly include: Statement;
  /** All that it brings. */
  readonly brought: readonly Statement[];
}

/** The include in the context's own file that brings a statement; null for what stands there itself. */
function broughtBy(statement: Statement): Brought | null {
  const { context } = statement;
  const include = standingIn(context, statement);
  if (include === null || include === statement) return null;
  const brought = context.statements.filter((each) => standingIn(context, each) === include);
  return { include, brought };
}

/** A template may leave it out, or it has no end of its own. */
function isConditional({ file, directive }: Statement): boolean {
  return !directive.terminated || file.branches.isConditional(directive.start);
}
