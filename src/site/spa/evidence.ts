/** How much speaks for a single-page app behind a location, and not for a site of pages. */
import { askedOnce } from "../../lists/index.ts";
import type { Context, Location, Place, VirtualServer } from "../../semantics/index.ts";
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
/** Pages that apps have beside the one that they begin with. */
const NO_PAGE =
  /\/(index|200|\d\d[\dx])\.html?$|error|not-?_?found|maintenance|health|silent|callback|oauth|iframe|google|bing|robots|offline/i;

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
  const pages = pagesOf(server, whole, place);
  if (location !== null && isSubfolder(location)) {
    const isOwn = context.has("root") || context.has("alias");
    if (!isOwn || !isSupported || FILES.test(lastSegment(location.literalPrefix))) return NONE;
    // `=404` was chosen for this folder, and not taken over from an example.
    const score = isBundle(server, place) ? Math.min(path, 1) : path;
    // The error page may be there for the rest of the server.
    const own = tells404(place.context) ? pages : { ...pages, has404: false };
    return { score: pages.tried ? 0 : Math.max(1, lessPages(score, own)), ownPath: path > 1 };
  }
  const siblings = siblingScore(whole, location, place);
  // The name of a folder alone says how a site was built, and not that its addresses are no files.
  if (siblings === 0 && !isSupported) return NONE;
  return { score: lessPages(path + siblings, pages), ownPath: path > 1 };
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
  /** A page beside the first one has a location of its own. */
  readonly namesPages: boolean;
  /** Its own locations that say something of an app beside them. */
  readonly telling: readonly { readonly location: Location; readonly says: "api" | "scripts" | "assets" }[];
}

const wholeOf = askedOnce(
  (server: VirtualServer): Whole => ({
    asksBackend: server.locations.some((location) => server.at(location).handler.kind === "pass"),
    servesPhp: servesPhp(server),
    namesPages: server.locations.some(namesPage),
    telling: tellingLocations(server),
  }),
);

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

/** What sites of pages have, and apps have not. */
interface Pages {
  /** `$uri.html` is tried, and no page for all: each address is a file. */
  readonly tried: boolean;
  /** So is `$uri/index.html`, which may be said for `$uri/`. */
  readonly triedFolders: boolean;
  /** A page of its own for 404: an app's page shows that itself. */
  readonly has404: boolean;
  /** Other pages have locations of their own, or are put together by nginx. */
  readonly areNamed: boolean;
  /** `=404` is chosen. */
  readonly ends404: boolean;
}

function pagesOf(server: VirtualServer, { namesPages }: Whole, place: Place): Pages {
  // Written for the whole server, it is lost in a location; what was meant is not.
  const lines = [place.context, server.context].map((context) => context.last("try_files")?.args ?? []);
  const tries = (tail: RegExp) =>
    lines.some((names) => names.some((name) => tail.test(name)) && !names.at(-1)?.startsWith("/"));
  return {
    tried: tries(/^\$\{?(document_)?uri\}?\.html?$/),
    triedFolders: tries(/^\$\{?(document_)?uri\}?\/index\.html?$/),
    has404: place.list("error_page").statements.some(({ args }) => isPageFor404(args)),
    areNamed: namesPages || place.isOn("ssi") === true,
    ends404: endsWith404(place),
  };
}

/** Pages speak louder than folders and neighbours: what is left is weak, however much it was. */
function lessPages(score: number, pages: Pages): number {
  const { tried, triedFolders, has404, areNamed, ends404 } = pages;
  const spoken = [tried, triedFolders, has404, areNamed].filter(Boolean).length;
  const less = score - 2 * spoken - (tried ? 3 : 0) - (ends404 ? 1 : 0);
  return Math.max(0, tried || has404 || areNamed ? Math.min(less, 1) : less);
}

function endsWith404({ context }: Place): boolean {
  return context.last("try_files")?.args.at(-1) === "=404";
}

function tells404(context: Context): boolean {
  return context.all("error_page").some(({ args }) => isPageFor404(args));
}

/** Whatever it shows, it is not the page that apps begin with. */
function isPageFor404(args: readonly string[]): boolean {
  const page = args.at(-1) ?? "";
  return args.slice(0, -1).includes("404") && /^\/./.test(page) && !/\/(index|200)\.html?\b/.test(page);
}

/** A page with a location of its own: not the app's, not one for errors, and no check of health. */
function namesPage({ isExact, pattern }: Location): boolean {
  return isExact && /\.html?$/.test(pattern) && !NO_PAGE.test(pattern);
}

function servesPhp({ locations, top }: VirtualServer): boolean {
  const runsIt = locations.some(
    ({ pattern, context }) => /\.php|\bphp\b/.test(pattern) && context.has("fastcgi_pass"),
  );
  return runsIt || top.list("index").statements.some(({ args }) => args.includes("index.php"));
}
