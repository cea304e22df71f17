/** What is said of a list that an inner level discards: one finding for the line that does it. */
import { groupBy } from "../../lists/index.ts";
import type { Context, Place, RelatedPlace, Statement } from "../../semantics/index.ts";
import { codeOf, listOf, shortListOf } from "../wording.ts";

/** What a context really loses by a list of its own. */
export interface Loss {
  readonly context: Context;
  /** The line that discards the outer list. */
  readonly cause: Statement;
  /** The statements of the outer list that are missed. */
  readonly lost: readonly Statement[];
}

/** Losses by the line that causes them: a snippet that twelve locations include is one cause. */
export function byCause<L extends Loss>(losses: Iterable<L>): L[][] {
  return [...groupBy(losses, ({ cause }) => cause.directive).values()];
}

/**
 * Where to point: at the location that has a list of its own; at the line itself where that stands in a file that
 * others share, or among much else.
 */
export function pointOf(losses: readonly Loss[], { context, cause }: Loss): Statement {
  const { kind, opener } = context;
  const isShared = losses.length > 1 || cause.context !== context || cause.chain !== opener?.chain;
  return isShared || opener === null || kind === "server" ? cause : opener;
}

/** The places that lose something, and where it was set; not the place that is pointed at. */
export function relatedTo(losses: readonly Loss[], at: Statement): RelatedPlace[] {
  const related: RelatedPlace[] = [];
  for (const { context, cause, lost } of losses) {
    const { opener } = context;
    if (opener !== null && opener.directive !== at.directive) {
      related.push({ at: opener, message: `loses ${shortListOf(lost.map(shortOf))}` });
    }
    if (cause.directive !== at.directive) related.push({ at: cause, message: "discards the outer list" });
    for (const [first, ...others] of byFile(lost)) {
      if (first === undefined) continue;
      const more =
        others.length > 0 ? ` (and ${others.length} more, down to line ${others.at(-1)?.line})` : "";
      related.push({ at: first, message: `${shortOf(first)} was set here${more}` });
    }
  }
  return related;
}

/** The name of what is set; where that says little, the statement. */
function shortOf(statement: Statement): string {
  return NAMELESS.has(statement.name) ? codeOf(statement, 40) : `\`${subjectOf(statement)}\``;
}

const NAMELESS: ReadonlySet<string> = new Set(["allow", "deny", "error_page"]);

/** The first argument: the name of a header, a parameter or a file. */
function subjectOf({ name, args }: Statement): string {
  return args[0] ?? name;
}

/** `line 12`, `lines 12–17`, `headers.conf line 3`. */
export function linesOf(statements: readonly Statement[], seenFrom: Statement): string {
  const places = byFile(statements).map((group) => {
    const lines = group.map(({ line }) => line);
    const from = lines.reduce((least, line) => Math.min(least, line), Number.POSITIVE_INFINITY);
    const to = lines.reduce((most, line) => Math.max(most, line), 0);
    const range = from === to ? `line ${from}` : `lines ${from}–${to}`;
    const name = group[0]?.file.name;
    return name === seenFrom.file.name ? range : `${name} ${range}`;
  });
  return listOf(places);
}

function byFile(statements: readonly Statement[]): Statement[][] {
  return [...groupBy(statements, ({ file }) => file.name).values()];
}

/** The first arguments, each once whatever its case, as first written. */
export function subjectsOf(statements: readonly Statement[]): string[] {
  const names = new Map<string, string>();
  for (const statement of statements) {
    const name = subjectOf(statement);
    if (!names.has(name.toLowerCase())) names.set(name.toLowerCase(), name);
  }
  return [...names.values()];
}

/** The line that discards a header (in small letters) of an outer level for a place; null where none does. */
export function discarderOf(header: string, place: Place): Statement | null {
  const isIt = ({ args }: Statement) => args[0]?.toLowerCase() === header;
  for (const context of place.context.outward()) {
    const lost = place.model.place(context).lost("add_header");
    if (lost?.own.some(isIt)) return null;
    if (lost?.outer.some(isIt)) return lost.own[0] ?? context.opener;
  }
  return null;
}
