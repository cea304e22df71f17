/** Which location of a server takes a URI, without the trace. */
import { passesToUpstream } from "../content.ts";
import { Memo } from "../regex/index.ts";
import { matchLocation } from "../request/index.ts";
import type { Location, Server } from "../server.ts";

export type Winner =
  | { readonly kind: "location"; readonly location: Location }
  /** No location: the server itself serves it. */
  | { readonly kind: "server" }
  /** A pattern on the way cannot be decided. */
  | { readonly kind: "unknown" };

/** `uri` is normalised and a byte string. */
export function winnerOf(server: Server, uri: string): Winner {
  const answers = answersOf(server);
  if (answers === null) return findWinner(server, uri);
  const index = answers.get(uri, () => {
    const winner = findWinner(server, uri);
    return winner.kind === "location" ? server.allLocations().indexOf(winner.location) : winner.kind;
  });
  if (typeof index === "string") return { kind: index };
  const location = server.allLocations()[index];
  return location === undefined ? { kind: "unknown" } : { kind: "location", location };
}

function findWinner(server: Server, uri: string): Winner {
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

/** By URI: the index of the location that takes it, among all of the server. */
type Answers = Memo<number | "server" | "unknown">;

/** More locations than this are not written alike in two servers. */
const MOST_LOCATIONS = 100;
const alike = new Memo<Answers>(100);
const known = new WeakMap<Server, Answers>();

/** The answers of all servers whose locations are written like those of this one: sites made from one template. */
function answersOf(server: Server): Answers | null {
  const locations = server.allLocations();
  if (locations.length > MOST_LOCATIONS) return null;
  let answers = known.get(server);
  if (answers === undefined) {
    answers = alike.get(locations.map(choiceOf).join("\n"), () => new Memo(1000));
    known.set(server, answers);
  }
  return answers;
}

/** All that the choice of a location depends on. */
function choiceOf({ modifier, pattern, outer, context }: Location): string {
  let depth = 0;
  for (let around = outer; around !== null; around = around.outer) depth++;
  return `${depth}${modifier} ${passesToUpstream(context)} ${pattern.length} ${pattern}`;
}
