import {
  type Configuration,
  effective,
  isSince,
  listenSockets,
  type Server,
  type SocketMember,
  tlsSockets,
} from "../../semantics/index.ts";
import { defineRule, type Report } from "../rule.ts";
import { isMisspelt } from "./known-here.ts";
import { plainServers } from "./plain-servers.ts";

/** Which servers of a TLS address need a certificate (`ngx_http_ssl_init`). */
export default defineRule({
  id: "ssl-without-certificate",
  category: "validity",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["setup.nginx-t"],
  docs: {
    summary: "A TLS address has a certificate",
    why: "nginx refuses to start when the default server of a TLS address has no `ssl_certificate`. With `ssl_reject_handshake on` there, every other server of the address needs one.",
    bad: "events {}\nhttp {\n    server {\n        listen 443 ssl;\n    }\n}\n",
    good: "events {}\nhttp {\n    server {\n        listen 443 ssl;\n        ssl_certificate /etc/ssl/shop.pem;\n        ssl_certificate_key /etc/ssl/shop.key;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_certificate"],
  },
  check({ configuration, version, report }) {
    const reported = new Set<Server>();
    const complain = (server: Server, listen: Report["at"] | null, message: string) => {
      if (reported.has(server)) return;
      reported.add(server);
      const at = listen ?? server.context.opener;
      if (at === null) return;
      report({
        at,
        message: `${message}: nginx does not start.`,
        help: "write `ssl_certificate` and `ssl_certificate_key`",
      });
    };
    for (const { listen, server } of firstQuicMembers(configuration)) {
      if (certificateOf(server) !== "none") continue;
      const message = 'no "ssl_certificate" is defined for the "listen ... quic" directive';
      complain(server, listen.statement, message);
    }
    for (const { members, defaultMember, defaultUncertain } of tlsSockets(configuration)) {
      if (defaultUncertain) continue;
      const state = certificateOf(defaultMember.server);
      if (state === "unknown") continue;
      if (state === "none") {
        complain(
          defaultMember.server,
          defaultMember.listen.statement,
          'no "ssl_certificate" is defined for the "listen ... ssl" directive',
        );
      } else if (state === "rejects" && isSince(version, "1.19.4") !== false) {
        for (const { server, listen } of members) {
          if (server === defaultMember.server || certificateOf(server) !== "none") continue;
          complain(
            server,
            listen.statement,
            'no "ssl_certificate" is defined in server listening on SSL port',
          );
        }
      }
    }
    for (const { context, listens } of plainServers(configuration)) {
      const listen = listens.find(({ tls }) => tls)?.statement;
      if (!listen) continue;
      const { statements, uncertain } = effective(context, ["ssl_certificate", "ssl_reject_handshake"]);
      if (statements.length > 0 || uncertain || isMisspelt(context, "ssl_certificate")) continue;
      report({
        at: listen,
        message: 'no "ssl_certificate" is defined for the "listen ... ssl" directive: nginx does not start.',
        help: "write `ssl_certificate` and `ssl_certificate_key`",
      });
    }
    for (const server of configuration.servers) {
      const certificates = effective(server.context, "ssl_certificate");
      const keys = effective(server.context, "ssl_certificate_key");
      const [certificate] = certificates.statements;
      if (certificate === undefined || keys.statements.length > 0 || keys.uncertain) continue;
      if (isMisspelt(server.context, "ssl_certificate_key")) continue;
      report({
        at: certificate,
        message: `no "ssl_certificate_key" is defined for certificate "${certificate.args[0] ?? ""}": nginx does not start.`,
        help: "write `ssl_certificate_key` beside it",
      });
    }
  },
});

/** The default server of each QUIC address. */
function firstQuicMembers(configuration: Configuration): SocketMember[] {
  if (configuration.incomplete) return [];
  return listenSockets(configuration).flatMap(({ members }) => {
    const quic = members.filter(({ listen }) => listen.quic);
    return quic.find(({ listen }) => listen.defaultServer) ?? quic[0] ?? [];
  });
}

function certificateOf(server: Server): "some" | "none" | "rejects" | "unknown" {
  const certificates = effective(server.context, "ssl_certificate");
  if (certificates.statements.length > 0) return "some";
  if (isMisspelt(server.context, "ssl_certificate")) return "unknown";
  const rejects = effective(server.context, "ssl_reject_handshake");
  if (rejects.statements.at(-1)?.args[0] === "on") return "rejects";
  return certificates.uncertain || rejects.uncertain ? "unknown" : "none";
}
