import { push } from "../../lists/index.ts";
import {
  type Configuration,
  listenSockets,
  type Server,
  type SocketMember,
  selectServer,
} from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { codeOf, titleOf } from "../wording.ts";

/** Addresses whose default server is the one that happens to stand first. */
export default defineRule({
  id: "default-server-implicit",
  category: "routing",
  severity: "info",
  confidence: "high",
  presets: ["strict"],
  docs: {
    summary: "An address has several servers, and none is marked `default_server`",
    why: "A request for a name that no server has goes to the `default_server` of the address, or to the first server nginx reads if none is marked. With files included by a pattern that is the first in alphabetical order, and a new file can change it. Mark one, or add a server that refuses unknown names.",
    bad: "events {}\nhttp {\n    server {\n        listen 80;\n        server_name blog.example;\n    }\n    server {\n        listen 80;\n        server_name shop.example;\n    }\n}\n",
    good: "events {}\nhttp {\n    server {\n        listen 80 default_server;\n        return 444;\n    }\n    server {\n        listen 80;\n        server_name shop.example;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/request_processing.html"],
  },
  check({ configuration, report }) {
    // What is not known may hold the default server, or stand first.
    if (configuration.incomplete || configuration.servers.some(listensUnseen)) return;
    for (const sockets of implicitDefaults(configuration)) {
      const [socket] = sockets;
      const first = socket?.members[0];
      if (socket === undefined || first === undefined) continue;
      const { statement } = first.listen;
      const at = statement ?? first.server.context.opener;
      if (at === null) continue;
      const servers = new Set(socket.members.map(({ server }) => server));
      const addresses = sockets.map(({ name }) => `\`${name}\``).join(" and ");
      const others = [...servers].filter((server) => server !== first.server);
      report({
        at,
        message: `Requests for names that no server has go to ${titleOf(first.server.context)}: it is the first of ${servers.size} on ${addresses}, and none is marked \`default_server\`.`,
        help: "mark the intended one with `default_server`, or add a server for unknown names that returns 444",
        related: others.slice(0, 10).flatMap(({ context }) => {
          return context.opener === null ? [] : [{ at: context.opener, message: "on the same address" }];
        }),
        witness: { kind: "header", value: `Host: ${STRANGE_NAME}` },
        ...(statement === null ? {} : { identity: codeOf(statement, Number.POSITIVE_INFINITY) }),
      });
    }
  },
});

/** Its `listen` stands in a file that could not be read. */
function listensUnseen({ context }: Server): boolean {
  return context.incomplete && !context.has("listen");
}

const STRANGE_NAME = "unknown.invalid";

/** The servers on an address. */
interface Members {
  readonly name: string;
  readonly members: readonly SocketMember[];
}

/** Sockets with several servers and no default; those of the same servers together. */
function implicitDefaults(configuration: Configuration): Iterable<readonly Members[]> {
  const numbers = new Map(configuration.servers.map((server, index) => [server, index]));
  const groups = new Map<string, Members[]>();
  for (const { name, members } of listenSockets(configuration).flatMap(byTransport)) {
    const servers = new Set(members.map(({ server }) => server));
    if (servers.size < 2 || members.some(({ listen }) => listen.defaultServer)) continue;
    const [first] = members;
    if (first === undefined || takesEveryName(configuration, first)) continue;
    const key = [...servers].map((server) => numbers.get(server)).join();
    push(groups, key, { name, members });
  }
  return groups.values();
}

/** QUIC listens on UDP: another socket. */
function byTransport({ name, members }: Members): Members[] {
  const isQuic = members.filter(({ listen }) => listen.quic);
  return isQuic.length === 0
    ? [{ name, members }]
    : [
        { name, members: members.filter(({ listen }) => !listen.quic) },
        { name, members: isQuic },
      ];
}

/** A server name that is a pattern takes what has no server. */
function takesEveryName(configuration: Configuration, { listen }: SocketMember): boolean {
  const { address, port } = listen;
  const point = { address: addressOf(address), port, host: STRANGE_NAME };
  const selection = selectServer(configuration, point);
  return selection.kind !== "server" || selection.steps.some(({ kind }) => kind === "name-regex");
}

function addressOf(address: string): string | null {
  if (address === "*") return null;
  return address.replace(/^\[|\]$/g, "");
}
