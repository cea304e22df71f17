/** Places whose answers are meant to reach clients piece by piece: event streams, long polling, live logs. */
import type { Location, Place } from "../semantics/index.ts";
import { parseSeconds } from "../semantics/index.ts";

/** Streams of events by their names. */
const EVENTS =
  /(^|[/_.\-^(|])(sse|events?|event-?stream|eventsource|server-sent-events|stream|mercure|\.well-known\\?\/mercure)([/_.\-$(|)?]|$)/i;

/** What else people switch buffering off for. */
const PIECEMEAL =
  /(^|[/_.\-^(|])(streams?|streaming|(long-?)?poll(ing)?|comet|live|notifications?|realtime|logs?|tail|console|terminal|shell|push|pubsub|chat|completions?|generate|watch|wss?|websockets?|socket\\?\.io|sockjs|cable|signalr|hubs?|grpc|rpc|git|v2|registry|artifacts?|downloads?|uploads?|backup|video|hls|webdav|dav|ollama|llm|mcp|ask|agent|jupyter|kernels)([/_.\-$(|)?]|$)/i;

/** The answers here come as they are made, by the name of the location, or since a connection is upgraded. */
export function isPiecemeal({ location, context, list }: PiecemealPlace): boolean {
  if (location !== null && (EVENTS.test(location.pattern) || PIECEMEAL.test(location.pattern))) return true;
  const text = context.last("proxy_pass")?.args[0] ?? "";
  return (
    PIECEMEAL.test(text) || list.some(({ args }) => args[0]?.toLowerCase() === "upgrade" && args[1] !== "")
  );
}

interface PiecemealPlace extends Pick<Place, "location" | "context"> {
  readonly list: readonly { readonly args: readonly string[] }[];
}

/** An event stream: by its name alone, or also by a long read timeout or a kept connection. */
export function eventStream(place: Place): { readonly location: Location; readonly isPlain: boolean } | null {
  const { location, context } = place;
  if (location === null || location.context !== context || !EVENTS.test(location.pattern)) return null;
  const timeout = place.setting("proxy_read_timeout");
  const seconds = parseSeconds(timeout.args[0] ?? "");
  const isLong = timeout.statement !== null && seconds.ok && seconds.value >= 300;
  const isKept = context
    .all("proxy_set_header")
    .some(
      ({ args: [name = "", value = ""] }) =>
        name.toLowerCase() === "connection" && !/upgrade|close/i.test(value),
    );
  const isChunked = context.last("chunked_transfer_encoding")?.args[0] === "off";
  return {
    location,
    isPlain: isLong || isKept || isChunked || /sse|event-?(stream|source)/i.test(location.pattern),
  };
}
