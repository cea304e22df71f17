/** What answers a request once its location is found: the content handler of a context, as the files write it. */
import { askedOnce } from "../lists/index.ts";
import { effective } from "./effective.ts";
import { readLocation } from "./location.ts";
import { toBytes } from "./regex/index.ts";
import type { Context, Statement } from "./tree.ts";

export type Pass = (typeof PASS_DIRECTIVES)[number];

export type Handler =
  /** `return` or an unconditional `rewrite … redirect`: answers in the rewrite phase. */
  | {
      readonly kind: "return";
      readonly statement: Statement;
      /** Null where the status is no number. */
      readonly status: number | null;
      /** The text or the URL; null without one. */
      readonly text: string | null;
    }
  /** Handed to an upstream. */
  | {
      readonly kind: "pass";
      readonly pass: Pass;
      readonly statement: Statement;
      /** As written. */
      readonly target: string;
    }
  /** A module that makes the answer itself: `stub_status`, `empty_gif`, `content_by_lua_block`, … */
  | { readonly kind: "module"; readonly statement: Statement }
  /** Files below `root` or `alias`. */
  | { readonly kind: "static"; readonly base: FileBase };

/** Where files are looked for. */
export interface FileBase {
  /** `root` or `alias`; null where none is known (nginx takes `html` below its prefix). */
  readonly statement: Statement | null;
  /** As written. */
  readonly path: string;
  /** `alias` in a prefix location replaces so many characters of the URI; `root` replaces none; null: all of it. */
  readonly replaces: number | null;
  /** A part that could not be read may set another. */
  readonly replaceable: boolean;
}

/** Directives that hand a request to an upstream. */
export const PASS_DIRECTIVES = [
  "proxy_pass",
  "fastcgi_pass",
  "uwsgi_pass",
  "scgi_pass",
  "grpc_pass",
  "memcached_pass",
] as const;

/**
 * Directives of modules, nginx's own and of common third parties, that set the content handler (`clcf->handler`) and make
 * the answer themselves.
 */
const MODULES: ReadonlySet<string> = new Set([
  "stub_status",
  "empty_gif",
  "perl",
  "redis_pass",
  "redis2_pass",
  "js_content",
  "api",
  "status",
  "tunnel_pass",
  "content_by_lua",
  "content_by_lua_block",
  "content_by_lua_file",
  "echo",
  "drizzle_pass",
  "postgres_pass",
  "passenger_enabled",
  "push_stream_publisher",
  "push_stream_subscriber",
  "nchan_pubsub",
  "nchan_publisher",
  "nchan_subscriber",
  "vhost_traffic_status_display",
  "vts_display",
  "rtmp_stat",
  "rtmp_control",
  "upload_pass",
  "small_light",
  "proxy_cache_purge",
  "fastcgi_cache_purge",
  "check_status",
  "otel_status",
  "acme_challenge",
  "pass",
]);

/** Handlers that send a file in their own way: they look for it where nginx does, and a missing one is a 404. */
const FILE_MODULES: ReadonlySet<string> = new Set(["mp4", "flv", "hls", "f4f"]);

const PASSES: ReadonlySet<string> = new Set(PASS_DIRECTIVES);

function isPass(name: string): name is Pass {
  return PASSES.has(name);
}

/** Some `*_pass` to an upstream stands directly in the context. */
export function passesToUpstream(context: Context): boolean {
  return context.hasAny(PASS_DIRECTIVES);
}

/**
 * The directive of a context that answers, `*_pass` or a module's; null for files. Each sets the one handler of the
 * location, so of several the last in the file answers. Requests ask a server for it again and again, and thousands of locations may
 * stand in it.
 */
export const contentStatement = askedOnce(readContentStatement);

function readContentStatement({ statements }: Context): Statement | null {
  for (let at = statements.length - 1; at >= 0; at--) {
    const statement = statements[at];
    if (statement === undefined) continue;
    const { name, args } = statement;
    if (FILE_MODULES.has(name)) return null;
    if (isPass(name) || (MODULES.has(name) && args[0] !== "off")) return statement;
  }
  return null;
}

/** Where the content handler of a context stands: in itself; for `limit_except` also in the location around it. */
export function contentContext(context: Context): Context | null {
  if (contentStatement(context) !== null) return context;
  return context.kind === "limit_except" && context.parent !== null ? contentContext(context.parent) : null;
}

/** The handler of a context of `location`, `if` or `server`. Conditional answers (`if`) are not looked at. */
export const handlerOf = askedOnce(readHandler);

function readHandler(context: Context): Handler {
  const answer = readAnswer(context);
  if (answer !== null) return answer;
  const statement = contentStatement(context);
  if (statement === null) return { kind: "static", base: fileBaseOf(context) };
  const { name, args } = statement;
  return isPass(name)
    ? { kind: "pass", pass: name, statement, target: args[0] ?? "" }
    : { kind: "module", statement };
}

/**
 * The `return` (or redirecting `rewrite`) that every request here gets. Null where none stands before something that
 * may lead elsewhere. Directives of the rewrite module run in file order.
 */
export function unconditionalAnswer(context: Context): (Handler & { kind: "return" }) | null {
  const handler = handlerOf(context);
  return handler.kind === "return" ? handler : null;
}

function readAnswer(context: Context): (Handler & { kind: "return" }) | null {
  for (const statement of context.statements) {
    const { name, args, block } = statement;
    if (name === "break") return null;
    if (name === "if" && block !== null && mayLeaveRewriting(block)) return null;
    if (name === "rewrite") {
      const [pattern, target = "", flag] = args;
      const redirects = flag === "redirect" || flag === "permanent" || /^(https?:\/\/|\$scheme)/.test(target);
      if (!redirects || !matchesEverything(pattern ?? "")) return null;
      return { kind: "return", statement, status: flag === "permanent" ? 301 : 302, text: target };
    }
    if (name === "return") {
      const [first = "", second] = args;
      if (!/^\d+$/.test(first)) {
        const isUrl = second === undefined && /^(https?:\/\/|\$scheme)/.test(first);
        return { kind: "return", statement, status: isUrl ? 302 : null, text: first };
      }
      return { kind: "return", statement, status: Number(first), text: second ?? null };
    }
  }
  return null;
}

/** `break` or a rewrite that goes on elsewhere: what stands behind the `if` is not run then. */
function mayLeaveRewriting(block: Context): boolean {
  return block.incomplete || block.has("break") || block.has("rewrite");
}

/** A pattern that every URI has: `^`, `.*`, `^/`, `^(.*)$`, … */
export function matchesEverything(pattern: string): boolean {
  return /^(\^?\/?|\^?\/?\(?\.\*\)?\$?|\^?\/\(\.\*\)\$?|\^\(\/\.\*\)\$)$/.test(pattern);
}

/** The `*_pass` in force at a context: its own; in `if` and `limit_except` else the one of the location. */
export function passStatement(
  context: Context,
): { readonly name: string; readonly statement: Statement; readonly within: Context } | null {
  const statement = contentStatement(context);
  if (statement !== null) return { name: statement.name, statement, within: context };
  const isNameless = context.kind === "location-if" || context.kind === "limit_except";
  return isNameless && context.parent !== null ? passStatement(context.parent) : null;
}

/** What `root` or `alias` in force says. */
export interface RootSetting {
  /** The directive; null for the default `html`. */
  readonly statement: Statement | null;
  /**
   * How the URI is cut: a `root` keeps it whole, an `alias` cuts the name of the location that it stands in, and in a regular
   * location takes the place of it all.
   */
  readonly cut:
    | { readonly kind: "none" }
    | { readonly kind: "prefix"; readonly length: number }
    | { readonly kind: "whole" };
  /** A part that could not be read may set another. */
  readonly replaceable: boolean;
}

/** The `root` or `alias` in force at a context. */
export function rootSetting(context: Context): RootSetting {
  const { statements, from, replaceable } = effective(context, ROOT_OR_ALIAS);
  const statement = statements.at(-1);
  if (statement === undefined || from === null)
    return { statement: null, cut: { kind: "none" }, replaceable };
  if (statement.name === "root") return { statement, cut: { kind: "none" }, replaceable };
  const { modifier, pattern } = readLocation(from.opener?.args ?? []);
  if (modifier === "~" || modifier === "~*") return { statement, cut: { kind: "whole" }, replaceable };
  return { statement, cut: { kind: "prefix", length: toBytes(pattern).length }, replaceable };
}

const ROOT_OR_ALIAS = ["root", "alias"];

/** `root` or `alias` in force at a context. */
export function fileBaseOf(context: Context): FileBase {
  const { statement, cut, replaceable } = rootSetting(context);
  const replaces = cut.kind === "none" ? 0 : cut.kind === "prefix" ? cut.length : null;
  return { statement, path: statement?.args[0] ?? "html", replaces, replaceable };
}

/** The file that a URI (normalised, below the location) is looked for in; null where variables or captures decide. */
export function filePath(base: FileBase, uri: string): string | null {
  if (base.replaceable || base.replaces === null || base.path.includes("$")) return null;
  // nginx drops the trailing slash of `root`, and keeps that of `alias`.
  const path = base.statement?.name === "alias" ? base.path : base.path.replace(/\/$/, "");
  return path + uri.slice(base.replaces);
}
