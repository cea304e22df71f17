import type {
  Context,
  Location,
  Place,
  Simulation,
  Statement,
  VirtualServer,
} from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Rewrites and internal redirects that lead back to themselves: nginx gives up with 500. */
export default defineRule({
  id: "internal-redirect-loop",
  category: "routing",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  directives: ["try_files", "rewrite", "if", "error_page"],
  docs: {
    summary: "A `try_files`, `rewrite` or `error_page` leads back to itself",
    why: "After ten internal redirects nginx gives up with `rewrite or internal redirection cycle` and returns 500. A `rewrite … last` that matches its own result causes this, and so does a `try_files` that falls back to the URI it has just not found.",
    bad: `server {
    listen 80;
    root /srv/www;
    location / {
        try_files $uri $uri/;
    }
}
`,
    good: `server {
    listen 80;
    root /srv/www;
    location / {
        try_files $uri $uri/ =404;
    }
}
`,
    references: [
      "https://nginx.org/en/docs/http/ngx_http_core_module.html#try_files",
      "https://nginx.org/en/docs/http/ngx_http_rewrite_module.html#rewrite",
    ],
  },
  scope: "server",
  check({ server, report }) {
    if (server.isIncomplete) return;
    const told = new Set<Statement>();
    for (const { uri, location } of suspects(server)) {
      if (location !== null && endsPlainly(server, location)) continue;
      const simulation = server.ask(uri, {
        files: (path) => (path.includes(NOBODY) ? "missing" : "file"),
      });
      const by = cycleOf(simulation);
      if (by === null || told.has(by)) continue;
      // One circle, whichever of its lines the tenth change meets.
      for (const { statement } of simulation.trace)
        if (statement !== null && isChange(statement)) told.add(statement);
      const end = simulation.location;
      report({
        at: by,
        message: `A request for \`${uri}\` gets 500: ${codeOf(by)} leads back to ${end === null ? "itself" : `\`${end.title}\``} until nginx gives up.`,
        help:
          by.name === "try_files"
            ? "end with `=404`, or with the URI of a file that exists"
            : "write `break` in place of `last`, or exclude URIs that are already rewritten",
        related:
          location !== null && location !== end
            ? [{ at: location.statement, message: "where the request starts" }]
            : [],
        witness: { kind: "request", value: `GET ${uri}` },
      });
    }
  },
});

/** A name that no file has and no pattern looks for. */
const NOBODY = "no-such-page";
const TAILS = [NOBODY, `${NOBODY}/`, `${NOBODY}.php`, `${NOBODY}.html`, `${NOBODY}.css`, `${NOBODY}.png`];

interface Suspect {
  readonly uri: string;
  readonly location: Location | null;
}

/** URIs of locations, and of the server itself, that change the URI. */
function* suspects(server: VirtualServer): Generator<Suspect> {
  if (changesUri(server.context)) yield { uri: `/${NOBODY}`, location: null };
  for (const location of server.locations) {
    const { pattern, context, isExact, isRegex, literalPrefix } = location;
    if (!changesUri(context) || location.isNamed) continue;
    if (isExact) yield { uri: pattern, location };
    else if (!isRegex) yield { uri: `${pattern}${pattern.endsWith("/") ? "" : "/"}${NOBODY}`, location };
    else {
      const start = literalPrefix.slice(0, literalPrefix.lastIndexOf("/") + 1) || "/";
      const compiled = location.compiled();
      const tail = TAILS.find((each) => compiled.kind === "exact" && compiled.test(start + each));
      if (tail !== undefined) yield { uri: start + tail, location };
    }
  }
}

function changesUri(context: Context): boolean {
  return context.hasAny(["try_files", "rewrite", "if", "error_page"]);
}

/**
 * `try_files $uri /index.html` where a plain location takes `/index.html`, or `try_files $uri @app` where that hands the
 * request on: what most sites have, and no circle. Seen without living through a request.
 */
function endsPlainly(server: VirtualServer, location: Location): boolean {
  const target = location.context.last("try_files")?.args.at(-1) ?? "";
  const named = server.server.named(target);
  const ways = [server.top, server.at(location)];
  if (named !== undefined) {
    const place = server.at(named);
    return place.handler.kind === "pass" && [...ways, place].every(isPlain);
  }
  if (!/^\/[^$]*[^/$]$/.test(target) || target.includes("?")) return false;
  const taker = server.takerOf(target);
  if (taker.kind !== "location") return false;
  const page = server.at(taker.location);
  const tried = page.context.last("try_files")?.args[0] ?? "$uri";
  return tried === "$uri" && [...ways, page].every(isPlain);
}

/** No rewriting, and no error that leads elsewhere. */
function isPlain(place: Place): boolean {
  const { context } = place;
  if (context.incomplete || context.has("rewrite") || context.has("if")) return false;
  return place.list("error_page").statements.length === 0;
}

function isChange({ name }: Statement): boolean {
  return name === "rewrite" || name === "try_files" || name === "error_page";
}

/** The directive whose tenth change of the URI ends the request; null where none does for certain. */
function cycleOf({ outcome, trace, assumptions }: Simulation): Statement | null {
  if (trace.at(-1)?.kind !== "cycle" || outcome.status !== 500 || assumptions.length > 0) return null;
  if (outcome.by !== null) return outcome.by;
  const change = trace.findLast(
    ({ phase, statement }) => statement !== null && (phase === "rewrite" || phase === "internal-redirect"),
  );
  return change?.statement ?? null;
}
