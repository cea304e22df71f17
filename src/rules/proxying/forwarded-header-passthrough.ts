import { append } from "../../lists/index.ts";
import type { Statement, VirtualServer } from "../../semantics/index.ts";
import { djangoEvidence, isWebSocketOnly, type Site } from "../../site/index.ts";
import { defineRule, type Report, type RuleContext } from "../rule.ts";
import { capitalized, listOf, titlesOf } from "../wording.ts";

/** What only a proxy should say, said by clients. */
export default defineRule({
  id: "forwarded-header-passthrough",
  category: "proxying",
  severity: "warning",
  confidence: "medium",
  presets: ["django-react", "security"],
  docs: {
    summary: "An application gets the client's own `X-Forwarded-Host`",
    why: "nginx passes on every header that it is not told to set. An application that trusts `X-Forwarded-Host` (Django with `USE_X_FORWARDED_HOST`, several frameworks by default) then takes any host that a client sends for its own: the link in a password reset mail leads to the attacker. The same goes for `X-Forwarded-Port` and `X-Forwarded-Prefix`.",
    bad: `events {}
http {
    server {
        listen 443 ssl;
        ssl_certificate a.pem;
        ssl_certificate_key a.key;
        location / {
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
    good: `events {}
http {
    server {
        listen 443 ssl;
        ssl_certificate a.pem;
        ssl_certificate_key a.key;
        location / {
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-Host $host;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
    references: [
      "https://docs.djangoproject.com/en/stable/ref/settings/#use-x-forwarded-host",
      "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_set_header",
    ],
  },
  check({ servers, site, report, met }) {
    const idle: Passed[] = [];
    for (const server of servers) {
      // Behind another proxy it is that one's to say.
      if (site.edge.isBehindProxy(server.server)) continue;
      const found = passedOn(server, site, met);
      const isKnownName = server.context.allBelow("proxy_set_header").some(isHostOfSomeone);
      const reading = found.filter(({ pass }) => isKnownName || djangoEvidence(server, pass) > 0);
      if (reading.length > 0) report(describe(found, site));
      else append(idle, found);
    }
    // Nothing says that these applications read the header: one word for all of them.
    if (idle.length > 0) report({ ...describe(idle, site), severity: "info" });
  },
});

interface Passed {
  readonly server: VirtualServer;
  readonly list: Statement;
  readonly pass: Statement;
  readonly names: readonly string[];
}

function passedOn(server: VirtualServer, site: Site, met: RuleContext["met"]): readonly Passed[] {
  const found: Passed[] = [];
  for (const { place, pass, sure } of site.applicationPasses(server.places)) {
    const { statements, replaceable } = place.list("proxy_set_header");
    const [list] = statements;
    // WebSocket connections make no links, nor does who says that a user is signed in.
    if (isWebSocketOnly(pass)) continue;
    if (place.location !== null && server.subrequestTargets.has(place.location)) continue;
    // Where nothing is said of the request at all, `missing-proxy-headers` speaks.
    if (list === undefined || !sure || replaceable || place.context.hidden || !statements.some(isTold))
      continue;
    const headers = NAMES.map((name) => [name, SPOOFED] as const);
    const { outcome, requestHeaders } = server.ask({ uri: "/", headers }, { at: place.context });
    if (outcome.by !== pass) continue;
    const names = NAMES.filter((wanted) =>
      requestHeaders.some(
        ({ name, value }) => name.toLowerCase() === wanted.toLowerCase() && value.includes(SPOOFED),
      ),
    );
    if (names.includes(HOST)) found.push({ server, list, pass, names });
    else met(pass);
  }
  return found;
}

function describe(found: readonly Passed[], site: Site): Report {
  const [first, ...others] = found;
  if (first === undefined) throw new Error("nothing was found");
  const where = capitalized(titlesOf(found.map(({ pass }) => pass.context)));
  const names = NAMES.filter((name) => found.every((each) => each.names.includes(name)));
  return {
    at: first.pass,
    message: `${where} ${others.length === 0 ? "passes" : "pass"} the client's own ${listOf(names.map((name) => `\`${name}\``))} to the application, which may take another host for its own.`,
    help: "write `proxy_set_header X-Forwarded-Host $host;`, or an empty value if the application does not use it",
    // Without TLS in what is known another proxy may stand in front and set it.
    ...(found.some(({ server }) => site.edge.isEdge(server.server)) ? {} : { confidence: "low" as const }),
    related: [
      { at: first.list, message: "the headers that are set start here" },
      ...others.map(({ pass }) => ({ at: pass, message: "the same here" })),
    ],
    witness: { kind: "header", value: `${HOST}: ${SPOOFED}` },
  };
}

/** Set for some application, which seems to read it. */
function isHostOfSomeone({ args: [name = ""] }: Statement): boolean {
  return name.toLowerCase() === HOST.toLowerCase();
}

const HOST = "X-Forwarded-Host";
const NAMES = [HOST, "X-Forwarded-Port", "X-Forwarded-Prefix"];
const SPOOFED = "evil.example.net";

/** The application is told how clients came in, so that it may listen. */
function isTold({ args }: Statement): boolean {
  return /^(host|forwarded|x-forwarded-[\w-]+)$/i.test(args[0] ?? "");
}
