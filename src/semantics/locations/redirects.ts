/** Redirects as a browser follows them, as long as they stay in the tree. */
import type { Configuration } from "../configuration.ts";
import { type Request, type Simulation, simulate } from "../request/index.ts";
import type { Statement } from "../tree.ts";

export interface Hop {
  readonly url: string;
  readonly simulation: Simulation;
}

export interface Chain {
  readonly hops: readonly Hop[];
  /** Where the last hop leads: to an earlier one, out of the tree, or nowhere (it is an answer). */
  readonly end: "answer" | "outside" | "loop";
}

/** Browsers give up after about twenty; loops show after a few. */
const MAX_HOPS = 12;

/** Follows `url` from server to server. `files` says what is on disk. */
export function followRedirects(
  configuration: Configuration,
  url: string,
  files?: (path: string) => "file" | "missing" | undefined,
): Chain {
  const hops: Hop[] = [];
  let next = url;
  while (hops.length < MAX_HOPS) {
    const request = requestFor(next);
    if (request === null) return { hops, end: "outside" };
    const simulation = simulate(request, { configuration, ...(files === undefined ? {} : { files }) });
    if (simulation.outcome.kind === "reject" && hops.length > 0 && simulation.server === null) {
      return { hops, end: "outside" };
    }
    hops.push({ url: next, simulation });
    const { outcome } = simulation;
    if (outcome.kind !== "redirect" || outcome.target === null) return { hops, end: "answer" };
    if (outcome.target.includes("$")) return { hops, end: "outside" };
    next = outcome.target.startsWith("/") ? originOf(next) + outcome.target : outcome.target;
    if (hops.some((hop) => hop.url === next)) return { hops, end: "loop" };
  }
  return { hops, end: "loop" };
}

function originOf(url: string): string {
  return /^\w+:\/\/[^/]+/.exec(url)?.[0] ?? "";
}

function requestFor(url: string): Request | null {
  const parts = /^(https?):\/\/(\[[^\]]*\]|[^/:?#]+)(?::(\d+))?([^#]*)/.exec(url);
  if (parts === null) return null;
  const [, scheme, name = "", port, rest = ""] = parts;
  const uri = rest.startsWith("/") ? rest : `/${rest}`;
  return {
    scheme: scheme === "https" ? "https" : "http",
    host: port === undefined ? name : `${name}:${port}`,
    uri,
    ...(port === undefined ? {} : { local: { port: Number(port) } }),
  };
}

/** Whether the redirect depends on what a proxy in front or an earlier visit would send. */
export function dependsOnClient(by: Statement | null): boolean {
  for (const context of by?.context.outward() ?? []) {
    if (context.kind !== "server-if" && context.kind !== "location-if") continue;
    if (context.opener?.args.some((argument) => /\$\{?(http_(?!host)|cookie_|arg_)/.test(argument)))
      return true;
  }
  return false;
}
