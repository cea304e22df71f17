/** Which location of a server takes a URI, without the trace. */
import { type Location, matchLocation, type Server } from "../../semantics/index.ts";

export type Winner =
  | { readonly kind: "location"; readonly location: Location }
  /** No location: the server itself serves it. */
  | { readonly kind: "server" }
  /** A pattern on the way cannot be decided. */
  | { readonly kind: "unknown" };

/** `uri` is normalised and a byte string. */
export function winnerOf(server: Server, uri: string): Winner {
  const match = matchLocation(server, uri);
  switch (match.kind) {
    case "location":
    case "redirect":
      return { kind: "location", location: match.location };
    case "server":
      return { kind: "server" };
    case "undecided":
      return { kind: "unknown" };
  }
}
