/** What a configuration seems to be for: guesses with their evidence, asked by rules. Nothing here is decided by nginx. */
import type { Context, Model, Place, Statement, VirtualServer } from "../semantics/index.ts";
import type { Assumptions } from "./assumptions.ts";
import {
  isWebSocketOnly,
  type PassTarget,
  type Proxied,
  proxiedBy,
  targetOf,
  thirdParty,
} from "./backend.ts";
import { type DangerousFolder, dangerousFolders } from "./dangerous-folders.ts";
import { Edge } from "./edge.ts";
import { type Endpoint, endpointsOf } from "./endpoints.ts";
import { type LateGuard, lateGuards } from "./late-guards.ts";
import { Metrics } from "./metrics.ts";
import { GATES, type PageAnswer, pageAnswers } from "./page-answers.ts";
import { pageContexts } from "./pages.ts";
import { leadsToPhp } from "./php.ts";
import { type ServedApp, servedApps } from "./spa/served-apps.ts";

/** Where requests are handed to an application. */
export interface ApplicationPass {
  readonly place: Place;
  readonly pass: Statement;
  /** False where the name says little. */
  readonly sure: boolean;
}

/** What a server may be like. */
export type Trait = (server: VirtualServer, site: Site) => boolean;

/** The guesses about one configuration, each made when it is first asked for. */
export class Site {
  readonly model: Model;
  readonly assume: Assumptions;
  readonly #pages = new Map<VirtualServer, ReadonlySet<Context>>();
  readonly #endpoints = new Map<VirtualServer, readonly Endpoint[]>();
  readonly #lateGuards = new Map<VirtualServer, readonly LateGuard[]>();
  readonly #dangers = new Map<VirtualServer, readonly DangerousFolder[]>();
  readonly #answers = new Map<VirtualServer, readonly PageAnswer[]>();
  readonly #apps = new Map<VirtualServer, readonly ServedApp[]>();
  #edge: Edge | undefined;
  #hasGates: boolean | undefined;
  #metrics: Metrics | undefined;
  /** By a trait, the numbers of the first servers that have it, by name. */
  readonly #byTrait = new Map<Trait, ReadonlyMap<string, number>>();
  #passes: readonly Statement[] | undefined;

  constructor(model: Model, assume: Assumptions) {
    this.model = model;
    this.assume = assume;
  }

  /** How clients come in. */
  get edge(): Edge {
    this.#edge ??= new Edge(this.model.configuration, this.assume);
    return this.#edge;
  }

  /** Every `proxy_pass` by which clients get answers of an application over HTTP: not for `auth_request`, not for WebSockets. */
  get passesForClients(): readonly Statement[] {
    this.#passes ??= this.model.places.flatMap(({ context, handler, location, server }) => {
      const pass = context.last("proxy_pass");
      if (pass === undefined || handler.kind === "return") return [];
      if (this.backendOf(pass).kind === "other" || isWebSocketOnly(pass)) return [];
      return location !== null && server?.subrequestTargets.has(location) ? [] : [pass];
    });
    return this.#passes;
  }

  /** Whoever comes by plain HTTP is sent to this server's HTTPS before anything else is asked. */
  isReachedByHttpsAlone(server: VirtualServer): boolean {
    const isAnswered = this.namesake(server, answersPlainHttp) !== undefined;
    return !isAnswered && this.namesake(server, speaksPlainHttp) !== undefined;
  }

  /**
   * The first server in reading order that has a name of another one, and a trait. A trait is one function for all who ask:
   * which servers have it is found out once.
   */
  namesake({ server }: VirtualServer, trait: Trait): VirtualServer | undefined {
    let byName = this.#byTrait.get(trait);
    if (byName === undefined) {
      byName = this.#firstByName(trait);
      this.#byTrait.set(trait, byName);
    }
    let first: number | undefined;
    for (const { text } of server.names) {
      const index = byName.get(text);
      if (index !== undefined && (first === undefined || index < first)) first = index;
    }
    return first === undefined ? undefined : this.model.servers[first];
  }

  #firstByName(trait: Trait): ReadonlyMap<string, number> {
    const byName = new Map<string, number>();
    this.model.servers.forEach((server, index) => {
      if (!trait(server, this)) return;
      for (const { text } of server.server.names)
        if (text !== "" && text !== "_" && !byName.has(text)) byName.set(text, index);
    });
    return byName;
  }

  /** Where metrics may be read. */
  get metrics(): Metrics {
    this.#metrics ??= new Metrics(this.model, this.assume);
    return this.#metrics;
  }

  /** What stands behind a `proxy_pass`. */
  backendOf(pass: Statement): Proxied {
    return proxiedBy(pass, this.model.configuration);
  }

  /** The single-page apps that a server gives out. */
  apps(server: VirtualServer): readonly ServedApp[] {
    let apps = this.#apps.get(server);
    if (apps === undefined) {
      apps = servedApps(server, this.assume.spa ?? []);
      this.#apps.set(server, apps);
    }
    return apps;
  }

  /** Where a `proxy_pass` leads; null where the client names the host, or nothing is known of it. */
  targetOf(pass: Statement): PassTarget | null {
    return targetOf(pass, this.model.configuration);
  }

  /** The host of someone else that a `proxy_pass` leads to; null for the site's own, and where that is not known. */
  thirdPartyOf(pass: Statement, { server }: VirtualServer): string | null {
    return thirdParty(pass, server);
  }

  /** A `fastcgi_pass` that leads to PHP, by the names around it or PHP's port. */
  runsPhp(pass: Statement): boolean {
    return leadsToPhp(pass, this.model.configuration);
  }

  /** The API, the sign-in and the administration of the applications behind a server. */
  endpoints(server: VirtualServer): readonly Endpoint[] {
    let endpoints = this.#endpoints.get(server);
    if (endpoints === undefined) {
      endpoints = endpointsOf(server, this);
      this.#endpoints.set(server, endpoints);
    }
    return endpoints;
  }

  /** Locations that refuse strangers, and requests of theirs that another location answers. */
  lateGuards(server: VirtualServer): readonly LateGuard[] {
    let guards = this.#lateGuards.get(server);
    if (guards === undefined) {
      guards = lateGuards(server);
      this.#lateGuards.set(server, guards);
    }
    return guards;
  }

  /** What a server publishes and should not, by the line that does. */
  dangersOf(server: VirtualServer): readonly DangerousFolder[] {
    let dangers = this.#dangers.get(server);
    if (dangers === undefined) {
      dangers = dangerousFolders(server);
      this.#dangers.set(server, dangers);
    }
    return dangers;
  }

  /** What a browser gets that opens the site of a server. */
  pageAnswers(server: VirtualServer): readonly PageAnswer[] {
    let answers = this.#answers.get(server);
    if (answers === undefined) {
      const prefixes = this.apps(server).map(({ prefix }) => prefix);
      this.#hasGates ??= this.model.configuration.statements.some(({ name }) => GATES.test(name));
      answers = pageAnswers(server, this, prefixes, this.#hasGates);
      this.#answers.set(server, answers);
    }
    return answers;
  }

  /** The places that hand requests to an application by `proxy_pass`, in file order. */
  *applicationPasses(places: readonly Place[]): Generator<ApplicationPass> {
    for (const place of places) {
      const pass = place.context.last("proxy_pass");
      if (pass === undefined || place.handler.kind !== "pass") continue;
      const backend = this.backendOf(pass);
      if (backend.kind === "application") yield { place, pass, sure: backend.sure };
    }
  }

  /** The contexts that give out the page itself: the HTML that a browser opens. */
  pages(server: VirtualServer): ReadonlySet<Context> {
    let pages = this.#pages.get(server);
    if (pages === undefined) {
      pages = pageContexts(server.server);
      this.#pages.set(server, pages);
    }
    return pages;
  }
}

function redirectsToHttps(server: VirtualServer): boolean {
  const { outcome } = server.ask({ uri: "/", scheme: "http" });
  return outcome.kind === "redirect" && /^https:/i.test(outcome.target ?? "");
}

function speaksPlainHttp({ server }: VirtualServer, { edge }: Site): boolean {
  return edge.speaksPlainHttp(server);
}

/** Not all that comes by plain HTTP is sent to HTTPS. */
function answersPlainHttp(server: VirtualServer, site: Site): boolean {
  return speaksPlainHttp(server, site) && !redirectsToHttps(server);
}
