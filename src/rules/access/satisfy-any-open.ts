import { defineRule } from "../rule.ts";
import { capitalized, codeOf, titleOf } from "../wording.ts";

/** Passwords that nobody is asked for, because another condition holds for everybody. */
export default defineRule({
  id: "satisfy-any-open",
  category: "access",
  severity: "warning",
  confidence: "high",
  presets: ["recommended", "security"],
  directives: ["satisfy"],
  docs: {
    summary: "With `satisfy any`, a list that allows every address makes the password optional",
    why: "`satisfy any` allows a request that meets one of the conditions: the address list, the password, the subrequest. If the list allows every address (`allow all`, `allow 0.0.0.0/0`), nobody is ever asked for the password. Addresses that no rule matches are still asked.",
    bad: `events {}
http {
    server {
        listen 80;
        server_name shop.example;
        root /srv/www;
        location /admin/ {
            satisfy any;
            allow all;
            auth_basic "Admin";
            auth_basic_user_file /etc/nginx/users;
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
        location /admin/ {
            satisfy any;
            allow 10.0.0.0/8;
            deny all;
            auth_basic "Admin";
            auth_basic_user_file /etc/nginx/users;
        }
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#satisfy"],
  },
  scope: "server",
  check({ server, report, met }) {
    const told = new Set<unknown>();
    for (const place of server.places) {
      const satisfy = place.setting("satisfy");
      const auth = ["auth_basic", "auth_request", "auth_jwt"]
        .map((name) => place.setting(name).statement)
        .find((statement) => statement !== null && statement.args[0] !== "off");
      const { statements, replaceable } = place.list("allow", "deny");
      const [first] = statements;
      if (satisfy.args[0] !== "any" || !auth || first === undefined || replaceable) continue;
      if (place.handler.kind === "return" || told.has(first.directive)) continue;
      told.add(first.directive);
      const admission = place.admits();
      if (admission.kind === "closed") met(first);
      if (admission.kind !== "open") continue;
      const uri = place.location === null ? "/" : server.uriFor(place.location);
      report({
        at: satisfy.statement ?? first,
        message: `${capitalized(titleOf(place.context))} asks nobody for a password: with \`satisfy any\` the address list is enough, and it allows everyone.`,
        help: "allow your own networks only, or write `satisfy all;`",
        related: [
          { at: auth, message: `${codeOf(auth)} is never asked` },
          { at: first, message: "allows its addresses" },
        ],
        ...(uri === null ? {} : { witness: { kind: "request" as const, value: `GET ${uri}` } }),
      });
    }
  },
});
