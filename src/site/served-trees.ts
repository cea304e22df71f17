/** The folders that a server gives files out of. */
import type { VirtualServer } from "../semantics/index.ts";

/** Folders of assets and uploads: nobody keeps a project in them. */
const ASSETS =
  /^(static|staticfiles|[\w-]*[-_]static|static[-_][\w-]*|assets?|js|css|img|images?|icons?|fonts?|media|uploads?|[\w-]*[-_]media|favicon.*|\.well-known|acme[\w-]*|certbot|letsencrypt)$/;

/** Where builds are written to, where packages and images keep pages of their own, and what frameworks made for the public. */
const CLEAN =
  /(?:^|\/)(?:dist|build|out|browser|_site|\.next|\.output|public|htdocs|wwwroot)(?:\/|$)|^html\/?$|^\/(?:usr\/share|usr\/local|etc|var\/lib)\/(?:nginx|openresty)\b|certbot|letsencrypt|acme|errors?\b/i;

/** A folder into which somebody may have put a whole project, with its history and its secrets. */
export function mayHoldProject(folder: string): boolean {
  return !CLEAN.test(folder);
}

/** A name with an extension: one file, and no tree. */
function isFile(pattern: string): boolean {
  return /[^/.]\.\w{2,5}$/.test(pattern);
}

/** The prefixes below which files of whole sites are looked for: `/`, and every location with a folder of its own. */
export function* servedTrees(server: VirtualServer): Generator<string> {
  yield "/";
  for (const location of server.locations) {
    const { isPrefix, pattern, context } = location;
    if (!isPrefix || pattern === "/" || isFile(pattern)) continue;
    const own = context.last("alias") ?? context.last("root");
    const { handler, files } = server.at(location);
    if (own === undefined || context.has("internal") || handler.kind !== "static") continue;
    const folder = own.name === "alias" ? files.path : pattern;
    if (ASSETS.test(lastSegment(folder)) || ASSETS.test(lastSegment(pattern))) continue;
    yield pattern.endsWith("/") ? pattern : `${pattern}/`;
  }
}

function lastSegment(path: string): string {
  return path.split("/").filter(Boolean).at(-1) ?? "";
}
