/** What is asked, and what becomes of it. */
import type { Configuration } from "../configuration.ts";
import type { Location, Server } from "../server.ts";
import type { Context, Statement } from "../tree.ts";
import type { Version } from "../version.ts";

/** A request as it reaches nginx. */
export interface Request {
  /** `GET` where absent. */
  readonly method?: string;
  /** `http` where absent. */
  readonly scheme?: "http" | "https";
  /** The Host header; null for a request without one. */
  readonly host?: string | null;
  /** The name in the TLS handshake; the host where absent. */
  readonly sni?: string;
  /** The request target as it is sent: path and query. */
  readonly uri: string;
  /** All other headers, further Host headers too; what is not here is not sent. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** The client's address; a stranger's ({@link STRANGER}) where absent. `unix:` for a socket. */
  readonly address?: string;
  /** The address and port connected to; without a port, that of the scheme. */
  readonly local?: { readonly address?: string | null; readonly port?: number };
}

/** An address that belongs to nobody's private network (RFC 5737). */
export const STRANGER = "203.0.113.7";

export type FileState = "file" | "directory" | "missing";

export interface SimulationOptions {
  readonly configuration: Configuration;
  /** Ask this server instead of the one that address and name select. */
  readonly server?: Server;
  /** Take the request to this place of the server once the server's own directives have run, whatever its URI. */
  readonly at?: Context;
  /** Who asks knows the password and has the address: gates that let anybody in let him in. */
  readonly isLetIn?: boolean;
  /** What is on disk at a path below a document root; undefined where nobody knows. */
  readonly files?: (path: string, root: string | null) => FileState | undefined;
  /** Size in bytes and date of change (seconds since 1970) of a file; undefined where nobody knows. */
  readonly details?: (path: string) => { readonly size: number; readonly modified: number } | undefined;
  /** nginx's version; without it, what holds for most. */
  readonly version?: Version | null;
  /** What the upstream answers to what it is sent; unknown where absent. */
  readonly upstream?: (url: string, headers: readonly Header[]) => UpstreamAnswer;
  /** The directory that relative paths start from (`nginx -p`). */
  readonly prefix?: string;
  /** Answers to open questions by their key; the first possible answer is assumed for the others. */
  readonly answers?: ReadonlyMap<string, string>;
  /** What is assumed of a question that `answers` leaves open; undefined for the first possible answer. */
  readonly assume?: (question: Question) => string | undefined;
}

export interface UpstreamAnswer {
  readonly status: number;
  /** Nobody answers: nginx makes the status itself (502, 504). */
  readonly unreachable?: boolean;
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

/** Something that neither the configuration nor the request tells. */
export interface Question {
  readonly key: string;
  readonly kind:
    | "file"
    | "condition"
    | "credentials"
    | "subrequest"
    | "module"
    | "pattern"
    | "certificate"
    | "freshness";
  /** For people: `whether /srv/app/x exists`. */
  readonly text: string;
  readonly statement: Statement | null;
  /** The possible answers, the likely one first. */
  readonly answers: readonly string[];
}

/** A question that decided something on the way, and the answer that was taken for it. */
export interface Assumption {
  readonly question: Question;
  readonly answer: string;
}

export type OutcomeKind =
  /** The text of a `return`, or an answer that a module makes by itself (stub_status, empty_gif). */
  | "return"
  | "redirect"
  | "proxy"
  | "fastcgi"
  | "uwsgi"
  | "scgi"
  | "grpc"
  | "memcached"
  | "static"
  /** Refused by allow/deny, or by a subrequest of auth_request. */
  | "deny"
  /** Asked for a name and a password. */
  | "auth"
  /** Refused before any location: no listener, no host, no certificate; or the connection is closed. */
  | "reject"
  | "error"
  /** The model cannot follow. */
  | "unknown";

export interface Outcome {
  readonly kind: OutcomeKind;
  /** Null where it is the upstream that decides, or where nothing is answered. */
  readonly status: number | null;
  /** The Location of a redirect, the URL asked of an upstream, the path of a file. Parts from outside as `$variable`. */
  readonly target: string | null;
  /** The directive that decided. */
  readonly by: Statement | null;
  /** The text of a `return`. */
  readonly body?: string;
  /** The method that an upstream is asked with. */
  readonly method?: string;
  /** The request target that an upstream is asked for over HTTP. */
  readonly uri?: string;
  /** Why the model cannot follow. */
  readonly reason?: string;
}

/** An application is asked: by HTTP, FastCGI, uwsgi, SCGI or gRPC. Memcached only hands out what was put into it. */
export function asksApplication({ kind }: Outcome): boolean {
  return APPLICATIONS.includes(kind);
}

const APPLICATIONS: readonly OutcomeKind[] = ["proxy", "fastcgi", "uwsgi", "scgi", "grpc"];

/** A header, and the directive that sets it; null for nginx's own doing or the client's. */
export interface Header {
  readonly name: string;
  /** As it is sent; parts from outside as `$variable`. */
  readonly value: string;
  /** As it stands in the directive (`$host`); the value itself where there is none. */
  readonly written: string;
  readonly statement: Statement | null;
  /** Sent whatever the status. */
  readonly always?: boolean;
}

export type Phase =
  | "server"
  | "uri"
  | "realip"
  | "server-rewrite"
  | "find-location"
  | "rewrite"
  | "preaccess"
  | "access"
  | "try-files"
  | "content"
  | "internal-redirect"
  | "error-page"
  | "response";

export interface TraceEntry {
  readonly phase: Phase;
  readonly text: string;
  readonly statement: Statement | null;
  /**
   * A pattern that was asked and did not match, one of many maybe; something that had to be assumed; the tenth change of the
   * URI, which ends the request; something that changes the answer in a way that the model does not follow.
   */
  readonly kind?: "miss" | "assumption" | "cycle" | "unmodelled";
}

/** A status on the way that an `error_page` answered. */
export interface TakenErrorPage {
  readonly status: number;
  /** The `error_page`. */
  readonly page: Statement;
  /** It leads to a named location, so the URI stays. */
  readonly keepsUri: boolean;
  /** What ended the request with that status, and whether that was to refuse it. */
  readonly by: Statement | null;
  readonly kind: OutcomeKind;
}

export interface Simulation {
  readonly server: Server | null;
  /** Where the answer's directives are looked up: a location, an `if` in it, the server; null without a server. */
  readonly context: Context | null;
  /** The location that answers in the end; null for the server itself. */
  readonly location: Location | null;
  readonly outcome: Outcome;
  /**
   * The first place on the way with a `limit_req` whose key is not empty, and those limits of it: later places are not asked; null
   * where none counts the request.
   */
  readonly counted: { readonly at: Context; readonly by: readonly Statement[] } | null;
  /** Each `limit_req` before whose key is empty: it counts nobody. */
  readonly uncounted: readonly Statement[];
  /** The error pages that were taken on the way, the first one first. */
  readonly errorPages: readonly TakenErrorPage[];
  /** Sent to the upstream, in order: those that directives set, nginx's own, the client's. */
  readonly requestHeaders: readonly Header[];
  /** Sent to the client, as far as the configuration decides: Content-Type, Location, `expires`, `add_header`, … */
  readonly responseHeaders: readonly Header[];
  readonly trace: readonly TraceEntry[];
  /** What had to be assumed; empty where the outcome is certain. */
  readonly assumptions: readonly Assumption[];
  /** Nothing was assumed, nothing is unknown, and no include on the way is missing. */
  readonly certain: boolean;
}
