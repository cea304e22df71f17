/** The `keepalive` of the upstreams that a pass leads to. */
import { type Configuration, lookupOf, type Statement, upstreamsBehind } from "../../semantics/index.ts";

/** The `upstream` blocks behind a pass, of which a variable may pick one; empty where there is none. */
export function upstreamsOf(pass: Statement, configuration: Configuration): readonly Statement[] {
  const lookup = lookupOf(pass, configuration);
  return lookup.kind === "upstream" ? [lookup.upstream] : upstreamsBehind(pass, configuration);
}

/** The line by which an `upstream` keeps connections; null where it does not. */
export function keepaliveOf(upstream: Statement): Statement | null {
  const keepalive = upstream.block?.last("keepalive");
  return keepalive === undefined || keepalive.args[0] === "0" ? null : keepalive;
}

/** The line that keeps connections; null where none does. */
export function keptUpstream(pass: Statement, configuration: Configuration): Statement | null {
  for (const upstream of upstreamsOf(pass, configuration)) {
    const keepalive = keepaliveOf(upstream);
    if (keepalive !== null) return keepalive;
  }
  return null;
}
