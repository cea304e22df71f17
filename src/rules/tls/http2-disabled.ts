import { http2Of } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { capitalized, titleOf } from "../wording.ts";

/** HTTPS sites that are served over HTTP/1.1 alone. */
export default defineRule({
  id: "http2-disabled",
  category: "tls",
  severity: "info",
  confidence: "high",
  presets: ["django-react"],
  checklist: ["tls.http2"],
  docs: {
    summary: "An HTTPS site does not offer HTTP/2",
    why: "Over HTTP/1.1 a browser loads six files at a time, each over a separate connection. HTTP/2 sends them all over one: pages with many scripts and images load faster, especially on slow networks.",
    bad: `events {}
http {
    server {
        listen 443 ssl;
        ssl_certificate site.pem;
        ssl_certificate_key site.key;
        server_name shop.example;
        root /srv/www;
    }
}
`,
    good: `events {}
http {
    server {
        listen 443 ssl;
        ssl_certificate site.pem;
        ssl_certificate_key site.key;
        server_name shop.example;
        http2 on;
        root /srv/www;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_v2_module.html"],
  },
  scope: "server",
  check({ server, site, configuration, report, met, untold }) {
    const at = server.context.opener;
    const { partial, listens } = server.server;
    if (at === null || partial || !site.edge.speaksTls(server.server) || server.rejectsAll) return;
    // A server that only sends elsewhere has one answer to give.
    if (server.top.handler.kind === "return" || site.edge.isPrivate(server.server)) return;
    const state = http2Of(configuration, server.server);
    if (state === "on") met(at);
    if (state === "unknown") untold({ at, reason: "look for `http2` in the parts that were not read" });
    if (state !== "off") return;
    const listen = listens.find(({ tls, quic }) => tls && !quic)?.statement;
    report({
      at: listen ?? at,
      message: `${capitalized(titleOf(server.context))} offers only HTTP/1.1: pages with many files load more slowly than they could.`,
      help: "write `http2 on;` in the server (nginx ≥ 1.25.1; before, `listen 443 ssl http2;`)",
    });
  },
});
