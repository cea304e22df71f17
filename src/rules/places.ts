/** The places that settings of whole sites are about. */
import type { Place, Statement } from "../semantics/index.ts";
import type { RuleContext } from "./rule.ts";

/** Places that send files to clients. */
export function filePlaces({ model }: RuleContext): readonly Place[] {
  return model.places.filter((place) => isAnswering(place) && place.handler.kind === "static");
}

/** Places that answer something worth a setting: not mere redirects and refusals. */
export function answeringPlaces({ model }: RuleContext): readonly Place[] {
  return model.places.filter((place) => isAnswering(place) && place.handler.kind !== "return");
}

/** The top of a whole configuration; nothing of a part. */
export function topPlaces({ model, configuration }: RuleContext): readonly Place[] {
  const { root, fragment, http } = configuration;
  return fragment || root.kind !== "main" || http === null ? [] : [model.place(root)];
}

/** What stands for the top of a configuration: its `events` block, else `http`. */
export function topStatement({ configuration: { root } }: RuleContext): Statement | null {
  return root.last("events") ?? root.last("http") ?? null;
}

/** Where an ACME authority reads a few bytes. */
function isForAcme({ location }: Place): boolean {
  return location?.pattern.includes(".well-known") === true;
}

/** A server itself answers only where no location takes all the rest. */
function isAnswering(place: Place): boolean {
  const { context, server } = place;
  if (context.kind === "location") return !isForAcme(place);
  if (context.kind !== "server" || server === null) return false;
  return !server.server.locations.some(({ isPrefix, pattern }) => isPrefix && pattern === "/");
}

/** The modules of others that compress. */
export function isCompressedOtherwise(place: Place): boolean {
  return ["brotli", "zstd"].some((name) => place.isOn(name) !== false);
}
