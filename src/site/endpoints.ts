/** Parts of an application that deserve a limit of their own: its API, its sign-in, its administration. */
import {
  asksApplication,
  type Location,
  type Place,
  type Statement,
  type VirtualServer,
} from "../semantics/index.ts";
import type { Proxied } from "./backend.ts";
import { healthChecks } from "./health-checks.ts";
import { isNamedForMetrics } from "./metrics.ts";
import { webSocketPlace } from "./web-sockets.ts";

export type EndpointKind = "api" | "auth" | "admin";

/** What is asked of the guesses about backends. */
export interface Backends {
  backendOf(pass: Statement): Proxied;
}

export interface Endpoint {
  readonly kind: EndpointKind;
  /** A request that reaches the application there. */
  readonly uri: string;
  /** Where the request is when it is handed on. */
  readonly place: Place;
  /** Strangers are refused there. */
  readonly isGuarded: boolean;
}

/** What locations of each kind are called, and what is asked for below them. */
const KINDS: Readonly<Record<EndpointKind, { readonly name: RegExp; readonly tail: string }>> = {
  auth: {
    name: /(^|[/_-])(auth|authentication|log-?in|sign-?in|sign-?up|token|tokens|jwt|password(-reset)?|register|registration|sso|oauth2?|sessions?)([/_-]|$)/i,
    tail: "login/",
  },
  admin: { name: /(^|[/_-])(django|site)?admin([/_-]|$)/i, tail: "login/" },
  api: { name: /(^|\/)(api|rest|graphql|rpc|v\d+)([/_-]|$)/i, tail: "items/" },
};

/** Where applications have them when no location speaks of them. */
const USUAL: Readonly<Record<EndpointKind, string>> = {
  auth: "/api/auth/login/",
  admin: "/admin/login/",
  api: "/api/items/",
};

/**
 * The endpoints that locations of a server are named after, as far as requests for them reach an application; of a kind that has
 * no location the usual URI, where the one location for the rest of an API would take it.
 */
export function endpointsOf(server: VirtualServer, site: Backends): readonly Endpoint[] {
  const found = new Map<string, Endpoint>();
  const forMonitors = new Set([...healthChecks(server)].map(({ location }) => location));
  for (const location of server.server.allLocations()) {
    const kind = kindOf(location);
    // What monitors ask every few seconds is no API, nor is a connection that stays.
    if (kind === null || forMonitors.has(location) || isNamedForMetrics(location)) continue;
    if (webSocketPlace(server.at(location))?.by === "name") continue;
    for (const uri of urisFor(location, kind)) {
      const reached = applicationAt(server, site, uri);
      if (reached === null || reached.place.location !== location) continue;
      found.set(`${kind} ${location.statement.line} ${uri}`, { kind, uri, ...reached });
      break;
    }
  }
  const endpoints = [...found.values()];
  const isMissing = (kind: EndpointKind) => !endpoints.some((endpoint) => endpoint.kind === kind);
  // Sign-in below an API that has no location of its own.
  if (isMissing("auth") && !isMissing("api")) {
    const reached = applicationAt(server, site, USUAL.auth);
    if (reached !== null) endpoints.push({ kind: "auth", uri: USUAL.auth, ...reached });
  }
  return endpoints;
}

function kindOf(location: Location): EndpointKind | null {
  if (location.isNamed) return null;
  const text = location.isRegex
    ? location.pattern.replace(/[\\^$()?]/g, "").replaceAll("|", "/")
    : location.pattern;
  for (const kind of ["auth", "admin", "api"] as const) if (KINDS[kind].name.test(text)) return kind;
  return null;
}

/** Below a prefix, the URI itself, and for a regex location what its literal beginning allows. */
function urisFor(location: Location, kind: EndpointKind): readonly string[] {
  const { literalPrefix, isExact } = location;
  if (isExact) return [literalPrefix];
  if (literalPrefix === "") return [USUAL[kind]];
  const { tail } = KINDS[kind];
  const folder = literalPrefix.endsWith("/") ? literalPrefix : `${literalPrefix}/`;
  return [folder + tail, folder, literalPrefix, USUAL[kind]];
}

/** Where a request of strangers, or else of those who are let in, is handed to an application; null where none is. */
function applicationAt(
  server: VirtualServer,
  site: Backends,
  uri: string,
): Pick<Endpoint, "place" | "isGuarded"> | null {
  const open = applicationPlace(server, site, uri, false);
  const place = open ?? applicationPlace(server, site, uri, true);
  return place === null ? null : { place, isGuarded: open === null };
}

/** Where a request is when it is handed to an application; null where it is not. */
function applicationPlace(
  server: VirtualServer,
  site: Backends,
  uri: string,
  isLetIn: boolean,
): Place | null {
  const simulation = server.ask(uri, { files: () => "missing", isLetIn });
  const { by } = simulation.outcome;
  if (by === null || simulation.context === null || !asksApplication(simulation.outcome)) return null;
  if (by.name === "proxy_pass" && site.backendOf(by).kind !== "application") return null;
  return server.model.place(simulation.context);
}
