/** Where HTTP/2 is spoken: `http2 on` of a server (since 1.25.1), or the `http2` parameter of a listen address. */
import { push } from "../lists/index.ts";
import { isFilledIn } from "../parser/index.ts";
import type { Configuration } from "./configuration.ts";
import { effective } from "./effective.ts";
import type { Server } from "./server.ts";
import { type ListenSocket, listenSockets, listenSocketsOf, type SocketMember } from "./tls.ts";
import type { Statement } from "./tree.ts";

/**
 * Whether clients of a server's TLS addresses can choose HTTP/2. The parameter holds for all servers of the address, whichever
 * of them writes it (`ngx_http_add_addresses`). `unknown` where a part that could not be read may say it.
 */
export function http2Of(configuration: Configuration, server: Server): "on" | "off" | "unknown" {
  const { statements, uncertain } = effective(server.context, "http2");
  if (statements.at(-1)?.args[0]?.toLowerCase() === "on") return "on";
  if (server.listens.some(({ unknown }) => unknown) || statements.at(-1)?.args.some(isFilledIn))
    return "unknown";
  if (listenSocketsOf(configuration, server.context).some(({ isHttp2 }) => isHttp2)) return "on";
  if (statements.length > 0) return "off";
  return uncertain || configuration.incomplete ? "unknown" : "off";
}

/** A `listen … http2`, and whether `http2 on` in its server alone would do the same. */
export interface Http2Listen {
  readonly server: Server;
  readonly statement: Statement;
  /** No other server of its addresses would stop to speak HTTP/2. */
  readonly isAlone: boolean;
}

/** Every `listen` with the parameter. */
export function http2Listens(configuration: Configuration): readonly Http2Listen[] {
  const found: Http2Listen[] = [];
  if (!configuration.servers.some(({ listens }) => listens.some(({ http2 }) => http2))) return found;
  const stopping = new Map<ListenSocket, ReadonlySet<Server>>();
  const sockets = new Map<Statement, ListenSocket[]>();
  for (const socket of listenSockets(configuration)) {
    if (!socket.isHttp2) continue;
    stopping.set(socket, new Set(socket.members.filter(stops).map(({ server }) => server)));
    for (const { listen } of socket.members)
      if (listen.statement !== null && sockets.get(listen.statement)?.at(-1) !== socket)
        push(sockets, listen.statement, socket);
  }
  for (const server of configuration.servers) {
    for (const { statement, http2 } of server.listens) {
      if (!http2 || statement === null) continue;
      const isAlone = (sockets.get(statement) ?? []).every((socket) => {
        const others = stopping.get(socket);
        return others === undefined || others.size === 0 || (others.size === 1 && others.has(server));
      });
      found.push({ server, statement, isAlone });
    }
  }
  return found;
}

/** Without the parameter of another server, this one would not speak HTTP/2 on the address. */
function stops({ server, listen }: SocketMember): boolean {
  if (listen.http2) return false;
  return effective(server.context, "http2").statements.at(-1)?.args[0]?.toLowerCase() !== "on";
}
