import type { Origin, Statement } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Any name that a client thinks of, as the application's own. */
export default defineRule({
  id: "host-header-spoofing",
  category: "proxying",
  severity: "info",
  confidence: "high",
  presets: ["security"],
  docs: {
    summary: "The application gets the client's `Host` header unchecked, whatever name it holds",
    why: "A server that answers to any name and passes `$http_host` on lets clients choose the name that the application takes for its own: links in password reset mails then lead to the attacker's host, and caches store such pages. Give the server its names and let another one refuse the rest. `$host` is normalized and drops the port; on ports other than 80 and 443 Django's CSRF check needs the port, so keep `$http_host` there, with a list of names. Such a list does not bind `$http_host` altogether: nginx selects the server by the request line if that holds a whole URL (`GET http://shop.example.org/`), and the `Host` header next to it can still hold any name. So the application should also know its names (`ALLOWED_HOSTS`). Many applications do, and so this is a hint (info, in `security`).",
    bad: `events {}
http {
    server {
        listen 80;
        location / {
            proxy_set_header Host $http_host;
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
    good: `events {}
http {
    server {
        listen 80 default_server;
        return 444;
    }
    server {
        listen 80;
        server_name shop.example.org;
        location / {
            proxy_set_header Host $host;
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
    references: [
      "https://nginx.org/en/docs/http/ngx_http_core_module.html#var_host",
      "https://docs.djangoproject.com/en/stable/topics/security/#host-headers-virtual-hosting",
    ],
  },
  scope: "server",
  check({ server, site, report }) {
    if (!server.takesAnyName || site.edge.isBehindProxy(server.server)) return;
    const lines = new Map<Statement, Statement>();
    for (const { place, pass } of site.applicationPasses(server.places)) {
      const { statements } = place.list("proxy_set_header");
      const host = statements.find(({ args }) => args[0]?.toLowerCase() === "host");
      const parts = host === undefined ? [] : (place.value(host.args[1] ?? "")?.parts ?? []);
      // `$host` is what the server was chosen by.
      const isRaw = parts.some(({ written, origins }) => written !== "$host" && origins.some(isHost));
      if (host === undefined || !isRaw) continue;
      const asked = server.ask({ uri: "/", host: SPOOFED }, { at: place.context });
      const isSpoofed = asked.requestHeaders.some(
        ({ name, value }) => name.toLowerCase() === "host" && value.includes(SPOOFED),
      );
      if (asked.outcome.by === pass && isSpoofed && !lines.has(host)) lines.set(host, pass);
    }
    const [first, ...others] = lines;
    if (first === undefined) return;
    const [host, pass] = first;
    report({
      at: host,
      message: `${codeOf(host)} in a server that answers to any name: clients choose the name that the application uses in links and mails.`,
      help: "give the server its `server_name`, and let a `default_server` refuse other names; on ports 80 and 443 write `$host`",
      related: [
        { at: pass, message: "passes it on" },
        ...others.map(([at]) => ({ at, message: "the same here" })),
      ],
      witness: { kind: "header", value: `Host: ${SPOOFED}` },
    });
  },
});

function isHost(origin: Origin): boolean {
  return origin.kind === "header" && origin.name === "host";
}

const SPOOFED = "evil.example.net";
