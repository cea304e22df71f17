import { defineRule } from "../rule.ts";
import { meantLocation } from "./meant-location.ts";

/** A location whose pattern is written for something else than nginx: a glob, a regex without `~`, a path without a slash. */
export default defineRule({
  id: "location-never-matches",
  category: "routing",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  docs: {
    summary: "A location has a pattern that no URI matches",
    why: "Without `~`, a location is a literal prefix of the path. `*` is no wildcard, `(a|b)`, `\\.` and `$` have no special meaning, and no path begins without a slash. nginx starts with all of them, but the location does nothing: its requests get the caching, the access rules and the backend of another location.",
    bad: `server {
    listen 80;
    root /srv/shop;
    location /assets/* {
        expires 1y;
    }
}
`,
    good: `server {
    listen 80;
    root /srv/shop;
    location /assets/ {
        expires 1y;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#location"],
  },
  scope: "server",
  check({ server, report }) {
    for (const location of server.locations) {
      const meant = meantLocation(location);
      const reason = server.unreachable.get(location)?.kind;
      if (meant === null || (reason !== undefined && reason !== "no-uri")) continue;
      // A rewrite may lead to what no client can ask for.
      const isSpelled = location.pattern.startsWith("/");
      if (!isSpelled && reason !== "no-uri") continue;
      const { mistake, spelling, uri, help } = meant;
      const taker = uri === null ? null : server.takerOf(uri);
      if (taker?.kind === "location" && taker.location === location) continue;
      const isTaken = taker?.kind === "location";
      report({
        at: location.statement,
        message: `No request reaches \`${location.title}\`: ${mistake}.${isTaken ? ` \`${uri}\` goes to \`${taker.location.title}\`.` : ""}`,
        help: help ?? `write \`location ${spelling} {\``,
        identity: location.title,
        ...(isTaken ? { related: [{ at: taker.location.statement, message: "takes the request" }] } : {}),
        ...(uri === null ? {} : { witness: { kind: "request" as const, value: `GET ${uri}` } }),
      });
    }
  },
});
