/** Where a site seems to export metrics: by what its locations and backends are called. */
import type { Location, Model, Statement, VirtualServer } from "../semantics/index.ts";
import type { Assumptions } from "./assumptions.ts";

/** A request target at which metrics may be read. */
export interface MetricsEndpoint {
  readonly uri: string;
  /**
   * - `assumed`: the settings say so;
   * - `written`: a location is called so;
   * - `usual`: where programs have them, and nothing here speaks of it.
   */
  readonly evidence: "assumed" | "written" | "usual";
}

const USUAL: readonly string[] = [
  "/metrics",
  "/prometheus",
  "/actuator/prometheus",
  "/api/metrics",
  "/-/metrics",
];
const NAME = /(^|\/)(metrics|prometheus)\/?$/;
/** Names that other things have as well. */
const WEAK_NAME = /(^|\/)([\w-]{1,80}[_-]metrics|stats|[\w-]{0,80}exporter[\w-]{0,80})\/?$/;
/** Ports that exporters are known by (9090 is any application's), and names people give them. */
const EXPORTER =
  /(prometheus|exporter|pushgateway|alertmanager|victoria-?metrics)|:(9093|91\d\d|9216|9308)\b/;

/** The guesses about the metrics of one configuration. */
export class Metrics {
  readonly #model: Model;
  readonly #assume: Assumptions;
  #exporters: ReadonlyMap<string, Location> | undefined;

  constructor(model: Model, assume: Assumptions) {
    this.#model = model;
    this.#assume = assume;
  }

  /** What to ask a server for, the surest first. */
  endpointsOf({ server }: VirtualServer): readonly MetricsEndpoint[] {
    const assumed = this.#assume.metricsPaths ?? [];
    const found = new Map<string, MetricsEndpoint>();
    const add = (uris: readonly string[], evidence: MetricsEndpoint["evidence"]) => {
      for (const uri of uris) if (!found.has(uri)) found.set(uri, { uri, evidence });
    };
    add(assumed, "assumed");
    add(server.allLocations().filter(mayBeForMetrics).flatMap(urisOf), "written");
    add(USUAL, "usual");
    return [...found.values()];
  }

  /** Some location with this very name asks a backend for metrics. */
  isEndpoint(uri: string): boolean {
    this.#exporters ??= exportersOf(this.#model);
    return [...this.#exporters.values()].some(({ pattern }) => pattern === uri);
  }

  /** Another location asks the same backend for metrics. */
  otherEndpointOf(pass: Statement): Location | null {
    this.#exporters ??= exportersOf(this.#model);
    return this.#exporters.get(targetKey(pass)) ?? null;
  }
}

/** Some word of its name speaks of metrics: a quick look, before anyone asks what the name means. */
export function mayBeForMetrics({ pattern }: Location): boolean {
  return /metrics|prometheus|stats|exporter|actuator/.test(pattern);
}

/** The location is there for metrics, by its name. */
export function isCalledMetrics({ pattern }: Location): boolean {
  return /metrics|prometheus/.test(pattern);
}

/** The location is named after its metrics, and nothing else. */
export function isNamedForMetrics({ pattern }: Location): boolean {
  return NAME.test(pattern.replace(/\$$/, ""));
}

/** The name may mean metrics, or something else. */
export function mayMeanMetrics({ pattern, isRegex }: Location): boolean {
  return WEAK_NAME.test(isRegex ? pathOf(pattern) : pattern);
}

/** Spring Boot's own pages, of which metrics may be one. */
export function isActuator({ pattern }: Location): boolean {
  return /\/actuator\/?$/.test(pattern);
}

/** What stands behind a `*_pass` is known for its metrics, by its name or port. */
export function isExporter({ args }: Statement): boolean {
  return EXPORTER.test(args[0] ?? "");
}

/** A reader takes the location for that of the URI. */
export function speaksOf(location: Location, uri: string): boolean {
  if (!location.isRegex) return uri.startsWith(location.pattern) && NAME.test(location.pattern);
  const compiled = location.compiled();
  return isCalledMetrics(location) && compiled.kind === "exact" && compiled.test(uri);
}

function urisOf(location: Location): readonly string[] {
  const { isRegex, isNamed, isExact, outer } = location;
  if (isNamed) return [];
  if (isRegex) {
    const path = pathOf(location.pattern);
    // What cannot be read so is met by the usual paths.
    if (!/^\/[\w/.-]+$/.test(path) || !isName(path)) return [];
    return outer === null || outer.isRegex ? [path] : [path, outer.pattern.replace(/\/$/, "") + path];
  }
  const { pattern } = location;
  if (!isName(pattern)) return [];
  return !isExact && /exporter[\w-]{0,80}\/?$/.test(pattern)
    ? [`${pattern.replace(/\/$/, "")}/metrics`]
    : [pattern];
}

function isName(path: string): boolean {
  return NAME.test(path) || WEAK_NAME.test(path);
}

/** `/internal/metrics` of `^/internal/metrics$`. */
function pathOf(pattern: string): string {
  return pattern
    .replace(/^\^/, "")
    .replace(/\/?\??\$?$/, "")
    .replaceAll("\\", "");
}

/** Backends that some location asks for metrics. */
function exportersOf(model: Model): ReadonlyMap<string, Location> {
  const found = new Map<string, Location>();
  for (const { server } of model.servers) {
    for (const location of server.allLocations()) {
      if (!isNamedForMetrics(location)) continue;
      const { handler } = model.place(location.context);
      if (handler.kind === "pass") found.set(targetKey(handler.statement), location);
    }
  }
  return found;
}

/** `http://backend` of `proxy_pass http://backend/some/path`. */
function targetKey({ args }: Statement): string {
  return /^(?:\w+:\/\/)?[^/]+/.exec(args[0] ?? "")?.[0] ?? "";
}
