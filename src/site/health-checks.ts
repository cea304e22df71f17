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
    if (location.isNamed) continue;
    const uri = location.isRegex
      ? location.pattern.replace(/^\^/, "").replace(/\/?\??\$$/, "")
      : location.pattern;
    if (!NAME.test(uri)) continue;
    const taker = server.takerOf(uri);
    if (taker.kind === "location" && taker.location === location)
      yield { uri, location, place: server.at(location) };
  }
}
