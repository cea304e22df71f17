import type { Place, Statement } from "../../semantics/index.ts";
import { isPublicName } from "../../site/index.ts";
import { defineRule, type Report } from "../rule.ts";
import { codeOf } from "../wording.ts";

interface Pass {
  readonly place: Place;
  readonly pass: Statement;
}

/** TLS to an upstream that anyone could be at the other end of, or whose name the handshake does not tell. */
export default defineRule({
  id: "proxy-ssl-verify",
  category: "proxying",
  severity: "warning",
  confidence: "high",
  presets: ["recommended", "security"],
  docs: {
    summary: "TLS to an upstream is not verified, or does not name the host",
    why: "By default nginx neither verifies the certificate of an upstream nor names the host in the handshake (SNI). Without verification, anyone in between can read and change everything. Without SNI, a host that shares its address with others (a CDN, a cloud) sends another certificate or aborts the handshake: clients get 502.",
    bad: `server {
    listen 80;
    location /pay/ {
        proxy_pass https://api.payments.example.com/;
    }
}
`,
    good: `server {
    listen 80;
    location /pay/ {
        proxy_ssl_server_name on;
        proxy_ssl_verify on;
        proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;
        proxy_pass https://api.payments.example.com/;
    }
}
`,
    references: [
      "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_verify",
      "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_server_name",
    ],
  },
  scope: "server",
  check({ server, site, report, met }) {
    const groups = new Map<string, { first: Omit<Report, "related">; others: Pass[] }>();
    for (const place of server.places) {
      const { handler, context } = place;
      if (handler.kind !== "pass" || handler.pass !== "proxy_pass" || context.hidden) continue;
      const pass = handler.statement;
      const target = site.targetOf(pass);
      if (target === null || target.scheme !== "https") continue;
      const { host, hosts } = target;
      // What stays on this machine nobody can listen to.
      if (hosts.every((each) => /^(unix:|127\.|localhost$|\[::1\]$)/.test(each))) continue;
      const isNamed = isOn(place, "proxy_ssl_server_name");
      const isVerified = isOn(place, "proxy_ssl_verify");
      if (isNamed === null || isVerified === null) continue;
      const other = site.thirdPartyOf(pass, server);
      const needsName = other !== null && !isNamed;
      if (isVerified && !needsName) {
        met(pass);
        continue;
      }
      const key = `${host} ${isNamed} ${isVerified}`;
      const group = groups.get(key);
      if (group !== undefined) group.others.push({ place, pass });
      else
        groups.set(key, {
          first: { at: pass, ...describe(pass, other, hosts, { isNamed, isVerified }) },
          others: [],
        });
    }
    for (const { first, others } of groups.values())
      report({ ...first, related: others.map(({ pass }) => ({ at: pass, message: "the same here" })) });
  },
});

function describe(
  pass: Statement,
  other: string | null,
  hosts: readonly string[],
  { isNamed, isVerified }: { readonly isNamed: boolean; readonly isVerified: boolean },
): Omit<Report, "at"> {
  const verify =
    "`proxy_ssl_verify on;` and `proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;`";
  if (other !== null && !isNamed) {
    return {
      message: `${codeOf(pass)} does not name \`${other}\` in the TLS handshake: on a shared address it gets another site's certificate or no connection at all${isVerified ? "" : ", and accepts any certificate"}.`,
      help: `write \`proxy_ssl_server_name on;\`${isVerified ? "" : `, ${verify}`}`,
    };
  }
  const isPublic = hosts.some(isPublicName);
  return {
    message: `${codeOf(pass)} accepts any certificate: anyone between nginx and the upstream can read and change everything.`,
    help: `write ${isPublic ? verify : "`proxy_ssl_verify on;` and `proxy_ssl_trusted_certificate` with the authority of the upstream"}${isNamed ? "" : "; with a name, `proxy_ssl_server_name on;` as well"}`,
    presets: ["security"],
    ...(isPublic ? {} : { severity: "info" as const }),
  };
}

/** Null where it cannot be told; what is not known outside is hardly ever set there. */
function isOn(place: Place, name: string): boolean | null {
  const { args, statement, origin } = place.setting(name);
  if (statement === null) return false;
  return origin === "unknown" || (args[0] ?? "").includes("$") ? null : args[0]?.toLowerCase() === "on";
}
