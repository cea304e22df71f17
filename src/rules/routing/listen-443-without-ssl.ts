import {
  type Configuration,
  listenSockets,
  type Place,
  type Server,
  type SocketMember,
  type Statement,
} from "../../semantics/index.ts";
import { insertArgument } from "../fix.ts";
import { type Confidence, defineRule, type Fix, type Report } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Plain HTTP on the port of HTTPS. */
export default defineRule({
  id: "listen-443-without-ssl",
  category: "routing",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  directives: ["listen"],
  fix: "unsafe",
  reveals: ["csp-missing"],
  docs: {
    summary: "Port 443 speaks plain HTTP",
    why: "Browsers speak TLS to port 443. Without `ssl` on any `listen` of the address, nginx reads the handshake as a plain HTTP request and returns 400, and the browser shows a protocol error (`ERR_SSL_PROTOCOL_ERROR`). A certificate alone does not enable TLS. One `ssl` is enough for all servers of an address.",
    bad: "server {\n    listen 443;\n    server_name shop.example;\n    ssl_certificate /etc/ssl/shop.pem;\n    ssl_certificate_key /etc/ssl/shop.key;\n}\n",
    good: "server {\n    listen 443 ssl;\n    server_name shop.example;\n    ssl_certificate /etc/ssl/shop.pem;\n    ssl_certificate_key /etc/ssl/shop.key;\n}\n",
    references: [
      "https://nginx.org/en/docs/http/ngx_http_core_module.html#listen",
      "https://nginx.org/en/docs/http/configuring_https_servers.html",
    ],
  },
  check({ configuration, model, report }) {
    // Another file may hold the `ssl` of the address: of a fragment that is likely no one's intention.
    if (configuration.fragment ? configuration.root.incomplete : configuration.incomplete) return;
    const isUnseen = ({ context }: Server) => context.incomplete && !context.has("listen");
    if (configuration.servers.some(isUnseen)) return;
    const isTls = (member: SocketMember) => mayBeTls(member, model.place(member.server.context));
    for (const listens of plainListens(configuration, isTls)) {
      const certificate =
        listens[0] && model.place(listens[0].server.context).list("ssl_certificate").statements[0];
      const found = judge(listens, certificate, configuration.fragment ? "medium" : "high");
      if (found !== null) report(found);
    }
  },
});

/** The `listen`s on port 443 of addresses without TLS; those of the same servers together. */
function plainListens(
  configuration: Configuration,
  mayBeTls: (member: SocketMember) => boolean,
): readonly (readonly SocketMember[])[] {
  const groups = new Map<string, SocketMember[]>();
  const numbers = new Map(configuration.servers.map((server, index) => [server, index]));
  for (const { name, members } of listenSockets(configuration)) {
    if (!name.endsWith(":443")) continue;
    // QUIC is another socket, of UDP.
    const tcp = members.filter(({ listen }) => !listen.quic);
    if (tcp.length === 0 || tcp.some(mayBeTls)) continue;
    const key = [...new Set(tcp.map(({ server }) => numbers.get(server)))].join();
    const same = groups.get(key);
    if (same === undefined) groups.set(key, tcp);
    else for (const listen of tcp) same.push(listen);
  }
  return [...groups.values()];
}

/** By `ssl` of `listen`, or `ssl on` of old versions; or a part that could not be read says so. */
function mayBeTls({ server, listen }: SocketMember, place: Place): boolean {
  return listen.tls || server.context.incomplete || place.isOn("ssl") === true;
}

function judge(
  members: readonly SocketMember[],
  certificate: Statement | undefined,
  confidence: Confidence,
): Report | null {
  const listens = [...new Set(members.flatMap(({ listen }) => listen.statement ?? []))];
  const [at, ...others] = listens;
  const [first] = members;
  if (at === undefined || first === undefined) return null;
  // A proxy in front that speaks the PROXY protocol may have ended TLS.
  const isBehindProxy = certificate === undefined && members.every(({ listen }) => listen.proxyProtocol);
  return {
    at,
    message: `Browsers cannot connect: ${codeOf(at)} speaks plain HTTP on the HTTPS port, since no \`listen\` of this address has \`ssl\`.`,
    help:
      certificate === undefined
        ? "write `listen 443 ssl` with `ssl_certificate` and `ssl_certificate_key`, or use another port for plain HTTP"
        : "add `ssl`",
    confidence: isBehindProxy ? "low" : confidence,
    // A server of another file may have `ssl` for the same address, and with it the certificate of this one's names.
    ...(confidence === "medium" && certificate === undefined ? { severity: "info" as const } : {}),
    related: [
      ...others.map((other) => ({ at: other, message: "plain HTTP, too" })),
      ...(certificate === undefined ? [] : [{ at: certificate, message: "is not used" }]),
    ],
    witness: { kind: "request", value: `GET https://${nameOf(first)}/` },
    ...(certificate === undefined ? {} : { fix: addSsl(listens) }),
  };
}

function nameOf({ server }: SocketMember): string {
  const [name] = server.names;
  return name?.kind === "exact" && /\w\.\w/.test(name.text) ? name.text : "localhost";
}

function addSsl(listens: readonly Statement[]): Fix {
  return {
    description: "Add `ssl`",
    safe: false,
    edits: listens.map((listen) => insertArgument(listen, 1, "ssl")),
  };
}
