import type { Context, Model, Statement } from "../../semantics/index.ts";
import { insertInList } from "../fix-lists.ts";
import { defineRule, type Fix } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Trusted proxies whose header is left to chance. */
export default defineRule({
  id: "real-ip-header-unset",
  category: "access",
  severity: "warning",
  confidence: "high",
  presets: ["recommended", "security"],
  directives: ["set_real_ip_from"],
  fix: "unsafe",
  docs: {
    summary: "The header with the client's address is left at its default",
    why: "Without `real_ip_header` nginx trusts `X-Real-IP`. Most proxies and load balancers set `X-Forwarded-For` and pass on an `X-Real-IP` that the client sent: the client then chooses its address, although only the proxy is trusted. If the proxy does set `X-Real-IP`, say so.",
    bad: `events {}
http {
    server {
        listen 80;
        server_name shop.example;
        root /srv/www;
        set_real_ip_from 192.0.2.10;
    }
}
`,
    good: `events {}
http {
    server {
        listen 80;
        server_name shop.example;
        root /srv/www;
        set_real_ip_from 192.0.2.10;
        real_ip_header X-Forwarded-For;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_realip_module.html#real_ip_header"],
  },
  check({ model, report, met }) {
    const told = new Set<unknown>();
    for (const place of model.places) {
      const [first] = place.context.all("set_real_ip_from");
      const header = place.setting("real_ip_header");
      if (first === undefined || header.origin === "unknown" || told.has(first.directive)) continue;
      told.add(first.directive);
      // An inner level may say it for all places that requests end at.
      const isSaid = header.origin === "written" || place.context.allBelow("real_ip_header").length > 0;
      if (isSaid) {
        met(first);
        continue;
      }
      report({
        at: first,
        message: `${codeOf(first)} trusts a proxy, but \`real_ip_header\` is not set: nginx takes the client's address from \`X-Real-IP\`, which most proxies pass on as the client sent it.`,
        help: "write `real_ip_header X-Forwarded-For;`, or the header that your proxy sets",
        witness: { kind: "header", value: "X-Real-IP: 10.0.0.1" },
        ...fixOf(first, model),
      });
    }
  },
});

const LINE = "real_ip_header X-Forwarded-For;";

/** Behind the list of each place that reads it, or once behind the list that they share. */
function fixOf({ directive }: Statement, model: Model): { fix?: Fix } {
  const contexts = model.places.flatMap(({ context }): Context[] =>
    context.all("set_real_ip_from")[0]?.directive === directive ? [context] : [],
  );
  if (contexts.some((context) => context.allBelow("real_ip_header").length > 0)) return {};
  const edits = insertInList(contexts, "set_real_ip_from", [LINE]);
  return edits === null
    ? {}
    : { fix: { description: "take the address from `X-Forwarded-For`", safe: false, edits } };
}
