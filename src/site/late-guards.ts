/** Locations that refuse strangers, and requests of theirs that another location answers. */
import {
  differenceOf,
  type Location,
  languageOfLocation,
  type Statement,
  toBytes,
  type VirtualServer,
  witnessOf,
} from "../semantics/index.ts";

export interface LateGuard {
  readonly guard: Location;
  /** The line that refuses. */
  readonly by: Statement;
  readonly winner: Location;
  /** Both match it, and a stranger gets an answer. */
  readonly uri: string;
  /** It may be meant. */
  readonly isLikelyMeant: boolean;
  /** What gets past is hardly ever there. */
  readonly isIdle: boolean;
}

/** What lies behind guarded prefixes. */
const TAILS = ["index.php", "report.php", "app.js", "css/style.css", "logo.png", "report.pdf", "data.json"];
/** What lies below hidden folders and in places for what others have sent. */
const SENSITIVE = [
  "/.git/x.php",
  "/.hidden/x.php",
  "/uploads/x.php",
  "/files/x.php",
  "/images/x.php",
  "/media/x.php",
  "/wp-content/uploads/x.php",
  "/backup.sql",
  "/debug.log",
  "/config.ini",
  "/config.php",
  "/wp-config.php",
  "/xmlrpc.php",
  "/composer.json",
];
const FOLDER_TAILS = [".env", ".git/config", "backup.sql", "debug.log", "config.php", "x.php", "x.bak"];
/** Folders for anybody's eyes. */
const PUBLIC =
  /(^|\/)(\.well-known|assets?|static|dist|build|packs|_next|_nuxt|_astro|css|js|fonts?|images?|img|icons?)(\/|$)/i;
/** A pattern for files with some ending, wherever they are. */
const ENDING = /^(\.[*+])?(\\\.|\[\.\])[\w()|?:]+\$$/;
const OPENING = ["auth_basic", "auth_request", "allow", "deny", "satisfy"];

/** One for each guard and location that answers in its place; empty where a part of the server could not be read. */
export function lateGuards(server: VirtualServer): readonly LateGuard[] {
  return server.isIncomplete ? [] : [...search(server)];
}

function* search(server: VirtualServer): Generator<LateGuard> {
  const { locations } = server.server;
  for (const guard of locations) {
    const by = guardLine(guard, server);
    if (by === null || server.unreachable.has(guard)) continue;
    const told = new Set<Location>();
    const late: LateGuard[] = [];
    for (const uri of candidates(guard, locations)) {
      const taker = server.takerOf(uri);
      if (taker.kind !== "location" || told.has(taker.location)) continue;
      const winner = taker.location;
      if (winner === guard || winner.isInside(guard) || !isUnintended(guard, winner, server)) continue;
      if (!matches(guard, uri) || server.admits(uri).kind !== "open") continue;
      told.add(winner);
      const isLikelyMeant = guard.pattern === "/" || /\\\.|\[\.\]/.test(guard.pattern.slice(0, 6));
      late.push({ guard, by, winner, uri, isLikelyMeant, isIdle: isAboutHiddenScripts(guard, winner) });
    }
    // What matters speaks for the rest.
    const serious = late.filter(({ isIdle }) => !isIdle);
    yield* serious.length > 0 ? serious : late;
  }
}

/** The line by which strangers are refused at a location; null where it is no guard of its own. */
function guardLine(location: Location, server: VirtualServer): Statement | null {
  const { context } = location;
  if (location.isNamed || location.isExact || context.incomplete) return null;
  const answer = context.last("return");
  const isRefusal = answer !== undefined && /^(401|403|404|410|444)$/.test(answer.args[0] ?? "");
  const line =
    context.all("auth_basic").find(({ args }) => args[0] !== "off") ??
    context.all("auth_request").find(({ args }) => args[0] !== "off") ??
    context.all("deny").find(({ args }) => args[0] === "all") ??
    (isRefusal ? answer : undefined);
  if (line === undefined) return null;
  // `location / { deny all; }` refuses what nothing else answers.
  const isRest =
    location.pattern === "/" && (line === answer || (line.name === "deny" && !context.has("allow")));
  return isRest || server.at(location).admits().kind !== "closed" ? null : line;
}

function* candidates(guard: Location, locations: readonly Location[]): Generator<string> {
  if (guard.isPrefix) {
    const folder = guard.pattern.endsWith("/") ? guard.pattern : `${guard.pattern}/`;
    for (const tail of TAILS) yield folder + tail;
    return;
  }
  yield* SENSITIVE;
  for (const other of locations) {
    if (other.stopsRegexes) {
      const folder = other.pattern.endsWith("/") ? other.pattern : `${other.pattern}/`;
      for (const tail of FOLDER_TAILS) yield folder + tail;
    }
  }
  if (matches(guard, "/.git/config") || matches(guard, "/.htaccess")) return;
  const runners = locations
    .slice(0, locations.indexOf(guard))
    .filter((other) => other.isRegex && runs(other));
  const language = runners.length === 0 ? null : languageOfLocation(guard);
  if (language === null) return;
  for (const other of runners) {
    const theirs = languageOfLocation(other);
    if (theirs === null) continue;
    const both = witnessOf(differenceOf(language, differenceOf(language, theirs)));
    if (both !== null) yield both.target;
  }
}

function matches(guard: Location, uri: string): boolean {
  if (guard.isPrefix) return uri.startsWith(guard.pattern);
  const pattern = guard.compiled();
  return pattern.kind === "exact" && pattern.test(toBytes(uri));
}

function runs({ context }: Location): boolean {
  return context.hasAny(["fastcgi_pass", "uwsgi_pass", "scgi_pass", "proxy_pass"]);
}

/** `^/(index|app|js/index)\.php$`: whoever writes every URI down lets these past the guard that follows. */
function isListOfNames(pattern: string): boolean {
  return /^\^\/[\w/|()-]+\$$/.test(pattern.replaceAll("\\.", "").replaceAll("(?:", "("));
}

/** `~ /\.` behind the location for scripts: nobody keeps scripts in hidden folders. */
function isAboutHiddenScripts(guard: Location, { context, isRegex }: Location): boolean {
  return isRegex && context.has("fastcgi_pass") && /^\^?(?:\.\*)?\/?(?:\\\.|\[\.\])/.test(guard.pattern);
}

/** Whoever gets to the winner may get what the guard keeps: files of a disk are not what an application answers below `/metrics`. */
function reaches(winner: Location, guard: Location, server: VirtualServer): boolean {
  if (guard.pattern === "/" || server.at(winner).handler.kind !== "static") return true;
  return ["static", "return"].includes(server.at(guard).handler.kind);
}

/** Nothing says that the location is there to let some requests past the guard. */
function isUnintended(guard: Location, winner: Location, server: VirtualServer): boolean {
  if (winner.isExact || winner.outer !== null || server.at(winner).handler.kind === "return") return false;
  if (winner.context.hasAny(OPENING)) return false;
  if (guard.isPrefix) {
    if (!winner.isRegex || !reaches(winner, guard, server)) return false;
    if (winner.literalPrefix === "") return /\\\.|\[\.\]/.test(winner.pattern);
    return guard.pattern !== "/" && runs(winner) && /\\\./.test(winner.pattern);
  }
  if (winner.isRegex) {
    if (!runs(winner) || isListOfNames(winner.pattern)) return false;
    // The application below a path has no files with that ending: the guard is for those on the disk.
    if (ENDING.test(guard.pattern) && !ENDING.test(winner.pattern) && winner.context.has("proxy_pass"))
      return false;
    return !matches(guard, `${winner.literalPrefix || "/"}x`) || winner.literalPrefix === "";
  }
  // A folder of its own, or one that is a part of what is guarded.
  if (!winner.stopsRegexes || PUBLIC.test(winner.pattern) || matches(guard, `${winner.pattern}x/y`))
    return false;
  return (
    ["root", "alias"].every((name) => !winner.context.has(name)) &&
    server.at(winner).handler.kind === "static"
  );
}
