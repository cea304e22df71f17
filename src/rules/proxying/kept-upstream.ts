/** The `keepalive` of the upstream that a pass leads to. */
import { type Configuration, lookupOf, type Statement } from "../../semantics/index.ts";

/** The `upstream` block behind a pass; null where there is none. */
export function upstreamOf(pass: Statement, configuration: Configuration): Statement | null {
  const lookup = lookupOf(pass, configuration);
  if (lookup.kind === "upstream") return lookup.upstream;
  const host = /^\w+:\/\/([^/:$]+)/.exec(pass.args[0] ?? "")?.[1];
  return (host === undefined ? undefined : configuration.upstreams.get(host)) ?? null;
}

/** The line that keeps connections; null where none does. */
export function keptUpstream(pass: Statement, configuration: Configuration): Statement | null {
  const keepalive = upstreamOf(pass, configuration)?.block?.last("keepalive");
  return keepalive === undefined || keepalive.args[0] === "0" ? null : keepalive;
}
