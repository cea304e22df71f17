import type { Place, Statement } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { hasMore } from "./cached-users.ts";

/** A cached answer that depends on what one client sent. */
export default defineRule({
  id: "cache-key-poisoning",
  category: "proxying",
  severity: "warning",
  confidence: "medium",
  presets: ["security"],
  docs: {
    summary: "The cache key leaves out a client header that the application uses",
    why: "nginx serves a cached response to everyone whose request has the same key. When the application builds links and redirects from a header that the key leaves out (`Host`, `X-Forwarded-Host`, `X-Forwarded-Proto`), one request with a forged header caches a response with the attacker's links, and everybody after it gets that. The default key, `$scheme$proxy_host$request_uri`, has the name of the upstream in it and not the host that was asked for.\n\nThe rule looks only at headers that nginx is told to fill from the request, and only where a stranger can choose the value: a `$host` of a server that answers to any name, or a forwarding header taken as it comes. What an application does with `Accept-Language` and the like it has to say in `Vary`, which nginx respects.",
    bad: `events {}
http {
    proxy_cache_path /var/cache/nginx keys_zone=pages:10m;
    server {
        listen 80 default_server;
        location / {
            proxy_cache pages;
            proxy_set_header Host $host;
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
    good: `events {}
http {
    proxy_cache_path /var/cache/nginx keys_zone=pages:10m;
    server {
        listen 80 default_server;
        location / {
            proxy_cache pages;
            proxy_cache_key $scheme$host$request_uri;
            proxy_set_header Host $host;
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
    references: [
      "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_cache_key",
      "https://portswigger.net/web-security/web-cache-poisoning",
    ],
  },
  check({ servers, site, report, met }) {
    const told = new Set<unknown>();
    for (const server of servers) {
      for (const place of server.places) {
        const { caching, handler } = place;
        if (caching === null || handler.kind !== "pass" || handler.pass !== "proxy_pass") continue;
        const { key, keyStatement, statement } = caching;
        if (key === null || hasMore(key) || site.backendOf(handler.statement).kind !== "application")
          continue;
        const header = chosenHeader(place, key, server.takesAnyName);
        if (header === null) {
          met(statement);
          continue;
        }
        if (told.has(header.at)) continue;
        told.add(header.at);
        report({
          at: header.at,
          message: `The application sees \`${header.value}\` in \`${header.name}\`, but the cache key \`${key}\` leaves it out: everyone gets a response made for a forged header.`,
          help: `put \`${header.value}\` into \`${caching.family}_cache_key\`, or send a name that nginx knows`,
          witness: { kind: "header", value: `${header.sent}: evil.example` },
          related: [
            { at: statement, message: "responses are cached" },
            ...(keyStatement === null ? [] : [{ at: keyStatement, message: "without it" }]),
          ],
        });
      }
    }
  },
});

interface Chosen {
  readonly at: Statement;
  readonly name: string;
  readonly value: string;
  /** The header that the attacker sends. */
  readonly sent: string;
}

/** A header whose value a stranger chooses, and the key does not hold. */
function chosenHeader(place: Place, key: string, takesAnyName: boolean): Chosen | null {
  const { statements, replaceable } = place.list("proxy_set_header");
  if (replaceable) return null;
  for (const at of statements) {
    const [name = "", value = ""] = at.args;
    if (!/^(host|x-forwarded-(host|server|prefix|port|proto|scheme)|x-host|forwarded)$/i.test(name)) continue;
    const [, variable = ""] = /^\$\{?(\w+)\}?(:\$server_port)?$/.exec(value) ?? [];
    if (variable === "" || new RegExp(`\\$\\{?${variable}\\b`).test(key)) continue;
    const isHost = variable === "host" || variable === "http_host";
    // In the key the host stands under either name.
    if (isHost && (!takesAnyName || /\$\{?(http_)?host\b/.test(key))) continue;
    if (isHost) return { at, name, value, sent: "Host" };
    if (/^http_x_forwarded_(host|server|prefix|port|proto)$/.test(variable))
      return { at, name, value, sent: name };
  }
  return null;
}
