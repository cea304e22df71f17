import type { AttackedValue, Context, Place, Simulation, Statement } from "../../semantics/index.ts";
import { type Proof, proofOf, redirectsAt, requestText, visibleLines } from "../attacks.ts";
import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Line ends of clients in headers and request lines. */
export default defineRule({
  id: "http-splitting",
  category: "headers",
  severity: "error",
  confidence: "high",
  presets: ["recommended", "security"],
  docs: {
    summary: "A client can put line breaks into a header or a request line",
    why: `nginx decodes the path of a request before it matches locations: \`%0d%0a\` becomes a real line break in \`$uri\`, \`$document_uri\`, \`$request_filename\`, and in whatever a pattern captures of the URI. Where such a value is written into a header, everything after the line break is a header that the attacker wrote. In a redirect or \`add_header\` that is response splitting: a link on any page sets cookies on your domain, or replaces the page. In \`proxy_set_header\` or in the URL of \`proxy_pass\` it is request splitting: the application gets headers that only nginx should set (\`X-Forwarded-For\`, \`X-User\`), or a second request.

\`$request_uri\` and \`$args\` stay as they were sent, encoded, and can hold no line end. Where \`proxy_pass\` holds no variable, nginx encodes the URI again.

Other linters also report what cannot happen, and this rule does not: \`$arg_x\`, \`$http_x\`, \`$cookie_x\` and \`$host\` (nginx does not decode the query, and refuses line ends in headers); a capture such as \`(\\d+)\`, \`(\\w+)\` or \`[^\\s/]+\`, whose characters leave none; \`(.*)\`, because a dot does not match a line feed, and a carriage return alone ends no line; \`$1\` in \`set\` and in \`rewrite … redirect\`, where nginx encodes captures again; and places that no request reaches with such a URI.`,
    bad: `server {
    listen 80;
    location /old/ {
        return 301 https://new.example.com$uri;
    }
}
`,
    good: `server {
    listen 80;
    location /old/ {
        return 301 https://new.example.com$request_uri;
    }
}
`,
    references: [
      "https://owasp.org/www-community/attacks/HTTP_Response_Splitting",
      "https://nginx.org/en/docs/http/ngx_http_core_module.html#var_request_uri",
    ],
  },
  scope: "server",
  check({ server, report }) {
    if (!mayHoldSinks(server.context)) return;
    const tries = new Map<Statement, number>();
    const found = new Map<Statement, Proof<Split>>();
    for (const place of server.places) {
      for (const sink of sinksAt(place)) {
        const { statement } = sink;
        const tried = tries.get(statement) ?? 0;
        if (tried >= MOST_PLACES || found.has(statement)) continue;
        const value = splittable(place, sink);
        if (value === null) continue;
        tries.set(statement, tried + 1);
        const { until } = sink;
        const proof = proofOf(place, value, { payloads: PAYLOADS, until }, (simulation, { payload }) =>
          splitBy(statement, simulation, payload),
        );
        if (proof !== null) found.set(statement, proof);
      }
    }
    for (const [statement, proof] of found) {
      const { toUpstream, line } = proof.evidence;
      const victim = toUpstream ? "the request to the upstream" : "the answer";
      report({
        at: statement,
        message: `${codeOf(statement)} takes line breaks from the client: an attacker can add headers to ${victim}.`,
        help: helpFor(statement, toUpstream),
        witness: { kind: "request", value: requestText(proof) },
        details: [
          { label: "request", text: requestText(proof) },
          { label: toUpstream ? "upstream gets" : "answer has", text: visibleLines(line), at: statement },
        ],
      });
    }
  },
});

/** Places at which one inherited line is tried. */
const MOST_PLACES = 4;

/** The name in `Authorization: Basic` ends at a colon, but a body needs none; two line ends alone cut off what follows. */
const PAYLOADS = ["\r\nX-Injected: yes", "\r\nX-Injected:yes", "\r\n\r\n<h1>injected</h1>", "\r\n\r\n"];

interface Sink {
  readonly statement: Statement;
  readonly written: string;
  /** The rewrite module runs it: what comes later does not count. */
  readonly until: Statement | null;
}

/** The values at a place that are written into a header or a request line as they are. */
function sinksAt(place: Place): readonly Sink[] {
  const sinks: Sink[] = [];
  const add = (statement: Statement, written: string | undefined, until: Statement | null = null) => {
    if (written !== undefined && MAY_SPLIT.test(written)) sinks.push({ statement, written, until });
  };
  for (const statement of place.list("add_header").statements) add(statement, statement.args[1]);
  for (const statement of place.list("add_trailer").statements) add(statement, statement.args[1]);
  for (const redirect of redirectsAt(place)) add(redirect.statement, redirect.written, redirect.statement);
  for (const statement of place.list("error_page").statements) add(statement, statement.args.at(-1));
  const { statement: realm } = place.setting("auth_basic");
  if (realm !== null) add(realm, realm.args[0]);
  const { handler } = place;
  if (handler.kind !== "pass" || handler.pass !== "proxy_pass") return sinks;
  add(handler.statement, handler.target);
  for (const statement of place.list("proxy_set_header").statements) add(statement, statement.args[1]);
  return sinks;
}

/** Some variable other than those that are known to hold no line end and that nobody can set. */
const MAY_SPLIT =
  /\$(?!\{?(?:host|http_host|request_uri|scheme|remote_addr|server_(?:name|port|addr)|proxy_host|is_args|request_method|request_id|proxy_add_x_forwarded_for|http_(?:user_agent|referer|cookie|x_forwarded_for|via))\b)/i;

const SINKS = [
  "add_header",
  "add_trailer",
  "return",
  "rewrite",
  "error_page",
  "auth_basic",
  "proxy_pass",
  "proxy_set_header",
];

/** Most servers write no such variable, and need not be walked through. */
function mayHoldSinks(server: Context): boolean {
  return SINKS.some(
    (name) =>
      server.allBelow(name).some(maySplit) ||
      server.outward().some((around) => around !== server && around.all(name).some(maySplit)),
  );
}

function maySplit({ args }: Statement): boolean {
  return args.some((argument) => MAY_SPLIT.test(argument));
}

function splittable(place: Place, { written, until }: Sink): AttackedValue | null {
  const value = place.value(written, until);
  return value?.clientsCanWrite("\n") === true ? value : null;
}

interface Split {
  readonly toUpstream: boolean;
  readonly line: string;
}

/** The header or the URL that a directive made and that holds the text of an attacker. */
function splitBy(
  statement: Statement,
  { responseHeaders, requestHeaders, outcome }: Simulation,
  payload: string,
): Split | null {
  for (const [headers, toUpstream] of [
    [responseHeaders, false],
    [requestHeaders, true],
  ] as const) {
    const header = headers.find((each) => each.statement === statement && each.value.includes(payload));
    if (header !== undefined) return { toUpstream, line: `${header.name}: ${header.value}` };
  }
  const { by, target, uri, method = "GET" } = outcome;
  if (by !== statement || target?.includes(payload) !== true || outcome.kind !== "proxy") return null;
  return { toUpstream: true, line: `${method} ${uri ?? target}` };
}

function helpFor({ name, args }: Statement, toUpstream: boolean): string {
  const written = args.join(" ");
  if (/\$\{?(?:document_)?uri\b/.test(written)) {
    return name === "proxy_pass"
      ? "leave `$uri` out: `proxy_pass` without a variable sends the URI as it came"
      : "write `$request_uri` in place of `$uri`: it stays encoded";
  }
  if (/\$\{?remote_user\b/.test(written))
    return "ask for the password here (`auth_basic`), or leave the header out";
  return toUpstream && name === "proxy_pass"
    ? "let the captures hold no line end, as `[^/\\s]+` does"
    : "let the pattern's group hold no line end, as `[^/\\s]+` or `.+` do, or send `$request_uri`";
}
