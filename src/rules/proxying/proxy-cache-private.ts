import type { Caching, Place, Statement, VirtualServer } from "../../semantics/index.ts";
import { isCalledFiles } from "../../site/index.ts";
import { defineRule, type Report, type RuleContext } from "../rule.ts";
import { codeOf } from "../wording.ts";
import {
  guardOf,
  hasMore,
  hostOf,
  isCalledPersonal,
  isPersonal,
  sendsHost,
  sentSecrets,
  siteNames,
} from "./cached-users.ts";

interface Cached {
  readonly server: VirtualServer;
  readonly place: Place;
  readonly pass: Statement;
  readonly caching: Caching;
}

/** Answers that were meant for one user, kept for all. */
export default defineRule({
  id: "proxy-cache-private",
  category: "proxying",
  severity: "error",
  confidence: "high",
  presets: ["recommended", "security"],
  directives: ["proxy_cache", "fastcgi_cache", "uwsgi_cache", "scgi_cache"],
  docs: {
    summary: "A shared cache serves one user's responses to others",
    why: "nginx does not cache a response that sets a cookie or is marked `private`, unless `proxy_ignore_headers` tells it to. Then every later visitor gets the session cookie of the first, and is signed in as that visitor. Likewise, a page made for a signed-in user must not come from the cache for another one, and pages of several hosts need the host in the cache key.",
    bad: `events {}
http {
    proxy_cache_path /var/cache/nginx keys_zone=pages:10m;
    server {
        listen 80;
        location / {
            proxy_cache pages;
            proxy_cache_valid 200 10m;
            proxy_ignore_headers Set-Cookie;
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
    good: `events {}
http {
    proxy_cache_path /var/cache/nginx keys_zone=pages:10m;
    server {
        listen 80;
        location / {
            proxy_cache pages;
            proxy_cache_valid 200 10m;
            proxy_cache_bypass $cookie_sessionid $http_authorization;
            proxy_no_cache $cookie_sessionid $http_authorization;
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
    references: [
      "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_cache_valid",
      "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ignore_headers",
      "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_cache_key",
    ],
  },
  check(context) {
    const cached = [...cachedPlaces(context)];
    const told = new Set<unknown>();
    for (const each of cached) {
      const problem = sharedAnswer(each, context) ?? sharedKey(each, cached);
      if (problem === null) context.met(each.caching.statement);
      else if (!told.has(problem.at)) {
        told.add(problem.at);
        context.report(problem);
      }
    }
  },
});

function* cachedPlaces({ servers }: RuleContext): Generator<Cached> {
  for (const server of servers) {
    for (const place of server.places) {
      const { caching, handler, context } = place;
      if (caching !== null && handler.kind === "pass" && !context.hidden)
        yield { server, place, pass: handler.statement, caching };
    }
  }
}

/** What one user gets is kept for the others. */
function sharedAnswer({ server, place, pass, caching }: Cached, { site }: RuleContext): Report | null {
  const { family, ignored, hidden, exceptions, valid, statement, key } = caching;
  const { location } = place;
  const isOwn = pass.name !== "proxy_pass" || site.backendOf(pass).kind === "application";
  // Files are the same for all; conditions leave out whom the author thought of.
  if (!isOwn || exceptions.length > 0 || hasMore(key) || (location !== null && isCalledFiles(location)))
    return null;
  const at = { related: [{ at: statement, message: "the responses are cached" }] };
  const cookie = ignored.get("set-cookie");
  if (cookie !== undefined && !hidden.has("set-cookie")) {
    return {
      ...at,
      at: cookie,
      message: `${codeOf(cookie)} caches responses with their cookies: every later visitor gets the session cookie of the first.`,
      help: `take \`Set-Cookie\` out of it, or write \`${family}_hide_header Set-Cookie;\``,
      witness: { kind: "header", value: "Set-Cookie: sessionid=…" },
    };
  }
  const secrets = sentSecrets(server, place, pass);
  if (valid.length === 0 || secrets.length === 0) return null;
  const guard = guardOf(place);
  const bypass = `write \`${family}_cache_bypass\` and \`${family}_no_cache\` with \`$http_authorization\` and the session cookie (\`$cookie_sessionid\`)`;
  if (guard !== null) {
    return {
      at: statement,
      message: `${codeOf(statement)} caches responses to signed-in users for all of them: each may see another user's pages.`,
      help: `${bypass}, or put the user into \`${family}_cache_key\``,
      confidence: "medium",
      related: [{ at: guard, message: "only signed-in users get here" }],
    };
  }
  const control = ignored.get("cache-control");
  // Who clears the cookies asks for what everybody gets.
  if (control !== undefined && secrets.includes("cookie")) {
    return {
      ...at,
      at: control,
      message: `${codeOf(control)} caches responses that the application marks \`private\` or \`no-store\`: other users get them.`,
      help: `take \`Cache-Control\` out of it, or ${bypass}`,
      severity: "warning",
      confidence: "medium",
      witness: { kind: "header", value: "Cache-Control: private" },
    };
  }
  if (!secrets.includes("authorization") || !isPersonal(place)) return null;
  return {
    ...at,
    at: statement,
    message: `${codeOf(statement)} caches responses of \`${location?.title ?? "the server"}\` regardless of the user: others get what one user got with a token or a cookie.`,
    help: bypass,
    confidence: isCalledPersonal(place) ? "medium" : "low",
    witness: { kind: "header", value: "Authorization: Bearer …" },
    related: [],
  };
}

/** Several hosts with the same key. */
function sharedKey({ server, place, pass, caching }: Cached, all: readonly Cached[]): Report | null {
  const { key, keyStatement, statement, zone, family } = caching;
  if (key === null || /\$\{?(host|http_host|server_name|ssl_server_name|ssl_preread_server_name)\b/.test(key))
    return null;
  // Another variable may hold the host.
  if (hasMore(key)) return null;
  const isByUpstream = /\$\{?proxy_host\b/.test(key);
  if (isByUpstream && !sendsHost(place)) return null;
  const names = siteNames(server);
  const other = all.find(
    (each) =>
      each.caching.zone === zone &&
      each.caching.key === key &&
      each.server !== server &&
      (!isByUpstream || hostOf(each.pass) === hostOf(pass)) &&
      siteNames(each.server).length > 0 &&
      !siteNames(each.server).some((name) => names.includes(name)),
  );
  const isMany = server.server.names.some(({ kind, text }) => kind !== "exact" && /[*~^]|^\./.test(text));
  if (names.length === 0 || (other === undefined && !(isMany && sendsHost(place)))) return null;
  const at = keyStatement ?? statement;
  return {
    at,
    message:
      other === undefined
        ? `The key of ${codeOf(statement)} (\`${key}\`) does not contain the host, and the server has several names: one host gets the pages of another.`
        : `The key of ${codeOf(statement)} (\`${key}\`) does not contain the host: \`${server.host}\` and \`${other.server.host}\` get each other's pages.`,
    help: `write \`${family}_cache_key $scheme$host$request_uri;\``,
    confidence: "medium",
    related:
      other === undefined
        ? []
        : [{ at: other.caching.statement, message: "caches its pages in the same zone" }],
    witness: { kind: "request", value: `GET / of ${other?.server.host ?? "two of its names"}` },
  };
}
