import { followRedirects, type Location, type Simulation, type Statement } from "../../semantics/index.ts";
import { acmeName, acmeWebroots } from "../../site/index.ts";
import { insertBefore } from "../fix-lines.ts";
import { defineRule, type Fix, type Report } from "../rule.ts";

/** What also refuses the request by which a certificate is renewed. */
export default defineRule({
  id: "acme-challenge-blocked",
  category: "routing",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  directives: ["ssl_certificate"],
  checklist: ["tls.renewal"],
  fix: "unsafe",
  docs: {
    summary: "The request that renews a certificate is refused",
    why: "An ACME authority requests `http://name/.well-known/acme-challenge/…` on port 80 and follows redirects. A location for hidden files, `location ~ /\\.`, refuses that request too, and the certificate expires. `certbot --nginx` adds its own location during the challenge; the webroot method does not.",
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
  check({ model, servers, configuration, report, met }) {
    const webroots = model.servers.flatMap((server) =>
      acmeWebroots(server).map((location) => ({ location, isLost: server.unreachable.has(location) })),
    );
    const webroot = (webroots.find(({ isLost }) => !isLost) ?? webroots[0])?.location ?? null;
    const told = new Set<Statement>();
    for (const server of servers) {
      const name = acmeName(server);
      if (name === null) continue;
      const { hops, end } = followRedirects(
        configuration,
        `http://${name}/.well-known/acme-challenge/token`,
        () => "file",
      );
      const last = hops.at(-1)?.simulation;
      if (end !== "answer" || last?.server == null || last.assumptions.length > 0) continue;
      const { context } = last.server;
      // Where the location for it is never reached, that is what is said.
      if (
        context.incomplete ||
        webroots.some((each) => each.isLost && each.location.server.context === context)
      )
        continue;
      const place = last.outcome.by ?? last.location?.statement;
      if (place === undefined || told.has(place)) continue;
      if (!isRefused(last)) {
        // Whether anything renews it, no file tells.
        met(place, [], []);
        continue;
      }
      told.add(place);
      report(describe(name, hops, last, last.location?.statement ?? place, webroot));
    }
  },
});

function isRefused({ outcome: { kind, status } }: Simulation): boolean {
  return kind === "deny" || kind === "auth" || (kind === "return" && status !== null && status >= 400);
}

function describe(
  name: string,
  hops: ReturnType<typeof followRedirects>["hops"],
  last: Simulation,
  at: Statement,
  webroot: Location | null,
): Report {
  const taker = last.location === null ? "the server" : `\`${last.location.title}\``;
  const { status } = last.outcome;
  return {
    at,
    message:
      webroot === null
        ? `The challenge that renews the certificate for \`${name}\` gets ${status} from ${taker}, unless the ACME client adds its own location, as \`certbot --nginx\` does.`
        : `The renewal of the certificate for \`${name}\` fails: ${taker} answers \`/.well-known/acme-challenge/\` with ${status}.`,
    help: "add `location ^~ /.well-known/acme-challenge/` to the server on port 80, with the root that the ACME client writes to",
    // Another way than by the web root may renew it.
    ...(webroot === null ? { severity: "info" as const, items: [] } : fixOf(last.location, webroot)),
    related:
      webroot === null
        ? []
        : [{ at: webroot.statement, message: "the challenge is served here, and not there" }],
    witness: { kind: "request", value: `GET ${hops[0]?.url}` },
    details: hops.map(({ url, simulation }) => ({
      label: simulation === last ? "refused" : "redirect",
      text: simulation === last ? url : `${url} → ${simulation.outcome.target}`,
      ...(simulation.outcome.by === null ? {} : { at: simulation.outcome.by }),
    })),
  };
}

/** The place that the client writes to, before the location that refuses; it opens nothing else. */
function fixOf(refusing: Location | null, webroot: Location): { fix?: Fix } {
  const folder = webroot.context.last("alias") ?? webroot.context.last("root");
  const server = refusing?.server.context;
  if (!refusing || server === undefined || folder === undefined) return {};
  // What the server asks for would be asked for there, too.
  const isAsked = server.hasAny(["deny", "auth_basic", "auth_request", "satisfy"]);
  const isPlain = /^\/[\w./-]+$/.test(folder.args[0] ?? "") && webroot.pattern === CHALLENGE;
  const isOwn =
    refusing.statement.context === server &&
    refusing.statement.chain === (server.opener?.chain ?? null) &&
    server.readings === 1;
  if (isAsked || !isPlain || !isOwn) return {};
  const step = refusing.statement.file.text.includes("\n\t") ? "\t" : "    ";
  const lines = `location ^~ ${CHALLENGE} {\n${step}${folder.name} ${folder.args[0]};\n}`;
  const edits = [insertBefore(refusing.statement, [lines])];
  return {
    fix: { description: "serve the challenge from where the client writes it", safe: false, edits },
  };
}

const CHALLENGE = "/.well-known/acme-challenge/";
