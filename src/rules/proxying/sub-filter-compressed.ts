import { append, push } from "../../lists/index.ts";
import type { Place, Statement } from "../../semantics/index.ts";
import type { Site } from "../../site/index.ts";
import { defineRule, type Edit, type Fix } from "../rule.ts";
import { capitalized, codeOf, titlesOf } from "../wording.ts";
import { addToOwnList } from "./header-lines.ts";

/** Replacements in answers that come from the upstream compressed. */
export default defineRule({
  id: "sub-filter-compressed",
  category: "proxying",
  severity: "warning",
  confidence: "medium",
  presets: ["recommended"],
  directives: ["sub_filter", "subs_filter"],
  fix: "unsafe",
  docs: {
    summary: "`sub_filter` searches responses that the upstream may have compressed",
    why: "`sub_filter` looks for its text in the bytes that come from the upstream. Browsers ask for compressed answers, nginx hands their `Accept-Encoding` on, and an upstream that compresses sends bytes in which the text does not occur: nothing is replaced, without a word in the log. It works in a test with `curl`, which asks for plain text.\n\nAsk the upstream for plain answers: nginx can compress them afterwards (`gzip on`). `gunzip on` does not help: it unpacks only for clients that cannot do it themselves.",
    bad: `server {
    listen 80;
    location / {
        sub_filter "http://old.example" "https://new.example";
        proxy_set_header Host $host;
        proxy_pass http://127.0.0.1:8000;
    }
}
`,
    good: `server {
    listen 80;
    location / {
        sub_filter "http://old.example" "https://new.example";
        proxy_set_header Host $host;
        proxy_set_header Accept-Encoding "";
        proxy_pass http://127.0.0.1:8000;
    }
}
`,
    references: [
      "https://nginx.org/en/docs/http/ngx_http_sub_module.html",
      "https://nginx.org/en/docs/http/ngx_http_gunzip_module.html",
    ],
  },
  scope: "server",
  check({ server, site, report, met }) {
    const groups = new Map<Statement["directive"], Compressed[]>();
    for (const place of server.places) {
      const filter = filterOf(place);
      const { handler, context } = place;
      if (filter === null || handler.kind !== "pass" || context.hidden) continue;
      const pass = handler.statement;
      const asked = encodingsAsked(place, pass);
      if (asked === null) continue;
      if (!COMPRESSED.test(asked)) {
        met(pass);
        continue;
      }
      const found = { place, pass, filter, isSure: isThirdParty(place, pass, site) };
      push(groups, filter.directive, found);
    }
    for (const group of groups.values()) {
      const [first] = group;
      if (first === undefined) continue;
      const where = titlesOf(group.map(({ place }) => place.context));
      const param = PARAMETERS[first.pass.name];
      report({
        at: first.filter,
        message: `${codeOf(first.filter)} finds nothing in compressed responses, and ${where} ${group.length === 1 ? "requests" : "request"} them from the upstream: nginx passes on the browser's \`Accept-Encoding\`.`,
        help:
          param === undefined
            ? 'write `proxy_set_header Accept-Encoding "";` beside the other headers'
            : `write \`${param} HTTP_ACCEPT_ENCODING "";\` beside the other parameters`,
        ...(group.some(({ isSure }) => isSure) ? { confidence: "high" as const } : {}),
        related: group.map(({ pass, place }) => ({
          at: pass,
          message: `${capitalized(titlesOf([place.context]))} passes requests on here`,
        })),
        witness: { kind: "header", value: `Accept-Encoding: ${BROWSER}` },
        ...fixOf(group),
      });
    }
  },
});

interface Compressed {
  readonly place: Place;
  readonly pass: Statement;
  readonly filter: Statement;
  /** Somebody else's server, which compresses for browsers. */
  readonly isSure: boolean;
}

/** Plain answers for these places alone: what else asks the upstream goes on to get compressed ones. */
function fixOf(group: readonly Compressed[]): { fix?: Fix } {
  const edits: Edit[] = [];
  for (const context of new Set(group.map(({ place }) => place.context))) {
    const [only, ...others] = group.filter(({ place }) => place.context === context);
    if (only?.pass.name !== "proxy_pass" || others.length > 0) return {};
    const list = only.place.list("proxy_set_header");
    const isSet = list.statements.some(({ args }) => /^accept-encoding$/i.test(args[0] ?? ""));
    const added = isSet
      ? null
      : addToOwnList({ pass: only.pass, list }, ['proxy_set_header Accept-Encoding "";']);
    if (added === null) return {};
    append(edits, added);
  }
  return { fix: { description: "ask the upstream for plain answers", safe: false, edits } };
}

const BROWSER = "gzip, deflate, br";
const COMPRESSED = /\b(?:gzip|deflate|br|zstd|compress)\b|\*|\$/i;

/** How the header is taken away from upstreams that get parameters; they get all headers of the client. */
const PARAMETERS: Readonly<Record<string, string>> = {
  fastcgi_pass: "fastcgi_param",
  uwsgi_pass: "uwsgi_param",
  scgi_pass: "scgi_param",
};

/** The first replacement in force. */
function filterOf(place: Place): Statement | null {
  for (const name of ["sub_filter", "subs_filter"]) {
    const [first] = place.list(name).statements;
    if (first !== undefined) return first;
  }
  return null;
}

/** The encodings that the upstream is told a browser takes; empty for none, null where that cannot be told. */
function encodingsAsked(place: Place, pass: Statement): string | null {
  const param = PARAMETERS[pass.name];
  if (param !== undefined) {
    const { statements, replaceable } = place.list(param);
    if (replaceable) return null;
    const own = statements.findLast(({ args }) => args[0] === "HTTP_ACCEPT_ENCODING");
    if (own !== undefined) return own.args[1] ?? "";
    return place.isOn(pass.name.replace("_pass", "_pass_request_headers")) === false ? "" : BROWSER;
  }
  if (pass.name !== "proxy_pass" || place.list("proxy_set_header").replaceable) return null;
  const simulation = place.server?.ask(
    { uri: "/", headers: [["Accept-Encoding", BROWSER]] },
    { at: place.context },
  );
  if (simulation === undefined || simulation.outcome.by !== pass) return null;
  const sent = simulation.requestHeaders.filter(({ name }) => name.toLowerCase() === "accept-encoding");
  return sent.map(({ value }) => value).join(", ");
}

function isThirdParty({ server }: Place, pass: Statement, site: Site): boolean {
  return pass.name === "proxy_pass" && server !== null && site.thirdPartyOf(pass, server) !== null;
}
