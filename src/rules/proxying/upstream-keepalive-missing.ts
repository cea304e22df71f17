import { isSince } from "../../semantics/index.ts";
import { webSocketPlace } from "../../site/index.ts";
import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";
import { keptUpstream, upstreamOf } from "./kept-upstream.ts";

/** Since then connections to upstreams are kept unless told otherwise. */
const KEPT = "1.29.7";

/** A new connection to the application for each request. */
export default defineRule({
  id: "upstream-keepalive-missing",
  category: "proxying",
  severity: "info",
  confidence: "high",
  presets: ["django-react"],
  checklist: ["django.upstream-keepalive"],
  docs: {
    summary: "Each request opens a new connection to the application",
    why: "Before nginx 1.29.7 a connection to an upstream is closed after each request unless the `upstream` block has `keepalive`. Opening a connection costs time for every request, and under load the machine runs out of ports. Since 1.29.7 connections are kept alive by default.",
    bad: `events {}
http {
    upstream app {
        server 127.0.0.1:8000;
    }
    server {
        listen 80;
        location / {
            proxy_pass http://app;
        }
    }
}
`,
    good: `events {}
http {
    upstream app {
        server 127.0.0.1:8000;
        keepalive 32;
    }
    server {
        listen 80;
        location / {
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_pass http://app;
        }
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive"],
  },
  check({ model, site, configuration, version, report, met }) {
    const isKept = isSince(version, KEPT);
    const told = new Set<unknown>();
    for (const { pass, place } of site.applicationPasses(model.places)) {
      // A WebSocket keeps its connection to itself.
      if (place.context.hidden || configuration.incomplete || webSocketPlace(place) !== null) continue;
      const upstream = upstreamOf(pass, configuration);
      const at = upstream ?? pass;
      if (isKept === true || keptUpstream(pass, configuration) !== null) {
        met(at);
        continue;
      }
      if (upstream?.block?.incomplete || told.has(at.directive)) continue;
      told.add(at.directive);
      report({
        at,
        message: `${isKept === "unknown" ? `Before nginx ${KEPT} each` : "Each"} request opens a new connection to ${upstream === null ? codeOf(pass) : `\`${upstream.args[0] ?? ""}\``}.`,
        help:
          upstream === null
            ? "define an `upstream` with `keepalive 32;`, and pass to its name by HTTP/1.1 with an empty `Connection` header"
            : 'write `keepalive 32;` in it, and `proxy_http_version 1.1;` with `proxy_set_header Connection "";` where it is used',
      });
    }
  },
});
