import {
  effective,
  isMisspelt,
  isSince,
  missingTlsMaterial,
  type Server,
  tlsSockets,
} from "../../semantics/index.ts";
import { defineRule, type Report } from "../rule.ts";

/** Which servers of a TLS address need a certificate (`ngx_http_ssl_init`). */
export default defineRule({
  id: "ssl-without-certificate",
  category: "validity",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["setup.nginx-t"],
  docs: {
    summary: "TLS has its certificates and keys",
    why: "nginx refuses to start when the default server of a TLS address has no `ssl_certificate`. With `ssl_reject_handshake on` there, every other server of the address needs one. A certificate needs its key; and where the other side is verified (`ssl_verify_client`, `proxy_ssl_verify`), nginx wants to know by whose certificates.",
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
    for (const [transport, mode] of [
      ["tcp", "ssl"],
      ["quic", "quic"],
    ] as const) {
      for (const { members, defaultMember, defaultUncertain } of tlsSockets(configuration, transport)) {
        if (defaultUncertain) continue;
        const state = certificateOf(defaultMember.server);
        if (state === "unknown") continue;
        const protocols = effective(defaultMember.server.context, "ssl_protocols").statements.at(-1);
        if (
          state === "some" &&
          transport === "quic" &&
          protocols?.args.every((word) => !/^tlsv1\.3$/i.test(word))
        ) {
          report({
            at: protocols,
            message:
              '"ssl_protocols" must enable TLSv1.3 for the "listen ... quic" directive: nginx does not start.',
            help: "add `TLSv1.3`",
          });
        }
        if (state === "none") {
          complain(
            defaultMember.server,
            defaultMember.listen.statement,
            `no "ssl_certificate" is defined for the "listen ... ${mode}" directive`,
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
    }
    for (const each of missingTlsMaterial(configuration, version)) report(each);
  },
});

function certificateOf(server: Server): "some" | "none" | "rejects" | "unknown" {
  const certificates = effective(server.context, "ssl_certificate");
  if (certificates.statements.length > 0) return "some";
  if (isMisspelt(server.context, "ssl_certificate")) return "unknown";
  const rejects = effective(server.context, "ssl_reject_handshake");
  if (rejects.statements.at(-1)?.args[0] === "on") return "rejects";
  return certificates.uncertain || rejects.uncertain ? "unknown" : "none";
}
