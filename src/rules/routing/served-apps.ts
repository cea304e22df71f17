/** The single-page apps that a server gives out, found by asking it for an address that is no file. */
import type { Location, Server, Simulation, Statement } from "../../semantics/index.ts";
import { spaEvidence } from "./spa-evidence.ts";
import { fileSent, type Visitor } from "./visitor.ts";
import { winnerOf } from "./winner.ts";

export interface ServedApp {
  readonly server: Server;
  /** What answers an address of the app; null: the server itself. */
  readonly location: Location | null;
  /** `/`, or the URI that all of its addresses start with; with a slash at its end. */
  readonly prefix: string;
  /** The folder that its page lies in, with a slash at its end. */
  readonly folder: string;
}

/** Files that apps begin with. */
const PAGE = /\/(index|200)\.html?$/;
/** An address that exists in the browser alone. */
const ADDRESS = "dashboard";

/** On the disk there is the app's page, and none below its addresses. */
export function isAppPage(path: string): boolean {
  return PAGE.test(path) && !path.includes(`/${ADDRESS}`);
}

/**
 * Apps whose addresses get their page, and those of which their folders and neighbours say that they should. Nothing of
 * a server of which a part could not be read.
 */
export function servedApps(
  server: Server,
  visitor: Visitor,
  assumed: readonly string[],
): readonly ServedApp[] {
  if (server.context.incomplete) return [];
  const apps: ServedApp[] = [];
  const isMeant = new Set(assumed.map(withSlash));
  for (const prefix of new Set([...isMeant, ...prefixesOf(server)])) {
    const app = appAt(server, prefix, visitor, isMeant.has(prefix));
    if (app !== null && !apps.some(({ location }) => location === app.location)) apps.push(app);
  }
  return apps;
}

function appAt(server: Server, prefix: string, visitor: Visitor, isMeant: boolean): ServedApp | null {
  const winner = winnerOf(server, prefix + ADDRESS);
  if (winner.kind === "unknown") return null;
  const location = winner.kind === "location" ? winner.location : null;
  // Of a server's inside alone it is not known what stands beside its locations.
  if (location === null && server.partial) return null;
  if (isHidden(location)) return null;
  const fallback = fileSent(visitor.get(server, prefix + ADDRESS, isAppPage));
  const page = fallback ?? fileSent(visitor.get(server, prefix, isAppPage));
  if (page === null || !PAGE.test(page)) return null;
  if (fallback === null && !isMeant && spaEvidence(server, location).score < 2) return null;
  return { server, location, prefix, folder: page.slice(0, page.lastIndexOf("/") + 1) };
}

/** An include in it, or around it, could not be read. */
function isHidden(location: Location | null): boolean {
  for (let around = location; around !== null; around = around.outer) {
    if (around.context.incomplete) return true;
  }
  return false;
}

function prefixesOf(server: Server): readonly string[] {
  const prefixes = ["/"];
  for (const { modifier, pattern, context } of server.allLocations()) {
    if (modifier !== "" && modifier !== "^~") continue;
    if (!["root", "alias", "try_files"].some((name) => context.has(name))) continue;
    prefixes.push(withSlash(pattern));
  }
  return prefixes;
}

function withSlash(prefix: string): string {
  return prefix.endsWith("/") ? prefix : `${prefix}/`;
}

/** Names that build tools give to scripts, with a hash of the content in them. */
const ASSETS = ["static/js/main.3f2a91bc.js", "assets/index-3f2a91bc.js", "js/app.3f2a91bc.js"];

/** A script of an app. */
export interface Asset {
  readonly uri: string;
  readonly location: Location | null;
  /** What a request for it gets while it is there. */
  readonly sent: Simulation;
}

/**
 * The scripts of an app, as far as its own folder is asked for them. Which build tool made it is not known: where a
 * location is there for the scripts of one, that is the one. None where one of their locations could not be read.
 */
export function assetsOf(app: ServedApp, visitor: Visitor): readonly Asset[] {
  const assets: Asset[] = [];
  for (const tail of ASSETS) {
    const uri = app.prefix + tail;
    const winner = winnerOf(app.server, uri);
    if (winner.kind === "unknown") return [];
    const location = winner.kind === "location" ? winner.location : null;
    if (isHidden(location)) return [];
    const sent = visitor.get(app.server, uri, (path) => path.endsWith(tail) || isAppPage(path));
    if (fileSent(sent)?.startsWith(app.folder)) assets.push({ uri, location, sent });
  }
  const own = assets.filter(({ location }) => location !== app.location);
  return own.length > 0 ? own : assets;
}

/** Where the app is served. */
export function placeOf({ server, location }: ServedApp): Statement | null {
  return location?.statement ?? server.context.opener;
}
