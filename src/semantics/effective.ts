/** What is in force at a place, under the rule of inheritance of the directive, and where it comes from. */
import type { Context, Statement } from "./tree.ts";

export interface Effective {
  /** The statements in force, in nginx's order. Empty: the default holds. */
  readonly statements: readonly Statement[];
  /** The context that sets them; null where none does. */
  readonly from: Context | null;
  /**
   * Something on the way could not be read (an include, the outside of a fragment), so that what is found may
   * be replaced, or what is missing may be set.
   */
  readonly uncertain: boolean;
  /** The part that could not be read stands nearer than `from`: it may hold a set that replaces this one. */
  readonly replaceable: boolean;
}

/**
 * The statements of a directive (or of several that replace each other, such as `allow` and `deny`) in force at a
 * context: those of the innermost context that has any. Holds for single values and for lists, since nginx replaces
 * a list as a whole (`ngx_conf_merge_ptr_value` and the merge functions of the list modules).
 *
 * Directives that are never inherited (`proxy_pass`, `try_files`, `return`, …) are asked of `context.all`.
 */
export function effective(context: Context, names: string | readonly string[]): Effective {
  // Every rule asks this of every context, mostly for what no file says.
  const written = writtenIn(context.root, names);
  if (written === null) return isHidden(context) ? UNKNOWN : UNSET;
  let uncertain = false;
  for (let around: Context | null = context; around !== null; around = around.parent) {
    const replaceable = uncertain;
    if (around.incomplete) uncertain = true;
    const statements = statementsOf(around, written);
    if (statements.length > 0) return { statements, from: around, uncertain, replaceable };
  }
  return isHidden(context) ? UNKNOWN : UNSET;
}

const UNSET: Effective = { statements: [], from: null, uncertain: false, replaceable: false };
const UNKNOWN: Effective = { statements: [], from: null, uncertain: true, replaceable: true };

/** Of the names, those that stand anywhere in the tree; null where none does. */
function writtenIn(root: Context, names: string | readonly string[]): string | readonly string[] | null {
  if (typeof names === "string") return root.allBelow(names).length > 0 ? names : null;
  const written = names.filter((name) => root.allBelow(name).length > 0);
  return written.length > 1 ? written : (written[0] ?? null);
}

/** A part of what is around the context, or its outside, could not be read. */
function isHidden({ root, hidden }: Context): boolean {
  return hidden || (root.tree.fragment && root.kind !== "main");
}

function statementsOf(context: Context, names: string | readonly string[]): readonly Statement[] {
  if (typeof names === "string") return context.all(names);
  const first = names.find((name) => context.has(name));
  if (first === undefined) return NONE;
  const alone = names.every((name) => name === first || !context.has(name));
  return alone ? context.all(first) : mixed(context, names);
}

const NONE: readonly Statement[] = [];

const mixes = new WeakMap<Context, Map<string, readonly Statement[]>>();

/** Statements of several names in their order; found once, since every location of a large server may ask. */
function mixed(context: Context, names: readonly string[]): readonly Statement[] {
  let known = mixes.get(context);
  if (known === undefined) {
    known = new Map();
    mixes.set(context, known);
  }
  const key = names.join(" ");
  let found = known.get(key);
  if (found === undefined) {
    found = context.statements.filter((statement) => names.includes(statement.name));
    known.set(key, found);
  }
  return found;
}
