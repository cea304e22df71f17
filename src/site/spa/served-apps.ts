/** The single-page apps that a server gives out, found by asking it for an address that is no file. */

import {
  askServer,
  type Configuration,
  diskOf,
  fileSent,
  handlerOf,
  type Location,
  type Server,
  type Simulation,
  type Statement,
  winnerOf,
} from "../../semantics/index.ts";
import type { Assumptions } from "../assumptions.ts";
import { spaEvidence } from "./evidence.ts";

export interface ServedApp {
  readonly configuration: Configuration;
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
function isAppPage(path: string): boolean {
  return PAGE.test(path) && !path.includes(`/${ADDRESS}`);
}

const known = new WeakMap<Server, { readonly assumed: string; readonly apps: readonly ServedApp[] }>();

/**
 * Apps whose addresses get their page, and those of which their folders and neighbours say that they should. Nothing of
 * a server of which a part could not be read.
 */
export function servedApps(
  { configuration, assume }: { readonly configuration: Configuration; readonly assume: Assumptions },
  server: Server,
): readonly ServedApp[] {
  if (server.context.incomplete) return [];
  const assumed = (assume.spa ?? []).join("\n");
  const before = known.get(server);
  if (before?.assumed === assumed) return before.apps;
  const isMeant = new Set(assume.spa?.map(withSlash));
  const apps = new Map<Location | null, ServedApp>();
  for (const prefix of new Set([...isMeant, ...prefixesOf(server)])) {
    const app = appAt(configuration, server, prefix, isMeant.has(prefix));
    if (app !== null && !apps.has(app.location)) apps.set(app.location, app);
  }
  const found = { assumed, apps: [...apps.values()] };
  known.set(server, found);
  return found.apps;
}

function appAt(
  configuration: Configuration,
  server: Server,
  prefix: string,
  isMeant: boolean,
): ServedApp | null {
  const winner = winnerOf(server, prefix + ADDRESS);
  if (winner.kind === "unknown") return null;
  const location = winner.kind === "location" ? winner.location : null;
  // Of a server's inside alone it is not known what stands beside its locations.
  if (location === null && server.partial) return null;
  if (isHidden(location)) return null;
  const handler = handlerOf(location?.context ?? server.context);
  if (handler.kind !== "static") return null;
  const disk = diskOf(isAppPage);
  const fallback = fileSent(askServer(configuration, server, prefix + ADDRESS, disk));
  const page = fallback ?? fileSent(askServer(configuration, server, prefix, disk));
  if (page === null || !PAGE.test(page)) return null;
  if (fallback === null && !isMeant && spaEvidence(server, location).score < 2) return null;
  return { configuration, server, location, prefix, folder: page.slice(0, page.lastIndexOf("/") + 1) };
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
export function assetsOf(app: ServedApp): readonly Asset[] {
  const assets: Asset[] = [];
  for (const tail of ASSETS) {
    const uri = app.prefix + tail;
    const winner = winnerOf(app.server, uri);
    if (winner.kind === "unknown") return [];
    const location = winner.kind === "location" ? winner.location : null;
    if (isHidden(location)) return [];
    const disk = diskOf((path) => path.endsWith(tail) || isAppPage(path));
    const sent = askServer(app.configuration, app.server, uri, disk);
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
export function askWithoutFiles({ configuration, server }: ServedApp, uri: string): Simulation | null {
  return askServer(configuration, server, uri, diskOf(isAppPage));
}
