/** What an HTTPS server says about HSTS, on what is really sent. */
import { isFilledIn } from "../../parser/index.ts";
import { fromBytes, type Simulation } from "../../semantics/index.ts";
import type { ServerRuleContext } from "../rule.ts";

export interface HttpsAnswer {
  readonly uri: string;
  readonly simulation: Simulation;
  /** The value of the first `Strict-Transport-Security`; null where none is sent, undefined where that cannot be told. */
  readonly hsts: string | null | undefined;
}

/** Answers of the server over HTTPS that a browser would keep HSTS from: pages, redirects, applications. */
export function* httpsAnswers({ server, site, isMetUnheard }: ServerRuleContext): Generator<HttpsAnswer> {
  if (!site.edge.speaksTls(server.server) || server.server.partial || server.rejectsAll) return;
  // The linter speaks of what strangers get.
  const isLetIn = isMetUnheard !== true;
  const pages = site
    .pageAnswers(server)
    .filter(({ isGuarded }) => isLetIn || !isGuarded)
    .map(({ uri, simulation }) => ({ uri, simulation }));
  const front = { uri: "/", simulation: server.ask({ uri: "/", scheme: "https" }, { isLetIn }) };
  const seen = new Set<unknown>();
  for (const { uri, simulation } of [front, ...pages]) {
    const { kind, status } = simulation.outcome;
    if (simulation.context === null || seen.has(simulation.context)) continue;
    seen.add(simulation.context);
    if (
      kind === "reject" ||
      kind === "unknown" ||
      kind === "deny" ||
      kind === "auth" ||
      (status ?? 200) >= 400
    )
      continue;
    yield { uri, simulation, hsts: hstsOf(simulation, server.model.place(simulation.context)) };
  }
}

function hstsOf(
  { responseHeaders }: Simulation,
  place: ReturnType<ServerRuleContext["model"]["place"]>,
): string | null | undefined {
  const sent = responseHeaders.find(({ name }) => name.toLowerCase() === "strict-transport-security");
  if (sent !== undefined) return isFilledIn(fromBytes(sent.value)) ? undefined : fromBytes(sent.value);
  // Its value stands among other headers.
  if (place.moreHeaders.has("strict-transport-security")) return "";
  const { statements, uncertain, replaceable } = place.list("add_header");
  // A template may write its name.
  if (statements.some(({ args: [name = ""] }) => isFilledIn(name))) return undefined;
  return replaceable || (uncertain && statements.length === 0) ? undefined : null;
}
