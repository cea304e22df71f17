/** The servers of `stream` and `mail`: what nginx wants them to hold, and which addresses they may share. */

import type { Refusal } from "../anchor.ts";
import type { Configuration } from "../configuration.ts";
import { lookupDirective } from "../directives/index.ts";
import { effective } from "../effective.ts";
import { type Listen, readListen } from "../listen.ts";
import type { Context, Statement } from "../tree.ts";
import { isSince, type Version } from "../version.ts";

/** Options of the socket, not of the server: they set `ngx_http_listen_opt_t.set`. */
export const SOCKET_OPTION =
  /^(?:bind|setfib=.*|fastopen=.*|backlog=.*|rcvbuf=.*|sndbuf=.*|accept_filter=.*|deferred|ipv6only=.*|reuseport|so_keepalive=.*|multipath)$/;

export interface PlainServer {
  readonly kind: "stream" | "mail";
  readonly context: Context;
  readonly opener: Statement;
  readonly listens: readonly Listen[];
}

/** In file order. */
export function plainServers({ root }: Configuration): readonly PlainServer[] {
  return (["stream", "mail"] as const).flatMap((kind) => {
    const top = root.kind === kind ? root : (root.last(kind)?.block ?? null);
    return (top?.all("server") ?? []).flatMap((opener) => {
      const { block: context } = opener;
      if (context === null) return [];
      return [{ kind, context, opener, listens: context.all("listen").map(readListen) }];
    });
  });
}

/** An address that is given twice. Servers of `stream` may share one since 1.25.5; in one server it stands once. */
export function duplicateAddresses(configuration: Configuration, version: Version | null): Refusal[] {
  const refusals: Refusal[] = [];
  const seen = new Map<string, { listen: Statement; server: PlainServer }>();
  for (const server of plainServers(configuration)) {
    const mayShare = server.kind === "stream" && isSince(version, "1.25.5") !== false;
    for (const { statement, address, port, lastPort, unknown } of server.listens) {
      if (statement === null || unknown || (port === null && !address.startsWith("unix:"))) continue;
      const transport = statement.args.includes("udp") ? "udp" : "tcp";
      const key = `${server.kind} ${transport} ${address} ${port} ${lastPort}`;
      const first = seen.get(key);
      if (first === undefined) seen.set(key, { listen: statement, server });
      if (first === undefined) continue;
      const [written = ""] = statement.args;
      const shared = mayShare && first.server !== server;
      const conflict = shared ? conflictOf(statement, first.listen) : null;
      if (shared && conflict === null) continue;
      refusals.push({
        at: statement,
        message:
          conflict === null
            ? `duplicate "${written}" address and port pair: nginx does not start.`
            : `${conflict} for ${written}: nginx does not start.`,
        help: conflict === null ? "remove one of the two" : "give it in one place; it holds for the address",
        related: [{ at: first.listen, message: "first here" }],
      });
    }
  }
  return refusals;
}

/** What servers that share an address cannot give twice (`ngx_stream_add_addresses`). */
function conflictOf(second: Statement, first: Statement): string | null {
  const both = (isGiven: (option: string) => boolean) =>
    [first, second].every(({ args }) => args.slice(1).some(isGiven));
  if (both((option) => SOCKET_OPTION.test(option))) return "duplicate listen options";
  return both((option) => option === "default_server") ? "a duplicate default server" : null;
}

/** Servers whose connections nobody handles, or that nobody can reach. */
export function incompleteServers(configuration: Configuration, version: Version | null): Refusal[] {
  return plainServers(configuration).flatMap((server) => {
    const { context, opener } = server;
    // A directive that nobody knows, or a module's own, may do what is asked for.
    const isKnown = ({ name }: Statement) =>
      lookupDirective(name)?.some(
        ({ edition, contexts }) => edition === "open-source" && contexts.includes(context.kind),
      ) === true;
    if (context.incomplete || !context.statements.every(isKnown)) return [];
    const lack = lackOf(server, version);
    return lack === null
      ? []
      : [{ at: opener, message: `${lack.message}: nginx does not start.`, help: lack.help }];
  });
}

function lackOf(
  { kind, context, listens }: PlainServer,
  version: Version | null,
): { message: string; help: string } | null {
  if (listens.length === 0) {
    return { message: 'no "listen" is defined for server', help: "write `listen` with an address or port" };
  }
  if (kind === "stream") {
    // Since it chooses servers by name (1.25.5), nginx asks for the handler when a connection is there.
    return isSince(version, "1.25.5") !== false || context.hasAny(HANDLERS)
      ? null
      : { message: "no handler for server", help: "write `proxy_pass` or `return`" };
  }
  const isGuessed = listens.some(({ port, unknown }) => unknown || MAIL_PORTS.has(port ?? 0));
  if (!context.has("protocol") && !isGuessed) {
    return { message: "unknown mail protocol for server", help: "write `protocol imap;`, `pop3` or `smtp`" };
  }
  const { statements, uncertain } = effective(context, "auth_http");
  if (statements.length > 0 || uncertain) return null;
  return {
    message: 'no "auth_http" is defined for server',
    help: "write `auth_http` with the address that is asked",
  };
}

const HANDLERS = ["proxy_pass", "return", "pass"];

/** Ports that say which protocol a mail server speaks (`ngx_mail_protocol_t.port`). */
const MAIL_PORTS: ReadonlySet<number> = new Set([25, 587, 465, 110, 995, 143, 993]);
