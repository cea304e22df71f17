/** With which types a place sends files. */
import {
  diskOf,
  fileSent,
  headersInForce,
  type Place,
  type Statement,
  type VirtualServer,
} from "../../semantics/index.ts";

/** A place for the files of pages, of whose types all is known. */
export function isJudged(place: Place): boolean {
  return sendsFiles(place) && !isForMedia(place, place.list("types").statements);
}

/** A place that sends files, of whose types all is known. */
export function sendsFiles(place: Place): boolean {
  const { statements, from, uncertain, replaceable } = place.list("types");
  if (statements.length === 0 ? uncertain : replaceable) return false;
  // What includes the fragment may have `mime.types` at the same level, and both add up.
  if (from?.parent === null && from.tree.fragment) return false;
  if (statements.some(({ block }) => block === null || block.incomplete)) return false;
  if (place.handler.kind !== "static" || place.files.statement === null) return false;
  if (place.isOn("autoindex") === true || setsTypeByHand(place)) return false;
  const [cause] = statements;
  // `types { }` with a type of its own says: all of these are that.
  const isEmpty = statements.every(({ block }) => block?.statements.length === 0);
  return !(isEmpty && cause?.context.has("default_type"));
}

/** `location /fonts/ { types { font/woff2 woff2; } }`: nobody keeps pages there. */
function isForMedia({ location, context }: Place, types: readonly Statement[]): boolean {
  if (location === null || !MEDIA_FOLDER.test(location.pattern)) return false;
  return types.every(
    (each) =>
      each.context === context &&
      each.block?.statements.every(({ name }) =>
        /^(font|image|audio|video|application\/(?:[\w.-]*font|vnd\.apple\.mpegurl|dash\+xml))/i.test(name),
      ),
  );
}

const MEDIA_FOLDER =
  /\/(?:(?:web)?fonts?|images?|img|pictures?|photos?|icons?|audio|sounds?|music|videos?)\/?$/i;

function setsTypeByHand(place: Place): boolean {
  if (headersInForce(place.context).some(({ args }) => /^content-type$/i.test(args[0] ?? ""))) return true;
  return place
    .list("more_set_headers")
    .statements.some(({ args }) => args.some((text) => /^content-type\b/i.test(text)));
}

/** Whether a request for this ends there, unless it is sent on; another place is judged by files of its own. */
export function mayTake(server: VirtualServer, { location }: Place, uri: string): boolean {
  const taker = server.takerOf(uri);
  if (taker.kind === "unknown") return true;
  return location === (taker.kind === "location" ? taker.location : null);
}

/** The type of a file that lies there; null where another place sends it. */
export function typeSent(server: VirtualServer, place: Place, uri: string) {
  const name = uri.split("/").at(-1) ?? "";
  const simulation =
    name === ""
      ? server.answerTo(
          uri,
          diskOf((path) => path.endsWith("/index.html")),
        )
      : server.fileAt(uri, name)?.simulation;
  if (simulation === null || simulation === undefined || fileSent(simulation) === null) return null;
  if (server.at(simulation.location) !== place) return null;
  const header = simulation.responseHeaders.find((each) => /^content-type$/i.test(each.name));
  return header === undefined || header.value.includes("$") ? null : { uri, type: header.value };
}
