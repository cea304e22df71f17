import { tlsSockets } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";

/** Requests that get past a refused handshake. */
export default defineRule({
  id: "http2-misdirected-request",
  category: "tls",
  severity: "info",
  confidence: "high",
  presets: ["strict"],
  docs: {
    summary: "A server that rejects handshakes still answers requests over another name's connection",
    why: "`ssl_reject_handshake` refuses the connection of a client that asks for no name of yours. A client that is connected for one of your names, though, can send any `Host` over that connection; browsers do so over HTTP/2 when another name has the same address and the certificate covers it. nginx then picks the server by `Host`, and that is the default one: it answers with its files or nginx's welcome page (seen with nginx 1.22). `421 Misdirected Request` has the browser open a connection of its own.",
    bad: `events {}
http {
    server {
        listen 443 ssl default_server;
        ssl_reject_handshake on;
    }
    server {
        listen 443 ssl;
        server_name shop.example;
        ssl_certificate /etc/ssl/shop.pem;
        ssl_certificate_key /etc/ssl/shop.key;
    }
}
`,
    good: `events {}
http {
    server {
        listen 443 ssl default_server;
        ssl_reject_handshake on;
        return 421;
    }
    server {
        listen 443 ssl;
        server_name shop.example;
        ssl_certificate /etc/ssl/shop.pem;
        ssl_certificate_key /etc/ssl/shop.key;
    }
}
`,
    references: [
      "https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_reject_handshake",
      "https://www.rfc-editor.org/rfc/rfc9110#name-421-misdirected-request",
    ],
  },
  check({ model, configuration, report }) {
    if (configuration.all("ssl_reject_handshake").length === 0) return;
    const told = new Set<unknown>();
    for (const transport of ["tcp", "quic"] as const) {
      for (const { members, defaultMember } of tlsSockets(configuration, transport)) {
        const top = model.place(defaultMember.server.context);
        const { statement } = top.setting("ssl_reject_handshake");
        if (statement === null || told.has(statement) || top.isOn("ssl_reject_handshake") !== true) continue;
        const isShared = members.some(
          ({ server }) => model.place(server.context).isOn("ssl_reject_handshake") === false,
        );
        const rest = defaultMember.server.locations.find(
          ({ isPrefix, pattern }) => isPrefix && pattern === "/",
        );
        const answers = [top, ...(rest === undefined ? [] : [model.place(rest.context)])].some(
          ({ handler }) => handler.kind === "return",
        );
        if (!isShared || answers || top.context.incomplete) continue;
        told.add(statement);
        report({
          at: statement,
          message:
            "A client connected to another server of this address that sends a different `Host` bypasses the rejected handshake: this server serves it files.",
          help: "write `return 421;` into the server (or `return 444;`)",
          witness: { kind: "header", value: "Host: other.example" },
        });
      }
    }
  },
});
