/** Places that WebSocket connections go to, by their names or by the headers that are set for them. */
import type { Location, Place, Statement } from "../semantics/index.ts";

const NAMES =
  /(^|[/_.\-^(|])(wss?|websockets?|socket\\?\.io|sockjs(-node)?|cable|signalr|[\w-]{0,40}hmr|mqtt|live-?reload|graphql-ws|phx|liveview)([/_.\-$(|)?:\d]|$)/i;

export interface WebSocketPlace {
  readonly place: Place;
  readonly pass: Statement;
  readonly location: Location;
  /** What speaks for it: the name, or a header. */
  readonly by: "name" | "header";
}

/** The client's script, which a page loads before it connects: `/socket.io/socket.io.js`. */
function isScript(pattern: string): boolean {
  return /\.(?:m?js|map|css)\$?$/i.test(pattern);
}

/** The location of a place that hands WebSocket connections on; null where nothing speaks for that. */
export function webSocketPlace(place: Place): WebSocketPlace | null {
  const { location, context } = place;
  const pass = context.last("proxy_pass");
  if (
    location === null ||
    location.context !== context ||
    pass === undefined ||
    place.handler.kind !== "pass"
  )
    return null;
  if (NAMES.test(location.pattern) && !isScript(location.pattern))
    return { place, pass, location, by: "name" };
  const headers = context.all("proxy_set_header");
  const isSet = headers.some(({ args: [name = "", value = ""] }) => {
    if (name.toLowerCase() === "upgrade") return value !== "";
    return name.toLowerCase() === "connection" && /upgrade/i.test(value);
  });
  return isSet ? { place, pass, location, by: "header" } : null;
}
