import type { Context } from "../../semantics/index.ts";
import { insertBeside } from "../fix-lists.ts";
import { defineRule, type Fix } from "../rule.ts";
import { capitalized, codeOf, titleOf } from "../wording.ts";

/** Lists of allowed addresses that refuse nobody. */
export default defineRule({
  id: "allow-without-deny",
  category: "access",
  severity: "warning",
  confidence: "high",
  presets: ["recommended", "security"],
  directives: ["allow"],
  fix: "unsafe",
  docs: {
    summary: "`allow` rules end without `deny all`, so everyone is allowed",
    why: "nginx applies the first rule that matches the client's address, and allows addresses that no rule matches. A list of only `allow` has no effect: it has to end with `deny all`.",
    bad: `events {}
http {
    server {
        listen 80;
        server_name shop.example;
        root /srv/www;
        location /admin/ {
            allow 10.0.0.0/8;
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
            allow 10.0.0.0/8;
            deny all;
        }
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_access_module.html"],
  },
  scope: "server",
  check({ server, report, met }) {
    const told = new Set<unknown>();
    for (const place of server.places) {
      const { statements, from, replaceable } = place.list("allow", "deny");
      const [first] = statements;
      const last = statements.at(-1);
      if (first === undefined || last === undefined || replaceable || from?.hidden || told.has(from))
        continue;
      // A part that others include may be ended by them.
      if (from?.opener === null) continue;
      told.add(from);
      if (!statements.some(({ name }) => name === "allow")) continue;
      const isEverybody = statements.some(({ args }) => args[0] === "all");
      const isRest = statements.some(
        ({ name, args }) => name === "deny" && /(^all$|\/0$)/.test(args[0] ?? ""),
      );
      if (isRest) {
        met(last);
        continue;
      }
      // `allow all` says what it means, and a list of denials with an exception refuses some.
      if (isEverybody || statements.some(({ name }) => name === "deny")) continue;
      const admission = place.admits();
      const answers = place.handler.kind !== "return" || place.context.kind === "server";
      if (admission.kind !== "open" && place.context.kind !== "server") continue;
      if (!answers || METRICS.test(place.location?.pattern ?? "")) continue;
      const uri = place.location === null ? "/" : server.uriFor(place.location);
      report({
        at: last,
        message: `${capitalized(titleOf(from ?? place.context))} allows everyone: ${codeOf(first)}${statements.length > 1 ? ` and ${statements.length - 1} more` : ""} refuse nobody, because the list does not end with \`deny all\`.`,
        help: "end the list with `deny all;`",
        ...(from === null ? {} : fixOf(from)),
        ...(uri === null ? {} : { witness: { kind: "request" as const, value: `GET ${uri}` } }),
      });
    }
  },
});

function fixOf(from: Context): { fix?: Fix } {
  const edit = insertBeside(from, ["allow", "deny"], ["deny all;"]);
  return edit === null ? {} : { fix: { description: "refuse everybody else", safe: false, edits: [edit] } };
}

/** Endpoints that other rules speak of, with what follows there. */
const METRICS = /(^|\/)(metrics|prometheus|[\w-]*status)\/?\$?$/;
