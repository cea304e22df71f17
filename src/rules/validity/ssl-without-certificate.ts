import { refuseWithoutCertificates } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";

/** Which servers of a TLS address need a certificate (`ngx_http_ssl_init`). */
export default defineRule({
  id: "ssl-without-certificate",
  category: "validity",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["setup.nginx-t", "tls.certificate"],
  docs: {
    summary: "A TLS listener has no certificate or key",
    why: "nginx refuses to start when the default server of a TLS address has no `ssl_certificate`. With `ssl_reject_handshake on` there, every other server of the address needs one. A certificate needs its key; and where the other side is verified (`ssl_verify_client`, `proxy_ssl_verify`), nginx wants to know by whose certificates.",
    bad: "events {}\nhttp {\n    server {\n        listen 443 ssl;\n    }\n}\n",
    good: "events {}\nhttp {\n    server {\n        listen 443 ssl;\n        ssl_certificate /etc/ssl/shop.pem;\n        ssl_certificate_key /etc/ssl/shop.key;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_certificate"],
  },
  check({ configuration, model, site, version, report, met, untold, isMetUnheard }) {
    refuseWithoutCertificates(configuration, version, report);
    if (isMetUnheard === true) return;
    for (const { server, top, rejectsAll, context } of model.servers) {
      if (!site.edge.speaksTls(server) || rejectsAll) continue;
      const { statement, origin } = top.setting("ssl_certificate");
      const at = statement ?? context.opener;
      if (statement !== null) met(statement, [context], ["tls.certificate"]);
      else if (origin === "unknown" && at !== null)
        untold({
          at,
          reason: "look for `ssl_certificate` in the parts that were not read",
          items: ["tls.certificate"],
          concerns: [context],
        });
    }
  },
});
