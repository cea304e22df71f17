import { defineRule } from "../rule.ts";

/** Handlers that tell about nginx itself, and what they tell. */
const PAGES: ReadonlyMap<string, string> = new Map([
  ["stub_status", "how many connections and requests there are"],
  ["status", "every server and upstream with its addresses"],
  ["api", "every server and upstream with its addresses, and can change them"],
  ["vhost_traffic_status_display", "every host and upstream with its addresses and traffic"],
  ["vts_display", "every host and upstream with its addresses and traffic"],
  ["check_status", "every upstream with its address and state"],
  ["upstream_show", "every upstream with its addresses"],
  ["dynamic_upstream", "every upstream with its addresses, and can change them"],
  ["rtmp_stat", "every stream with the addresses of its viewers"],
  ["rtmp_control", "streams, and can stop or record them"],
]);

/** Pages about nginx that anybody can read. */
export default defineRule({
  id: "status-page-exposed",
  category: "access",
  severity: "warning",
  confidence: "high",
  presets: ["recommended", "security"],
  docs: {
    summary: "Anyone can read a status page of nginx",
    why: "Status pages tell how busy the server is, and which hosts and upstreams it has: what an attacker needs to pick a moment and a target. Some can change the configuration at run time.",
    bad: `events {}
http {
    server {
        listen 80;
        server_name shop.example;
        root /srv/www;
        location = /nginx_status {
            stub_status;
        }
    }
}
`,
    good: `events {}
http {
    server {
        listen 80;
        server_name shop.example;
        root /srv/www;
        location = /nginx_status {
            stub_status;
            allow 127.0.0.1;
            deny all;
        }
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_stub_status_module.html"],
  },
  scope: "server",
  check({ server, site, report, met }) {
    if (site.edge.isPrivate(server.server)) return;
    for (const place of server.places) {
      const { handler, location } = place;
      const told = handler.kind === "module" ? PAGES.get(handler.statement.name) : undefined;
      if (handler.kind !== "module" || told === undefined || place.context.kind !== "location") continue;
      // `metrics-unprotected` speaks of those.
      if (METRICS.test(location?.pattern ?? "")) continue;
      const admission = place.admits();
      const uri = (location === null ? "/" : server.uriFor(location)) ?? null;
      if (admission.kind === "closed") met(handler.statement);
      if (admission.kind !== "open" || uri === null) continue;
      const { mistake } = admission;
      report({
        at: mistake?.at ?? handler.statement,
        message: `Anyone can read \`${location?.isExact || location?.isPrefix ? location.pattern : uri}\`${mistake === null ? "" : ` although it looks guarded: ${mistake.reason}`}. It tells ${told}.`,
        help: mistake?.help ?? "allow your own addresses and end with `deny all;`",
        related: [
          ...(mistake === null ? [] : [{ at: handler.statement, message: "the page" }]),
          ...(mistake?.related ?? []),
        ],
        witness: { kind: "request", value: `GET ${uri}` },
      });
    }
  },
});

const METRICS = /(^|\/)(metrics|prometheus)\/?\$?$/;
