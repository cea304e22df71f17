/** Which TLS protocols are in force where nginx speaks TLS. */
import type { Anchor } from "./anchor.ts";
import type { Configuration } from "./configuration.ts";
import { lookupDirective } from "./directives/index.ts";
import { effective } from "./effective.ts";
import { readListen } from "./listen.ts";
import { settingOf } from "./setting.ts";
import { type SocketMember, tlsSockets } from "./tls.ts";
import type { Context, Statement } from "./tree.ts";
import { isSince, type Version } from "./version.ts";

/** Since then each server's own `ssl_protocols` hold; before, those of the default server of the address. */
export const PROTOCOLS_PER_SERVER = "1.29.2";

/** What a listener accepts, in versions before {@link PROTOCOLS_PER_SERVER} or since. */
export interface ListenerProtocols {
  readonly listener: Anchor;
  /** The servers whose clients it decides for. */
  readonly servers: readonly Context[];
  readonly protocols: Protocols;
  readonly before: boolean;
  readonly since: boolean;
  /** The server whose setting this is answers first for certain. */
  readonly sure: boolean;
  /** `ssl_protocols` of other servers of the address that are not in force before. */
  readonly unheard: readonly Statement[];
}

export interface Protocols {
  /** The line that lists them; null for the default. */
  readonly statement: Statement | null;
  /** As written, without those that `ssl_conf_command MinProtocol` rules out. */
  readonly accepted: readonly string[];
  /** Whether that rule leaves a protocol, listed or not. */
  allows(name: string): boolean;
}

/** The protocols in force at a context; null where a part that could not be read may set them. */
export function protocolsAt(
  context: Context,
  version: Version | null,
  directive = "ssl_protocols",
): Protocols | null {
  const { args, statement, origin } = settingOf(context, directive, version);
  return origin === "unknown" ? null : read(context, directive, statement, args);
}

function read(
  context: Context,
  directive: string,
  statement: Statement | null,
  args: readonly string[],
): Protocols {
  const lowest = lowestProtocol(context, directive);
  const allows = (name: string) => lowest === 0 || ORDER.indexOf(name.toLowerCase()) >= lowest;
  return { statement, accepted: args.filter(allows), allows };
}

const ORDER: readonly string[] = ["sslv2", "sslv3", "tlsv1", "tlsv1.1", "tlsv1.2", "tlsv1.3"];

/** `ssl_conf_command MinProtocol` has the last word in OpenSSL. */
function lowestProtocol(context: Context, directive: string): number {
  const commands = effective(context, directive.replace("protocols", "conf_command")).statements;
  const lowest = commands.filter(({ args }) => args[0]?.toLowerCase() === "minprotocol").at(-1);
  return Math.max(0, ORDER.indexOf(lowest?.args[1]?.toLowerCase() ?? ""));
}

/** The listeners of `http`, `stream` and `mail` that speak TLS over TCP, each with what it accepts. */
export function* listenerProtocols(
  configuration: Configuration,
  version: Version | null,
): Generator<ListenerProtocols> {
  for (const { members, defaultMember, defaultUncertain } of tlsSockets(configuration)) {
    const decisive = protocolsAt(defaultMember.server.context, version);
    if (decisive !== null) {
      const unheard = members.flatMap(({ server: { context } }) => {
        const own = context.last("ssl_protocols");
        return own === undefined || own.directive === decisive.statement?.directive ? [] : [own];
      });
      yield {
        listener: anchorOf(defaultMember),
        servers: members.map(({ server }) => server.context),
        protocols: decisive,
        before: true,
        since: false,
        sure: !defaultUncertain,
        unheard,
      };
    }
    for (const member of members) {
      const { context } = member.server;
      // A server that refuses every handshake speaks no protocol of its own.
      if (settingOf(context, "ssl_reject_handshake", version).args[0] === "on") continue;
      const own = protocolsAt(context, version);
      if (own === null) continue;
      yield {
        listener: anchorOf(member),
        servers: [context],
        protocols: own,
        before: false,
        since: true,
        sure: false,
        unheard: [],
      };
    }
  }
  for (const [context, listener] of otherListeners(configuration)) {
    const protocols = protocolsAt(context, version);
    const servers = [context];
    if (protocols !== null)
      yield { listener, servers, protocols, before: true, since: true, sure: true, unheard: [] };
  }
  const loose = looseProtocols(configuration);
  if (loose !== null) yield loose;
}

/** The listeners of `stream` and `mail`, where each server has its own settings. */
function* otherListeners({ root }: Configuration): Generator<[Context, Anchor]> {
  for (const kind of ["stream", "mail"] as const) {
    const block = root.kind === kind ? root : root.last(kind)?.block;
    for (const { block: server } of block?.all("server") ?? []) {
      if (server === null) continue;
      const listen = server.all("listen").find((statement) => readListen(statement).tls);
      const starttls = effective(server, ["starttls", "ssl"]).statements.find(({ args }) =>
        ["on", "only"].includes(args[0] ?? ""),
      );
      const at = listen ?? (kind === "mail" ? starttls : undefined);
      if (at !== undefined) yield [server, at];
    }
  }
}

/** A snippet of TLS settings without a `listen` in sight: someone includes it for a TLS listener. */
function looseProtocols({ root, fragment, servers }: Configuration): ListenerProtocols | null {
  if (!fragment || servers.some(({ partial, listens }) => !partial || listens.length > 0)) return null;
  const statement = effective(root, "ssl_protocols").statements.at(-1);
  if (statement === undefined) return null;
  const protocols = read(root, "ssl_protocols", statement, statement.args);
  return {
    listener: statement,
    servers: [root],
    protocols,
    before: true,
    since: true,
    sure: false,
    unheard: [],
  };
}

function anchorOf({ server: { context }, listen }: SocketMember): Anchor {
  return listen.statement ?? context.opener ?? { file: context.tree.entry, start: 0, end: 0 };
}

/** The directive that lists the protocols towards the upstream of a `…_pass`; null where it speaks no TLS. */
export function upstreamProtocolsDirective({ name, args, context }: Statement): string | null {
  const [target = ""] = args;
  if (name === "proxy_pass" && context.kind === "stream-server") {
    return effective(context, "proxy_ssl").statements.at(-1)?.args[0] === "on" ? "proxy_ssl_protocols" : null;
  }
  if (name === "proxy_pass" && target.startsWith("https://")) return "proxy_ssl_protocols";
  if (name === "grpc_pass" && target.startsWith("grpcs://")) return "grpc_ssl_protocols";
  if (name === "uwsgi_pass" && target.startsWith("suwsgi://")) return "uwsgi_ssl_protocols";
  return null;
}

/** What `ssl_protocols` are where nobody writes them, in the newest version that is not after `version`, or before `until`. */
export interface DefaultProtocols {
  readonly names: readonly string[];
  /** The first version with another default; null for the newest. */
  readonly until: string | null;
}

/** The defaults that the version may have: one, or all of them where it is not known; the oldest first. */
export function defaultProtocols(version: Version | null): readonly DefaultProtocols[] {
  const facts = lookupDirective("ssl_protocols")?.[0];
  const all = [
    ...(facts?.earlierDefaults ?? []).map(({ until, value }) => ({ names: wordsOf(value), until })),
    { names: wordsOf(facts?.default ?? null), until: null },
  ];
  if (version === null) return all;
  return [all.find(({ until }) => until === null || isSince(version, until) === false)].flatMap(
    (found) => found ?? [],
  );
}

function wordsOf(value: string | null): readonly string[] {
  return value?.split(" ") ?? [];
}
