import type { VirtualServer } from "../../semantics/index.ts";
import { packagedRoot } from "../../site/index.ts";
import { type Confidence, defineRule } from "../rule.ts";

/** The site that comes with the package, still in use. */
export default defineRule({
  id: "default-site-enabled",
  category: "routing",
  severity: "warning",
  confidence: "high",
  presets: ["django-react"],
  checklist: ["setup.default-site"],
  docs: {
    summary: "The default site of the nginx package is still enabled",
    why: "The packaged site answers with nginx's welcome page: to scanners, to requests by address and, if it is the default server, to every name that no other server has. It also claims `default_server` on port 80, which then conflicts with your own.",
    bad: `events {}
http {
    server {
        listen 80 default_server;
        listen [::]:80 default_server;
        root /var/www/html;
        index index.html index.htm index.nginx-debian.html;
        server_name _;
        location / {
            try_files $uri $uri/ =404;
        }
    }
    server {
        listen 80;
        server_name shop.example;
        location / {
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
    good: `events {}
http {
    server {
        listen 80 default_server;
        listen [::]:80 default_server;
        server_name _;
        return 444;
    }
    server {
        listen 80;
        server_name shop.example;
        location / {
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
    references: ["https://nginx.org/en/docs/http/request_processing.html"],
  },
  check({ configuration, model, servers, report }) {
    // A site that is handed alone is not in use.
    if (configuration.fragment) return;
    for (const server of servers) {
      const at = server.context.opener;
      const root = at === null ? null : packagedRoot(server);
      if (at === null || root === null) continue;
      const include = at.chain?.include;
      const isDefault = server.server.listens.some(({ defaultServer }) => defaultServer);
      report({
        at,
        message: `This is the default site of the nginx package: ${isDefault ? "requests for names that no other server has" : "requests for its names"} get nginx's welcome page from \`${root}\`.`,
        help: /sites-enabled\/[^/]*$/.test(at.file.name)
          ? `remove the link \`${at.file.name}\``
          : include === undefined
            ? "remove this `server`, or replace it with your own site"
            : `remove \`${at.file.name}\`, or replace it with your own site`,
        confidence: confidenceOf(server, model.servers.length),
        related: include === undefined ? [] : [{ at: include, message: "included here" }],
        witness: { kind: "request", value: `GET http://${isDefault ? "unknown.example" : "localhost"}/` },
      });
    }
  },
});

/** Images of containers often keep the packaged site, and put an app into its folder. */
function confidenceOf({ context }: VirtualServer, servers: number): Confidence {
  const isDebian = context.all("index").some(({ args }) => args.some((name) => /^index\.nginx-/.test(name)));
  return isDebian || servers > 1 ? "high" : "low";
}
