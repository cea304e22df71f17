/** The places of a server that may serve a single-page app. */
import {
  type Location,
  type Statement,
  unconditionalAnswer,
  type VirtualServer,
} from "../../semantics/index.ts";
import { type Evidence, spaEvidence } from "./evidence.ts";
import { type Fallback, fallbackOf } from "./fallback.ts";

/** A place that may serve an app. */
export interface App {
  /** Null: the server itself. */
  readonly location: Location | null;
  /** An address of the app that is no file. */
  readonly uri: string;
  /** Where that address leads. */
  readonly fallback: Fallback;
  readonly evidence: Evidence;
}

/**
 * What takes `/dashboard`, and every location with files of its own.
 *
 * @param isWanted looks at where addresses lead, before anyone asks whether there is an app
 */
export function appsOf(
  server: VirtualServer,
  assumed: readonly string[],
  isWanted: (fallback: Fallback) => boolean,
): App[] {
  if (server.isIncomplete || unconditionalAnswer(server.context) !== null) return [];
  const apps: App[] = [];
  const seen = new Set<Location | null>();
  const add = (uri: string, isAssumed: boolean, only?: Location) => {
    const taker = server.takerOf(uri);
    if (taker.kind === "unknown") return;
    const location = taker.kind === "location" ? taker.location : null;
    // Of a server's inside alone it is not known what stands beside its locations.
    if (location === null && server.isPartial) return;
    if (only !== undefined && location !== only) return;
    if (seen.has(location)) return;
    seen.add(location);
    if (server.at(location).handler.kind !== "static") return;
    const fallback = fallbackOf(server, location, uri);
    if (!isWanted(fallback)) return;
    const evidence = isAssumed ? { score: 4, ownPath: true } : spaEvidence(server, location);
    if (evidence.score > 0) apps.push({ location, uri, fallback, evidence });
  };
  for (const prefix of assumed) add(`${prefix.replace(/\/$/, "")}/dashboard`, true);
  add("/dashboard", false);
  for (const location of server.locations) {
    const { isExact, isRegex, literalPrefix, context } = location;
    if (isExact || literalPrefix === "" || (!context.has("root") && !context.has("alias"))) continue;
    const prefix = isRegex ? literalPrefix.slice(0, literalPrefix.lastIndexOf("/")) : literalPrefix;
    add(`${prefix.replace(/\/$/, "")}/dashboard`, false, location);
  }
  return apps;
}

/** The `try_files` lines of apps whose fallback lacks its slash: `spa-missing-try-files` speaks of them. */
export function relativeFallbacks(server: VirtualServer, assumed: readonly string[]): ReadonlySet<Statement> {
  const found = new Set<Statement>();
  for (const { fallback } of appsOf(server, assumed, ({ kind }) => kind === "relative"))
    if (fallback.kind === "relative") found.add(fallback.by);
  return found;
}
