/** Named values for an upstream (headers, parameters) that are set outside and discarded further in. */
import {
  type Configuration,
  type Context,
  effective,
  handlerOf,
  type Statement,
} from "../../semantics/index.ts";
import { discardedLists, type Loss, requestContexts } from "../discarded.ts";

export interface ParameterKind {
  /** The directive that sets one: `proxy_set_header`, `fastcgi_param`, … */
  readonly directive: string;
  /** The directive that sends them. */
  readonly pass: string;
  /** What makes two names the same. */
  readonly nameOf: (statement: Statement) => string;
  /** Upstreams that are not meant to get the outer ones. */
  readonly isForeign?: (pass: Statement) => boolean;
}

/** The losses that reach an upstream: the discarding list is the one that some `…_pass` sends. */
export function* lostParameters(configuration: Configuration, kind: ParameterKind): Generator<Loss> {
  if (configuration.all(kind.directive).length === 0) return;
  const users = usersOf(configuration, kind);
  for (const { context, own, outer } of discardedLists(configuration, kind.directive)) {
    const [cause] = own;
    if (cause === undefined || !users.has(context)) continue;
    const kept = new Set(own.map(kind.nameOf));
    const lost = outer.filter((statement) => !kept.has(kind.nameOf(statement)));
    if (lost.length > 0) yield { context, cause, lost };
  }
}

/** The contexts whose lists are sent to some upstream. */
function usersOf(
  configuration: Configuration,
  { directive, pass, isForeign }: ParameterKind,
): ReadonlySet<Context> {
  const users = new Set<Context>();
  for (const context of requestContexts(configuration)) {
    const statement = context.last(pass);
    if (statement === undefined || handlerOf(context).kind === "return" || isForeign?.(statement)) continue;
    const { from } = effective(context, directive);
    if (from !== null) users.add(from);
  }
  return users;
}
