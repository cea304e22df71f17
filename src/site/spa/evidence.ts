/** How much speaks for a single-page app behind a location, and not for a site of pages. */
import type { Location, Place, VirtualServer } from "../../semantics/index.ts";
import { Words } from "../words.ts";

/** Folders that front-end tools build into. */
const BUILD = /^(build|dist|browser)$/;
/** Words by which people name their front-end. */
const FRONT_END = new Words("front frontend client spa react angular vue svelte webapp webui ui");
/** Words of generated sites: their tools build into the same folders, and every page is a file. */
const PAGES = new Words(
  "doc docs documentation blog storybook site website hugo jekyll mkdocs sphinx book astro gatsby wordpress drupal download downloads mirror coverage report plugin plugins widget widgets extension extensions sdk lib libs library",
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
export function spaEvidence(server: VirtualServer, location: Location | null): Evidence {
  const place = server.at(location);
  const whole = wholeOf(server);
  if (whole.servesPhp || place.isOn("autoindex") === true || place.files.statement === null) return NONE;
  const { context, files } = place;
  const path = pathScore(files.path);
  const isSupported = path > 2 || fallsBackToPage(place) || whole.asksBackend;
  if (location !== null && isSubfolder(location)) {
    const isOwn = context.has("root") || context.has("alias");
    if (!isOwn || !isSupported || FILES.test(lastSegment(location.literalPrefix))) return NONE;
    // `=404` was chosen for this folder, and not taken over from an example.
    const score = Math.max(path + (endsWith404(place) ? -1 : 0), 1);
    return { score: isBundle(server, place) ? Math.min(score, 1) : score, ownPath: path > 1 };
  }
  const siblings = siblingScore(whole, location, place);
  // The name of a folder alone says how a site was built, and not that its addresses are no files.
  if (siblings === 0 && !isSupported) return NONE;
  return { score: Math.max(path + siblings + pagesScore(place), 0), ownPath: path > 1 };
}

function isSubfolder({ literalPrefix }: Location): boolean {
  return literalPrefix.length > 1;
}

/** `try_files … /index.html`, or what was meant to be one. */
function fallsBackToPage({ context }: Place): boolean {
  return /index\.html?\b/.test(context.last("try_files")?.args.at(-1) ?? "");
}

/** What all locations of a server ask of all of them, found once. */
interface Whole {
  /** Something else than files is behind the server. */
  readonly asksBackend: boolean;
  readonly servesPhp: boolean;
  /** Its own locations that say something of an app beside them. */
  readonly telling: readonly { readonly location: Location; readonly says: "api" | "scripts" | "assets" }[];
}

const wholes = new WeakMap<VirtualServer, Whole>();

function wholeOf(server: VirtualServer): Whole {
  let whole = wholes.get(server);
  if (whole === undefined) {
    whole = {
      asksBackend: server.locations.some((location) => server.at(location).handler.kind === "pass"),
      servesPhp: servesPhp(server),
      telling: tellingLocations(server),
    };
    wholes.set(server, whole);
  }
  return whole;
}

/** The first few of each kind: nobody counts them, and one of them may be the location that asks. */
function tellingLocations(server: VirtualServer): Whole["telling"] {
  const found: { location: Location; says: "api" | "scripts" | "assets" }[] = [];
  const counts = new Map<string, number>();
  for (const location of server.locations) {
    const says = location.isNamed ? null : whatSays(location, server);
    if (says === null || (counts.get(says) ?? 0) > 1) continue;
    counts.set(says, (counts.get(says) ?? 0) + 1);
    found.push({ location, says });
  }
  return found;
}

function whatSays(location: Location, server: VirtualServer): Whole["telling"][number]["says"] | null {
  const { pattern } = location;
  const place = server.at(location);
  if (place.handler.kind === "pass") return API.test(pattern.replace(/^\^/, "")) ? "api" : null;
  if (/\/static\/\(?(js|css)|\/_app\/|\/_nuxt\/|\/_next\/static/.test(pattern)) return "scripts";
  return /^\^?\/assets\b/.test(pattern) || saysImmutable(place) ? "assets" : null;
}

/** A folder inside what was built, for pages that a backend makes: scripts for them, and no page of its own. */
function isBundle(server: VirtualServer, { context, files: { path } }: Place): boolean {
  if (BUILD.test(lastSegment(path)) || !path.split("/").some((segment) => BUILD.test(segment))) return false;
  if (context.has("index") || context.has("try_files")) return false;
  return server.rest?.handler.kind === "pass";
}

function lastSegment(path: string): string {
  return path.split("/").filter(Boolean).at(-1) ?? "";
}

function pathScore(path: string): number {
  const segments = path.toLowerCase().split("/").filter(Boolean);
  let score = 0;
  if (segments.some((segment) => BUILD.test(segment))) score += 2;
  // Angular builds into `dist/<app>/browser`.
  if (segments.includes("dist") && segments.at(-1) === "browser") score += 1;
  if (segments.some((segment) => FRONT_END.areIn(segment))) score += 2;
  if (/\/www\/html$|\/nginx\/html$/.test(path.replace(/\/$/, ""))) score += 1;
  return segments.some((segment) => PAGES.areIn(segment)) ? Math.min(score, 1) : score;
}

/** An API proxied beside, and locations for assets with hashed names. */
function siblingScore({ telling }: Whole, self: Location | null, place: Place): number {
  const isBeside = (kind: Whole["telling"][number]["says"]) =>
    telling.some(({ location, says }) => says === kind && location !== self);
  const api = isBeside("api") ? 1 : 0;
  const assets = isBeside("scripts") ? 2 : isBeside("assets") ? 1 : 0;
  const index = place.list("index").statements.flatMap(({ args }) => args);
  const isIndexWritten = index.some((name) => /^index\.html?$/.test(name));
  return api + (api > 0 && isIndexWritten ? 1 : 0) + assets;
}

function saysImmutable({ context }: Place): boolean {
  return context.all("add_header").some(({ args }) => args[1]?.includes("immutable"));
}

/** What sites of pages have: `$uri.html`, a page for 404, `=404` chosen. */
function pagesScore(place: Place): number {
  const tried = place.context.last("try_files")?.args ?? [];
  let score = 0;
  if (tried.some((name) => /^\$uri(\.html|\/index\.html)$/.test(name)) && !tried.at(-1)?.startsWith("/"))
    score -= 2;
  if (endsWith404(place)) score -= 1;
  if (place.list("error_page").statements.some(({ args }) => isPageFor404(args))) score -= 1;
  return score;
}

function endsWith404({ context }: Place): boolean {
  return context.last("try_files")?.args.at(-1) === "=404";
}

function isPageFor404(args: readonly string[]): boolean {
  return args.includes("404") && /404|not-?_?found/i.test(args.at(-1) ?? "");
}

function servesPhp({ locations, top }: VirtualServer): boolean {
  const runsIt = locations.some(
    ({ pattern, context }) => /\.php|\bphp\b/.test(pattern) && context.has("fastcgi_pass"),
  );
  return runsIt || top.list("index").statements.some(({ args }) => args.includes("index.php"));
}
