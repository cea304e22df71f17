import {
  asksApplication,
  followRedirects,
  type Hop,
  type Listen,
  type Location,
  type Outcome,
  type Statement,
  type VirtualServer,
} from "../../semantics/index.ts";
import { healthChecks, isNamedForMetrics } from "../../site/index.ts";
import { defineRule, type ServerRuleContext } from "../rule.ts";
import { capitalized, titleOf } from "../wording.ts";

/** Sites that are also given out over plain HTTP. */
export default defineRule({
  id: "https-redirect-missing",
  category: "tls",
  severity: "warning",
  confidence: "high",
  presets: ["recommended", "django-react"],
  checklist: ["tls.redirect"],
  docs: {
    summary: "An HTTPS site is also served over plain HTTP",
    why: "Visitors who type the name without `https:` get the site unprotected: anyone in the same network can read the session cookie and change the pages. Answer plain HTTP only with a redirect; `/.well-known/acme-challenge/` may stay.",
    bad: `events {}
http {
    server {
        listen 80;
        server_name shop.example;
        root /srv/www;
    }
    server {
        listen 443 ssl;
        ssl_certificate site.pem;
        ssl_certificate_key site.key;
        server_name shop.example;
        root /srv/www;
    }
}
`,
    good: `events {}
http {
    server {
        listen 80;
        server_name shop.example;
        return 301 https://$host$request_uri;
    }
    server {
        listen 443 ssl;
        ssl_certificate site.pem;
        ssl_certificate_key site.key;
        server_name shop.example;
        root /srv/www;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/configuring_https_servers.html"],
  },
  scope: "server",
  check(context) {
    const { server, site, report } = context;
    const { listens, partial } = server.server;
    const plain = plainListen(server, 80) ?? plainListen(server);
    const at = server.context.opener;
    if (
      at === null ||
      partial ||
      listens.some(({ unknown }) => unknown) ||
      // Every address of the server speaks TLS, or nginx does not start (1.25.1).
      server.top.isOn("ssl") === true ||
      plain === undefined ||
      site.edge.isPrivate(server.server)
    )
      return;
    // Without TLS in the tree, a proxy in front may speak it.
    if (!site.edge.knowsTls || site.edge.isBehindProxy(server.server)) return;
    // Browsers come to port 80: a server of the name on another port is there for a cache or a balancer.
    if (plain.port !== 80 && site.namesake(server, isOnPort80) !== undefined) return;
    if (context.isMetUnheard === true && isSentToHttps(server)) return;
    const speaksBoth = site.edge.speaksTls(server.server);
    const twin = speaksBoth ? server : site.namesake(server, speaksTls);
    const uri = "/";
    const { outcome, assumptions } = server.ask(
      { uri, scheme: "http", local: { port: plain.port ?? 80 } },
      { files: (path) => (path.endsWith("/") ? "directory" : "file") },
    );
    // Where monitors and machines ask, and nobody comes by a name.
    if (twin === undefined && plain.port !== 80) return;
    if (assumptions.some(({ question }) => question.kind !== "file")) return;
    if (outcome.kind === "redirect") {
      if (context.isMetUnheard !== true) judgeRedirect(context, at, plain.port ?? 80);
      return;
    }
    if (!isContent(outcome) || server.context.hidden) return;
    // Names that nobody else has may be meant for plain HTTP: health checks, internal tools.
    const by = outcome.by;
    report({
      at: plain.statement ?? at,
      message:
        twin === undefined
          ? `${capitalized(titleOf(server.context))} serves its content over plain HTTP, while other servers here speak HTTPS.`
          : `${capitalized(titleOf(server.context))} serves its content over plain HTTP, ${speaksBoth ? "beside HTTPS" : "although an HTTPS server has the same name"}: anyone on the way can read sessions and change pages.`,
      help: "answer with `return 301 https://$host$request_uri;` in a separate server",
      ...(twin === undefined ? { presets: ["django-react"] as const, confidence: "medium" as const } : {}),
      related: [
        ...(twin === undefined || twin === server || twin.context.opener === null
          ? []
          : [{ at: twin.context.opener, message: "the same name over HTTPS" }]),
        ...(by === null ? [] : [{ at: by, message: "answers over plain HTTP" }]),
      ],
      witness: {
        kind: "request",
        value: `GET http://${server.host}${plain.port === 80 ? "" : `:${plain.port}`}${uri}`,
      },
    });
  },
});

/** Whatever is asked for: no request has to be followed. */
function isSentToHttps({ top: { handler } }: VirtualServer): boolean {
  if (handler.kind !== "return" || handler.status === null || handler.text === null) return false;
  return handler.status > 300 && handler.status < 400 && handler.text.startsWith("https://");
}

function isOnPort80(server: VirtualServer): boolean {
  return plainListen(server, 80) !== undefined;
}

function speaksTls({ server }: VirtualServer, { edge }: ServerRuleContext["site"]): boolean {
  return edge.speaksTls(server);
}

/** The server takes the name because nobody has it: it may be somebody else's. */
function isStrange({ url, simulation: { server } }: Hop): boolean {
  const host = /^\w+:\/\/([^/:]+)/.exec(url)?.[1]?.toLowerCase() ?? "";
  return server?.names.every(({ kind, text }) => kind === "exact" && text !== host) === true;
}

function isContent(outcome: Outcome): boolean {
  return (outcome.kind === "static" && outcome.status === 200) || asksApplication(outcome);
}

/** The front page is sent elsewhere: it has to be HTTPS in the end, and all the rest has to be sent there, too. */
function judgeRedirect(
  { server, model, met, unmet, untold }: ServerRuleContext,
  at: Statement,
  port: number,
) {
  const url = `http://${server.host}${port === 80 ? "" : `:${port}`}/`;
  const { hops, end } = followRedirects(model.configuration, url, () => "file");
  const stranger = hops.slice(1).find(isStrange);
  const target = end === "outside" ? hops.at(-1)?.simulation.outcome.target : hops.at(-1)?.url;
  const last = stranger?.url ?? target ?? "";
  if (!/^https:/i.test(last)) {
    if (end === "outside" || stranger !== undefined)
      untold({ at, reason: `ask \`curl -sIL ${url}\`: it leads to ${last}` });
    else unmet({ at, why: `GET ${url} leads to ${last}` });
    return;
  }
  const other = plainUri(server, port);
  if (other === null) met(at);
  else unmet({ at: other.location.statement, why: `GET http://${server.host}${other.uri} is answered` });
}

/** What is given out over plain HTTP beside the redirect, to everybody; not what monitors and ACME authorities ask for. */
function plainUri(server: VirtualServer, port: number): { uri: string; location: Location } | null {
  const monitors = new Set([...healthChecks(server)].map(({ location }) => location));
  for (const location of server.locations) {
    const { isNamed, isExact, literalPrefix, pattern, context } = location;
    if (isNamed || monitors.has(location) || pattern.includes("well-known") || isNamedForMetrics(location))
      continue;
    // `robots.txt`, a page for errors: a file that somebody left there.
    if (literalPrefix === "" || (isExact && /\.\w+$/.test(pattern)) || context.has("internal")) continue;
    const folder = literalPrefix.endsWith("/") ? literalPrefix : `${literalPrefix}/`;
    const uri = isExact ? literalPrefix : `${folder}page`;
    if (server.at(location).admits().kind === "closed") continue;
    const asked = server.ask(
      { uri, scheme: "http", local: { port } },
      { files: (path) => (path.endsWith("/") ? "directory" : "file") },
    );
    if (asked.location === location && isContent(asked.outcome)) return { uri, location };
  }
  return null;
}

/** The first `listen` in plain HTTP, on that port or any. */
function plainListen({ server: { listens } }: VirtualServer, port?: number): Listen | undefined {
  return listens.find(
    (listen) =>
      !listen.tls && !listen.quic && listen.port !== null && (port === undefined || listen.port === port),
  );
}
