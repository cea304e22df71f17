import {
  type Configuration,
  type Context,
  effective,
  handlerOf,
  type Location,
  matchLocation,
  type Server,
  type Simulation,
  type Statement,
  simulate,
} from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";

/** Rewrites and internal redirects that lead back to themselves: nginx gives up with 500. */
export default defineRule({
  id: "internal-redirect-loop",
  category: "routing",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  docs: {
    summary: "No `try_files`, `rewrite` or `error_page` leads back to itself",
    why: "After ten changes of the URI nginx stops with `rewrite or internal redirection cycle` and answers 500. A `rewrite … last` whose result it matches again does that, and so does a `try_files` that falls back to the URI it has just not found.",
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
  check({ configuration, report }) {
    for (const server of configuration.servers) {
      if (server.context.incomplete) continue;
      const told = new Set<Statement>();
      for (const { uri, location } of suspects(server)) {
        if (location !== null && endsPlainly(server, location)) continue;
        const simulation = ask(configuration, server, uri);
        const by = cycleOf(simulation);
        if (by === null || told.has(by)) continue;
        // One circle, whichever of its lines the tenth change meets.
        for (const { statement } of simulation.trace)
          if (statement !== null && isChange(statement)) told.add(statement);
        const end = simulation.location;
        report({
          at: by,
          message: `A request for \`${uri}\` ends in 500: \`${[by.name, ...by.args].join(" ")}\` leads back to ${end === null ? "itself" : `\`${end.title}\``} until nginx gives up.`,
          help:
            by.name === "try_files"
              ? "end with `=404`, or with a URI that a file answers"
              : "write `break` in place of `last`, or exclude what is already rewritten",
          related:
            location !== null && location !== end
              ? [{ at: location.statement, message: "where the request comes in" }]
              : [],
          witness: { kind: "request", value: `GET ${uri}` },
        });
      }
    }
  },
});

/** A name that no file has and no pattern looks for. */
const NOBODY = "no-such-page";
const TAILS = [NOBODY, `${NOBODY}/`, `${NOBODY}.php`, `${NOBODY}.html`, `${NOBODY}.css`, `${NOBODY}.png`];

/** URIs of locations, and of the server itself, that change the URI. */
function* suspects(server: Server): Generator<{ readonly uri: string; readonly location: Location | null }> {
  const changes = (context: Location["context"]) =>
    context.has("try_files") || context.has("rewrite") || context.has("if") || context.has("error_page");
  const isServerChanging = changes(server.context);
  if (isServerChanging) yield { uri: `/${NOBODY}`, location: null };
  for (const location of server.allLocations()) {
    const { modifier, pattern, context } = location;
    if (!changes(context) || location.isNamed) continue;
    if (modifier === "=") yield { uri: pattern, location };
    else if (location.isRegex) {
      const start = /^\^((?:\/[\w-]+)*\/)/.exec(pattern)?.[1] ?? "/";
      for (const tail of TAILS) {
        const compiled = location.compiled();
        if (compiled.kind !== "exact" || !compiled.test(start + tail)) continue;
        yield { uri: start + tail, location };
        break;
      }
    } else yield { uri: `${pattern}${pattern.endsWith("/") ? "" : "/"}${NOBODY}`, location };
  }
}

/**
 * `try_files $uri /index.html` where a plain location takes `/index.html`, or `try_files $uri @app` where that hands the
 * request on: what most sites have, and no circle. Seen without living through a request.
 */
function endsPlainly(server: Server, { context }: Location): boolean {
  const target = context.last("try_files")?.args.at(-1) ?? "";
  const named = server.named(target)?.context;
  if (named !== undefined) {
    return handlerOf(named).kind === "pass" && [server.context, context, named].every(isPlain);
  }
  if (!/^\/[^$]*[^/$]$/.test(target) || target.includes("?")) return false;
  const match = matchLocation(server, target);
  if (match.kind !== "location") return false;
  const page = match.location.context;
  const tried = page.last("try_files")?.args[0] ?? "$uri";
  return tried === "$uri" && [server.context, context, page].every(isPlain);
}

/** No rewriting, and no error that leads elsewhere. */
function isPlain(context: Context): boolean {
  return (
    !context.incomplete &&
    !context.has("rewrite") &&
    !context.has("if") &&
    effective(context, "error_page").statements.length === 0
  );
}

function ask(configuration: Configuration, server: Server, uri: string): Simulation {
  const isTls = server.listens.length > 0 && server.listens.every(({ tls }) => tls);
  return simulate(
    { uri, scheme: isTls ? "https" : "http", host: hostOf(server) },
    { configuration, server, files: (path) => (path.includes(NOBODY) ? "missing" : "file") },
  );
}

function isChange({ name }: Statement): boolean {
  return name === "rewrite" || name === "try_files" || name === "error_page";
}

function hostOf({ names }: Server): string {
  return (
    names.find(({ kind, text }) => kind === "exact" && text !== "" && text !== "_")?.text ?? "www.example.com"
  );
}

/** The directive whose tenth change of the URI ends the request; null where none does for certain. */
function cycleOf({ outcome, trace, assumptions }: Simulation): Statement | null {
  const last = trace.at(-1);
  if (outcome.kind !== "error" || outcome.status !== 500 || assumptions.length > 0) return null;
  if (last === undefined || !last.text.includes("gives up")) return null;
  if (outcome.by !== null) return outcome.by;
  for (const { phase, statement } of trace.toReversed()) {
    if ((phase === "rewrite" || phase === "internal-redirect") && statement !== null) return statement;
  }
  return null;
}
