/** A URI that leads to a location. */
import { witnessOf } from "../regex/index.ts";
import type { Location } from "../server.ts";
import { languageOfLocation } from "./reachability.ts";

/** A request target that the text of a location fits; null for a named one, and where only a pattern that is not understood tells. */
export function exampleUri(location: Location): string | null {
  if (location.isNamed) return null;
  if (!location.isRegex) return location.pattern;
  const language = languageOfLocation(location);
  return language === null ? null : (witnessOf(language)?.target ?? null);
}
