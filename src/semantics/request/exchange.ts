/** One request on its way: what nginx keeps in `ngx_http_request_t`, and what the simulation notes beside it. */
import { spend } from "../budget.ts";
import { contentContext } from "../content.ts";
import { effective } from "../effective.ts";
import { fromBytes, type PatternMatch, toBytes } from "../regex/index.ts";
import type { Location, Server } from "../server.ts";
import { shorten } from "../shorten.ts";
import type { Context, Statement } from "../tree.ts";
import { type Definitions, definitionsOf } from "./definitions.ts";
import {
  type Assumption,
  type Header,
  type Outcome,
  type Phase,
  type Question,
  type Request,
  type SimulationOptions,
  STRANGER,
  type TakenErrorPage,
  type TraceEntry,
  type UpstreamAnswer,
} from "./outcome.ts";
import type { NormalUri } from "./uri.ts";
import { showOutside, type Value } from "./value.ts";

/** `NGX_HTTP_MAX_URI_CHANGES` + 1: the change that brings it to 0 is refused. */
const URI_CHANGES = 11;

/** A value may be longer than anyone reads. */
const LONGEST_NOTE = 1_000;

/** What a phase leads to. */
export type Signal =
  | { readonly go: "next" | "server-rewrite" | "find-location" | "location-rewrite" }
  /** `ngx_http_finalize_request` with a status. */
  | { readonly finalize: number }
  | { readonly outcome: Outcome };

/** Puts the values of variables into a text (`ngx_http_script_run`). */
export type Evaluate = (exchange: Exchange, text: string) => Value;

export const NEXT: Signal = { go: "next" };

/** What made nginx end the request, so that its answer can be told from other answers of that status. */
export interface Cause {
  readonly kind: "deny" | "auth" | "return" | "redirect" | "error" | "reject";
  readonly statement: Statement | null;
  readonly text: string;
}

export class Exchange {
  readonly options: SimulationOptions;
  readonly request: Request;
  readonly server: Server;
  readonly definitions: Definitions;
  readonly scheme: "http" | "https";
  readonly host: string;
  readonly localAddress: string | null;
  readonly localPort: number;
  /** The request headers that nginx accepts: name in lower case, name as sent, value. */
  readonly headers: readonly { readonly key: string; readonly name: string; readonly value: string }[];
  readonly unparsedUri: string;
  readonly quoted: boolean;
  readonly plus: boolean;

  method: string;
  uri: Value;
  args: Value;
  address: string;
  /** The address was taken from a header; nginx does that once a request. */
  hasRealAddress = false;
  /** Where directives are looked up now: the server, a location, an `if` or a `limit_except` in it. */
  context: Context;
  location: Location | null = null;
  /** The context whose content handler takes the request; null for files. */
  handler: Context | null = null;
  captures: readonly (string | undefined)[] = [];
  variables = new Map<string, Value>();
  validUnparsedUri = true;
  validLocation = true;
  addUriToAlias = false;
  internal = false;
  uriChanged = false;
  uriChanges = URI_CHANGES;
  errorPageTaken = false;
  /** nginx has begun to throw the body away (`discard_body`). */
  isBodyDropped = false;
  readonly errorPages: TakenErrorPage[] = [];
  /** Where and by which `limit_req` it was counted: that happens once (`r->main->limit_req_status`). */
  counted: { readonly at: Context; readonly by: readonly Statement[] } | null = null;
  /** Each `limit_req` on the way whose key was empty. */
  readonly uncounted: Statement[] = [];
  /** It has been where `options.at` sends it, or is not to go there. */
  arrived = false;
  /** 0: the answer's own status. */
  errorStatus = 0;
  redirectTo: Value | null = null;
  /** What `auth_basic` asked for; every time it asks adds a header. */
  readonly challenges: { readonly realm: Value; readonly statement: Statement }[] = [];
  contentType: Value | null = null;
  /** `Content-Range` of a part, or of a part that is not there. */
  contentRange: string | null = null;
  /** The charset of an upstream's answer that led elsewhere; it outlives its type. */
  charset: string | null = null;
  cause: Cause | null = null;
  /** A refusal under `satisfy any`, until a gate opens; nginx keeps it across internal redirects (`access_code`). */
  refusal: { readonly status: number; readonly cause: Cause | null } | null = null;
  /** The answer as far as it is put together, for `$status` and `$sent_http_…`. */
  response: {
    readonly status: number | null;
    readonly headers: readonly Header[];
    /** An upstream may have sent others that nobody knows. */
    readonly isOpen: boolean;
  } | null = null;
  /** Headers that stay from an upstream's answer that led elsewhere (X-Accel-Redirect). */
  readonly carried: Header[] = [];
  /** The filter that compresses would take the answer (`gzip_vary`). */
  isVaried = false;
  /** `proxy_pass` has taken the request here: `$proxy_host` and `$proxy_port` are set. */
  isProxied = false;
  /** Some upstream was asked on the way. */
  wasPassed = false;
  /** Something was met that the model does not follow. */
  isUnmodelled = false;
  /** What the upstream answered; null before, and where nobody knows. */
  upstreamAnswer: UpstreamAnswer | null = null;
  /** A subrequest of `auth_request`. */
  readonly subrequest: boolean;
  /** Where the request is, for what is noted on the way. */
  phase: Phase = "server";
  readonly trace: TraceEntry[] = [];
  readonly assumptions: Assumption[] = [];
  /** The keys of the questions that they answer. */
  readonly #asked = new Set<string>();
  incomplete = false;
  readonly #evaluate: Evaluate;

  constructor(
    request: Request,
    options: SimulationOptions,
    server: Server,
    uri: NormalUri,
    host: string,
    firstServer: Server,
    subrequest: boolean,
    evaluate: Evaluate,
  ) {
    this.request = request;
    this.options = options;
    this.server = server;
    this.context = server.context;
    this.definitions = definitionsOf(options.configuration);
    this.scheme = request.scheme ?? "http";
    this.host = host;
    this.localAddress = request.local?.address ?? null;
    this.localPort = request.local?.port ?? (this.scheme === "https" ? 443 : 80);
    this.method = request.method ?? "GET";
    this.address = request.address ?? STRANGER;
    this.uri = uri.path;
    this.args = uri.args;
    this.unparsedUri = uri.raw;
    this.quoted = uri.quoted;
    this.plus = uri.plus;
    this.subrequest = subrequest;
    this.#evaluate = evaluate;
    // Without a Host header nginx reads all others with the server it began with.
    this.headers = this.#acceptedHeaders(host === "" ? firstServer : server);
  }

  /** `ngx_http_subrequest`: the URI is taken as it is, and variables are shared. */
  subrequestTo(path: string): Exchange {
    const uri = { kind: "uri", path, args: "", raw: this.unparsedUri, quoted: false, plus: false } as const;
    const inner = new Exchange(
      this.request,
      this.options,
      this.server,
      uri,
      this.host,
      this.server,
      true,
      this.#evaluate,
    );
    inner.method = "GET";
    inner.internal = true;
    inner.arrived = true;
    inner.validUnparsedUri = false;
    inner.address = this.address;
    inner.variables = this.variables;
    return inner;
  }

  /** `ngx_http_parse_header_line`: names with other letters are dropped unless told otherwise. */
  #acceptedHeaders({ context }: Server): Exchange["headers"] {
    const isLax = this.#flag(context, "ignore_invalid_headers", true) === false;
    const valid = this.#flag(context, "underscores_in_headers", false) ? /^[\w-]+$/ : /^[A-Za-z0-9-]+$/;
    const sent = [...(this.request.headers ?? [])];
    if (this.request.host !== undefined && this.request.host !== null)
      sent.unshift(["Host", this.request.host]);
    return sent
      .filter(([name]) => isLax || valid.test(name))
      .map(([name, value]) => ({ key: name.toLowerCase(), name, value: toBytes(value.trim()) }));
  }

  #flag(context: Context, name: string, fallback: boolean): boolean {
    const value = effective(context, name).statements.at(-1)?.args[0];
    return value === undefined ? fallback : value.toLowerCase() === "on";
  }

  /** The value of an `on`/`off` directive in force now. */
  flag(name: string, fallback: boolean): boolean {
    return this.#flag(this.context, name, fallback);
  }

  /** A text with the values of its variables as they are now. */
  evaluate(text: string): Value {
    return this.#evaluate(this, text);
  }

  /** The first value of a header of the request; null without one. */
  header(name: string): string | null {
    const key = name.toLowerCase();
    return this.headers.find((header) => header.key === key)?.value ?? null;
  }

  note(phase: Phase, text: string, statement: Statement | null = null, kind?: TraceEntry["kind"]): void {
    spend(10 + (text.length >> 3));
    this.phase = phase;
    const entry = { phase, text: shorten(text, LONGEST_NOTE), statement };
    this.trace.push(kind === undefined ? entry : { ...entry, kind });
  }

  /** Says that something changes the answer in a way that nobody follows here. */
  noteUnmodelled(text: string, statement: Statement | null): void {
    this.isUnmodelled = true;
    this.trace.push({ phase: this.phase, text: `not modelled: ${text}`, statement, kind: "unmodelled" });
  }

  /** The answer to a question: the one given with the request, else the likely one; either way it is on record. */
  ask(question: Question): string {
    spend(10 + (question.key.length >> 3));
    const given = this.options.answers?.get(question.key) ?? this.options.assume?.(question);
    const answer = given ?? question.answers[0] ?? "";
    if (!this.#asked.has(question.key)) {
      this.#asked.add(question.key);
      this.assumptions.push({ question, answer });
      const how = given === undefined ? "is not known here; assumed" : "is given";
      const text = `${question.text} ${how}: ${answer}`;
      this.trace.push({ phase: this.phase, text, statement: question.statement, kind: "assumption" });
    }
    return answer;
  }

  /** Takes over what a pattern captured (`ngx_http_regex_exec`). */
  capture(match: Pick<PatternMatch, "captures" | "named">): void {
    this.captures = match.captures;
    for (const [name, value] of match.named) this.variables.set(name.toLowerCase(), value ?? "");
  }

  /** `ngx_http_update_location_config`: enters a context, with its `limit_except` and its content handler. */
  enter(context: Context): void {
    this.context = context;
    const limit = context.kind === "location" ? context.last("limit_except") : undefined;
    if (limit?.block && !isListed(this.method, limit.args)) this.context = limit.block;
    if (context.incomplete) this.incomplete = true;
    const handler = contentContext(this.context);
    if (handler !== null) this.handler = handler;
  }

  /** The path of the URI that is asked for, for questions and traces. */
  get uriText(): string {
    return typeof this.uri === "string" ? this.uri : showPath(this.uri);
  }
}

export function showPath(path: Value): string {
  if (typeof path === "string") return fromBytes(path);
  return path.parts.map((part) => (typeof part === "string" ? fromBytes(part) : showOutside(part))).join("");
}

function isListed(method: string, listed: readonly string[]): boolean {
  const names = listed.map((name) => name.toUpperCase());
  return names.includes(method) || (method === "HEAD" && names.includes("GET"));
}
