/** Files that an application hands out by `X-Accel-Redirect`, and the locations that they are asked from. */
import { errorPages, type Location, type Statement, type VirtualServer } from "../semantics/index.ts";

/** Names that people give to the targets of X-Accel-Redirect. */
const PROTECTED =
  /^\/(?:[\w-]+\/)*(?:[\w-]{0,80}[-_])?(?:protected|x-?accel|accel-?redirect|x-?sendfile)(?:[-_][\w-]{0,80})?\//;
/** Names that may also mean something else. */
const PRIVATE =
  /^\/(?:[\w-]+\/)*(?:[\w-]{0,80}[-_])?(?:private|internal|secure)(?:[-_](?:media|files?|uploads?|downloads?|documents?|static))?\//;

/** A location that an application seems to send nginx to. */
export interface AccelTarget {
  readonly location: Location;
  /** With a slash at its end. */
  readonly prefix: string;
  readonly confidence: "high" | "medium";
  /** The header that tells the application of it; null where only its name speaks. */
  readonly by: Statement | null;
}

/** Those of a server that hands requests to an application. */
export function accelTargets(server: VirtualServer): readonly AccelTarget[] {
  const mapped = mappedPrefixes(server);
  return server.locations.flatMap((location) => {
    if (mapped === null || location.isExact || location.literalPrefix === "") return [];
    const { literalPrefix, isRegex } = location;
    const prefix = isRegex
      ? literalPrefix.slice(0, literalPrefix.lastIndexOf("/") + 1)
      : withSlash(literalPrefix);
    const by = mapped.find((each) => prefix.startsWith(withSlash(each.prefix)))?.statement ?? null;
    const confidence =
      by !== null || PROTECTED.test(prefix) ? "high" : PRIVATE.test(prefix) ? "medium" : null;
    return confidence === null || servesErrors(server, prefix) ? [] : [{ location, prefix, confidence, by }];
  });
}

/** What `X-Accel-Mapping` tells applications of the server; null where it hands nothing to any. */
function mappedPrefixes(server: VirtualServer) {
  let isPassing = false;
  const mapped: { readonly prefix: string; readonly statement: Statement }[] = [];
  for (const location of server.locations) {
    const place = server.at(location);
    if (place.handler.kind !== "pass" || place.handler.pass === "memcached_pass") continue;
    isPassing = true;
    for (const name of ["proxy_set_header", "fastcgi_param", "uwsgi_param"]) {
      for (const statement of place.list(name).statements) {
        if (!/^(http_)?x[-_]accel[-_]mapping$/i.test(statement.args[0] ?? "")) continue;
        for (const pair of (statement.args[1] ?? "").split(",")) {
          const prefix = pair.split("=").at(-1)?.trim() ?? "";
          if (prefix.startsWith("/")) mapped.push({ prefix, statement });
        }
      }
    }
  }
  return isPassing ? mapped : null;
}

/** The folder whose files a location keeps internal; null for error pages and where it is not known. */
export function internalFolder(server: VirtualServer, location: Location): string | null {
  const { isPrefix, pattern, context } = location;
  const place = server.at(location);
  if (!isPrefix || place.list("internal").statements.length === 0 || context.incomplete) return null;
  if (place.handler.kind !== "static" || servesErrors(server, pattern)) return null;
  const { statement, path, replaceable } = place.files;
  if (statement === null || replaceable || path.includes("$") || !path.startsWith("/")) return null;
  return statement.name === "alias" ? withSlash(path) : withSlash(path.replace(/\/$/, "") + pattern);
}

/** Pages for errors are internal for another reason. */
function servesErrors(server: VirtualServer, prefix: string): boolean {
  return [null, ...server.locations].some((location) =>
    errorPages(server.at(location).list("error_page").statements).some(({ uri }) => uri.startsWith(prefix)),
  );
}

function withSlash(path: string): string {
  return path.endsWith("/") ? path : `${path}/`;
}
