/** The life of a request, phase by phase, as nginx lives it. */
import { giveUp, OutOfSteps, partly, spend } from "../budget.ts";
import { effective } from "../effective.ts";
import { limitKeyOf } from "../limits.ts";
import { fromBytes, toBytes } from "../regex/index.ts";
import type { Location, Server } from "../server.ts";
import type { Context, Statement } from "../tree.ts";
import { parseSize } from "../values/index.ts";
import { isSince } from "../version.ts";
import { checkAccess, takeRealAddress } from "./access.ts";
import { applyConditions } from "./conditions.ts";
import { definitionsOf } from "./definitions.ts";
import { finalize } from "./error-page.ts";
import { Exchange, NEXT, type Signal } from "./exchange.ts";
import { serveFile, tryFiles } from "./files.ts";
import { type Refused, refuseHeaders, refuseLine } from "./intake.ts";
import { readIpAddress } from "./ip-address.ts";
import { type LocationMatch, type LocationStep, matchLocation } from "./location-match.ts";
import type { Outcome, Request, Simulation, SimulationOptions, TraceEntry } from "./outcome.ts";
import { responseHeaders } from "./response.ts";
import { rewrite } from "./rewrite.ts";
import { normalizeHost, type ServerSelection, type ServerStep, selectServer } from "./server-selection.ts";
import { noteUnmodelled } from "./unmodelled.ts";
import { passOn, upstreamHeaders } from "./upstream.ts";
import { escapeUri, type NormalizedUri, normalizeUri } from "./uri.ts";
import { concatenate, isEmptyValue, isKnown } from "./value.ts";
import { evaluate, readable } from "./variables.ts";

/**
 * Says what nginx does with a request, and why. Nothing is thrown: what the model cannot follow is an outcome of kind
 * `unknown`, and what neither the configuration nor the request tells is assumed and listed.
 */
export function simulate(request: Request, options: SimulationOptions): Simulation {
  try {
    return partly(() => live(request, options));
  } catch (error) {
    if (!(error instanceof OutOfSteps)) throw error;
    const { server = null } = options;
    giveUp(`what becomes of \`${request.uri}\``, server?.locations[0]?.statement ?? null);
    return ended(
      { kind: "unknown", status: null, target: null, by: null, reason: error.message },
      server,
      [],
    );
  }
}

function live(request: Request, options: SimulationOptions): Simulation {
  spend(100);
  const trace: TraceEntry[] = [];
  const selection = options.server === undefined ? select(request, options, trace) : null;
  if (selection !== null && (selection.kind === "refused" || selection.kind === "undecided")) {
    const kind = selection.kind === "undecided" ? "unknown" : "reject";
    const reason = selection.kind === "undecided" ? { reason: selection.reason } : {};
    return ended({ kind, status: null, target: null, by: null, ...reason }, null, trace);
  }
  const chosen = selection?.kind === "server" ? selection : null;
  const server =
    options.server ?? chosen?.server ?? (selection?.kind === "bad-host" ? selection.defaultServer : null);
  if (server === null) return ended({ kind: "reject", status: 400, target: null, by: null }, null, trace);
  const host = request.host == null ? "" : normalizeHost(request.host, options.version ?? null);

  const handshake = chosen === null ? server : handshakeServer(request, options, chosen);
  // The request line is read before any header: the server of the handshake decides about slashes, else the default one.
  const mergeSlashes = effective(handshake.context, "merge_slashes").statements.at(-1)?.args[0] !== "off";
  const uri = readTarget(request, options, mergeSlashes);
  const line = refuseLine(request, handshake) ?? (uri.kind === "bad-request" ? badRequest(uri.reason) : null);
  // Until a Host is read nginx works with the server that it began with.
  const first = line === null ? server : handshake;
  const read = uri.kind === "bad-request" ? NOTHING_READ : uri;
  const exchange = new Exchange(
    request,
    options,
    first,
    read,
    toBytes(host ?? ""),
    handshake,
    false,
    evaluate,
  );
  for (const entry of trace) exchange.trace.push(entry);
  const refused =
    line ??
    (host === null ? badRequest("the Host header is not a host") : null) ??
    refuseHeaders(exchange, handshake);
  if (refused !== null) return conclude(exchange, run(exchange, refuse(exchange, refused)));
  if (uri.kind === "bad-request") throw new TypeError("refused above");
  if (uri.path !== request.uri) {
    const query = uri.args === "" ? "" : ", the query apart";
    if (fromBytes(uri.path) !== request.uri.split("?")[0]) {
      exchange.note("uri", `the URI is normalized to ${fromBytes(uri.path)}${query}`);
    }
  }
  if (chosen !== null) exchange.capture(chosen);
  if (server.context.incomplete || options.configuration.incomplete) exchange.incomplete = true;
  const signal = beforePhases(
    exchange,
    handshake,
    chosen === null ? exchange.scheme === "https" : chosen.tls,
  );
  return conclude(exchange, run(exchange, signal));
}

/**
 * All that may happen to a request: one simulation for every way of answering the open questions, the likely one first.
 * Stops after `limit` simulations.
 */
export function simulateAll(request: Request, options: SimulationOptions, limit = 16): readonly Simulation[] {
  const found: Simulation[] = [];
  const pending: ReadonlyMap<string, string>[] = [options.answers ?? new Map()];
  for (
    let answers = pending.shift();
    answers !== undefined && found.length < limit;
    answers = pending.shift()
  ) {
    const simulation = simulate(request, { ...options, answers });
    found.push(simulation);
    const fixed = new Map(answers);
    for (const { question, answer } of simulation.assumptions) {
      if (answers.has(question.key)) continue;
      // Each holds all answers before it, and more than the limit is never asked.
      if (found.length + pending.length >= limit) break;
      for (const other of question.answers) {
        if (other !== answer) pending.push(new Map([...fixed, [question.key, other]]));
      }
      fixed.set(question.key, answer);
    }
  }
  return found;
}

function select(request: Request, options: SimulationOptions, trace: TraceEntry[]): ServerSelection {
  const port = request.local?.port ?? (request.scheme === "https" ? 443 : 80);
  const address = request.local?.address ?? null;
  const isSocket = address?.startsWith("unix:") ?? false;
  const selection = selectServer(options.configuration, {
    address,
    port: isSocket ? null : port,
    host: request.host ?? null,
    version: options.version ?? null,
  });
  for (const step of selection.steps) trace.push(describeServerStep(step));
  if (selection.kind === "refused") {
    trace.push({
      phase: "server",
      text: `nothing listens on port ${port}: the connection is refused`,
      statement: null,
    });
  }
  return selection;
}

/** The server that nginx works with before it knows the Host header: the one of the SNI name, else the default server. */
function handshakeServer(
  request: Request,
  options: SimulationOptions,
  selection: Extract<ServerSelection, { kind: "server" }>,
): Server {
  const name = handshakeName(request);
  if (!selection.tls || name === null) return selection.defaultServer;
  const { address = null, port = 443 } = request.local ?? {};
  const chosen = selectServer(options.configuration, { address, port, host: name });
  return chosen.kind === "server" ? chosen.server : selection.defaultServer;
}

/** The name in the TLS handshake; clients send none for an address. */
function handshakeName({ sni, host, scheme }: Request): string | null {
  if (scheme !== "https") return null;
  const name = sni ?? normalizeHost(host ?? "");
  return name === null || name === "" || readIpAddress(name) !== null ? null : name;
}

/** What the request line says of a URI that nginx could not read. */
const NOTHING_READ = { kind: "uri", path: "", args: "", raw: "", quoted: false, plus: false } as const;

function badRequest(reason: string): Refused {
  return { status: 400, reason, statement: null };
}

/** The target of a CONNECT names a host, since nginx knows tunnels (1.31.0). */
function readTarget(
  request: Request,
  { version = null }: SimulationOptions,
  mergeSlashes: boolean,
): NormalizedUri {
  const isTunnel = request.method === "CONNECT" && isSince(version, "1.31.0") === true;
  if (isTunnel && !/^[^/]*:\d+$/.test(request.uri))
    return { kind: "bad-request", reason: "CONNECT names a host and a port" };
  if (isTunnel) return { ...NOTHING_READ, path: "/", raw: "/" };
  return normalizeUri(request.uri, { mergeSlashes });
}

function refuse(exchange: Exchange, { status, reason, statement }: Refused): Signal {
  exchange.cause = { kind: "reject", statement, text: reason };
  exchange.note(
    status === 400 && exchange.uri === "" ? "uri" : "server",
    `${status === 494 ? "400 (494)" : status}: ${reason}`,
    statement,
  );
  return { finalize: status };
}

/** What happens before the first phase: TLS and client certificates (`ngx_http_process_request`). */
function beforePhases(exchange: Exchange, handshake: Server, tls: boolean): Signal {
  const { server, scheme } = exchange;
  if (tls && scheme === "http") {
    exchange.cause = { kind: "error", statement: null, text: "plain HTTP to a TLS port" };
    exchange.note("server", "plain HTTP on a port that speaks TLS: 400 (497)");
    return { finalize: 497 };
  }
  if (!tls && scheme === "https") {
    exchange.note("server", "the port does not speak TLS: the handshake fails");
    return { outcome: { kind: "reject", status: null, target: null, by: null } };
  }
  if (!tls) return NEXT;
  const rejects = effective(handshake.context, "ssl_reject_handshake").statements.at(-1);
  if (rejects?.args[0] === "on") {
    exchange.note("server", "`ssl_reject_handshake on`: the handshake is refused", rejects);
    return { outcome: { kind: "reject", status: null, target: null, by: rejects } };
  }
  const verify = effective(server.context, "ssl_verify_client").statements.at(-1);
  if (verify?.args[0] !== "on") return NEXT;
  if (handshake !== server && handshakeName(exchange.request) !== null) {
    exchange.note(
      "server",
      "the handshake named another server than Host does, and this one verifies clients: 421",
      verify,
    );
    return { outcome: { kind: "reject", status: 421, target: null, by: verify } };
  }
  const answer = exchange.ask({
    key: "certificate",
    kind: "certificate",
    text: "whether the client has a certificate that is trusted",
    statement: verify,
    answers: ["no", "yes"],
  });
  if (answer === "yes") return NEXT;
  exchange.note("server", "`ssl_verify_client on` and no certificate: 400 (496)", verify);
  exchange.cause = { kind: "deny", statement: verify, text: "`ssl_verify_client on`" };
  return { finalize: 496 };
}

/** Follows the signals until something answers. */
function run(exchange: Exchange, start: Signal): Outcome {
  let signal = start;
  if ("go" in signal && signal.go === "next") signal = postRead(exchange);
  for (;;) {
    if ("outcome" in signal) {
      const { outcome } = signal;
      const conditioned = applyConditions(exchange, { ...outcome, status: statusOf(exchange, outcome) });
      if (!("finalize" in conditioned)) return "kind" in conditioned ? conditioned : outcome;
      signal = conditioned;
    }
    if ("finalize" in signal) {
      signal = finalize(exchange, signal.finalize);
      continue;
    }
    switch (signal.go) {
      case "next":
      case "server-rewrite":
        signal = serverRewrite(exchange);
        break;
      case "find-location":
        signal = findLocation(exchange);
        break;
      case "location-rewrite":
        signal = locationRewrite(exchange);
        break;
    }
  }
}

function postRead(exchange: Exchange): Signal {
  takeRealAddress(exchange, exchange.server.context);
  return { go: "server-rewrite" };
}

function serverRewrite(exchange: Exchange): Signal {
  exchange.phase = "server-rewrite";
  return rewrite(exchange, "server-rewrite") ?? { go: "find-location" };
}

/** `ngx_http_core_find_config_phase`. */
function findLocation(exchange: Exchange): Signal {
  const { server, uri } = exchange;
  exchange.phase = "find-location";
  exchange.handler = null;
  exchange.uriChanged = false;
  exchange.location = null;
  exchange.context = server.context;
  const { at } = exchange.options;
  // Only the first search: what an error page or a subrequest asks for is looked for as ever.
  if (at !== undefined && !exchange.arrived) return arrive(exchange, at);
  if (!isKnown(uri)) return unknown(`the URI ${readable(uri)}`);
  const match = matchLocation(server, uri);
  for (const step of match.steps) exchange.trace.push(describeLocationStep(step, match));
  const found = foundLocation(exchange, match);
  if (found === "unknown") return unknown(match.kind === "undecided" ? match.reason : "");
  const isTaken = match.kind === "location" || (match.kind === "undecided" && found === match.otherwise);
  if (isTaken && match.captures.length > 0) exchange.capture(match);
  exchange.location = found;
  const context = found?.context ?? server.context;
  const internal = effective(context, "internal").statements.at(-1);
  if (!exchange.internal && internal !== undefined) {
    exchange.note("find-location", "`internal`: 404 for requests from outside", internal);
    exchange.context = context;
    exchange.cause = { kind: "deny", statement: internal, text: "`internal`" };
    return { finalize: 404 };
  }
  exchange.enter(context);
  const tooLarge = refuseBody(exchange);
  if (tooLarge !== null) return tooLarge;
  if (match.kind === "redirect") {
    const name = escapeUri(toBytes(match.location.pattern), "uri");
    const { args } = exchange;
    exchange.redirectTo = isEmptyValue(args) === true ? name : concatenate([name, "?", args]);
    exchange.cause = { kind: "redirect", statement: match.location.statement, text: "the missing slash" };
    return { finalize: 301 };
  }
  return { go: "location-rewrite" };
}

/** Goes where the asker says that the request is. */
function arrive(exchange: Exchange, at: Context): Signal {
  const { server, uri } = exchange;
  exchange.arrived = true;
  const location = server.locationOf(at);
  if (location?.isRegex && isKnown(uri)) {
    const compiled = location.compiled();
    const match = compiled.kind === "exact" ? compiled.exec(uri) : null;
    if (match !== null) exchange.capture(match);
  }
  exchange.location = location;
  exchange.enter(at);
  return { go: "location-rewrite" };
}

/** `client_max_body_size`, as far as Content-Length tells; a body that was refused once is not counted again. */
function refuseBody(exchange: Exchange): Signal | null {
  const length = exchange.header("content-length");
  if (length === null || exchange.isBodyDropped) return null;
  const statement = effective(exchange.context, "client_max_body_size").statements.at(-1) ?? null;
  const most = parseSize(statement?.args[0] ?? "1m");
  if (!most.ok || most.value === 0 || Number(length) <= most.value) return null;
  const limit = statement?.args[0] ?? "1m, nginx's default";
  exchange.note(
    "find-location",
    `413: a body of ${length} bytes, and \`client_max_body_size\` is ${limit}`,
    statement,
  );
  exchange.cause = { kind: "error", statement, text: "`client_max_body_size`" };
  return { finalize: 413 };
}

function foundLocation(exchange: Exchange, match: LocationMatch): Location | null | "unknown" {
  switch (match.kind) {
    case "location":
    case "redirect":
      return match.location;
    case "server":
      return null;
    case "undecided": {
      const { pattern, reason } = match;
      const answer = exchange.ask({
        key: `location ${pattern.statement.file.name}:${pattern.statement.line} ${exchange.uriText}`,
        kind: "pattern",
        text: `whether \`${pattern.title}\` matches (${reason})`,
        statement: pattern.statement,
        answers: ["no", "yes"],
      });
      return answer === "yes" ? pattern : match.otherwise;
    }
  }
}

/** From the location's rewrite directives to the content, where nothing leads elsewhere. */
function locationRewrite(exchange: Exchange): Signal {
  const { server } = exchange;
  exchange.phase = "rewrite";
  if (exchange.context !== server.context) {
    const signal = rewrite(exchange, "rewrite");
    if (signal !== null) return signal;
    if (exchange.uriChanged) return searchAgain(exchange);
  }
  const others = askOtherScripts(exchange);
  if (others !== null) return others;
  exchange.phase = "preaccess";
  takeRealAddress(exchange, exchange.context);
  noteLimits(exchange);
  exchange.phase = "access";
  return (
    checkAccess(exchange, (uri) => askSubrequest(exchange, uri)) ?? tryFiles(exchange) ?? content(exchange)
  );
}

/** Scripts of other modules in the rewrite phase, which may answer or change what they like. */
const OTHER_SCRIPTS = ["rewrite_by_lua", "rewrite_by_lua_block", "rewrite_by_lua_file"] as const;

function askOtherScripts(exchange: Exchange): Signal | null {
  for (const name of OTHER_SCRIPTS) {
    const statement = effective(exchange.context, name).statements.at(-1);
    if (statement === undefined) continue;
    const answer = exchange.ask({
      key: `${name} ${statement.file.name}:${statement.line}`,
      kind: "module",
      text: `whether \`${name}\` lets the request go on as it is`,
      statement,
      answers: ["yes", "no"],
    });
    if (answer === "no") return unknown(`\`${name}\` answers or changes the request`);
  }
  return null;
}

function searchAgain(exchange: Exchange): Signal {
  exchange.uriChanges--;
  if (exchange.uriChanges === 0) {
    exchange.note("rewrite", "the 10th change of the URI: nginx gives up with 500", null, "cycle");
    exchange.cause = { kind: "error", statement: null, text: "a rewrite or internal redirection cycle" };
    return { finalize: 500 };
  }
  return { go: "find-location" };
}

function noteLimits(exchange: Exchange): void {
  for (const name of ["limit_req", "limit_conn"]) {
    if (name === "limit_req" && exchange.counted !== null) continue;
    const { statements } = effective(exchange.context, name);
    const counting: Statement[] = [];
    for (const each of statements) {
      const counts = name !== "limit_req" || mayCount(exchange, each);
      (counts ? counting : exchange.uncounted).push(each);
    }
    if (name === "limit_req" && counting.length > 0)
      exchange.counted = { at: exchange.context, by: counting };
    for (const statement of counting) {
      exchange.note(
        "preaccess",
        `\`${name} ${statement.args.join(" ")}\` may refuse the request if there are too many`,
        statement,
      );
    }
  }
}

/** A request whose key is empty is not counted. What the client sends into it, it may send or not. */
function mayCount(exchange: Exchange, limit: Statement): boolean {
  const key = limitKeyOf(limit);
  if (key === null || !key.includes("$") || /\$\{?binary_remote_addr\b/.test(key)) return true;
  const { byName } = definitionsOf(exchange.options.configuration);
  const name = /^\$\{?(\w+)\}?$/.exec(key)?.[1]?.toLowerCase() ?? "";
  const definition = byName.get(name);
  const source = definition === undefined || definition.kind === "unread" ? null : definition.source;
  if (SENT.test(key) || SENT.test(source ?? "")) return true;
  return evaluate(exchange, key) !== "";
}

const SENT = /\$\{?(http_|cookie_|arg_|args\b|query_string\b|jwt_|remote_user\b)/i;

function content(exchange: Exchange): Signal {
  exchange.phase = "content";
  return exchange.handler === null ? serveFile(exchange) : passOn(exchange);
}

/** The status of an `auth_request`; null where something decides it that is not known. */
function askSubrequest(exchange: Exchange, target: string): number | null {
  const inner = exchange.subrequestTo(target);
  const outcome = run(inner, { go: "server-rewrite" });
  if (inner.assumptions.length > 0 || outcome.kind === "unknown") return null;
  if (outcome.kind === "reject") return 444;
  return statusOf(inner, outcome);
}

function unknown(reason: string): Signal {
  return { outcome: { kind: "unknown", status: null, target: null, by: null, reason } };
}

function conclude(exchange: Exchange, reached: Outcome): Simulation {
  const status = statusOf(exchange, reached);
  return new Lived(exchange, status === reached.status ? reached : { ...reached, status });
}

/** A request that was answered. Its headers are made when they are asked for: most askers want to know no more than what answers. */
class Lived implements Simulation {
  readonly server: Server;
  readonly context: Context;
  readonly location: Location | null;
  readonly outcome: Outcome;
  readonly counted: Simulation["counted"];
  readonly uncounted: Simulation["uncounted"];
  readonly errorPages: Simulation["errorPages"];
  readonly #exchange: Exchange;
  #sent: Simulation["requestHeaders"] | undefined;
  #received: Simulation["responseHeaders"] | undefined;
  #isCutOff = false;

  constructor(exchange: Exchange, outcome: Outcome) {
    this.server = exchange.server;
    this.context = exchange.context;
    this.location = exchange.location;
    this.outcome = outcome;
    this.counted = exchange.counted;
    this.uncounted = exchange.uncounted;
    this.errorPages = exchange.errorPages;
    this.#exchange = exchange;
  }

  get requestHeaders(): Simulation["requestHeaders"] {
    this.#sent ??= this.#asFarAsItGoes(() => {
      const { outcome } = this;
      noteUnmodelled(this.#exchange, outcome);
      return PASSED.has(outcome.kind) ? upstreamHeaders(this.#exchange) : [];
    });
    return this.#sent;
  }

  get responseHeaders(): Simulation["responseHeaders"] {
    void this.requestHeaders;
    this.#received ??= this.#asFarAsItGoes(() => responseHeaders(this.#exchange, this.outcome));
    return this.#received;
  }

  get trace(): Simulation["trace"] {
    void this.responseHeaders;
    return this.#exchange.trace;
  }

  get assumptions(): Simulation["assumptions"] {
    void this.responseHeaders;
    return this.#exchange.assumptions;
  }

  get certain(): boolean {
    if (this.assumptions.length > 0 || this.outcome.kind === "unknown" || this.#isCutOff) return false;
    const { isUnmodelled, incomplete } = this.#exchange;
    return !incomplete && !isUnmodelled;
  }

  #asFarAsItGoes<H>(ask: () => readonly H[]): readonly H[] {
    try {
      return partly(ask);
    } catch (error) {
      if (!(error instanceof OutOfSteps)) throw error;
      this.#isCutOff = true;
      giveUp(`the headers of the answer to \`${this.#exchange.request.uri}\``, this.outcome.by);
      return [];
    }
  }
}

const PASSED: ReadonlySet<Outcome["kind"]> = new Set(["proxy", "grpc", "fastcgi", "uwsgi", "scgi"]);

/** The status that is sent: that of an error whose page this is, else the answer's own. */
function statusOf(exchange: Exchange, { kind, status }: Outcome): number | null {
  const isPlain = kind === "return" || kind === "static";
  return isPlain && exchange.errorStatus !== 0 ? exchange.errorStatus : status;
}

function ended(outcome: Outcome, server: Server | null, trace: readonly TraceEntry[]): Simulation {
  return {
    server,
    context: server?.context ?? null,
    location: null,
    outcome,
    counted: null,
    uncounted: [],
    errorPages: [],
    requestHeaders: [],
    responseHeaders: [],
    trace,
    assumptions: [],
    certain: outcome.kind !== "unknown",
  };
}

function describeServerStep(step: ServerStep): TraceEntry {
  switch (step.kind) {
    case "address": {
      const count = step.servers === 1 ? "one server" : `${step.servers} servers`;
      const text = `listen ${step.listen.statement?.args.join(" ") ?? "*:80 (nginx's default)"}: ${count}`;
      return { phase: "server", text, statement: step.listen.statement };
    }
    case "name":
      return {
        phase: "server",
        text: `server_name ${step.name}`,
        statement: step.server.context.all("server_name")[0] ?? step.server.context.opener,
      };
    case "name-regex":
      return {
        phase: "server",
        text: `server_name ${step.name} ${step.matches ? "matches" : "does not match"}`,
        statement: step.server.context.all("server_name")[0] ?? null,
      };
    case "default": {
      const why = step.implicit ? "the first server of the address" : "the default_server of the address";
      return {
        phase: "server",
        text: `no server_name matches: ${why}`,
        statement: step.server.context.opener,
      };
    }
  }
}

function describeLocationStep(step: LocationStep, match: LocationMatch): TraceEntry {
  const phase = "find-location";
  switch (step.kind) {
    case "exact":
      return at(step.location, `${step.location.title} is exactly the URI: nothing else is checked`);
    case "prefix": {
      const { title, modifier } = step.location;
      const isAsked = modifier !== "^~" && match.steps.some(({ kind }) => kind === "regex");
      return at(
        step.location,
        `longest prefix: ${title}${isAsked ? "; no ^~, so regex locations are checked" : ""}`,
      );
    }
    case "no-prefix": {
      const { within } = step;
      if (within === null) return { phase, text: "no prefix matches", statement: null };
      return at(within, `nothing in ${within.title}matches literally`);
    }
    case "regex-skipped": {
      const named = step.skipped
        .slice(0, 3)
        .map(({ title, statement }) => `${title} (line ${statement.line})`);
      const others = step.skipped.length - named.length;
      const list =
        others > 0
          ? `${named.join(", ")} and ${others} more are`
          : `${named.join(", ")} ${named.length > 1 ? "are" : "is"}`;
      return at(step.by, `^~ stops the regex search, so ${list} not checked`);
    }
    case "regex": {
      const { location, matches } = step;
      if (matches === "undecided") return at(location, `${location.title} cannot be decided`);
      if (!matches) return { ...at(location, `${location.title} does not match`), kind: "miss" };
      const wins = match.kind === "location" && match.location === location ? " and serves the request" : "";
      return at(location, `${location.title} matches${wins}`);
    }
    case "remembered":
      return step.location === null
        ? { phase, text: "no regex matches: the server itself serves the request", statement: null }
        : at(step.location, `no regex matches: ${step.location.title} keeps the request`);
    case "redirect":
      return at(step.location, `${step.location.title} passes to an upstream and ends in a slash: 301 to it`);
  }
}

function at(location: Location, text: string): TraceEntry {
  return { phase: "find-location", text, statement: location.statement };
}
