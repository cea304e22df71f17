import { type Context, isSince, type Statement } from "../../semantics/index.ts";
import { webSocketPlace } from "../../site/index.ts";
import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";
import { keepaliveOf, upstreamsOf } from "./kept-upstream.ts";

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
  check({ model, site, configuration, version, report, met, untold }) {
    const isKept = isSince(version, KEPT);
    const opening = new Map<
      unknown,
      { readonly pass: Statement; readonly upstream: Statement | null; readonly concerns: Context[] }
    >();
    for (const { pass, place } of site.applicationPasses(model.places)) {
      // A WebSocket keeps its connection to itself.
      if (webSocketPlace(place) !== null) continue;
      if (place.context.hidden || configuration.incomplete) {
        untold({
          at: pass,
          reason: "look for `keepalive` in the `upstream`, in the parts that were not read",
        });
        continue;
      }
      const upstreams = upstreamsOf(pass, configuration);
      for (const upstream of upstreams.length === 0 ? [null] : upstreams) {
        const at = upstream ?? pass;
        if (isKept === true || (upstream !== null && keepaliveOf(upstream) !== null)) {
          met(at, [place.context]);
          continue;
        }
        if (upstream?.block?.incomplete) continue;
        const known = opening.get(at.directive);
        if (known === undefined) opening.set(at.directive, { pass, upstream, concerns: [place.context] });
        else known.concerns.push(place.context);
      }
    }
    for (const { pass, upstream, concerns } of opening.values()) {
      report({
        at: upstream ?? pass,
        concerns,
        message: `${isKept === "unknown" ? `Before nginx ${KEPT} each` : "Each"} request opens a new connection to ${upstream === null ? codeOf(pass) : `\`${upstream.args[0] ?? ""}\``}.`,
        help:
          upstream === null
            ? "define an `upstream` with `keepalive 32;`, and pass to its name by HTTP/1.1 with an empty `Connection` header"
            : 'write `keepalive 32;` in it, and `proxy_http_version 1.1;` with `proxy_set_header Connection "";` where it is used',
      });
    }
  },
});
