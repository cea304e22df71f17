/** What all rules are given alike. */
import { type Configuration, Model, type Version, type VirtualServer } from "../semantics/index.ts";
import { Site } from "../site/index.ts";
import type { Assumptions, RuleContext } from "./rule.ts";

/**
 * What a rule is asked about a configuration under a version (null: any).
 *
 * @param mostServers how many of its servers are looked at
 * @param model of both, where there is one
 */
export function contextFor(
  configuration: Configuration,
  version: Version | null,
  assume: Assumptions,
  mostServers = Number.POSITIVE_INFINITY,
  model = new Model(configuration, version),
): Pick<RuleContext, "configuration" | "model" | "servers" | "site" | "version" | "assume"> {
  let first: readonly VirtualServer[] | undefined;
  return {
    configuration,
    model,
    site: new Site(model, assume),
    version,
    assume,
    get servers() {
      if (first === undefined) {
        const { servers } = model;
        first = servers.length > mostServers ? servers.slice(0, mostServers) : servers;
      }
      return first;
    },
  };
}
