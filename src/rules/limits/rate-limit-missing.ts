import { limitKeyOf } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { codeOf, titleOf } from "../wording.ts";

/** Parts of an application that anybody may ask as often as he likes. */
export default defineRule({
  id: "rate-limit-missing",
  category: "limits",
  severity: "info",
  confidence: "medium",
  presets: ["django-react"],
  checklist: ["limits.zone", "limits.api", "limits.auth", "limits.admin"],
  docs: {
    summary: "An API, a sign-in or an admin area has no rate limit",
    why: "Without a limit, one client can guess passwords thousands of times a minute, or keep every worker of the application busy. `limit_req` refuses excess requests before they reach the application. A limit in the server counts too; a proxy in front may also limit, which these files do not show.",
    bad: `events {}
http {
    limit_req_zone $binary_remote_addr zone=api:10m rate=10r/s;
    limit_req_zone $binary_remote_addr zone=auth:10m rate=5r/m;
    limit_req_status 429;
    server {
        listen 80;
        location /api/ {
            proxy_pass http://127.0.0.1:8000;
        }
        location /api/auth/ {
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
    good: `events {}
http {
    limit_req_zone $binary_remote_addr zone=api:10m rate=10r/s;
    limit_req_zone $binary_remote_addr zone=auth:10m rate=5r/m;
    limit_req_status 429;
    server {
        listen 80;
        location /api/ {
            limit_req zone=api burst=20 nodelay;
            proxy_pass http://127.0.0.1:8000;
        }
        location /api/auth/ {
            limit_req zone=auth burst=5 nodelay;
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_limit_req_module.html"],
  },
  scope: "server",
  check({ server, site, configuration, report, met, unmet, untold }) {
    const [zone] = configuration.all("limit_req_zone");
    if (zone !== undefined) met(zone, [], ["limits.zone"]);
    for (const { kind, uri, location, place, limits, idle, isGuarded } of site.endpoints(server)) {
      const at = location?.statement ?? server.context.opener;
      if (at === null) continue;
      if (limits === null) {
        untold({
          at,
          reason: "look for `limit_req` in the parts that were not read",
          items: [`limits.${kind}`, ...(zone === undefined ? ["limits.zone"] : [])],
        });
        continue;
      }
      if (limits.some(({ isDry }) => !isDry)) {
        met(at, [], [`limits.${kind}`, "limits.zone"]);
        continue;
      }
      if (isGuarded) {
        // Strangers cannot guess there.
        unmet({
          at,
          why: `POST ${uri} has no limit`,
          items: [`limits.${kind}`, ...(zone === undefined ? ["limits.zone"] : [])],
        });
        continue;
      }
      const [dry] = limits;
      const where = titleOf(server.at(location).context);
      const [uncounted] = idle;
      const left = server.at(location).requestLimits?.[0]?.statement;
      if (dry === undefined && (uncounted ?? left) !== undefined) {
        const end = titleOf(place.context);
        const key = uncounted === undefined ? "" : (limitKeyOf(uncounted) ?? "");
        report({
          at: uncounted ?? left ?? at,
          message: `${NAMES[kind]} under ${where} has no rate limit: ${
            uncounted === undefined
              ? `the request goes on to ${end} before this \`limit_req\` counts it`
              : `the key of ${codeOf(uncounted)} (\`${key}\`) is empty for strangers, and nginx counts no request with an empty key`
          }.`,
          help:
            uncounted === undefined
              ? `write it in ${end}`
              : `let \`${key}\` be \`$binary_remote_addr\` by default, and empty for those who are free`,
          witness: { kind: "request", value: `POST ${uri}` },
          identity: `${kind} ${where}`,
          items: [`limits.${kind}`],
        });
        continue;
      }
      report({
        at: dry?.statement ?? at,
        message:
          dry === undefined
            ? `${NAMES[kind]} under ${where} has no rate limit: ${CONSEQUENCES[kind]}.`
            : `The limit on ${where} is only logged (\`limit_req_dry_run on\`): ${CONSEQUENCES[kind]}.`,
        help:
          dry === undefined
            ? "define a zone with `limit_req_zone` in `http`, and use it here with `limit_req`"
            : "see in the error log whom the limit would refuse, then remove `limit_req_dry_run on`",
        witness: { kind: "request", value: `POST ${uri}` },
        identity: `${kind} ${where}`,
        items:
          dry === undefined && zone === undefined ? [`limits.${kind}`, "limits.zone"] : [`limits.${kind}`],
      });
    }
  },
});

const NAMES = { api: "The API", auth: "The sign-in", admin: "The admin area" } as const;

const CONSEQUENCES = {
  api: "one client can keep every worker of the application busy",
  auth: "passwords can be guessed as fast as the application answers",
  admin: "passwords of administrators can be guessed as fast as the application answers",
} as const;
