import type { Location, Open, Place, Statement, VirtualServer } from "../../semantics/index.ts";
import {
  isActuator,
  isCalledMetrics,
  isExporter,
  type MetricsEndpoint,
  mayBeForMetrics,
  mayMeanMetrics,
  type Site,
  speaksOf,
} from "../../site/index.ts";
import { defineRule, type Report } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** A metrics endpoint that anyone can read. */
export default defineRule({
  id: "metrics-unprotected",
  category: "access",
  severity: "error",
  confidence: "high",
  presets: ["recommended", "security"],
  checklist: ["monitoring.metrics"],
  docs: {
    summary: "Anyone can read a metrics endpoint",
    why: "Metrics reveal versions, paths, tenants, error rates and load: a map for an attacker. nginx works in phases: `allow`, `deny` and `auth_basic` never see what `return` answers; rules of an inner level replace those of the outer one; `error_page` can send a refused request to another location, which answers it; and only the rules of the location that takes the request count.",
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
  check({ model, servers, site, report, met }) {
    for (const server of servers) {
      if (server.context.incomplete || server.top.handler.kind === "return") continue;
      const endpoints = site.metrics.endpointsOf(server);
      const hasOwn = endpoints.some(({ evidence }) => evidence === "written");
      const isSpokenOf = hasOwn || server.locations.some(mayBeForMetrics);
      const seen = new Set<Place>();
      for (const endpoint of endpoints) {
        const { uri, evidence } = endpoint;
        // A catch-all is asked for the usual name alone.
        if (!isSpokenOf && evidence !== "assumed" && uri !== "/metrics" && !site.metrics.isEndpoint(uri))
          continue;
        const taker = server.takerOf(endpoint.uri);
        if (taker.kind === "unknown") continue;
        const location = taker.kind === "location" ? taker.location : null;
        const place = location === null ? server.top : model.place(location.context);
        if (seen.has(place)) continue;
        const found = judge({ server, location, place, endpoint, hasOwn }, site);
        if (found === null) continue;
        seen.add(place);
        if (found !== "kept") report(found);
        else if (location !== null) met(location.statement);
      }
    }
  },
});

interface Asked {
  readonly server: VirtualServer;
  /** Takes the request; null: the server itself. */
  readonly location: Location | null;
  readonly place: Place;
  readonly endpoint: MetricsEndpoint;
  /** Some location of the server is there for metrics. */
  readonly hasOwn: boolean;
}

function judge(asked: Asked, site: Site): Report | "kept" | null {
  const { server, location, endpoint } = asked;
  const { metrics } = site;
  const isNamed = location !== null && isCalledMetrics(location);
  const isKind = location !== null && (isActuator(location) || mayMeanMetrics(location));
  const lost = lostGuard(asked);
  const isKnown = isNamed || endpoint.evidence === "assumed" || lost !== null;
  // Of a catch-all only the usual name is asked, and only where no location is there for it.
  const isUsual = endpoint.uri === "/metrics" && !asked.hasOwn;
  if (!isKnown && !isKind && ((!isUsual && !metrics.isEndpoint(endpoint.uri)) || answersByFile(asked)))
    return null;
  const admission = server.admits(endpoint.uri);
  if (admission.kind === "closed" && isKnown) return "kept";
  if (admission.kind !== "open" || (server.server.partial && admission.mistake === null)) return null;
  const source = sourceOf(admission, asked);
  if (source === null) return null;
  if (isKnown) return openEndpoint(asked, source, admission, lost);
  const other = metrics.otherEndpointOf(source);
  const isSameBackend = other?.pattern === endpoint.uri;
  if (isKind || isSameBackend || (isExporter(source) && isUsual)) {
    return {
      ...openEndpoint(asked, source, admission, null),
      ...(isExporter(source) && isKind ? {} : { confidence: "medium" as const }),
      ...(other === null || !isSameBackend
        ? {}
        : { related: [{ at: other.statement, message: "the same backend exports metrics here" }] }),
    };
  }
  if (!isUsual) return null;
  return {
    at: source,
    message: `If the application exports metrics, anyone can read them: ${takerOf(location)} also passes \`/metrics\` to it.`,
    help: "add `location /metrics { deny all; }`, or allow your Prometheus server there",
    severity: "info",
    confidence: "low",
    witness: witnessOf(admission),
  };
}

/** Files alone answer: nothing that could make metrics. */
function answersByFile({ place }: Asked): boolean {
  const { context, handler } = place;
  const tried = context.last("try_files")?.args.at(-1) ?? "";
  const leads = tried.startsWith("@") || context.has("if") || context.has("rewrite");
  return handler.kind === "static" && !leads && place.list("error_page").statements.length === 0;
}

/** The line that hands the metrics out; null where what answers is something else: a page, a file of the site. */
function sourceOf({ simulation }: Open, { location, place }: Asked): Statement | null {
  const isWritten = location !== null && (isCalledMetrics(location) || mayMeanMetrics(location));
  const { outcome, location: end } = simulation;
  const isFile = outcome.kind === "static" || outcome.kind === "error";
  if (isFile) {
    return isWritten ? (place.context.last("alias") ?? place.context.last("root") ?? null) : null;
  }
  // Elsewhere the URI is another one.
  const isSame = end === location || end?.isNamed === true || (isWritten && place.context.has("rewrite"));
  return isSame ? outcome.by : null;
}

/** A guarded location for the URI that does not get it: a pattern takes it first, or `^~` and `=` keep the pattern out. */
function lostGuard({ server, location, endpoint }: Asked): Location | null {
  if (location === null) return null;
  const isPattern = location.isRegex || location.outer?.isRegex === true;
  return (
    server.server.allLocations().find((other) => {
      if (other === location || other.isNamed || other.isRegex === isPattern) return false;
      if (!speaksOf(other, endpoint.uri) || location.isInside(other)) return false;
      return server.model.place(other.context).admits().kind === "closed";
    }) ?? null
  );
}

function openEndpoint(
  { location, endpoint: { uri } }: Asked,
  source: Statement,
  admission: Open,
  lost: Location | null,
): Report {
  const at = location?.statement ?? source;
  const witness = witnessOf(admission);
  const taker = takerOf(location);
  const { mistake } = admission;
  if (lost !== null) {
    return {
      at,
      message: `Anyone can read \`${uri}\`: ${taker} takes the request from \`${lost.title}\`, so the rules there are never checked.`,
      help:
        lost.isPrefix && !lost.stopsRegexes && location?.isRegex
          ? `write \`location ^~ ${lost.pattern}\``
          : "repeat the rules in both",
      related: [{ at: lost.statement, message: "its rules are never checked" }],
      witness,
    };
  }
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
    at,
    message: `Anyone can read \`${uri}\`: ${taker} serves it with no access check.`,
    help: "allow the address of your Prometheus server and end with `deny all;`",
    witness,
  };
}

function takerOf(location: Location | null): string {
  return location === null ? "the server" : codeOf(location.statement);
}

/** The stranger's request, with the headers that get him in; what every browser sends goes without saying. */
function witnessOf({ request: { uri, headers = [] } }: Open): NonNullable<Report["witness"]> {
  const made = headers.filter(([, value]) => !value.startsWith("Mozilla/"));
  const sent = made.map(([name, value]) => `${name}: ${value}`).join(", ");
  return { kind: "request", value: `GET ${uri}${sent === "" ? "" : ` (${sent})`}` };
}
