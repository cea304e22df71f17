import type { Context, Statement } from "../../semantics/index.ts";
import { locationKind } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";

/** `ngx_http_proxy_pass` replaces the part of the URI that the location matched; where there is none, it refuses. */
export default defineRule({
  id: "proxy-pass-uri-in-regex",
  category: "validity",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  directives: ["proxy_pass"],
  checklist: ["setup.nginx-t"],
  docs: {
    summary: "`proxy_pass` has a URI part where there is no prefix to replace",
    why: "With a URI part, nginx replaces what the location's prefix matched. A regular expression, a named location, `if` and `limit_except` match no prefix, so nginx refuses to start.",
    bad: "location ~ ^/api/v(1|2)/ {\n    proxy_pass http://backend/;\n}\n",
    good: "location ~ ^/api/v(1|2)/ {\n    proxy_pass http://backend;\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass"],
  },
  check({ configuration, report }) {
    for (const statement of configuration.all("proxy_pass")) {
      const uri = uriPart(statement.args[0] ?? "");
      const place = uri === null ? null : placeWithoutPrefix(statement.context);
      if (uri === null || place === null) continue;
      report({
        at: statement,
        message: `"proxy_pass" cannot have URI part in ${place.what}: nginx does not start.`,
        help: `leave out \`${uri}\`, and change the URI with \`rewrite … break\` where that is needed`,
        ...(place.opener === null ? {} : { related: [{ at: place.opener, message: "in here" }] }),
      });
    }
  },
});

/** The URI behind the host; null without one, and where variables make nginx send the value as it is. */
function uriPart(url: string): string | null {
  if (url.includes("$")) return null;
  const rest = /^https?:\/\/(.*)$/is.exec(url)?.[1];
  if (rest === undefined) return null;
  if (rest.startsWith("unix:")) {
    const colon = rest.indexOf(":", "unix:".length);
    return colon < 0 || colon === rest.length - 1 ? null : rest.slice(colon + 1);
  }
  const at = rest.search(/[/?#]/);
  return at < 0 ? null : rest.slice(at);
}

function placeWithoutPrefix(context: Context): { what: string; opener: Statement | null } | null {
  const { opener } = context;
  switch (context.kind) {
    case "location-if":
      return { what: 'an "if" block', opener };
    case "limit_except":
      return { what: 'a "limit_except" block', opener };
    case "location": {
      if (opener?.name !== "location") return null;
      const kind = locationKind(opener.args);
      if (kind === "regex") return { what: "a regex location", opener };
      return kind === "named" ? { what: "a named location", opener } : null;
    }
    default:
      return null;
  }
}
