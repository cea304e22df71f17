/** What a place answers to pages of another origin. */
import { fromBytes, type Place } from "../../semantics/index.ts";

export interface CorsAnswer {
  readonly origin: string;
  /** The `Access-Control-Allow-Origin` that is sent; null for none. */
  readonly allowed: string | null;
  readonly withCredentials: boolean;
}

/** What a request from a page of `origin` gets at a place; null where that cannot be told. */
export function answerTo(place: Place, origin: string): CorsAnswer | null {
  const { server, location } = place;
  if (server === null) return null;
  const uri = location === null ? "/" : server.uriFor(location);
  if (uri === null) return null;
  const { responseHeaders, assumptions, outcome } = server.ask(
    { uri, headers: [["Origin", origin]] },
    { files: () => "file" },
  );
  if (outcome.kind === "unknown" || assumptions.some(({ question }) => question.kind !== "file")) return null;
  const sentValue = (name: string) => {
    const header = responseHeaders.find(
      (each) => each.name.toLowerCase() === name && each.statement !== null,
    );
    return header === undefined ? null : fromBytes(header.value);
  };
  return {
    origin,
    allowed: sentValue("access-control-allow-origin"),
    withCredentials: /^true$/i.test(sentValue("access-control-allow-credentials") ?? ""),
  };
}

/** The places that say which origins may read their answers. */
export function corsPlaces(places: readonly Place[]): readonly Place[] {
  return places.filter(
    ({ context }) =>
      (context.kind === "location" || context.kind === "server" || context.kind === "location-if") &&
      context.all("add_header").some(({ args }) => args[0]?.toLowerCase() === "access-control-allow-origin"),
  );
}
