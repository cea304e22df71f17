/** Which locations of a server give out the page itself: the HTML that a browser opens. */
import { type Context, handlerOf, type Location, matchLocation, type Server } from "../semantics/index.ts";

/**
 * The contexts that answer for the front page and for the HTML file that single-page apps fall back to. An internal
 * redirect (`index`, `try_files`) looks for its location anew.
 */
export function pageContexts(server: Server): ReadonlySet<Context> {
  const pages = new Set<Context>();
  const pending = ["/", ...entryPages(server)];
  const seen = new Set(pending);
  const follow = (uri: string) => {
    if (!seen.has(uri)) pending.push(uri);
    seen.add(uri);
  };
  for (let uri = pending.pop(); uri !== undefined; uri = pending.pop()) {
    const context = uri.startsWith("@")
      ? server.locations.find(({ pattern }) => pattern === uri)?.context
      : contextOf(server, uri);
    if (context === undefined || pages.has(context)) continue;
    const handler = handlerOf(context);
    if (handler.kind === "return") continue;
    const fallback = context.all("try_files").at(-1)?.args.at(-1) ?? "";
    if (fallback.startsWith("@") || /^\/[^$]*\.html?$/.test(fallback)) follow(fallback);
    if (handler.kind === "static" && uri.endsWith("/")) follow(`${uri}index.html`);
    else pages.add(context);
  }
  return pages;
}

/** The `index.html` that locations fall back to: an app need not live at `/`. */
function entryPages(server: Server): string[] {
  const contexts = [server.context, ...[...server.allLocations()].map(({ context }) => context)];
  return contexts.flatMap((context) =>
    [...context.all("try_files"), ...context.all("error_page")]
      .map(({ args }) => args.at(-1) ?? "")
      .filter((target) => /^\/[^$]*index\.html?$/.test(target)),
  );
}

/** Where nothing takes the URI, the server's own directives hold. */
function contextOf(server: Server, uri: string): Context {
  const match = matchLocation(server, uri);
  const location: Location | null =
    match.kind === "location" || match.kind === "redirect"
      ? match.location
      : match.kind === "undecided"
        ? match.otherwise
        : null;
  return location?.context ?? server.context;
}
