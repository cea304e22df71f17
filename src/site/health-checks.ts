/** Locations that load balancers and monitors ask, by their names. */
import type { Location, Place, VirtualServer } from "../semantics/index.ts";

export interface HealthCheck {
  readonly uri: string;
  readonly location: Location;
  readonly place: Place;
}

const NAME =
  /^\/([\w-]+\/)*(_?health|[\w-]*[-_]health|health-?z|_?health[-_]?checks?|_?healthz|livez|readyz|liveness|readiness|ping|heartbeat|_?alive|ready)\/?$/i;

/** The locations of a server that are there for health checks. */
export function* healthChecks(server: VirtualServer): Generator<HealthCheck> {
  for (const location of server.locations) {
    const uri = checkedUri(server, location);
    if (uri !== null) yield { uri, location, place: server.at(location) };
  }
}

/** Whether a location is there for health checks. */
export function isHealthCheck(server: VirtualServer, location: Location): boolean {
  return checkedUri(server, location) !== null;
}

function checkedUri(server: VirtualServer, location: Location): string | null {
  if (location.isNamed) return null;
  const uri = location.isRegex
    ? location.pattern.replace(/^\^/, "").replace(/\/?\??\$$/, "")
    : location.pattern;
  if (!NAME.test(uri)) return null;
  const taker = server.takerOf(uri);
  return taker.kind === "location" && taker.location === location ? uri : null;
}
