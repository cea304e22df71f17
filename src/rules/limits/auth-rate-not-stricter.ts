import type { RequestLimit } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Sign-ins that may be tried as often as any other request. */
export default defineRule({
  id: "auth-rate-not-stricter",
  category: "limits",
  severity: "info",
  confidence: "medium",
  presets: ["django-react"],
  checklist: ["limits.auth"],
  docs: {
    summary: "The sign-in has the same limit as the rest of the API",
    why: "People sign in a few times a day; password guessing programs try all the time. A limit that suits an API (ten requests a second) lets them try 36,000 passwords an hour; a few a minute are enough for people.",
    bad: `events {}
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
            limit_req zone=api burst=20 nodelay;
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
  check({ server, site, report, met, isMetUnheard }) {
    const endpoints = site.endpoints(server).filter(({ isGuarded }) => !isGuarded || isMetUnheard !== true);
    const api = endpoints.find(({ kind }) => kind === "api");
    const general = strictest(api?.place.requestLimits ?? []);
    if (api === undefined || general === null) return;
    for (const { kind, uri, place } of endpoints) {
      if (kind !== "auth") continue;
      const limit = strictest(place.requestLimits ?? []);
      const at = limit?.statement ?? null;
      // Without any limit, `rate-limit-missing` speaks.
      if (limit === null || at === null) continue;
      if (limit.rate < general.rate) {
        met(at);
        continue;
      }
      report({
        at: place.location === api.place.location ? at : (place.location?.statement ?? at),
        message: `Sign-ins at \`${uri}\` are limited like the rest of the API (${codeOf(limit.statement)}, ${rateOf(limit.rate)}): that allows ${Math.round(limit.rate * 3600).toLocaleString("en")} password guesses an hour.`,
        help: "give the sign-in its own location and zone, for example with `rate=5r/m`",
        related: [{ at: general.statement, message: "the limit of the API" }],
        witness: { kind: "request", value: `POST ${uri}` },
      });
    }
  },
});

/** The limit with the lowest rate. */
function strictest(limits: readonly RequestLimit[]): (RequestLimit & { readonly rate: number }) | null {
  let found: (RequestLimit & { readonly rate: number }) | null = null;
  for (const limit of limits) {
    const { rate, isDry } = limit;
    if (rate !== null && !isDry && (found === null || rate < found.rate)) found = { ...limit, rate };
  }
  return found;
}

/** `5r/m` or `10r/s`. */
function rateOf(rate: number): string {
  return rate < 1 ? `${Math.round(rate * 60)}r/m` : `${rate}r/s`;
}
