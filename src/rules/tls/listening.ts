/** Where nginx speaks TLS with clients. */
import type { Place } from "../../semantics/index.ts";
import type { RuleContext } from "../rule.ts";

/** The servers with a TLS listener that let connections in. */
export function tlsPlaces({ model, site }: RuleContext): readonly Place[] {
  return model.servers
    .filter((server) => site.edge.speaksTls(server.server) && !server.rejectsAll)
    .map(({ top }) => top);
}
