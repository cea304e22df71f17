/** The folders that a server gives files out of. */
import { fileBaseOf, handlerOf, type Server } from "../semantics/index.ts";

/** Folders of assets and uploads: nobody keeps a project in them. */
const ASSETS =
  /^(static|staticfiles|[\w-]*[-_]static|static[-_][\w-]*|assets?|js|css|img|images?|icons?|fonts?|media|uploads?|[\w-]*[-_]media|favicon.*|\.well-known|acme[\w-]*|certbot|letsencrypt)$/;

/** The prefixes below which files of whole sites are looked for: `/`, and every location with a folder of its own. */
export function* servedTrees(server: Server): Generator<string> {
  yield "/";
  for (const { modifier, pattern, context } of server.allLocations()) {
    if ((modifier !== "" && modifier !== "^~") || pattern === "/") continue;
    const own = context.last("alias") ?? context.last("root");
    if (own === undefined || context.has("internal") || handlerOf(context).kind !== "static") continue;
    const { path } = fileBaseOf(context);
    const folder = own.name === "alias" ? path : pattern;
    if (ASSETS.test(lastSegment(folder)) || ASSETS.test(lastSegment(pattern))) continue;
    yield pattern.endsWith("/") ? pattern : `${pattern}/`;
  }
}

function lastSegment(path: string): string {
  return path.split("/").filter(Boolean).at(-1) ?? "";
}
