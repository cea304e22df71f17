import type { RequestLimit } from "../../semantics/index.ts";
import type { Endpoint } from "../../site/index.ts";
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
    const general = generalLimit(endpoints);
    if (general === null) return;
    for (const { kind, uri, location, limits } of endpoints) {
      if (kind !== "auth") continue;
      const limit = strictest(limits ?? []);
      // Without any limit, `rate-limit-missing` speaks.
      if (limit === null) continue;
      const isSame = hasSameZones(limits ?? [], general.zones);
      if (!isSame && (limit.rate === null || general.limit.rate === null)) continue;
      if (!isSame && (limit.rate ?? 0) < (general.limit.rate ?? 0)) {
        met(limit.statement);
        continue;
      }
      const { rate, statement } = limit;
      report({
        at: location === general.location ? statement : (location?.statement ?? statement),
        message: `Sign-ins at \`${uri}\` are limited like the rest of the API (${codeOf(statement)}${rate === null ? ")." : `, ${rateOf(rate)}): that allows ${Math.round(rate * 3600).toLocaleString("en")} password guesses an hour.`}`,
        help: "give the sign-in its own location and zone, for example with `rate=5r/m`",
        related: [{ at: general.limit.statement, message: "the limit of the API" }],
        witness: { kind: "request", value: `POST ${uri}` },
      });
    }
  },
});

/** What holds for most of the API: of the limits of its parts, the one that lets most through. */
function generalLimit(endpoints: readonly Endpoint[]) {
  let found: { limit: RequestLimit; zones: ReadonlySet<string>; location: Endpoint["location"] } | null =
    null;
  for (const { kind, location, limits } of endpoints) {
    const limit = kind === "api" ? strictest(limits ?? []) : null;
    if (limit === null || limits === null) continue;
    if (found !== null && (limit.rate ?? 0) <= (found.limit.rate ?? 0)) continue;
    found = { limit, zones: new Set(limits.filter(({ isDry }) => !isDry).map(({ zone }) => zone)), location };
  }
  return found;
}

/** Each limit counts in one of those zones, which also the API is counted in. */
function hasSameZones(limits: readonly RequestLimit[], zones: ReadonlySet<string>): boolean {
  return limits.every(({ isDry, zone }) => isDry || zones.has(zone));
}

/** The limit with the lowest rate; one whose rate is not known where there is no other. */
function strictest(limits: readonly RequestLimit[]): RequestLimit | null {
  let found: RequestLimit | null = null;
  for (const limit of limits) {
    if (limit.isDry) continue;
    const isStricter =
      limit.rate !== null && (found === null || found.rate === null || limit.rate < found.rate);
    if (found === null || isStricter) found = limit;
  }
  return found;
}

/** `5r/m` or `10r/s`. */
function rateOf(rate: number): string {
  return rate < 1 ? `${Math.round(rate * 60)}r/m` : `${rate}r/s`;
}
