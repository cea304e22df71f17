import {
  type Configuration,
  effective,
  followRedirects,
  type Location,
  type Server,
  type Statement,
  unreachableLocations,
} from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";

/** What also refuses the request by which a certificate is renewed. */
export default defineRule({
  id: "acme-challenge-blocked",
  category: "routing",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  docs: {
    summary: "The request that renews a certificate is answered",
    why: "An ACME authority asks `http://name/.well-known/acme-challenge/…` on port 80 and follows redirects. A location for hidden files, `location ~ /\\.`, refuses that, too, and the certificate runs out. `certbot --nginx` adds a location of its own for the time of the challenge; the webroot method does not.",
    bad: `server {
    listen 80;
    server_name example.com;
    location / {
        return 301 https://$host$request_uri;
    }
}
server {
    listen 443 ssl;
    server_name example.com;
    ssl_certificate /etc/letsencrypt/live/example.com/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/example.com/privkey.pem;
    root /srv/www;
    location ~ /\\. {
        deny all;
    }
}
`,
    good: `server {
    listen 80;
    server_name example.com;
    location ^~ /.well-known/acme-challenge/ {
        root /var/www/certbot;
    }
    location / {
        return 301 https://$host$request_uri;
    }
}
server {
    listen 443 ssl;
    server_name example.com;
    ssl_certificate /etc/letsencrypt/live/example.com/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/example.com/privkey.pem;
    root /srv/www;
    location ~ /\\. {
        deny all;
    }
}
`,
    references: ["https://letsencrypt.org/docs/challenge-types/"],
  },
  check({ configuration, report }) {
    const webroots = webrootsOf(configuration);
    const lost = webroots.filter((location) => unreachableLocations(location.server).has(location));
    const webroot = webroots.find((location) => !lost.includes(location)) ?? lost[0] ?? null;
    const told = new Set<Statement>();
    for (const server of configuration.servers) {
      const name = acmeName(server);
      if (name === null) continue;
      const url = `http://${name}/.well-known/acme-challenge/token`;
      const { hops, end } = followRedirects(configuration, url, () => "file");
      const last = hops.at(-1)?.simulation;
      if (end !== "answer" || last === undefined || last.server === null || last.assumptions.length > 0)
        continue;
      if (last.server.context.incomplete) continue;
      // Where the location for it is never reached, that is what is said.
      if (lost.some(({ server: { context } }) => context === last.server?.context)) continue;
      const { kind, status, by } = last.outcome;
      const isRefused =
        kind === "deny" || kind === "auth" || (kind === "return" && status !== null && status >= 400);
      const place = by ?? last.location?.statement;
      if (!isRefused || place === undefined || told.has(place)) continue;
      told.add(place);
      const taker = last.location === null ? "the server" : `\`${last.location.title}\``;
      report({
        at: last.location?.statement ?? place,
        message:
          webroot === null
            ? `The renewal of the certificate for \`${name}\` is refused by ${taker} with ${status} unless the client adds a location of its own, as \`certbot --nginx\` does.`
            : `The renewal of the certificate for \`${name}\` fails: ${taker} answers \`/.well-known/acme-challenge/\` with ${status}.`,
        help: "add `location ^~ /.well-known/acme-challenge/` to the server on port 80, with the root that the client writes to",
        ...(webroot === null ? { severity: "info" as const } : {}),
        related:
          webroot === null
            ? []
            : [{ at: webroot.statement, message: "the challenge is served here, and not there" }],
        witness: { kind: "request", value: `GET ${url}` },
        details: hops.map((hop) => ({
          label: hop.simulation === last ? "refused" : "redirect",
          text: hop.simulation === last ? hop.url : `${hop.url} → ${hop.simulation.outcome.target}`,
          ...(hop.simulation.outcome.by === null ? {} : { at: hop.simulation.outcome.by }),
        })),
      });
    }
  },
});

/** Where ACME clients keep their certificates. */
const ACME_PATH = /letsencrypt|certbot|\/\.?acme|dehydrated|\/lego\b|getssl/i;

/** A name whose certificate comes from an ACME authority by the HTTP challenge; wildcards need DNS. */
function acmeName(server: Server): string | null {
  if (!server.listens.some(({ tls }) => tls)) return null;
  const { statements } = effective(server.context, "ssl_certificate");
  if (!statements.some(({ args }) => ACME_PATH.test(args[0] ?? ""))) return null;
  return (
    server.names.find(({ kind, text }) => kind === "exact" && /^[a-z0-9.-]+\.[a-z]/.test(text))?.text ?? null
  );
}

/** The locations that serve the challenge from a folder: the webroot method. */
function webrootsOf({ servers }: Configuration): readonly Location[] {
  return servers.flatMap((server) =>
    [...server.allLocations()].filter(({ pattern, context }) => {
      const isForIt = /well-known\\?\/acme|\.well-known/.test(pattern) && !context.has("deny");
      return isForIt && (context.has("root") || context.has("alias"));
    }),
  );
}
