import type { Model, Place, VirtualServer } from "../model.ts";
import type { Statement } from "../tree.ts";

/** The lines that make an advisory matter: the one to change first, then those that it takes beside it. */
export type Cause = readonly [Statement, ...Statement[]];

/** A server that lets connections in, and a place in it that some request is at. */
export interface Reached {
  readonly server: VirtualServer;
  readonly place: Place;
}

/** The places that clients' requests can be at; the rest is looked through lazily, since most trees hold no candidate. */
export function* reachedPlaces(model: Model, isCandidate: (place: Place) => boolean): Generator<Reached> {
  for (const server of model.servers) {
    if (server.rejectsAll) continue;
    for (const place of server.places) {
      if (!isCandidate(place)) continue;
      const { location } = place;
      if (location !== null && server.unreachable.has(location)) continue;
      yield { server, place };
    }
  }
}

/** Some line of the tree has one of these names. */
export function writes({ configuration }: Model, ...names: readonly string[]): boolean {
  return names.some((name) => configuration.all(name).length > 0);
}
