import type { Statement } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { codeOf, listOf } from "../wording.ts";

/** Sessions of users that are handed to someone else. */
export default defineRule({
  id: "third-party-gets-cookies",
  category: "proxying",
  severity: "info",
  confidence: "medium",
  presets: ["security"],
  docs: {
    summary: "A third party receives the cookies and passwords of your users",
    why: "To the browser, a path that you proxy to someone else (a CDN, analytics, a payment service) belongs to your site: it sends your session cookies along, and nginx passes them on. Anyone who reads the logs there can take over sessions here. Object stores also refuse an `Authorization` header they do not know.",
    bad: `server {
    listen 80;
    server_name shop.example.org;
    location /stats/ {
        proxy_pass https://plausible.io/;
    }
}
`,
    good: `server {
    listen 80;
    server_name shop.example.org;
    location /stats/ {
        proxy_set_header Cookie "";
        proxy_set_header Authorization "";
        proxy_pass https://plausible.io/;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_set_header"],
  },
  scope: "server",
  check({ server, site, report, met }) {
    const groups = new Map<
      string,
      { pass: Statement; host: string; names: readonly string[]; others: Statement[] }
    >();
    for (const place of server.places) {
      const { handler, context } = place;
      if (handler.kind !== "pass" || handler.pass !== "proxy_pass" || context.hidden) continue;
      const pass = handler.statement;
      const host = site.thirdPartyOf(pass, server);
      if (host === null) continue;
      const headers = SECRETS.map((name) => [name, SECRET] as const);
      const { outcome, requestHeaders } = server.ask({ uri: "/", headers }, { at: context });
      if (outcome.by !== pass) continue;
      const names = SECRETS.filter((secret) =>
        requestHeaders.some(
          ({ name, value }) => name.toLowerCase() === secret.toLowerCase() && value.includes(SECRET),
        ),
      );
      if (names.length === 0) {
        met(pass);
        continue;
      }
      const key = `${host} ${names.join()}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { pass, host, names, others: [] });
      else group.others.push(pass);
    }
    for (const { pass, host, names, others } of groups.values()) {
      report({
        at: pass,
        message: `${codeOf(pass)} passes the ${listOf(names.map((name) => `\`${name}\``))} of this site's users to \`${host}\`.`,
        help: `write ${listOf(names.map((name) => `\`proxy_set_header ${name} "";\``))}, unless the service needs them`,
        related: others.map((at) => ({ at, message: "the same here" })),
        witness: { kind: "header", value: `${names[0]}: …` },
      });
    }
  },
});

const SECRETS = ["Cookie", "Authorization"];
const SECRET = "a-secret-of-this-site";
