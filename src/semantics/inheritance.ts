/**
 * Lists that replace each other as a whole: one directive inside discards every outer one
 * (`ngx_http_headers_merge_conf`, `ngx_http_proxy_init_headers`, `ngx_http_access_merge_loc_conf`, …).
 */

import { isFilledIn } from "../parser/index.ts";
import { spend } from "./budget.ts";
import { unconditionalAnswer } from "./content.ts";
import { type Effective, effective } from "./effective.ts";
import type { Context, Statement } from "./tree.ts";

/** A list that a context writes, and the one that it would have inherited. */
export interface Discarded {
  readonly context: Context;
  readonly own: readonly Statement[];
  readonly outer: readonly Statement[];
}

/** How `add_header` and `add_trailer` meet the outer ones: `add_header_inherit` and its sibling (nginx 1.29.3). */
type InheritMode = "on" | "merge" | "off";

/** By a list, the directive that says how it meets the outer one. */
const SWITCHES: ReadonlyMap<string, string> = new Map([
  ["add_header", "add_header_inherit"],
  ["add_trailer", "add_trailer_inherit"],
]);

/** Whether a tree says anywhere how a list meets the outer one. */
export function isSwitched({ root }: Context, name: string): boolean {
  const directive = SWITCHES.get(name);
  return directive !== undefined && root.allBelow(directive).length > 0;
}

/** The mode in force at a context, and the line that sets it. */
export function inheritMode(
  context: Context,
  name: string,
): { readonly mode: InheritMode; readonly statement: Statement | null; readonly from: Context | null } {
  const { statements, from } = effective(context, SWITCHES.get(name) ?? []);
  const statement = statements.at(-1) ?? null;
  const written = statement?.args[0];
  return { mode: written === "merge" || written === "off" ? written : "on", statement, from };
}

/** The lines of a list in force at a context, with those that a merged list adds, in nginx's order. */
export function listAt(context: Context, names: string | readonly string[]): Effective {
  const found = effective(context, names);
  const name = typeof names === "string" ? names : names.length === 1 ? (names[0] ?? "") : "";
  if (!isSwitched(context, name)) return found;
  return { ...found, statements: mergedLines(context, name) };
}

function mergedLines(context: Context, name: string): readonly Statement[] {
  const own = context.all(name);
  const outer = context.parent;
  const { mode } = inheritMode(context, name);
  if (outer === null || mode === "off") return own;
  if (mode === "merge") return [...mergedLines(outer, name), ...own];
  return own.length > 0 ? own : mergedLines(outer, name);
}

const STEPS_FOR_A_LINE = 4;

/**
 * What a context discards of an outer list: by a list of its own, or, where `…_inherit off` is inherited itself, without one.
 * Null where nothing is discarded, where that is what its author wrote (`off` in the same place), and where an include
 * that could not be read may change the answer.
 */
export function discardedAt(context: Context, names: string | readonly string[]): Discarded | null {
  const { parent } = context;
  if (parent === null || context.incomplete) return null;
  const written = typeof names === "string" ? [names] : names;
  const [name = ""] = written;
  const isMerging = written.length === 1 && isSwitched(context, name);
  const { mode, from } = isMerging ? inheritMode(context, name) : { mode: "on", from: null };
  if (mode === "merge" || (mode === "off" && from === context)) return null;
  const own = context.hasAny(written);
  if (!own && mode !== "off") return null;
  if (written.some((each) => context.all(each).some(isOpenLine))) return null;
  const outer = listAt(parent, names);
  // What an outer line names may be what the inner ones name.
  const lines = outer.statements.filter((statement) => !isOpenLine(statement));
  if (lines.length === 0 || outer.replaceable) return null;
  // Whoever asks names each of them, at each place that loses them.
  spend(lines.length * STEPS_FOR_A_LINE);
  // Only what stands beside the `off` can be meant for the places inside.
  if (mode === "off" && !own && effective(parent, names).from !== from) return null;
  return { context, own: own ? effective(context, names).statements : [], outer: lines };
}

/** What the line adds to its list is filled in by a template. */
export function isOpenLine({ name, args, file }: Statement): boolean {
  if (!file.template) return false;
  // These name what they add in several words, or in the last one.
  const names = /^(?:allow|deny|access_log|error_log|error_page)$/.test(name) ? args : args.slice(0, 1);
  return names.some(isFilledIn);
}

/**
 * `http`, or what is known of it, and the servers, locations and their `if` blocks in it; outer before inner. Not the
 * locations of a server that answers before one is looked for.
 */
export function requestContexts(top: Context): readonly Context[] {
  const found: Context[] = [];
  const pending = [top];
  for (let context = pending.pop(); context !== undefined; context = pending.pop()) {
    found.push(context);
    const isAnswered = context.kind === "server" && unconditionalAnswer(context) !== null;
    const { statements } = context;
    for (let at = statements.length - 1; at >= 0; at--) {
      const statement = statements[at];
      if (statement === undefined || !HOLDERS.has(statement.name) || statement.block === null) continue;
      if (isAnswered && statement.name === "location" && !statement.args[0]?.startsWith("@")) continue;
      pending.push(statement.block);
    }
  }
  return found;
}

const HOLDERS: ReadonlySet<string> = new Set(["server", "location", "if", "limit_except"]);
