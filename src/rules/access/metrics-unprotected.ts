import {
  type Configuration,
  type Context,
  type Guard,
  guardOf,
  handlerOf,
  type Location,
  type OutcomeKind,
  type Server,
  STRANGERS,
  type Statement,
  simulate,
  toBytes,
  unconditionalAnswer,
  winnerOf,
} from "../../semantics/index.ts";
import { defineRule, type Report } from "../rule.ts";

/** A metrics endpoint that anyone can read. */
export default defineRule({
  id: "metrics-unprotected",
  category: "access",
  severity: "error",
  confidence: "high",
  presets: ["recommended", "security"],
  checklist: ["monitoring.metrics-restricted"],
  docs: {
    summary: "Strangers cannot read a metrics endpoint",
    why: "Metrics tell versions, paths, tenants, error rates and load: a map for an attacker, and nobody's business. nginx decides in phases: what `return` answers is never asked by `allow`, `deny` or `auth_basic`; rules of an inner level replace those outside; and only the location that takes the request counts.",
    bad: `server {
    listen 80;
    location /metrics {
        proxy_pass http://127.0.0.1:8000;
    }
}
`,
    good: `server {
    listen 80;
    location /metrics {
        allow 10.0.0.0/8;
        deny all;
        proxy_pass http://127.0.0.1:8000;
    }
}
`,
    references: [
      "https://nginx.org/en/docs/http/ngx_http_access_module.html",
      "https://nginx.org/en/docs/http/ngx_http_core_module.html#satisfy",
    ],
  },
  check({ configuration, assume, report }) {
    const exporters = exportersOf(configuration);
    for (const server of configuration.servers) {
      for (const found of checkServer(configuration, server, assume.metricsPaths ?? [], exporters))
        report(found);
    }
  },
});

const PATHS = ["/metrics", "/prometheus", "/actuator/prometheus", "/api/metrics", "/-/metrics"];
const ENDPOINT = /(^|\/)(metrics|prometheus)\/?$/;
/** Ports that Prometheus and its exporters are known by, and names people give them. */
const EXPORTER =
  /(prometheus|exporter|pushgateway|alertmanager|victoria-?metrics)|:(9090|9091|9093|91\d\d|9216|9308)\b/;

function checkServer(
  configuration: Configuration,
  server: Server,
  assumed: readonly string[],
  exporters: ReadonlyMap<string, Location>,
): Report[] {
  const { context } = server;
  if (context.incomplete) return [];
  const answer = unconditionalAnswer(context);
  if (answer !== null) return [];
  const reports = new Map<Context, Report>();
  const written = writtenEndpoints(server);
  for (const uri of new Set([...written, ...assumed, ...PATHS])) {
    const winner = winnerOf(server, uri);
    if (winner.kind === "unknown") continue;
    const location = winner.kind === "location" ? winner.location : null;
    const place = location?.context ?? context;
    if (reports.has(place)) continue;
    const endpoint = { server, location, place, uri, isAssumed: assumed.includes(uri), written };
    const found = judge(configuration, endpoint, exporters);
    if (found !== null) reports.set(place, found);
  }
  return [...reports.values()];
}

/** Locations that are metrics endpoints by their name. */
function writtenEndpoints(server: Server): string[] {
  const found: string[] = [];
  for (const { modifier, pattern, outer } of server.allLocations()) {
    if (modifier === "~" || modifier === "~*") {
      // `^/internal/metrics$` is a path in other words; what cannot be read so is met by the usual paths.
      const path = pattern
        .replace(/^\^/, "")
        .replace(/\/?\??\$?$/, "")
        .replaceAll("\\", "");
      if (!/^\/[\w/.-]+$/.test(path) || !ENDPOINT.test(path)) continue;
      found.push(path);
      if (outer !== null && !outer.isRegex) found.push(outer.pattern.replace(/\/$/, "") + path);
    } else if (modifier !== "@" && ENDPOINT.test(pattern)) found.push(pattern);
  }
  return found;
}

interface Endpoint {
  readonly server: Server;
  /** Null: the server itself answers. */
  readonly location: Location | null;
  readonly place: Context;
  readonly uri: string;
  readonly isAssumed: boolean;
  /** Those that the server has locations for. */
  readonly written: readonly string[];
}

function judge(
  configuration: Configuration,
  endpoint: Endpoint,
  exporters: ReadonlyMap<string, Location>,
): Report | null {
  const { server, location, place, uri } = endpoint;
  const isWritten = location !== null && /metrics|prometheus/.test(location.pattern);
  // Spring Boot's own pages, of which this may be one.
  const isActuator = location !== null && /\/actuator\/?$/.test(location.pattern);
  const rewritten = isWritten && place.has("rewrite") ? rewrittenTo(configuration, endpoint) : null;
  const source = rewritten ?? sourceOf(server, place) ?? (isWritten ? ownFile(place) : null);
  if (source === null) return null;
  // A rewrite comes before the access phase, so only the location that it leads to is asked.
  const asked = source === rewritten || source.place === place ? [source.place] : [place, source.place];
  const guard = strictest(server, asked);
  if (guard.kind !== "open") return null;
  if (server.partial && guard.mistake === null) return null;
  const lost = lostGuard(endpoint);
  const isKnown = isWritten || endpoint.isAssumed || lost !== null;
  // Of a catch-all only the usual name is asked, and only where no location is there for it.
  const other = exporters.get(targetKey(source.statement));
  const exporter = other?.pattern === uri ? other : undefined;
  const isWorthAsking =
    isKnown || isActuator || exporter !== undefined || (uri === "/metrics" && endpoint.written.length === 0);
  if (!isWorthAsking) return null;
  if (guard.mistake?.byCrafting !== true && !isAnswered(configuration, endpoint)) return null;
  if (isKnown) return openEndpoint(endpoint, source, guard, lost);
  if (isActuator || exporter !== undefined || EXPORTER.test(source.statement.args[0] ?? "")) {
    return { ...openEndpoint(endpoint, source, guard, null), confidence: "medium", ...evidenceOf(exporter) };
  }
  const taker = location === null ? "the server" : `\`${location.title}\``;
  return {
    at: source.statement,
    message: `If the application exports metrics, anyone can read them: ${taker} also passes \`${uri}\` to it.`,
    help: `add \`location ${uri} { deny all; }\`, or allow your Prometheus server there`,
    severity: "info",
    confidence: "low",
    witness: { kind: "request", value: `GET ${uri}` },
  };
}

/** What somebody sends who knows no secret. */
const TRIES: readonly (readonly (readonly [string, string])[])[] = [
  [],
  [["Authorization", "Bearer x"]],
  [["User-Agent", "Prometheus/2.50.0"]],
];

/** Whether a stranger's request, lived through phase by phase, is answered and neither refused nor sent elsewhere. */
function isAnswered(configuration: Configuration, { server, uri }: Endpoint): boolean {
  const isTls = server.listens.length > 0 && server.listens.every(({ tls }) => tls);
  const addresses = server.partial || server.listens.some(({ address }) => address.startsWith("["));
  const host = server.names.find(({ kind, text }) => kind === "exact" && text !== "_")?.text;
  for (const address of addresses ? [STRANGERS.ipv4, STRANGERS.ipv6] : [STRANGERS.ipv4]) {
    for (const headers of TRIES) {
      const { outcome } = simulate(
        {
          uri,
          host: host === undefined || host === "" ? "www.example.com" : host,
          headers,
          address,
          scheme: isTls ? "https" : "http",
        },
        { configuration, server, files: () => "missing" },
      );
      if (!REFUSALS.has(outcome.kind) && (outcome.status ?? 200) < 400) return true;
      // A file that is not there in this model may be there on the machine.
      if (outcome.kind === "static" || outcome.status === 404) return !isInternal(server, uri);
    }
  }
  return false;
}

const REFUSALS: ReadonlySet<OutcomeKind> = new Set(["deny", "auth", "reject", "redirect"]);

function isInternal(server: Server, uri: string): boolean {
  const winner = winnerOf(server, uri);
  return winner.kind === "location" && winner.location.context.has("internal");
}

interface Source {
  readonly statement: Statement;
  /** Where the answer is made: the location itself, or a named one that its try_files leads to. */
  readonly place: Context;
}

/** What gives the metrics out; null where nothing does. */
function sourceOf(server: Server, place: Context): Source | null {
  const handler = handlerOf(place);
  if (handler.kind !== "static") return { statement: handler.statement, place };
  const last = place.last("try_files")?.args.at(-1) ?? "";
  const named = server.named(last);
  if (named === undefined) return null;
  const next = handlerOf(named.context);
  return next.kind === "static" ? null : { statement: next.statement, place: named.context };
}

/** What answers in the location that a `rewrite … last` leads to. */
function rewrittenTo(configuration: Configuration, { server, place, uri }: Endpoint): Source | null {
  const { outcome, location } = simulate(
    { uri, host: "www.example.com", address: STRANGERS.ipv4 },
    { configuration, server, files: () => "missing" },
  );
  if (outcome.by === null || location === null || location.context === place) return null;
  const handler = handlerOf(location.context);
  return handler.kind === "static" ? null : { statement: handler.statement, place: location.context };
}

/** A file of metrics that an exporter writes. */
function ownFile(place: Context): Source | null {
  const statement = place.last("alias") ?? place.last("root");
  return statement === undefined ? null : { statement, place };
}

/** try_files comes after the access phase, and the location that it leads to has its own. */
function strictest(server: Server, places: readonly Context[]): Guard {
  const guards = places.map((place) => guardOf(server, place));
  return guards.find(({ kind }) => kind !== "open") ?? guards.at(-1) ?? { kind: "closed" };
}

/** A guarded location for the URI that does not get it: a pattern takes it first, or `^~` and `=` keep the pattern out. */
function lostGuard({ server, location, uri }: Endpoint): Location | null {
  if (location === null) return null;
  const isPattern = location.isRegex || location.outer?.isRegex === true;
  for (const other of server.allLocations()) {
    if (other === location || other.isNamed || other.isRegex === isPattern) continue;
    if (!speaksOf(other, uri) || isInside(location, other)) continue;
    if (guardOf(server, other.context).kind === "closed") return other;
  }
  return null;
}

/** A reader takes the location for that of the endpoint. */
function speaksOf(location: Location, uri: string): boolean {
  if (!location.isRegex) return uri.startsWith(location.pattern) && ENDPOINT.test(location.pattern);
  const compiled = location.compiled();
  return (
    /metrics|prometheus/.test(location.pattern) && compiled.kind === "exact" && compiled.test(toBytes(uri))
  );
}

function isInside(location: Location, outer: Location): boolean {
  for (let around = location.outer; around !== null; around = around.outer) if (around === outer) return true;
  return false;
}

function openEndpoint(
  { location, uri }: Endpoint,
  { statement }: Source,
  guard: Guard,
  lost: Location | null,
): Report {
  const witness = { kind: "request", value: `GET ${uri}` } as const;
  const taker = location === null ? "the server" : `\`${location.title}\``;
  if (lost !== null) {
    return {
      at: location?.statement ?? statement,
      message: `Anyone can read \`${uri}\`: ${taker} takes the request from \`${lost.title}\`, so the rules there are never asked.`,
      help:
        lost.modifier === "" && location?.isRegex
          ? `write \`location ^~ ${lost.pattern}\``
          : "repeat the rules in both",
      related: [{ at: lost.statement, message: "its rules are never asked" }],
      witness,
    };
  }
  const { mistake } = guard as Guard & { kind: "open" };
  if (mistake !== null) {
    return {
      at: mistake.at,
      message: `Anyone can read \`${uri}\` although it looks guarded: ${mistake.reason}.`,
      help: mistake.help,
      related: [
        ...(location === null ? [] : [{ at: location.statement, message: "the endpoint" }]),
        ...(mistake.related ?? []),
      ],
      witness,
    };
  }
  return {
    at: location?.statement ?? statement,
    message: `Anyone can read \`${uri}\`: ${taker} hands it out and nothing asks who is there.`,
    help: "allow the address of your Prometheus server and end with `deny all;`",
    witness,
  };
}

function evidenceOf(exporter: Location | undefined) {
  return exporter === undefined
    ? {}
    : { related: [{ at: exporter.statement, message: "the same backend exports metrics here" }] };
}

/** Backends that some location of the tree asks for metrics. */
function exportersOf(configuration: Configuration): ReadonlyMap<string, Location> {
  const found = new Map<string, Location>();
  for (const server of configuration.servers) {
    for (const location of server.allLocations()) {
      if (!ENDPOINT.test(location.pattern.replace(/\$$/, ""))) continue;
      const handler = handlerOf(location.context);
      if (handler.kind === "pass") found.set(targetKey(handler.statement), location);
    }
  }
  return found;
}

/** `http://backend` of `proxy_pass http://backend/some/path`. */
function targetKey({ args }: Statement): string {
  return /^(?:\w+:\/\/)?[^/]+/.exec(args[0] ?? "")?.[0] ?? "";
}
