/** Where HTTP/2 is spoken: `http2 on` of a server (since 1.25.1), or the `http2` parameter of a listen address. */
import { isFilledIn } from "../parser/index.ts";
import type { Configuration } from "./configuration.ts";
import { effective } from "./effective.ts";
import type { Server } from "./server.ts";
import { listenSockets } from "./tls.ts";
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
  const isShared = listenSockets(configuration).some(
    ({ members }) =>
      members.some((member) => member.server === server) && members.some(({ listen }) => listen.http2),
  );
  if (isShared) return "on";
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
  const sockets = configuration.servers.some(({ listens }) => listens.some(({ http2 }) => http2))
    ? listenSockets(configuration)
    : [];
  for (const server of configuration.servers) {
    for (const { statement, http2 } of server.listens) {
      if (!http2 || statement === null) continue;
      const shared = sockets.filter(({ members }) =>
        members.some((member) => member.listen.statement === statement),
      );
      const isAlone = shared.every(({ members }) =>
        members.every(
          (member) =>
            member.server === server ||
            member.listen.http2 ||
            effective(member.server.context, "http2").statements.at(-1)?.args[0]?.toLowerCase() === "on",
        ),
      );
      found.push({ server, statement, isAlone });
    }
  }
  return found;
}
