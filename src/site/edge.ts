/** How clients come in: over TLS, in plain HTTP, or by another proxy in front. */

import {
  type Configuration,
  type Context,
  effective,
  isPrivateListen,
  type Listen,
  type Server,
  tlsSockets,
} from "../semantics/index.ts";
import type { Assumptions } from "./assumptions.ts";

export class Edge {
  readonly #configuration: Configuration;
  readonly #assume: Assumptions;
  readonly #tlsListens: ReadonlySet<Listen>;
  readonly #tlsNames: ReadonlySet<string>;

  constructor(configuration: Configuration, assume: Assumptions = {}) {
    this.#configuration = configuration;
    this.#assume = assume;
    const members = tlsSockets(configuration).flatMap((socket) => socket.members);
    const quic = configuration.servers.flatMap(({ listens }) => listens.filter((listen) => listen.quic));
    this.#tlsListens = new Set([...members.map(({ listen }) => listen), ...quic]);
    this.#tlsNames = new Set(members.flatMap(({ server }) => server.names.map(({ text }) => text)));
  }

  /** All of the tree is known, and nothing in it speaks TLS. */
  get isWithoutTls(): boolean {
    return this.#tlsListens.size === 0 && !this.#configuration.incomplete;
  }

  /** Something in what is known speaks TLS. */
  get knowsTls(): boolean {
    return this.#tlsListens.size > 0;
  }

  speaksTls(server: Server): boolean {
    return server.listens.some((listen) => this.#tlsListens.has(listen));
  }

  /** It answers in plain HTTP, and does not send all such requests away to HTTPS. */
  speaksPlainHttp(server: Server): boolean {
    return (
      server.listens.some((listen) => !this.#tlsListens.has(listen)) && !redirectsPlainHttp(server.context)
    );
  }

  /** Plain HTTP alone, while TLS is spoken elsewhere in the tree: no proxy in front speaks it for this server. */
  isPlainBesideTls(server: Server): boolean {
    return this.#tlsListens.size > 0 && !server.partial && !this.speaksTls(server);
  }

  /** TLS for the names of this server ends in this tree. */
  isEdge(server: Server): boolean {
    if (this.#assume.edge !== undefined) return this.#assume.edge;
    return (
      this.speaksTls(server) ||
      server.names.some(({ text }) => text !== "" && text !== "_" && this.#tlsNames.has(text))
    );
  }

  /** Another proxy hands the requests on: by the PROXY protocol, or trusted for the client's address. */
  isBehindProxy(server: Server): boolean {
    if (this.#assume.edge !== undefined) return !this.#assume.edge;
    if (effective(server.context, "set_real_ip_from").statements.length > 0) return true;
    return server.listens.length > 0 && server.listens.every(({ proxyProtocol }) => proxyProtocol);
  }

  /** Only this machine and private networks can connect. */
  isPrivate(server: Server): boolean {
    return server.listens.length > 0 && server.listens.every(isPrivateListen);
  }
}

/** `if ($scheme = http) { return 301 https://…; }` and its like. */
function redirectsPlainHttp(context: Context): boolean {
  return context.all("if").some((statement) => {
    if (!/\$(scheme|https|server_port|ssl_protocol)\b/.test(statement.args.join(" "))) return false;
    return statement.block?.statements.some(({ name }) => name === "return" || name === "rewrite") ?? false;
  });
}
