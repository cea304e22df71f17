/** Which addresses are listened on, which of them speak TLS, and which servers share them. */
import { askedOnce, push } from "../lists/index.ts";
import type { Configuration } from "./configuration.ts";
import { effective } from "./effective.ts";
import { type Listen, PortSpread } from "./listen.ts";
import type { Server } from "./server.ts";
import type { Context } from "./tree.ts";

/** A server on an address. */
export interface SocketMember {
  readonly server: Server;
  readonly listen: Listen;
}

/** An address and port that servers share. */
export interface ListenSocket {
  /** As nginx writes it in messages: `0.0.0.0:80`. */
  readonly name: string;
  /** One for each `listen`, in file order. */
  readonly members: readonly [SocketMember, ...SocketMember[]];
  /** The one marked `default_server`, else the first. */
  readonly defaultMember: SocketMember;
  /** Several servers have the address. */
  readonly isShared: boolean;
  /** A `listen` of it says `ssl`. */
  readonly isTls: boolean;
  /** A `listen` of it says `http2`. */
  readonly isHttp2: boolean;
}

interface Sockets {
  readonly all: readonly ListenSocket[];
  /** By the inside of the server. */
  readonly byContext: ReadonlyMap<Context, readonly ListenSocket[]>;
}

/** The addresses of `http`, each port of a range apart. Values that are not known are left out. */
export function listenSockets(configuration: Configuration): readonly ListenSocket[] {
  return socketsIn(configuration).all;
}

/** Those of {@link listenSockets} that a server has, each once. @param context the inside of the server */
export function listenSocketsOf(configuration: Configuration, context: Context): readonly ListenSocket[] {
  return socketsIn(configuration).byContext.get(context) ?? NO_SOCKETS;
}

const NO_SOCKETS: readonly ListenSocket[] = [];

/** Each of thousands of servers may be asked about its addresses. */
const socketsIn = askedOnce((configuration: Configuration): Sockets => {
  const all = readSockets(configuration);
  const byContext = new Map<Context, ListenSocket[]>();
  for (const socket of all)
    for (const { server } of socket.members)
      if (byContext.get(server.context)?.at(-1) !== socket) push(byContext, server.context, socket);
  return { all, byContext };
});

function readSockets(configuration: Configuration): readonly ListenSocket[] {
  const sockets = new Map<string, SocketMember[]>();
  const spread = new PortSpread();
  for (const server of configuration.servers) {
    for (const listen of server.listens) {
      if (listen.unknown) continue;
      for (const name of namesOf(listen, spread)) {
        push(sockets, name, { server, listen });
      }
    }
  }
  return [...sockets].flatMap(([name, [first, ...others]]) => {
    if (first === undefined) return [];
    const members: readonly [SocketMember, ...SocketMember[]] = [first, ...others];
    return {
      name,
      members,
      defaultMember: members.find(({ listen }) => listen.defaultServer) ?? first,
      isShared: others.some(({ server }) => server !== first.server),
      isTls: members.some(({ listen }) => listen.tls),
      isHttp2: members.some(({ listen }) => listen.http2),
    };
  });
}

function namesOf({ address, port, lastPort }: Listen, spread: PortSpread): readonly string[] {
  if (port === null || lastPort === null) return address.startsWith("unix:") ? [address] : [];
  const host = address === "*" ? "0.0.0.0" : address;
  return spread.of({ port, lastPort })?.map((one) => `${host}:${one}`) ?? [];
}

/** An address and port where nginx speaks TLS. */
export interface TlsSocket {
  /** The servers that listen there, in file order. */
  readonly members: readonly SocketMember[];
  /** The one marked `default_server`, else the first. */
  readonly defaultMember: SocketMember;
  /** No `default_server` is written, and a part that could not be read may hold it, or an earlier server. */
  readonly defaultUncertain: boolean;
}

/**
 * The TLS addresses of `http`. One `ssl` on an address makes all its servers speak TLS (`ngx_http_add_addresses`);
 * `ssl on` (gone in 1.25.1) does so for the addresses of its server. QUIC is another matter: it knows TLSv1.3 alone.
 */
export function tlsSockets(
  configuration: Configuration,
  transport: "tcp" | "quic" = "tcp",
): readonly TlsSocket[] {
  const isQuic = transport === "quic";
  const sockets = new Map<string, SocketMember[]>();
  for (const server of configuration.servers) {
    for (const listen of server.listens) {
      if (listen.quic !== isQuic) continue;
      // Two unknown values need not be the same address.
      const key = listen.unknown ? `?${sockets.size}` : `${listen.address} ${listen.port} ${listen.lastPort}`;
      const members = sockets.get(key);
      if (members === undefined) sockets.set(key, [{ server, listen }]);
      // A server comes with all its addresses before the next one.
      else if (members.at(-1)?.server !== server) members.push({ server, listen });
    }
  }
  const found: TlsSocket[] = [];
  for (const members of sockets.values()) {
    const [first] = members;
    if (first === undefined || (!isQuic && !members.some(speaksTls))) continue;
    const explicit = members.find(({ listen }) => listen.defaultServer);
    const defaultUncertain = explicit === undefined && configuration.incomplete;
    found.push({ members, defaultMember: explicit ?? first, defaultUncertain });
  }
  return found;
}

function speaksTls({ server, listen }: SocketMember): boolean {
  return listen.tls || effective(server.context, "ssl").statements.at(-1)?.args[0] === "on";
}
