/** Which server answers: the address first, then the name (`ngx_http_add_addresses`, `ngx_http_find_virtual_server`). */
import { askedOnce } from "../../lists/index.ts";
import type { Configuration } from "../configuration.ts";
import { type Listen, PortSpread } from "../listen.ts";
import { type CompiledPattern, toBytes } from "../regex/index.ts";
import type { Server } from "../server.ts";
import { isSince, type Version } from "../version.ts";
import { addressKey, readIpAddress } from "./ip-address.ts";

export interface ConnectionPoint {
  /** The address the client connected to; any where it is null. `unix:/path` for a socket. */
  readonly address: string | null;
  /** Null for a unix socket. */
  readonly port: number | null;
  /** The Host header, a port and a trailing dot allowed; null for a request without one. */
  readonly host: string | null;
  /** nginx's version, which decides what is a host. */
  readonly version?: Version | null;
}

export type ServerStep =
  /** The address takes the connection; its `listen` and how many servers share it. */
  | { readonly kind: "address"; readonly listen: Listen; readonly servers: number }
  | { readonly kind: "name"; readonly server: Server; readonly name: string }
  | { readonly kind: "name-regex"; readonly server: Server; readonly name: string; readonly matches: boolean }
  /** No name fits. `implicit`: the first server, for want of a `default_server`. */
  | { readonly kind: "default"; readonly server: Server; readonly implicit: boolean };

export type ServerSelection =
  | {
      readonly kind: "server";
      readonly server: Server;
      /** The `listen` of the chosen server that takes the connection. */
      readonly listen: Listen;
      /** The socket speaks TLS: one `ssl` on the address is enough for all its servers. */
      readonly tls: boolean;
      /** The server that nginx works with until it knows a name. */
      readonly defaultServer: Server;
      /** What a regular server name captured. */
      readonly captures: readonly (string | undefined)[];
      readonly named: ReadonlyMap<string, string | undefined>;
      readonly steps: readonly ServerStep[];
    }
  /** No server listens there: the connection is refused. */
  | { readonly kind: "refused"; readonly steps: readonly ServerStep[] }
  /** nginx answers 400: the Host header is not a host. */
  | {
      readonly kind: "bad-host";
      readonly defaultServer: Server | null;
      readonly steps: readonly ServerStep[];
    }
  | { readonly kind: "undecided"; readonly reason: string; readonly steps: readonly ServerStep[] };

const NO_NAMES: ReadonlyMap<string, string | undefined> = new Map();

/** Picks the server as nginx does. A `tls` connection picks by SNI first, and then by Host all the same. */
export function selectServer(configuration: Configuration, point: ConnectionPoint): ServerSelection {
  const host = point.host === null ? "" : normalizeHost(point.host, point.version ?? null);
  const index = indexOf(configuration);
  const socket = index.find(point.address, point.port);
  if (host === null) return { kind: "bad-host", defaultServer: socket?.defaultServer ?? null, steps: [] };
  if (socket === null) {
    return index.unknown
      ? { kind: "undecided", reason: "a `listen` holds a value that is not known", steps: [] }
      : { kind: "refused", steps: [] };
  }
  return socket.select(host);
}

/**
 * `ngx_http_validate_host`: in lower case, without port and trailing dot. Null where nginx answers 400; since 1.29.4 it does so
 * for letters and ports that RFC 3986 does not have.
 */
export function normalizeHost(host: string, version: Version | null = null): string | null {
  if (isSince(version, "1.29.4") === true) return normalizeStrictly(host);
  if (host === "" || /[\0- \x7f/]/.test(host) || host.includes("..")) return null;
  let end = host.length;
  if (host.startsWith("[")) {
    const bracket = host.indexOf("]");
    if (bracket > 0) end = bracket + 1;
  } else {
    const colon = host.indexOf(":");
    if (colon >= 0) end = colon;
  }
  if (host.charAt(end - 1) === "." && host.indexOf(".", end) < 0) end--;
  return end === 0 ? null : host.slice(0, end).toLowerCase();
}

const STRICT_HOST =
  /^(?<name>\[[A-Za-z0-9:._~!$&'()*+,;=-]*\]|[A-Za-z0-9._~!$&'()*+,;=%-]*)(?::(?<port>\d*))?$/;

function normalizeStrictly(host: string): string | null {
  const { name = "", port = "" } = STRICT_HOST.exec(host)?.groups ?? {};
  if (name.includes("..") || Number(port) > 65_535) return null;
  const bare = name.endsWith(".") ? name.slice(0, -1) : name;
  return bare === "" ? null : bare.toLowerCase();
}

/** The servers of one address and port. */
class Socket {
  /** By server, its first `listen` for the address; in file order. */
  readonly #listens = new Map<Server, Listen>();
  #first: { readonly server: Server; readonly listen: Listen } | undefined;
  /** The first server with `default_server`. */
  #explicit: Server | undefined;
  #tls = false;
  #takesIpv4 = false;
  #names: NameIndex | undefined;

  add(server: Server, listen: Listen): void {
    if (this.#listens.has(server)) return;
    this.#listens.set(server, listen);
    this.#first ??= { server, listen };
    if (listen.defaultServer) this.#explicit ??= server;
    if (listen.tls) this.#tls = true;
    if (listen.takesIpv4) this.#takesIpv4 = true;
  }

  get defaultServer(): Server | null {
    return this.#explicit ?? this.#first?.server ?? null;
  }

  get takesIpv4(): boolean {
    return this.#takesIpv4;
  }

  select(host: string): ServerSelection {
    const first = this.#first;
    if (first === undefined) return { kind: "refused", steps: [] };
    const defaultServer = this.#explicit ?? first.server;
    const steps: ServerStep[] = [{ kind: "address", listen: first.listen, servers: this.#listens.size }];
    const found = (
      server: Server,
      captures: readonly (string | undefined)[] = [],
      named: ReadonlyMap<string, string | undefined> = NO_NAMES,
    ): ServerSelection => ({
      kind: "server",
      server,
      listen: this.#listens.get(server) ?? first.listen,
      tls: this.#tls,
      defaultServer,
      captures,
      named,
      steps,
    });

    this.#names ??= new NameIndex([...this.#listens.keys()]);
    const literal = this.#names.find(host);
    if (literal !== null) {
      steps.push({ kind: "name", ...literal });
      return found(literal.server);
    }
    if (host !== "") {
      const subject = toBytes(host);
      for (const { server, name, pattern } of this.#names.patterns) {
        const compiled = pattern();
        if (compiled.kind === "undecidable") {
          return { kind: "undecided", reason: `\`${name}\`: ${compiled.reason}`, steps };
        }
        const match = compiled.exec(subject);
        steps.push({ kind: "name-regex", server, name, matches: match !== null });
        if (match !== null) return found(server, match.captures, match.named);
      }
    }
    steps.push({ kind: "default", server: defaultServer, implicit: this.#explicit === undefined });
    return found(defaultServer);
  }
}

interface NamePattern {
  readonly server: Server;
  readonly name: string;
  readonly pattern: () => CompiledPattern;
}

/** The names of the servers of one address, as `ngx_http_server_names` puts them into its hashes. */
class NameIndex {
  readonly #exact = new Map<string, { readonly server: Server; readonly name: string }>();
  readonly #suffixes = new Map<
    string,
    { readonly server: Server; readonly name: string; readonly orBare: boolean }
  >();
  readonly #prefixes = new Map<string, { readonly server: Server; readonly name: string }>();
  readonly patterns: readonly NamePattern[];

  constructor(servers: readonly Server[]) {
    const patterns: NamePattern[] = [];
    // `.example.com` reserves `example.com` even where `*.example.com` came first and wins.
    const reserved = new Set<string>();
    for (const server of servers) {
      for (const name of server.names) {
        switch (name.kind) {
          case "exact":
            if (reserved.has(name.text)) break;
            reserved.add(name.text);
            this.#exact.set(name.text, { server, name: name.text });
            break;
          case "suffix": {
            const bare = name.suffix.slice(1);
            if (name.orBare) {
              if (reserved.has(bare)) break;
              reserved.add(bare);
            }
            if (!this.#suffixes.has(bare)) {
              this.#suffixes.set(bare, { server, name: name.text, orBare: name.orBare });
            }
            break;
          }
          case "prefix": {
            const bare = name.prefix.slice(0, -1);
            if (!this.#prefixes.has(bare)) this.#prefixes.set(bare, { server, name: name.text });
            break;
          }
          case "regex":
            patterns.push({ server, name: name.text, pattern: name.compiled });
        }
      }
    }
    this.patterns = patterns;
  }

  find(host: string): { readonly server: Server; readonly name: string } | null {
    const exact = this.#exact.get(host);
    if (exact !== undefined) return exact;
    const bare = this.#suffixes.get(host);
    if (bare?.orBare) return bare;
    for (let dot = host.indexOf("."); dot >= 0; dot = host.indexOf(".", dot + 1)) {
      const suffix = this.#suffixes.get(host.slice(dot + 1));
      if (suffix !== undefined) return suffix;
    }
    for (let dot = host.lastIndexOf("."); dot > 0; dot = host.lastIndexOf(".", dot - 1)) {
      const prefix = this.#prefixes.get(host.slice(0, dot));
      if (prefix !== undefined) return prefix;
    }
    return null;
  }
}

/** All sockets of a configuration by address and port. */
class SocketIndex {
  readonly #sockets = new Map<string, Socket>();
  readonly #partial: Server | null = null;
  /** Some address or port cannot be told. */
  unknown = false;
  readonly #spread = new PortSpread();

  constructor(servers: readonly Server[]) {
    for (const server of servers) {
      if (server.partial) this.#partial = server;
      for (const listen of server.listens) {
        if (listen.unknown) this.unknown = true;
        else this.#add(server, listen);
      }
    }
  }

  find(address: string | null, port: number | null): Socket | null {
    const socket = address === null ? this.#anyAt(port) : this.#findAddress(address, port);
    if (socket !== null) return socket;
    if (this.#partial === null) return null;
    // Only the inside of a server is known: it takes what comes.
    const alone = new Socket();
    alone.add(this.#partial, ANYWHERE);
    return alone;
  }

  #findAddress(address: string, port: number | null): Socket | null {
    for (const key of keysOf(address)) {
      const socket = this.#sockets.get(socketKey(key, port));
      if (socket !== undefined) return socket;
    }
    if (address.startsWith("unix:")) return null;
    const isIpv6 = readIpAddress(address)?.length === 16;
    const wildcard = this.#sockets.get(socketKey(isIpv6 ? "[::]" : "*", port));
    if (wildcard !== undefined) return wildcard;
    const ipv6 = isIpv6 ? undefined : this.#sockets.get(socketKey("[::]", port));
    return ipv6?.takesIpv4 ? ipv6 : null;
  }

  /** Where the client's way in is not told: the wildcard, else the first address with the port. */
  #anyAt(port: number | null): Socket | null {
    for (const key of ["*", "[::]"]) {
      const socket = this.#sockets.get(socketKey(key, port));
      if (socket !== undefined) return socket;
    }
    for (const [key, socket] of this.#sockets) if (key.endsWith(`\n${port ?? ""}`)) return socket;
    return null;
  }

  #at(key: string, port: number | null): Socket {
    const name = socketKey(key, port);
    let socket = this.#sockets.get(name);
    if (socket === undefined) {
      socket = new Socket();
      this.#sockets.set(name, socket);
    }
    return socket;
  }

  #add(server: Server, listen: Listen): void {
    const { port, lastPort } = listen;
    for (const key of keysOf(listen.address)) {
      const ports = port === null || lastPort === null ? [null] : this.#spread.of({ port, lastPort });
      if (ports === null) this.unknown = true;
      for (const one of ports ?? []) this.#at(key, one).add(server, listen);
    }
  }
}

const ANYWHERE: Listen = {
  statement: null,
  address: "*",
  port: null,
  lastPort: null,
  tls: false,
  quic: false,
  http2: false,
  defaultServer: false,
  proxyProtocol: false,
  takesIpv4: false,
  unknown: true,
};

function socketKey(address: string, port: number | null): string {
  return `${address}\n${port ?? ""}`;
}

/** `localhost` stands for what it resolves to everywhere. */
function keysOf(address: string): readonly string[] {
  if (address === "localhost") return ["127.0.0.1", "[::1]"].flatMap(keysOf);
  if (address === "*" || address === "[::]") return [address];
  const bytes = readIpAddress(address);
  return [bytes === null ? address : addressKey(bytes)];
}

const indexOf = askedOnce(
  (configuration: Configuration): SocketIndex => new SocketIndex(configuration.servers),
);
