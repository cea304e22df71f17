/** How much speaks for a single-page app behind a location, and not for a site of pages. */
import {
  type Context,
  effective,
  fileBaseOf,
  handlerOf,
  type Location,
  type Server,
} from "../../semantics/index.ts";
import { Words } from "../words.ts";

/** Folders that front-end tools build into. */
const BUILD = /^(build|dist|browser)$/;
/** Words by which people name their front-end. */
const FRONT_END = new Words("front frontend client spa react angular vue svelte webapp webui ui");
/** Words of generated sites: their tools build into the same folders, and every page is a file. */
const PAGES = new Words(
  "doc docs documentation blog storybook site website hugo jekyll mkdocs sphinx book astro gatsby wordpress drupal download downloads mirror coverage report",
);
/** Folders of files and not of pages: no app lives there. */
const FILES =
  /^(static|assets?|js|css|img|images?|icons?|fonts?|media|uploads?|files?|downloads?|public|vendor|dist|build|\.well-known|[\w-]*static|favicon.*|docs?|storybook)$/;
const API = /^\/(api|graphql|rest|rpc|ws|socket\.io|auth|v\d+)(\/|$)|\/api(\/|$)/;

export interface Evidence {
  /** 0: none; 1: weak; 2: fair; 3 and more: strong. */
  readonly score: number;
  /** Its own `root` or `alias` says so. */
  readonly ownPath: boolean;
}

const NONE: Evidence = { score: 0, ownPath: false };

/** `location` is null where the server itself serves the files. */
export function spaEvidence(server: Server, location: Location | null): Evidence {
  const context = location?.context ?? server.context;
  if (servesPhp(server) || isListing(context)) return NONE;
  const base = fileBaseOf(context);
  if (base.statement === null) return NONE;
  const path = pathScore(base.path);
  if (location !== null && isSubfolder(location)) {
    const isOwn = context.has("root") || context.has("alias");
    if (!isOwn || FILES.test(lastSegment(location.pattern))) return NONE;
    return { score: isBundle(server, context, base.path) ? Math.min(path, 1) : path, ownPath: path > 1 };
  }
  const score = path + siblingScore(server, location, context) + pagesScore(context);
  return { score: Math.max(score, 0), ownPath: path > 1 };
}

function isSubfolder({ modifier, pattern }: Location): boolean {
  return modifier !== "~" && modifier !== "~*" && pattern !== "/";
}

/** A folder inside what was built, for pages that a backend makes: scripts for them, and no page of its own. */
function isBundle(server: Server, context: Context, path: string): boolean {
  if (BUILD.test(lastSegment(path)) || !path.split("/").some((segment) => BUILD.test(segment))) return false;
  if (context.has("index") || context.has("try_files")) return false;
  const rest = server.locations.find(({ modifier, pattern }) => modifier === "" && pattern === "/");
  return rest !== undefined && handlerOf(rest.context).kind === "pass";
}

function lastSegment(path: string): string {
  return path.split("/").filter(Boolean).at(-1) ?? "";
}

function pathScore(path: string): number {
  const segments = path.toLowerCase().split("/").filter(Boolean);
  let score = 0;
  if (segments.some((segment) => BUILD.test(segment))) score += 2;
  if (segments.some((segment) => FRONT_END.areIn(segment))) score += 2;
  if (/\/www\/html$|\/nginx\/html$/.test(path.replace(/\/$/, ""))) score += 1;
  return segments.some((segment) => PAGES.areIn(segment)) ? Math.min(score, 1) : score;
}

/** An API proxied beside, and locations for assets with hashed names. */
function siblingScore(server: Server, self: Location | null, context: Context): number {
  let api = 0;
  let assets = 0;
  for (const other of server.allLocations()) {
    if (other === self || other.isNamed) continue;
    if (handlerOf(other.context).kind === "pass") {
      api = Math.max(api, API.test(other.pattern.replace(/^\^/, "")) ? 1 : 0);
    } else if (/\/static\/\(?(js|css)|\/_app\/|\/_nuxt\/|\/_next\/static/.test(other.pattern)) assets = 2;
    else if (/^\^?\/assets\b/.test(other.pattern)) assets = Math.max(assets, 1);
    else if (saysImmutable(other.context)) assets = Math.max(assets, 1);
  }
  const index = effective(context, "index").statements.flatMap(({ args }) => args);
  const isIndexWritten = index.some((name) => /^index\.html?$/.test(name));
  return api + (api > 0 && isIndexWritten ? 1 : 0) + assets;
}

function saysImmutable(context: Context): boolean {
  return context.all("add_header").some(({ args }) => args[1]?.includes("immutable"));
}

/** What sites of pages have: `$uri.html`, a page for 404, `=404` chosen. */
function pagesScore(context: Context): number {
  const tried = context.last("try_files")?.args ?? [];
  let score = 0;
  if (tried.some((name) => /^\$uri(\.html|\/index\.html)$/.test(name)) && !tried.at(-1)?.startsWith("/"))
    score -= 2;
  if (tried.at(-1) === "=404") score -= 1;
  if (effective(context, "error_page").statements.some(({ args }) => isPageFor404(args))) score -= 1;
  return score;
}

function isPageFor404(args: readonly string[]): boolean {
  return args.includes("404") && /404|not-?_?found/i.test(args.at(-1) ?? "");
}

const phpServers = new WeakMap<Server, boolean>();

/** Asked for every location of a server. */
function servesPhp(server: Server): boolean {
  let serves = phpServers.get(server);
  if (serves === undefined) {
    serves = readsPhp(server);
    phpServers.set(server, serves);
  }
  return serves;
}

function readsPhp(server: Server): boolean {
  for (const { pattern, context } of server.allLocations()) {
    if (/\.php|\bphp\b/.test(pattern) && context.has("fastcgi_pass")) return true;
  }
  return effective(server.context, "index").statements.some(({ args }) => args.includes("index.php"));
}

function isListing(context: Context): boolean {
  return effective(context, "autoindex").statements.at(-1)?.args[0] === "on";
}
