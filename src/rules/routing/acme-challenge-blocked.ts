import {
  type Context,
  followRedirects,
  type Location,
  type Model,
  type Simulation,
  type Statement,
} from "../../semantics/index.ts";
import { acmeName, acmeWebroots } from "../../site/index.ts";
import { insertBefore, isMovable, replaceBy, writtenAs } from "../fix-lines.ts";
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
    why: "An ACME authority requests `http://name/.well-known/acme-challenge/…` on port 80 and follows redirects. A location for hidden files, `location ~ /\\.`, refuses that request too, and the certificate expires. `certbot --nginx` adds its own location during the challenge; the webroot method does not. The location belongs into the server on port 80; a `return` that stands in that server itself answers before nginx looks for a location.",
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
      report(
        describe(
          name,
          hops,
          last,
          last.location?.statement ?? place,
          webroot,
          entryOf(hops[0]?.simulation, model),
        ),
      );
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
  entry: Entry | null,
): Report {
  const taker = last.location === null ? "the server" : `\`${last.location.title}\``;
  const { status } = last.outcome;
  const served = webroot && { at: webroot.statement, message: "the challenge is served here, and not there" };
  const early = entry?.early && {
    at: entry.early,
    message: "answers on port 80 before nginx looks for a location",
  };
  return {
    at,
    message:
      webroot === null
        ? `The challenge that renews the certificate for \`${name}\` gets ${status} from ${taker}, unless the ACME client adds its own location, as \`certbot --nginx\` does.`
        : `The renewal of the certificate for \`${name}\` fails: ${taker} answers \`/.well-known/acme-challenge/\` with ${status}.`,
    help: helpOf(entry),
    // Another way than by the web root may renew it.
    ...(webroot === null || entry === null
      ? { severity: "info" as const, items: [] }
      : fixOf(entry, webroot)),
    related: [served, early].filter((each) => each !== null && each !== undefined),
    witness: { kind: "request", value: `GET ${hops[0]?.url}` },
    details: hops.map(({ url, simulation }) => ({
      label: simulation === last ? "refused" : "redirect",
      text: simulation === last ? url : `${url} → ${simulation.outcome.target}`,
      ...(simulation.outcome.by === null ? {} : { at: simulation.outcome.by }),
    })),
  };
}

/** Where the authority asks first: the server on port 80. */
interface Entry {
  readonly context: Context;
  /** What takes the challenge there. */
  readonly taker: Location | null;
  /** What answers in the server itself: no location is looked for. */
  readonly early: Statement | null;
  /** What the server asks strangers for, and what lets them in to a location. */
  readonly gates: readonly string[];
  /** A regex location there lets nobody in: what is no token is to stay refused. */
  readonly isClosed: boolean;
}

function entryOf(first: Simulation | undefined, model: Model): Entry | null {
  const server = first?.server ? model.serverOf(first.server.context) : null;
  if (first === undefined || server === null) return null;
  const { top } = server;
  const { location: taker, outcome } = first;
  const answers = outcome.kind === "redirect" || outcome.kind === "return";
  const gates = [
    ...(top.list("deny").statements.length > 0 ? ["allow all;"] : []),
    ...GATES.filter((gate) => !["off", undefined].includes(top.setting(gate)?.args[0])).map(
      (gate) => `${gate} off;`,
    ),
  ];
  const isClosed = taker?.isRegex === true && (outcome.kind === "deny" || outcome.kind === "auth");
  return {
    context: server.context,
    isClosed,
    taker,
    early: taker === null && answers ? outcome.by : null,
    gates,
  };
}

const GATES = ["auth_basic", "auth_request"] as const;

function helpOf(entry: Entry | null): string {
  const root = "the root that the ACME client writes to";
  const content = [root, ...(entry?.gates ?? []).map((line) => `\`${line}\``)].join(" and ");
  if (entry?.isClosed)
    return `add \`location ${TOKENS}\` to the server on port 80, before \`${entry.taker?.title}\`, with ${content}`;
  if (!entry?.early) return `add \`location ^~ ${CHALLENGE}\` to the server on port 80, with ${content}`;
  const { name, context } = entry.early;
  const what = context === entry.context ? `\`${name}\`` : `\`if\` with its \`${name}\``;
  return `in the server on port 80, move the ${what} into \`location / { … }\`, and add \`location ^~ ${CHALLENGE}\` beside it, with ${content}; where the ${what} stands now, nginx looks for no location`;
}

/** The place that the client writes to, before what takes the challenge; it opens nothing else. */
function fixOf({ context, taker, early, gates, isClosed }: Entry, webroot: Location): { fix?: Fix } {
  const folder = webroot.context.last("alias") ?? webroot.context.last("root");
  if (folder === undefined || gates.length > 0) return {};
  const isPlain = /^\/[\w./-]+$/.test(folder.args[0] ?? "") && webroot.pattern === CHALLENGE;
  const isPattern = isClosed && folder.name === "root";
  const before = early ?? outermost(taker)?.statement;
  const isOwn =
    before?.context === context && before.chain === (context.opener?.chain ?? null) && context.readings === 1;
  if (before === undefined || !isPlain || !isOwn || !isMovable(before)) return {};
  const step = before.file.text.includes("\n\t") ? "\t" : "    ";
  const lines = `location ${isPattern ? TOKENS : `^~ ${CHALLENGE}`} {\n${step}${folder.name} ${folder.args[0]};\n}`;
  const description = "serve the challenge from where the client writes it";
  if (early === null) return { fix: { description, safe: false, edits: [insertBefore(before, [lines])] } };
  // What else is looked for or asked in the server would come before the `return`, or after it.
  if (early.name !== "return" || context.hasAny(["location", "if", "rewrite", "try_files"])) return {};
  const moved = `location / {\n${step}${writtenAs(early)}\n}`;
  return {
    fix: {
      description: `${description}, and move the \`return\` into \`location /\``,
      safe: false,
      edits: [replaceBy(early, [lines, moved])],
    },
  };
}

function outermost(location: Location | null): Location | null {
  let at = location;
  while (at?.outer) at = at.outer;
  return at;
}

const CHALLENGE = "/.well-known/acme-challenge/";
/** What an authority asks for: tokens in base64url. */
const TOKENS = "~ ^/\\.well-known/acme-challenge/[\\w-]+$";
