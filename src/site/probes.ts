/** Requests that show how a server treats whoever comes: for every location and guard, by strangers and by those who are let in. */
import type { Location, Request, SimulationOptions, VirtualServer } from "../semantics/index.ts";
import { candidatesFor } from "./usual-requests.ts";

/** What is assumed of all that no configuration tells. */
export interface World {
  /** For people, behind the request: `with a password`; empty for the usual one. */
  readonly name: string;
  readonly request?: Partial<Request>;
  readonly options: Pick<SimulationOptions, "files" | "upstream" | "assume">;
}

/** A request to one server. */
export interface Probe {
  readonly request: Request;
  readonly world: World;
}

const THERE = (path: string) => (path.endsWith("/") ? "directory" : "file");
const GONE = () => "missing" as const;

/** Every file is there. */
const STRANGER: World = { name: "", options: { files: THERE } };
const MISSING: World = { name: "where no such file exists", options: { files: GONE } };
const FRIEND: World = {
  name: "from an allowed address, with a password",
  request: { headers: [["Authorization", "Basic eDp4"]] },
  options: {
    files: THERE,
    assume: ({ kind, answers }) =>
      kind === "subrequest"
        ? "200"
        : ["certificate", "credentials", "module"].includes(kind) && answers.includes("yes")
          ? "yes"
          : undefined,
  },
};
const FAILING: World = {
  name: "when the upstream answers 500",
  options: { files: GONE, upstream: () => ({ status: 500 }) },
};
const DOWN: World = {
  name: "when the upstream is down",
  options: { files: GONE, upstream: () => ({ status: 502, unreachable: true }) },
};
const NOT_FOUND: World = {
  name: "when the upstream answers 404",
  options: { files: GONE, upstream: () => ({ status: 404 }) },
};
const POST: World = { name: "", request: { method: "POST" }, options: { files: THERE } };
const PREFLIGHT: World = {
  name: "",
  request: { method: "OPTIONS", headers: [["Origin", "https://app.example"]] },
  options: { files: THERE },
};
const SOCKET: World = {
  name: "as a WebSocket",
  request: {
    headers: [
      ["Connection", "Upgrade"],
      ["Upgrade", "websocket"],
    ],
  },
  options: { files: THERE },
};

/** What nobody should get, wherever it lies. */
const SENSITIVE = [
  ".env",
  ".git/config",
  ".htpasswd",
  "backup.sql",
  "dump.sql.gz",
  "debug.log",
  "config.ini",
  "settings.py",
  "x.php",
  "x.bak",
];

const USUAL = [
  "/",
  "/x",
  "/x/",
  "/index.html",
  "/index.php",
  "/index.php/x",
  "/.well-known/acme-challenge/evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ",
  "/.well-known/security.txt",
  "/favicon.ico",
  "/robots.txt",
  "/wp-login.php",
  "/wp-content/uploads/x.php",
  "/uploads/x.php",
  "/static/app.js",
  "/media/photos/1.jpg",
  "/api/items/",
  "/api/auth/login/",
  "/admin/login/",
  "/socket.io/?EIO=4",
  "/metrics",
  "/nginx_status",
];

const NOBODYS_NAME = "spoofed.invalid";

/** The ways in: sockets, and a friend's address where a list names one. */
interface Way {
  readonly scheme: "http" | "https";
  readonly local?: Request["local"] & object;
}

/**
 * The requests, the most telling first: whoever asks for fewer leaves the others out. For a fragment they are sent to the
 * server that is asked, whatever its names.
 */
export function* probesOf(server: VirtualServer): Generator<Probe> {
  const { host } = server;
  const ways = waysInto(server);
  const [way = { scheme: server.scheme }] = ways;
  const friend = friendOf(server);
  const probe = (uri: string, world: World, by: Way = way, name: string = host): Probe => ({
    request: { host: name, ...by, ...world.request, ...(world === FRIEND ? { address: friend } : {}), uri },
    world,
  });
  const main = new Set<string>();
  for (const location of server.locations) for (const uri of ownUris(server, location)) main.add(uri);
  for (const uri of main) yield probe(uri, STRANGER);
  for (const uri of USUAL) if (!main.has(uri)) yield probe(uri, STRANGER);
  for (const tail of SENSITIVE) yield probe(`/${tail}`, STRANGER);
  const asked = new Set([...main, ...USUAL, ...SENSITIVE.map((tail) => `/${tail}`)]);
  const below = [...urisBelow(server)].filter((uri) => !asked.has(uri));
  for (const uri of below) yield probe(uri, STRANGER);
  for (const uri of asked) yield probe(uri, MISSING);
  for (const uri of [...main, "/", "/x", "/api/items/"]) {
    for (const world of [FRIEND, POST, FAILING, DOWN, NOT_FOUND, PREFLIGHT, SOCKET]) yield probe(uri, world);
  }
  for (const other of ways.slice(1)) for (const uri of [...main, "/"]) yield probe(uri, STRANGER, other);
  for (const each of ways) yield probe("/", STRANGER, each, NOBODYS_NAME);
}

/** Each address and scheme that it listens on; one for a fragment that names none. */
function waysInto(server: VirtualServer): readonly Way[] {
  const ways = new Map<string, Way>();
  for (const { address, port, tls, quic, unknown } of server.server.listens) {
    if (unknown) continue;
    const scheme = tls || quic ? "https" : "http";
    const key = `${scheme} ${address} ${port}`;
    const to = port === null ? { address } : address === "*" ? { port } : { address, port };
    if (!ways.has(key)) ways.set(key, { scheme, local: to });
  }
  // What sends its readers elsewhere is asked last.
  return [...ways.values()]
    .sort((a, b) => Number(b.scheme === "https") - Number(a.scheme === "https"))
    .slice(0, 4);
}

/** An address that the server's lists let in. */
function friendOf({ context }: VirtualServer): string {
  for (const { args } of [...context.allBelow("allow"), ...(context.parent?.all("allow") ?? [])]) {
    const address = /^[\d.]+/.exec(args[0] ?? "")?.[0];
    if (address !== undefined) return address.replace(/\.0$/, ".1");
  }
  return "127.0.0.1";
}

/** What stands for the location itself, and what lies at its edges. */
function* ownUris(server: VirtualServer, location: Location): Generator<string> {
  if (location.isNamed) return;
  const own = server.uriFor(location) ?? (location.isRegex ? server.at(location).exampleUri : null);
  if (own !== null) yield own;
  if (!location.isRegex) yield location.pattern;
  if (location.isPrefix && location.pattern !== "/") {
    const bare = location.pattern.replace(/\/$/, "");
    yield bare;
    yield `${bare}/`;
    yield `${bare}x`;
    yield `${bare}../settings.py`;
  }
}

/** What clients, and those who look for secrets, ask for below prefixes; and for what regex locations are there for. */
function* urisBelow(server: VirtualServer): Generator<string> {
  const endings = new Set<string>();
  for (const location of server.locations) {
    if (!location.isRegex || location.outer !== null) continue;
    const ending = server.uriFor(location)?.split("/").at(-1);
    if (ending !== undefined && ending !== "") endings.add(ending);
  }
  const numbers = new Map(server.locations.map((location, number) => [location, number]));
  for (const location of server.locations) {
    if (!location.isPrefix || location.pattern === "") continue;
    const { folder, tails } = candidatesFor(location);
    const seen = new Set<string>();
    for (const tail of [...SENSITIVE, ...tails.map(({ text }) => text), ...endings]) {
      // Two of a kind that one location takes tell the same.
      const taker = server.takerOf(folder + tail);
      const number = taker.kind === "location" ? (numbers.get(taker.location) ?? -1) : -1;
      const kind = `${number} ${endingOf(tail) ?? tail}`;
      if (!seen.has(kind)) yield folder + tail;
      seen.add(kind);
    }
  }
}

/** `.tar.gz` of `a-b.tar.gz`; null without a dot behind the last sign. */
function endingOf(tail: string): string | null {
  const [last = ""] = /(?<![\w.])[\w.]*$/.exec(tail) ?? [];
  const dot = last.indexOf(".");
  return dot < 0 ? null : last.slice(dot);
}
