/**
 * The questions that are asked of a configuration under one version of nginx. What answers them lies in the files beside
 * this one; rules ask here and nowhere else.
 */
import { push } from "../lists/index.ts";
import { isFilledIn } from "../parser/index.ts";
import { type Admission, admissionAt, admissionTo } from "./admission/admission.ts";
import { type AttackedValue, type Attempt, attempts, valueAt } from "./attacker/index.ts";
import { type Caching, cachingAt } from "./caching.ts";
import type { Configuration } from "./configuration.ts";
import { type FileBase, fileBaseOf, type Handler, handlerOf } from "./content.ts";
import type { Effective } from "./effective.ts";
import {
  type Discarded,
  discardedAt,
  isOpenLine,
  isSwitched,
  listAt,
  requestContexts,
} from "./inheritance.ts";
import { type RequestLimit, requestLimitsAt } from "./limits.ts";
import { askForFile, askServer, hostOf, type ServedFile } from "./locations/asked.ts";
import { type Contest, contestsOf } from "./locations/contests.ts";
import { exampleUri } from "./locations/example.ts";
import { type Unreachable, unreachableLocations } from "./locations/reachability.ts";
import { type Winner, winnerOf } from "./locations/winner.ts";
import { type AccessLog, accessLogsAt } from "./logs.ts";
import { moreHeadersAt } from "./more-headers.ts";
import { toBytes } from "./regex/index.ts";
import {
  type FileState,
  type Question,
  type Request,
  type Simulation,
  type SimulationOptions,
  selectServer,
  simulate,
} from "./request/index.ts";
import type { Location, Server } from "./server.ts";
import { type Setting, settingOf } from "./setting.ts";
import { tlsSockets } from "./tls.ts";
import type { Context, Statement } from "./tree.ts";
import type { Version } from "./version.ts";

/** What is on disk at a path; undefined where nobody knows. */
export type Disk = (path: string) => FileState | undefined;

/** A configuration, and the version of nginx that it is judged against (null: any). */
export class Model {
  readonly configuration: Configuration;
  readonly version: Version | null;
  readonly #places = new Map<Context, Place>();
  #servers: readonly VirtualServer[] | undefined;
  #byContext: ReadonlyMap<Context, VirtualServer> | undefined;
  #all: readonly Place[] | undefined;
  #caches: Model["sessionCaches"] | undefined;

  constructor(configuration: Configuration, version: Version | null) {
    this.configuration = configuration;
    this.version = version;
  }

  /** The servers of `http` in file order, or the one whose inside a fragment is. */
  get servers(): readonly VirtualServer[] {
    this.#servers ??= this.configuration.servers.map((server) => new VirtualServer(this, server));
    return this.#servers;
  }

  /** The server around a context; null in `http`, and in a fragment that servers include. */
  serverOf(context: Context): VirtualServer | null {
    this.#byContext ??= new Map(this.servers.map((server) => [server.context, server]));
    for (let around: Context | null = context; around !== null; around = around.parent) {
      const server = this.#byContext.get(around);
      if (server !== undefined) return server;
    }
    return null;
  }

  /** A place by its context. */
  place(context: Context): Place {
    let place = this.#places.get(context);
    if (place === undefined) {
      place = new Place(this, context);
      this.#places.set(context, place);
    }
    return place;
  }

  /**
   * Every place that a request can be at: `http`, or what is known of it, the servers, their locations and `if` blocks; outer
   * before inner. Not the locations of a server that answers before one is looked for.
   */
  get places(): readonly Place[] {
    if (this.#all === undefined) {
      const { root, http } = this.configuration;
      const top = http ?? (root.tree.fragment ? root : null);
      this.#all = top === null ? [] : requestContexts(top).map((context) => this.place(context));
    }
    return this.#all;
  }

  /**
   * The places whose `ssl_session_cache` decides, each with the servers that let clients in by it: OpenSSL looks for a session
   * before the client's name is known, in the cache of the address's default server.
   */
  get sessionCaches(): ReadonlyMap<Place, readonly VirtualServer[]> {
    if (this.#caches === undefined) {
      const caches = new Map<Place, VirtualServer[]>();
      for (const { members, defaultMember, defaultUncertain } of tlsSockets(this.configuration)) {
        const decisive = this.place(defaultMember.server.context);
        for (const { server } of members) {
          const own = this.serverOf(server.context);
          if (own === null || own.top.isOn("ssl_reject_handshake") === true) continue;
          push(caches, defaultUncertain ? own.top : decisive, own);
        }
      }
      this.#caches = caches;
    }
    return this.#caches;
  }

  /** Those of {@link places} at which a list of some directives may differ from the outer one, in the same order. */
  placesThatMayLose(...names: readonly string[]): readonly Place[] {
    const { root } = this.configuration;
    // Without a line of their own: by `off`.
    if (names.some((name) => isSwitched(root, name))) return this.places;
    const writers = new Set<Context>();
    for (const name of names) for (const { context } of root.allBelow(name)) writers.add(context);
    if (writers.size < 2) return NO_PLACES;
    return this.places.filter(({ context }) => writers.has(context));
  }
}

const NO_PLACES: readonly Place[] = [];
const NO_TARGETS: ReadonlySet<Location> = new Set();

/** Files lie where the asker says, and what a template fills in is no attacker's URI. */
function isUsual({ kind, statement }: Question): boolean {
  return kind === "file" || (kind === "pattern" && (statement?.args.some(isFilledIn) ?? false));
}

/** What a request asks for; all that is left out is what a stranger's browser would send to this server. */
export type Asked = string | (Partial<Request> & { readonly uri: string });

/** RFC 6761: no host is called so. */
const NOBODYS_NAME = "spoofed.invalid";

/** A `server` of `http`, or the inside of one. */
export class VirtualServer {
  readonly model: Model;
  readonly server: Server;
  #places: readonly Place[] | undefined;
  #targets: ReadonlySet<Location> | undefined;
  #takesAnyName: boolean | undefined;

  constructor(model: Model, server: Server) {
    this.model = model;
    this.server = server;
  }

  get context(): Context {
    return this.server.context;
  }

  /** The server's own level. */
  get top(): Place {
    return this.model.place(this.context);
  }

  /** Its locations, each before those nested in it. */
  get locations(): readonly Location[] {
    return this.server.allLocations();
  }

  /** Only its inside is known: what includes it may hold other locations. */
  get isPartial(): boolean {
    return this.server.partial;
  }

  /** Something in it could not be read. */
  get isIncomplete(): boolean {
    return this.context.incomplete;
  }

  /** The place that takes what no longer prefix does: `location /`; null without. */
  get rest(): Place | null {
    const rest = this.server.locations.find(({ isPrefix, pattern }) => isPrefix && pattern === "/");
    return rest === undefined ? null : this.at(rest);
  }

  /** The place of a location; of the server itself for null. */
  at(location: Location | null): Place {
    return this.model.place(location?.context ?? this.context);
  }

  /** The server's own level, its locations and their `if` blocks, as far as requests reach them; outer before inner. */
  get places(): readonly Place[] {
    this.#places ??= requestContexts(this.context).map((context) => this.model.place(context));
    return this.#places;
  }

  /** A host name that this server answers to. */
  get host(): string {
    return hostOf(this.server);
  }

  /** `https` where it has a TLS listener. */
  get scheme(): "http" | "https" {
    return this.server.listens.some(({ tls }) => tls) ? "https" : "http";
  }

  /** Every connection ends in the handshake (`ssl_reject_handshake`): no request arrives. */
  get rejectsAll(): boolean {
    const { listens } = this.server;
    return (
      listens.length > 0 && listens.every(({ tls }) => tls) && this.top.isOn("ssl_reject_handshake") === true
    );
  }

  /** What becomes of a request that this server was chosen for. */
  ask(
    asked: Asked,
    options: Omit<SimulationOptions, "configuration" | "server" | "version"> = {},
  ): Simulation {
    const request = typeof asked === "string" ? { uri: asked } : asked;
    const { configuration, version } = this.model;
    return simulate(
      { host: this.host, scheme: this.scheme, ...request },
      { ...options, configuration, server: this.server, version },
    );
  }

  /**
   * What becomes of a client's request, whatever server it goes to; null where it is not this one, or something decides that
   * neither the request nor the configuration tells (whether files exist apart).
   */
  askAsClient(request: Asked, files: FileState = "missing"): Simulation | null {
    const asked = typeof request === "string" ? { uri: request } : request;
    const { configuration, version } = this.model;
    const listen = this.server.listens.find(({ unknown }) => !unknown);
    const isNamed = asked.host !== undefined && asked.host !== null && listen !== undefined;
    const local = isNamed
      ? {
          local: {
            address: listen.address === "*" ? null : listen.address,
            ...(listen.port === null ? {} : { port: listen.port }),
          },
        }
      : {};
    const simulation = simulate(
      { host: this.host, scheme: this.scheme, ...asked, ...local },
      { configuration, version, files: () => files, ...(isNamed ? {} : { server: this.server }) },
    );
    if (simulation.server !== this.server || simulation.outcome.kind === "unknown") return null;
    return simulation.assumptions.every(({ question }) => isUsual(question)) ? simulation : null;
  }

  /** Whether strangers get what is at a URI, or whoever sends `who`; on a disk where nothing is known to lie. */
  admits(uri: string, who?: Partial<Request>): Admission {
    return admissionTo(this.server, uri, { version: this.model.version }, who);
  }

  /** It is asked for names that no server has: the default one of an address, or one whose pattern takes any name. */
  get takesAnyName(): boolean {
    this.#takesAnyName ??= this.#isAskedForAnyName();
    return this.#takesAnyName;
  }

  #isAskedForAnyName(): boolean {
    const { configuration } = this.model;
    if (this.isPartial) return false;
    return this.server.listens.some(({ address, port, defaultServer, unknown }) => {
      if (unknown) return false;
      // In a part of a configuration another file may hold the default server.
      if (configuration.fragment && !defaultServer) return false;
      const chosen = selectServer(configuration, {
        address: address === "*" ? null : address,
        port,
        host: NOBODYS_NAME,
      });
      return chosen.kind === "server" && chosen.server === this.server;
    });
  }

  /** A request target that ends up at a location; null where none is found by its words, and for named locations. */
  uriFor(location: Location): string | null {
    if (location.isNamed) return null;
    const { literalPrefix: start, isExact } = location;
    const base = start === "" ? "/" : start;
    const nearest = base.endsWith("/") ? ["x", ""] : ["", "x"];
    const tails = isExact ? [""] : [...nearest, "/x", "index.html", "x.php", "x.js", "x.css", "x.jpg", "x/"];
    for (const tail of tails) {
      const uri = base + tail;
      const taker = this.takerOf(uri);
      if (taker.kind === "location" && taker.location === location) return uri;
    }
    return null;
  }

  /** The answer to a stranger's GET; null where it depends on more than files, or on an include that could not be read. */
  answerTo(uri: string, disk: Disk): Simulation | null {
    return askServer(this.model.configuration, this.server, uri, disk);
  }

  /** What somebody gets who knows the password and has the address. */
  answerToUser(uri: string, disk: Disk): Simulation | null {
    return askServer(this.model.configuration, this.server, uri, disk, true);
  }

  /** What a stranger gets who asks for a file (its path ends in `tail`) that is there; null where it is not that file. */
  fileAt(uri: string, tail: string): ServedFile | null {
    return askForFile(this.model.configuration, this.server, uri, tail);
  }

  /** The location that takes a URI (normalised, as text). */
  takerOf(uri: string): Winner {
    return winnerOf(this.server, toBytes(uri));
  }

  /** The prefixes that regex locations are asked before, with those. */
  get contests(): Iterable<Contest> {
    return contestsOf(this.server);
  }

  /** The locations that are there for an `auth_request`. */
  get subrequestTargets(): ReadonlySet<Location> {
    if (this.#targets === undefined) {
      if (this.model.configuration.all("auth_request").length === 0) return NO_TARGETS;
      const found = this.context.allBelow("auth_request").flatMap(({ args: [uri = ""] }) => {
        const taker = uri.startsWith("/") ? this.takerOf(uri) : null;
        if (taker?.kind !== "location") return [];
        const { location } = taker;
        return location.pattern === uri || location.context.has("internal") ? [location] : [];
      });
      this.#targets = new Set(found);
    }
    return this.#targets;
  }

  /** The locations that no request can select, with the reason. */
  get unreachable(): ReadonlyMap<Location, Unreachable> {
    return unreachableLocations(this.server);
  }
}

/** A context that requests are at: `http`, a server, a location, an `if` in it. */
export class Place {
  readonly model: Model;
  readonly context: Context;
  #admission: Admission | undefined;
  #server: VirtualServer | null | undefined;
  #location: Location | null | undefined;
  #files: FileBase | undefined;

  constructor(model: Model, context: Context) {
    this.model = model;
    this.context = context;
  }

  /** A request target that leads here, as far as the text of the location shows one; `/` for the server itself. */
  get exampleUri(): string | null {
    const { location } = this;
    return location === null ? "/" : exampleUri(location);
  }

  /** The server around; null in `http`, and in a fragment that servers include. */
  get server(): VirtualServer | null {
    if (this.#server === undefined) this.#server = this.model.serverOf(this.context);
    return this.#server;
  }

  /** The innermost location around; null directly in a server. */
  get location(): Location | null {
    if (this.#location === undefined) this.#location = this.server?.server.locationOf(this.context) ?? null;
    return this.#location;
  }

  /**
   * What an argument can be here, and who chooses it; null where no server is known around.
   * @param until the directive of the rewrite module that it belongs to, where it is one: what runs later does not count
   */
  value(argument: string, until: Statement | null = null): AttackedValue | null {
    const { server, context } = this;
    if (server === null) return null;
    return valueAt({ server: server.server, context, takesAnyName: server.takesAnyName }, argument, until);
  }

  /** Requests that try to bring a text into a value of this place, by the parts of a request that clients choose. */
  *attempts(
    { origins }: Pick<AttackedValue, "origins">,
    payloads: readonly string[],
    until: Statement | null = null,
  ): Iterable<Attempt> {
    const { server, context, location } = this;
    if (server === null) return;
    const targets = location === null ? [] : [server.uriFor(location), this.exampleUri];
    yield* attempts({
      server: server.server,
      context,
      until,
      origins,
      payloads,
      targets: targets.filter((target) => target !== null),
    });
  }

  /** The value of a directive here, its default included. */
  setting(name: string): Setting {
    return settingOf(this.context, name, this.model.version);
  }

  /** Whether an `on`/`off` directive is on here; null where that cannot be told. */
  isOn(name: string): boolean | null {
    const { args, origin } = this.setting(name);
    return origin === "unknown" ? null : args[0]?.toLowerCase() === "on";
  }

  /** The lines in force here of a directive that is a list, or of several that replace each other. */
  list(...names: readonly [string, ...string[]]): Effective {
    const list = listAt(this.context, names.length === 1 ? names[0] : names);
    // A template may write any name there, also one that replaces what is seen.
    return list.statements.some(isOpenLine) ? { ...list, uncertain: true, replaceable: true } : list;
  }

  /** What is discarded here of an outer list; null for nothing. */
  lost(...names: readonly [string, ...string[]]): Discarded | null {
    return discardedAt(this.context, names.length === 1 ? names[0] : names);
  }

  /** The cache that answers of the upstream here go through; null without one, or where that cannot be told. */
  get caching(): Caching | null {
    const { handler } = this;
    return handler.kind === "pass" ? cachingAt(this.context, handler.pass.replace("_pass", "")) : null;
  }

  /** The access logs of requests that end here; empty where they are off, null where that cannot be told. */
  get accessLogs(): readonly AccessLog[] | null {
    return accessLogsAt(this.context);
  }

  /** The limits on requests in force here; null where that cannot be told. */
  get requestLimits(): readonly RequestLimit[] | null {
    return requestLimitsAt(this.context);
  }

  /** Names, in lower case, of response headers that modules of others set here. */
  get moreHeaders(): ReadonlySet<string> {
    return moreHeadersAt(this.context);
  }

  /** What answers here: a `return`, a `*_pass`, a module, files. */
  get handler(): Handler {
    return handlerOf(this.context);
  }

  /** Where files are looked for. */
  get files(): FileBase {
    this.#files ??= fileBaseOf(this.context);
    return this.#files;
  }

  /** Whether a stranger whose request has arrived here is let in. */
  admits(): Admission {
    if (this.#admission === undefined) {
      const { server } = this;
      this.#admission =
        server === null ? { kind: "unknown" } : admissionAt(server.server, this.context, this.model.version);
    }
    return this.#admission;
  }
}
