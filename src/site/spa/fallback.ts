/** Where a location leads a request for a file that is not there. */
import {
  compilePcre,
  type FileBase,
  filePath,
  type Location,
  type Place,
  type Statement,
  type VirtualServer,
} from "../../semantics/index.ts";

export type Fallback =
  /** To the app's page, to a renderer, or on purpose elsewhere. */
  | { readonly kind: "fine" }
  /** The files do not show it. */
  | { readonly kind: "unknown" }
  /** To a 404; by the statement, or by none. */
  | { readonly kind: "none"; readonly by: Statement | null }
  /** To a URI without its slash. */
  | { readonly kind: "relative"; readonly by: Statement; readonly target: string }
  /** try_files beside `alias` in a regex location: finds no file at all. */
  | { readonly kind: "regex-alias"; readonly by: Statement; readonly target: string }
  /** To a page that another location takes from another folder. */
  | {
      readonly kind: "elsewhere";
      readonly by: Statement;
      readonly target: string;
      readonly winner: Location | null;
      readonly got: string;
    };

const FINE: Fallback = { kind: "fine" };
const UNKNOWN: Fallback = { kind: "unknown" };
const HTML = /\.html?$/;

/** The fallback for `uri` (which no file has) at a location, or at the server itself (null). */
export function fallbackOf(server: VirtualServer, location: Location | null, uri: string): Fallback {
  const place = server.at(location);
  if (place.context.incomplete) return UNKNOWN;
  const rewritten = rewriteOf(server, place, uri);
  if (rewritten !== null) return rewritten;
  const tried = place.context.last("try_files");
  if (tried !== undefined) return followTryFiles(server, place, tried, new Set());
  return errorPage(server, place, null);
}

/** A `rewrite` to a page, also under `if (!-e $request_filename)`. Null where none takes the URI. */
function rewriteOf(server: VirtualServer, place: Place, uri: string): Fallback | null {
  for (const { context } of new Set([server.top, place])) {
    const inside = context.all("if").flatMap(({ block }) => (block === null ? [] : [block]));
    for (const { args } of [context, ...inside].flatMap((each) => each.all("rewrite"))) {
      const [pattern = "", target = ""] = args;
      const compiled = compilePcre(pattern, { caseless: false });
      if (compiled.kind === "exact" && !compiled.test(uri)) continue;
      return /\.html?(\?|$)/.test(target) ? FINE : UNKNOWN;
    }
  }
  return null;
}

function followTryFiles(
  server: VirtualServer,
  place: Place,
  tried: Statement,
  seen: Set<Statement>,
): Fallback {
  if (seen.has(tried)) return UNKNOWN;
  seen.add(tried);
  if (tried.args.slice(0, -1).some((name) => name.startsWith("/") && HTML.test(name))) return FINE;
  const last = tried.args.at(-1) ?? "";
  if (last.startsWith("=")) return /^=4\d\d$/.test(last) ? errorPage(server, place, tried) : FINE;
  if (last.startsWith("@")) return followNamed(server, last, tried, seen);
  const target = last.replace(/(?:\?|\$is_args).*/s, "");
  if (target.includes("$")) return UNKNOWN;
  if (!target.startsWith("/")) return HTML.test(target) ? { kind: "relative", by: tried, target } : UNKNOWN;
  const isAlias = place.files.statement?.name === "alias";
  if (place.location?.isRegex && isAlias && HTML.test(target)) {
    return { kind: "regex-alias", by: tried, target };
  }
  return followPage(server, place.files, tried, target);
}

/** Whether the page is taken from the folder of the location that falls back to it. */
function followPage(server: VirtualServer, base: FileBase, by: Statement, target: string): Fallback {
  if (!HTML.test(target) || base.statement === null) return FINE;
  const taker = server.takerOf(target);
  if (taker.kind === "unknown" || server.isIncomplete) return FINE;
  const winner = taker.kind === "location" ? taker.location : null;
  const { handler } = server.at(winner);
  if (handler.kind === "pass" && base.statement.name === "alias" && base.replaces !== null) {
    // Whoever replaces the prefix by a folder means the page in it, and a backend has none of that name.
    return { kind: "elsewhere", by, target, winner, got: `${handler.pass} ${handler.target}` };
  }
  if (handler.kind !== "static" || handler.base.statement === base.statement) return FINE;
  const got = filePath(handler.base, target);
  if (got === null || base.path.includes("$")) return FINE;
  const folder = base.path.endsWith("/") ? base.path : `${base.path}/`;
  return got.startsWith(folder) ? FINE : { kind: "elsewhere", by, target, winner, got };
}

function followNamed(server: VirtualServer, name: string, by: Statement, seen: Set<Statement>): Fallback {
  const named = server.server.named(name);
  if (named === undefined || named.context.incomplete) return UNKNOWN;
  const place = server.at(named);
  const { handler, context } = place;
  if (handler.kind === "return") {
    return handler.status !== null && handler.status >= 400 ? { kind: "none", by } : FINE;
  }
  if (handler.kind !== "static" || context.has("rewrite")) return FINE;
  const tried = context.last("try_files");
  return tried === undefined ? UNKNOWN : followTryFiles(server, place, tried, seen);
}

/** `error_page 404 /index.html` answers what try_files gave up. */
function errorPage(server: VirtualServer, place: Place, by: Statement | null): Fallback {
  const { statements } = place.list("error_page");
  for (const { args } of statements) {
    const target = args.at(-1) ?? "";
    if (!args.slice(0, -1).includes("404")) continue;
    if (target.startsWith("@") || target.includes("$")) return followErrorName(server, target);
    if (!/404|error|not-?_?found/i.test(target)) return FINE;
  }
  return place.context.hidden && statements.length === 0 ? UNKNOWN : { kind: "none", by };
}

function followErrorName(server: VirtualServer, target: string): Fallback {
  const named = server.server.named(target);
  if (named === undefined) return UNKNOWN;
  const place = server.at(named);
  const tried = named.context.last("try_files");
  if (place.handler.kind === "static" && tried !== undefined) {
    return followTryFiles(server, place, tried, new Set());
  }
  return FINE;
}
