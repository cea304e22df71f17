/** Named values for an upstream (headers, parameters) that an outer level sets and an inner one discards. */
import type { Context, Statement } from "../../semantics/index.ts";
import type { DiscardedPlace } from "../definers/inheritance.ts";
import type { Loss } from "../report/lost-list.ts";
import type { RuleContext } from "../rule.ts";

export interface ParameterKind {
  /** The directive that sets one: `proxy_set_header`, `fastcgi_param`, … */
  readonly directive: string;
  /** The directive that sends them. */
  readonly pass: string;
  /** What makes two names the same. */
  readonly nameOf: (statement: Statement) => string;
  /** Upstreams that are not meant to get the outer ones. */
  readonly isForeign?: (pass: Statement, context: RuleContext) => boolean;
}

/** What reaches an upstream without the outer values: the discarding list is the one that some `…_pass` sends. */
export function lostParameters(
  { context: at, own, outer }: DiscardedPlace,
  kind: ParameterKind,
  context: RuleContext,
): Loss[] {
  const [cause] = own;
  if (cause === undefined || !isSent(at, kind, context)) return [];
  const kept = new Set(own.map(kind.nameOf));
  const lost = outer.filter((statement) => !kept.has(kind.nameOf(statement)));
  return lost.length === 0 ? [] : [{ context: at, cause, lost }];
}

/** Some upstream gets the list of a context. */
function isSent(list: Context, { directive, pass, isForeign }: ParameterKind, context: RuleContext): boolean {
  return list.allBelow(pass).some((statement) => {
    const place = context.model.place(statement.context);
    if (place.handler.kind === "return" || isForeign?.(statement, context)) return false;
    return place.list(directive).from === list;
  });
}
