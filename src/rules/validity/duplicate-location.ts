import type { Location } from "../../semantics/index.ts";
import { areAlternatives } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";

/**
 * Two exact locations, or two prefix locations, with one name (`ngx_http_join_exact_locations`); `^~` makes no
 * difference. Regular expressions and named locations may stand twice.
 */
export default defineRule({
  id: "duplicate-location",
  category: "validity",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["setup.nginx-t"],
  docs: {
    summary: "A location is defined twice in its server",
    why: "nginx refuses two exact or two prefix locations with the same path. `^~ /a` and `/a` are the same path; `= /a` is another.",
    bad: "server {\n    location /static/ { root /srv; }\n    location ^~ /static/ { expires 1d; }\n}\n",
    good: "server {\n    location /static/ { root /srv; }\n    location = /static/ { return 404; }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#location"],
  },
  scope: "server",
  check({ server: { server }, report }) {
    const levels: (readonly Location[])[] = [server.locations];
    for (const location of server.allLocations()) levels.push(location.children);
    for (const level of levels) {
      if (level.length < 2) continue;
      const known = new Map<string, Location>();
      for (const location of level) {
        if (location.isRegex || location.isNamed) continue;
        const key = `${location.isExact ? "=" : ""} ${location.pattern}`;
        const first = known.get(key);
        if (first === undefined) {
          known.set(key, location);
          continue;
        }
        if (areAlternatives(first.statement, location.statement)) continue;
        report({
          at: location.statement,
          message: `duplicate location "${location.pattern}": nginx does not start.`,
          help: "merge the two blocks, or give one of them another path",
          related: [{ at: first.statement, message: "first here" }],
        });
      }
    }
  },
});
