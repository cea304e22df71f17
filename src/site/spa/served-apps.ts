/** The single-page apps that a server gives out, found by asking it for an address that is no file. */

import {
  diskOf,
  fileSent,
  type Location,
  type Simulation,
  type Statement,
  type VirtualServer,
} from "../../semantics/index.ts";
import { spaEvidence } from "./evidence.ts";

export interface ServedApp {
  readonly server: VirtualServer;
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
function isAppPage(path: string): boolean {
  return PAGE.test(path) && !path.includes(`/${ADDRESS}`);
}

/**
 * Apps whose addresses get their page, and those of which their folders and neighbours say that they should. Nothing of
 * a server of which a part could not be read. `assumed` are prefixes that the user names.
 */
export function servedApps(server: VirtualServer, assumed: readonly string[]): readonly ServedApp[] {
  if (server.isIncomplete) return [];
  const isMeant = new Set(assumed.map(withSlash));
  const apps = new Map<Location | null, ServedApp>();
  for (const prefix of new Set([...isMeant, ...prefixesOf(server)])) {
    const app = appAt(server, prefix, isMeant.has(prefix));
    if (app !== null && !apps.has(app.location)) apps.set(app.location, app);
  }
  return [...apps.values()];
}

function appAt(server: VirtualServer, prefix: string, isMeant: boolean): ServedApp | null {
  const taker = server.takerOf(prefix + ADDRESS);
  if (taker.kind === "unknown") return null;
  const location = taker.kind === "location" ? taker.location : null;
  // Of a server's inside alone it is not known what stands beside its locations.
  if (location === null && server.isPartial) return null;
  if (isHidden(location) || server.at(location).handler.kind !== "static") return null;
  const disk = diskOf(isAppPage);
  const fallback = fileSent(server.answerToUser(prefix + ADDRESS, disk));
  const page = fallback ?? fileSent(server.answerToUser(prefix, disk));
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

function prefixesOf(server: VirtualServer): readonly string[] {
  const own = server.locations.filter(
    ({ isPrefix, context }) => isPrefix && context.hasAny(["root", "alias", "try_files"]),
  );
  return ["/", ...own.map(({ pattern }) => withSlash(pattern))];
}

function withSlash(prefix: string): string {
  return prefix.endsWith("/") ? prefix : `${prefix}/`;
}

/** Names that build tools give to scripts, with a hash of the content in them, below the folders that they use. */
const ASSETS = [
  "static/js/main.3f2a91bc.js",
  "assets/index-3f2a91bc.js",
  "js/app.3f2a91bc.js",
  "assets/index.3f2a91bc.js",
  "main.3f2a91bc.js",
] as const;

/**
 * The folders that this site is likely to have, the likeliest first: those that its locations speak of, then that of the
 * tools that build into `build` (create-react-app) or `dist` (Vite).
 */
function likelyAssets({ server, folder }: ServedApp): readonly string[] {
  const patterns = server.locations.map(({ pattern }) => pattern).join("\n");
  const isSpokenOf = (asset: string) => patterns.includes(`/${asset.slice(0, asset.lastIndexOf("/"))}`);
  const isOfVite = (asset: string) => asset.startsWith("assets/") && !folder.includes("/build/");
  const rank = (asset: string) => (isSpokenOf(asset) ? 0 : isOfVite(asset) ? 1 : 2);
  return ASSETS.toSorted((a, b) => rank(a) - rank(b));
}

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
export function assetsOf(app: ServedApp): readonly Asset[] {
  const assets: Asset[] = [];
  const { server } = app;
  for (const tail of likelyAssets(app)) {
    const uri = app.prefix + tail;
    const taker = server.takerOf(uri);
    if (taker.kind === "unknown") return [];
    const location = taker.kind === "location" ? taker.location : null;
    if (isHidden(location)) return [];
    const sent = server.answerToUser(
      uri,
      diskOf((path) => path.endsWith(tail) || isAppPage(path)),
    );
    if (sent !== null && fileSent(sent)?.startsWith(app.folder)) assets.push({ uri, location, sent });
  }
  const own = assets.filter(({ location }) => location !== app.location);
  return own.length > 0 ? own : assets;
}

/** Where the app is served. */
export function placeOf({ server, location }: ServedApp): Statement | null {
  return location?.statement ?? server.context.opener;
}

/** What a request for an address of the app gets, where of its files just the page is there; null: not known. */
export function askWithoutFiles({ server }: ServedApp, uri: string): Simulation | null {
  return server.answerToUser(uri, diskOf(isAppPage));
}
