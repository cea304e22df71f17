/** Parts of an application that deserve a limit of their own: its API, its sign-in, its administration. */
import {
  asksApplication,
  type Location,
  type Place,
  type RequestLimit,
  type Simulation,
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
  /** The location that takes the request; null: the server itself. */
  readonly location: Location | null;
  /** Where the request is when it is handed on. */
  readonly place: Place;
  /** The limits that it is counted by; null where a part that could not be read may say something else. */
  readonly limits: readonly RequestLimit[] | null;
  /** Limits on its way that count nobody, since their key is empty. */
  readonly idle: readonly Statement[];
  /** Strangers are refused there. */
  readonly isGuarded: boolean;
}

/** What locations of each kind are called, and what is asked for below them. */
const KINDS: Readonly<Record<EndpointKind, { readonly name: RegExp; readonly tail: string }>> = {
  auth: {
    name: /(^|[/_-])(auth|authentication|log[-_]?in|sign[-_]?in|sign[-_]?up|token|tokens|jwt|password([-_]reset)?|register|registration|sso|oauth2?|sessions?)([/_.-]|$)|^\/accounts(\/|$)/i,
    tail: "login/",
  },
  admin: { name: /(^|[/_-])(django|site)?admin([/_.-]|$)/i, tail: "login/" },
  api: { name: /(^|\/)(api|rest|graphql|rpc|v\d+)([/_-]|$)/i, tail: "items/" },
};

/** The kinds, the narrowest first. */
const NARROWEST_FIRST = ["auth", "admin", "api"] as const;

/** Where applications have them when no location speaks of them. */
const USUAL: Readonly<Record<EndpointKind, string>> = {
  auth: "/api/auth/login/",
  admin: "/admin/login/",
  api: "/api/items/",
};

/** The first label of a host that is there for an API: `api.example.com`, `api-v2.example.com`. */
const API_HOST = /^(api|rest|graphql)([-_]?v?\d+)?([-_][\w-]+)?\./i;

/**
 * The endpoints that locations of a server, or its host name, are named after, as far as requests for them reach an application; of a
 * kind that has no location of its own the usual URI, where the others speak of it and an application takes it.
 */
export function endpointsOf(server: VirtualServer, site: Backends): readonly Endpoint[] {
  const found = new Map<string, Endpoint>();
  const endpoints = () => [...found.values()];
  const isMissing = (kind: EndpointKind) => !endpoints().some((endpoint) => endpoint.kind === kind);
  const forMonitors = new Set([...healthChecks(server)].map(({ location }) => location));
  const asked = server.server.allLocations().flatMap((location) => {
    const kinds = kindsOf(location);
    // What monitors ask every few seconds is no API, nor is a connection that stays.
    if (kinds.length === 0 || forMonitors.has(location) || isNamedForMetrics(location)) return [];
    return webSocketPlace(server.at(location))?.by === "name" ? [] : [{ location, kinds }];
  });
  for (const { location, kinds } of asked) {
    for (const kind of kinds) {
      for (const uri of urisFor(server, location, kind)) {
        const reached = applicationAt(server, site, uri);
        if (reached === null || reached.location !== location) continue;
        found.set(`${kind} ${location.statement.line} ${uri}`, { kind, uri, ...reached });
        break;
      }
    }
  }
  const add = (kind: EndpointKind, uri: string): void => {
    const reached = applicationAt(server, site, uri);
    if (reached === null) return;
    const { location } = reached;
    if (!endpoints().some((other) => other.kind === kind && other.location === location))
      found.set(`${kind} ${uri}`, { kind, uri, ...reached });
  };
  // What is below the one URI that a location takes goes elsewhere: `= /admin/` and `/admin/login/`.
  for (const { kind, uri } of endpoints()) {
    if (kind !== "auth" && kindOf(uri.replace(/^.*\/(?=[^/]+\/?$)/, "/")) === kind)
      add(kind, `${uri.replace(/\/$/, "")}/${KINDS[kind].tail}`);
  }
  // The sign-in is called after what it is the sign-in of: `/admin/login/`.
  for (const kind of ["admin", "api"] as const) {
    if (!isMissing(kind)) continue;
    for (const { location, kinds } of asked) {
      if (location.isRegex || !kinds.includes("auth")) continue;
      const segments = location.pattern.split("/");
      const last = segments.findIndex((segment) => segment !== "" && kindOf(`/${segment}`) === kind);
      if (last < 0) continue;
      const folder = `${segments.slice(0, last + 1).join("/")}/`;
      add(kind, kind === "api" ? folder + KINDS.api.tail : folder);
    }
  }
  if (isMissing("api") && isApiHost(server)) add("api", `/${KINDS.api.tail}`);
  // Sign-in below an API that has no location of its own.
  const api = endpoints().find(({ kind }) => kind === "api");
  if (isMissing("auth") && api !== undefined) add("auth", signInBelow(api.uri));
  return endpoints();
}

/** `/api/v1/auth/login/` for `/api/v1/items/`. */
function signInBelow(uri: string): string {
  const { tail } = KINDS.api;
  const folder = uri.endsWith(`/${tail}`) ? uri.slice(0, -tail.length) : "";
  // Below `/api/store/` are the things of a store.
  return /^\/$|\/(api|rest|v\d+)\/$/i.test(folder) ? `${folder}auth/login/` : USUAL.auth;
}

/** Everything that it is asked for is an API. */
function isApiHost({ server }: VirtualServer): boolean {
  const names = server.names.filter(({ text }) => text !== "");
  return names.length > 0 && names.every(({ kind, text }) => kind !== "regex" && API_HOST.test(text));
}

/** The kinds that a location is named after: of a prefix the narrowest, of a regex each that its words speak of. */
function kindsOf(location: Location): readonly EndpointKind[] {
  if (location.isNamed) return [];
  const kind = kindOf(location.isRegex ? wordsOf(location.pattern) : location.pattern);
  if (kind === null) return [];
  if (!location.isRegex || kindOf(location.literalPrefix) === "auth") return [kind];
  return NARROWEST_FIRST.filter((each) => KINDS[each].name.test(wordsOf(location.pattern)));
}

/** What those ask for who are signed in, or what holds no secret. */
const SIGNED_IN = /\/(me|user|profile|whoami|log[-_]?out|sign[-_]?out|csrf|callback|jwks)\/?$/i;

function kindOf(path: string): EndpointKind | null {
  const isPast = SIGNED_IN.test(path);
  return NARROWEST_FIRST.find((kind) => KINDS[kind].name.test(path) && !(kind === "auth" && isPast)) ?? null;
}

/** The words of a regex, alternatives side by side, without what it excludes. */
function wordsOf(pattern: string): string {
  return pattern
    .replace(/\(\?<?![^()]*\)/g, "")
    .replace(/\(\?(?:P?<\w+>|'\w+'|<?=|[a-z-]*:|>|\|)/g, "(")
    .replace(/\[(?:-_|_-)\]\??/g, "-")
    .replace(/\\d\+?|\[0-9\]\+?/g, "1")
    .replace(/[\\^$()?]/g, "")
    .replaceAll("|", "/");
}

/** What is asked for with a password itself. */
const SIGN_IN =
  /(^|[/_-])(log[-_]?in|sign[-_]?(in|up)|tokens?|jwt|register|registration|sessions?|password)\/?$/i;

/** Below a prefix, the URI itself, and for a regex location what its literal beginning allows. */
function urisFor(server: VirtualServer, location: Location, kind: EndpointKind): readonly string[] {
  const { literalPrefix, isExact, isRegex } = location;
  if (isExact) return [literalPrefix];
  const { tail } = KINDS[kind];
  const folder = literalPrefix.endsWith("/") ? literalPrefix : `${literalPrefix}/`;
  const below = SIGN_IN.test(literalPrefix)
    ? [literalPrefix, folder]
    : [folder + tail, folder, literalPrefix];
  const near = literalPrefix === "" ? [] : below;
  if (!isRegex) return [...near, USUAL[kind]];
  const example = server.at(location).exampleUri;
  const uris = [...near, USUAL[kind], ...(example === null ? [] : [example])];
  // A pattern for several kinds is asked for each of them.
  return uris.filter((uri) => KINDS[kind].name.test(uri) && (kind !== "api" || kindOf(uri) === kind));
}

/** Where a request of strangers, or else of those who are let in, is handed to an application; null where none is. */
function applicationAt(
  server: VirtualServer,
  site: Backends,
  uri: string,
): Omit<Endpoint, "kind" | "uri"> | null {
  const open = handedOn(server, site, uri, false);
  const simulation = open ?? handedOn(server, site, uri, true);
  if (simulation === null || simulation.context === null) return null;
  const taker = server.takerOf(uri);
  const place = server.model.place(simulation.context);
  const { counted } = simulation;
  const limited = counted === null ? place : server.model.place(counted.at);
  return {
    // An internal redirect (`try_files`, `index`) does not change what the location is called.
    location: taker.kind === "location" ? taker.location : simulation.location,
    place,
    // A limit with an empty key counts nobody.
    limits: limited.requestLimits?.filter(({ statement }) => counted?.by.includes(statement)) ?? null,
    idle: simulation.uncounted,
    isGuarded: open === null,
  };
}

/** What becomes of a request that an application is asked for; null where none is. */
function handedOn(server: VirtualServer, site: Backends, uri: string, isLetIn: boolean): Simulation | null {
  const simulation = server.ask({ uri, method: "POST" }, { files: () => "missing", isLetIn });
  const { by } = simulation.outcome;
  if (by === null || simulation.context === null || !asksApplication(simulation.outcome)) return null;
  if (by.name === "proxy_pass" && site.backendOf(by).kind !== "application") return null;
  return simulation;
}
