import { isFilledIn } from "../../parser/index.ts";
import type { Location } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";

/** Where a location may stand in another one (`ngx_http_core_location`). */
export default defineRule({
  id: "location-nesting",
  category: "validity",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["setup.nginx-t"],
  docs: {
    summary: "A nested location is outside the one around it",
    why: "nginx refuses a nested prefix that does not begin with the outer one, anything inside an exact or a named location, and a named location anywhere but directly in a server.",
    bad: "server {\n    location /api/ {\n        location /static/ { root /srv; }\n    }\n}\n",
    good: "server {\n    location /api/ {\n        location /api/static/ { root /srv; }\n        location ~ \\.json$ { root /srv; }\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#location"],
  },
  scope: "server",
  check({ server: { server }, report }) {
    for (const location of server.allLocations()) {
      const { outer } = location;
      const refusal = outer === null ? null : refuse(location, outer);
      if (outer === null || refusal === null) continue;
      report({
        at: location.statement,
        message: `${refusal.message}: nginx does not start.`,
        help: refusal.help,
        related: [{ at: outer.statement, message: "the outer location" }],
      });
    }
  },
});

function refuse(inner: Location, outer: Location): { message: string; help: string } | null {
  const name = `location "${inner.pattern}"`;
  if (outer.isExact) {
    return {
      message: `${name} cannot be inside the exact location "${outer.pattern}"`,
      help: "move it out; an exact location takes one URI only",
    };
  }
  if (outer.isNamed) {
    return {
      message: `${name} cannot be inside the named location "${outer.pattern}"`,
      help: "move it out; a named location takes no URI",
    };
  }
  if (inner.isNamed) {
    return {
      message: `named ${name} can be on the server level only`,
      help: "move it to the server",
    };
  }
  // nginx compares with the text of a regular expression, too.
  if (isFilledIn(inner.pattern) || isFilledIn(outer.pattern)) return null;
  if (!inner.isRegex && !inner.pattern.startsWith(outer.pattern)) {
    return {
      message: `${name} is outside location "${outer.pattern}"`,
      help: outer.isRegex
        ? "move it out: only regex locations can be inside a regex location"
        : `move it out, or write the whole path: \`location ${outer.pattern}…\``,
    };
  }
  return null;
}
