import type { Listen, VirtualServer } from "../../semantics/index.ts";
import { defineRule, type RuleContext } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Half of a site for clients with IPv6. */
export default defineRule({
  id: "ipv6-listen-mismatch",
  category: "proxying",
  severity: "info",
  confidence: "high",
  presets: ["django-react"],
  docs: {
    summary: "A site listens for IPv6 on port 80 or on port 443, but not on both",
    why: "`listen 443 ssl` accepts IPv4 connections only. A client that is redirected to HTTPS over IPv6 from `[::]:80` cannot connect, or reaches another site with another certificate; browsers often retry over IPv4 after a pause, programs do not.",
    bad: `server {
    listen 80;
    listen [::]:80;
    server_name shop.example.org;
    return 301 https://$host$request_uri;
}
server {
    listen 443 ssl;
    server_name shop.example.org;
    ssl_certificate a.pem;
    ssl_certificate_key a.key;
}
`,
    good: `server {
    listen 80;
    listen [::]:80;
    server_name shop.example.org;
    return 301 https://$host$request_uri;
}
server {
    listen 443 ssl;
    listen [::]:443 ssl;
    server_name shop.example.org;
    ssl_certificate a.pem;
    ssl_certificate_key a.key;
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#listen"],
  },
  check(context) {
    const told = new Set<unknown>();
    for (const server of context.model.servers) {
      const plain = listensOf([server], 80);
      if (plain.length === 0 || server.isIncomplete) continue;
      const twins = twinsOf(server, context);
      if (twins.length === 0 || twins.some(({ isIncomplete }) => isIncomplete)) continue;
      const secure = listensOf(twins, 443);
      // On port 80 its name may be answered by several servers.
      const own = [server, ...twins];
      const sameName = context.model.servers.filter((each) =>
        own.some((other) => each === other || shareName(each, other)),
      );
      const http = { own: plain, all: listensOf(sameName, 80), port: 80 };
      const https = { own: secure, all: secure, port: 443 };
      for (const [has, lacks] of [
        [http, https],
        [https, http],
      ] as const) {
        const at = has.own.find(takesIpv6);
        if (at?.statement == null || lacks.all.some(takesIpv6) || !lacks.all.some(isIpv4) || told.has(at))
          continue;
        told.add(at);
        const other = lacks.own[0]?.statement;
        context.report({
          at: at.statement,
          message:
            has === http
              ? `Over IPv6 \`${server.host}\` is redirected to HTTPS, where it does not listen for IPv6: ${codeOf(at.statement)} has no counterpart on port 443.`
              : `Over IPv6 \`${server.host}\` answers on port 443 only: plain HTTP requests are not redirected there.`,
          help:
            lacks === https
              ? "write `listen [::]:443 ssl;` beside `listen 443 ssl;`"
              : "write `listen [::]:80;` beside `listen 80;`",
          related: other == null ? [] : [{ at: other, message: "IPv4 only" }],
          witness: {
            kind: "request",
            value: `GET http${lacks === https ? "s" : ""}://${server.host}/ over IPv6`,
          },
        });
      }
    }
  },
});

function listensOf(servers: readonly VirtualServer[], port: number): readonly Listen[] {
  return servers.flatMap(({ server }) =>
    server.listens.filter((listen) => listen.port === port && !listen.quic),
  );
}

function takesIpv6({ address, unknown }: Listen): boolean {
  return unknown || address.startsWith("[");
}

function isIpv4({ address, unknown }: Listen): boolean {
  return !unknown && !address.startsWith("[");
}

/** The servers that plain HTTP is redirected to. */
function twinsOf(server: VirtualServer, { model, site }: RuleContext): readonly VirtualServer[] {
  const { outcome } = server.ask({ uri: "/", scheme: "http", local: { port: 80 } });
  const target =
    outcome.kind === "redirect" ? /^https:\/\/([^/:]+)(?::443)?(?:\/|$)/.exec(outcome.target ?? "") : null;
  const host = target?.[1]?.toLowerCase();
  if (host === undefined) return [];
  return model.servers.filter(
    (each) =>
      site.edge.speaksTls(each.server) &&
      (each.server.names.some(({ text }) => text.toLowerCase() === host) ||
        (host === server.host && shareName(each, server))),
  );
}

function shareName({ server: one }: VirtualServer, { server: other }: VirtualServer): boolean {
  return one.names.some(({ text }) => other.names.some((name) => name.text === text));
}
