/** The places of a server that may serve a single-page app. */
import {
  handlerOf,
  type Location,
  type Server,
  type Statement,
  unconditionalAnswer,
  winnerOf,
} from "../../semantics/index.ts";
import { type Evidence, spaEvidence } from "./evidence.ts";
import { fallbackOf } from "./fallback.ts";

/** A place that may serve an app. */
export interface App {
  /** Null: the server itself. */
  readonly location: Location | null;
  /** An address of the app that is no file. */
  readonly uri: string;
  readonly evidence: Evidence;
}

/** What takes `/dashboard`, and every location with files of its own. */
export function appsOf(server: Server, assumed: readonly string[]): App[] {
  if (server.context.incomplete || unconditionalAnswer(server.context) !== null) return [];
  const apps: App[] = [];
  const add = (uri: string, isAssumed: boolean, only?: Location) => {
    const winner = winnerOf(server, uri);
    if (winner.kind === "unknown") return;
    const location = winner.kind === "location" ? winner.location : null;
    // Of a server's inside alone it is not known what stands beside its locations.
    if (location === null && server.partial) return;
    if (only !== undefined && location !== only) return;
    if (apps.some((app) => app.location === location)) return;
    if (handlerOf(location?.context ?? server.context).kind !== "static") return;
    const evidence = isAssumed ? { score: 4, ownPath: true } : spaEvidence(server, location);
    if (evidence.score > 0) apps.push({ location, uri, evidence });
  };
  for (const prefix of assumed) add(`${prefix.replace(/\/$/, "")}/dashboard`, true);
  add("/dashboard", false);
  for (const location of server.allLocations()) {
    const { modifier, pattern, context } = location;
    if (modifier === "=" || modifier === "@") continue;
    if (!context.has("root") && !context.has("alias")) continue;
    const prefix = location.isRegex ? literalStart(pattern) : pattern;
    if (prefix !== null) add(`${prefix.replace(/\/$/, "")}/dashboard`, false, location);
  }
  return apps;
}

/** `/app/` of `^/app/(.*)$`. */
function literalStart(pattern: string): string | null {
  return /^\^((?:\/[\w-]+)+\/)/.exec(pattern)?.[1] ?? null;
}

/** The `try_files` lines of apps whose fallback lacks its slash: `spa-missing-try-files` speaks of them. */
export function relativeFallbacks(server: Server, assumed: readonly string[]): ReadonlySet<Statement> {
  const found = new Set<Statement>();
  for (const { location, uri } of appsOf(server, assumed)) {
    const fallback = fallbackOf(server, location, uri);
    if (fallback.kind === "relative") found.add(fallback.by);
  }
  return found;
}
