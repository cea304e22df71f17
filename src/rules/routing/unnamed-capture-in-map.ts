import { groupsOf } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";

/** Groups of a map that overwrite `$1` for nothing. */
export default defineRule({
  id: "unnamed-capture-in-map",
  category: "routing",
  severity: "info",
  confidence: "high",
  presets: ["strict"],
  docs: {
    summary: "A regex of a `map` has a group that its value does not use",
    why: "Evaluating the `map` replaces `$1` to `$9` of the location that uses its variable. A group that is only there for its parentheses, `(a|b)`, does it for nothing; `(?:a|b)` only groups. Where a capture is really lost, `capture-overwritten` says so.",
    bad: `events {}
http {
    map $uri $kind {
        ~^/(img|video)/ media;
        default other;
    }
    server {
        listen 80;
        location ~ ^/(img|video|css)/(.*) {
            add_header X-Kind $kind;
            return 302 https://cdn.example/$2;
        }
    }
}
`,
    good: `events {}
http {
    map $uri $kind {
        ~^/(?:img|video)/ media;
        default other;
    }
    server {
        listen 80;
        location ~ ^/(img|video|css)/(.*) {
            add_header X-Kind $kind;
            return 302 https://cdn.example/$2;
        }
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_map_module.html#map"],
  },
  check({ configuration, report }) {
    if (configuration.all("map").length === 0) return;
    // Without a capture in use nothing is lost.
    const isUsed = configuration.statements.some(
      ({ args, context }) => context.kind !== "map" && args.some((word) => /\$[1-9]/.test(word)),
    );
    if (!isUsed) return;
    for (const { block } of configuration.all("map")) {
      for (const entry of block?.statements ?? []) {
        const pattern = /^~\*?(.*)$/s.exec(entry.name)?.[1];
        if (pattern?.includes("(") !== true || /\$[1-9]/.test(entry.args[0] ?? "")) continue;
        const groups = groupsOf(pattern);
        if (groups === null || groups.count <= groups.names.length) continue;
        report({
          at: entry,
          message:
            "The regex captures, but its value uses no capture: a match overwrites the `$1` of the location that uses the variable.",
          help: "write `(?:…)` for a group that only groups",
        });
      }
    }
  },
});
