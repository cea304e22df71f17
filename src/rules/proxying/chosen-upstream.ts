/** Upstreams whose host or port comes from the request. */
import { fromBytes, type Place, type Simulation, type Statement, urlParts } from "../../semantics/index.ts";
import { isEvil, type Proof, proofOf } from "../attacks.ts";

export interface Chosen {
  readonly what: "host" | "port";
  readonly target: string;
}

/** Where cloud machines have their credentials. */
const METADATA = "169.254.169.254";
/** Redis, which asks for no password. */
const PORT = "6379";

/**
 * A request by which a client chooses what `statement` connects to.
 *
 * @param findsNames names are looked up; without a `resolver` nginx connects to addresses alone
 */
export function chosenUpstream(
  place: Place,
  statement: Statement,
  findsNames = hasResolver(place),
): Proof<Chosen> | null {
  const value = place.value(statement.args[0] ?? "");
  if (value === null) return null;
  const origins = urlParts(value).authority.flatMap((part) => part.origins);
  if (origins.length === 0) return null;
  const names = ["http://evil.example/", "evil.example/", "evil.example", ".evil.example", ".evil.example/"];
  const payloads = [
    ...(findsNames ? names : []),
    `http://${METADATA}/`,
    `${METADATA}/`,
    METADATA,
    PORT,
    `:${PORT}/`,
  ];
  return proofOf(place, { origins }, { payloads }, (simulation) => chosenBy(statement, simulation));
}

/** Names in variables are looked up at each request, by a `resolver`. */
function hasResolver(place: Place): boolean {
  const { statements, uncertain } = place.list("resolver");
  return statements.length > 0 || uncertain;
}

function chosenBy(statement: Statement, { outcome }: Simulation): Chosen | null {
  const { by, target } = outcome;
  if (by !== statement || target === null) return null;
  const url = fromBytes(target);
  const authority = /^(?:[a-z]+:\/\/)?([^/?#]*)/i.exec(url)?.[1] ?? "";
  const [, host = "", port = ""] = /^(.*?)(?::(\d+))?$/.exec(authority) ?? [];
  if (host === METADATA || isEvil(host)) return { what: "host", target: url };
  return port === PORT ? { what: "port", target: url } : null;
}

/** How the host is kept among those that are meant. */
export function listingHelp({ args: [written = ""] }: Statement): string {
  return /^\w+:\/\/[^/$]+\$\{?\w+\}?$/.test(written)
    ? "write a slash between the host and what follows"
    : "list the hosts that are meant in a `map`, with a safe default";
}
