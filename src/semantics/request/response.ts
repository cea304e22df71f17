/** The headers of the answer as far as the configuration decides them. */
import { append, askedOnce } from "../../lists/index.ts";

import { passStatement } from "../content.ts";
import { effective } from "../effective.ts";
import { listAt } from "../inheritance.ts";
import { fromBytes, toBytes } from "../regex/index.ts";
import type { Context, Statement } from "../tree.ts";
import { mayCompress, takesGzip } from "./compression.ts";
import { replaceByPattern, rewriteCookie, userCookie } from "./cookies.ts";
import type { Exchange } from "./exchange.ts";
import type { Header, Outcome } from "./outcome.ts";
import { extensionOf } from "./uri.ts";
import { concatenate, isEmptyValue, isKnown, outside, type Value } from "./value.ts";
import { evaluate, readable, serverName } from "./variables.ts";

/** Statuses on which `add_header` and `expires` work without `always` (`ngx_http_headers_filter`). */
const SAFE_STATUSES: ReadonlySet<number> = new Set([200, 201, 204, 206, 301, 302, 303, 304, 307, 308]);

export function isSafeStatus(status: number): boolean {
  return SAFE_STATUSES.has(status);
}

/**
 * The `add_header` (or `add_trailer`) directives in force at a context, under `add_header_inherit` where that is written.
 * In nginx's order of sending.
 */
export function headersInForce(
  context: Context,
  name: "add_header" | "add_trailer" = "add_header",
): readonly Statement[] {
  return listAt(context, name).statements;
}

/** The headers of outer contexts that a context does not send: those that its own list replaces, by name. */
export function lostHeaders(
  context: Context,
  name: "add_header" | "add_trailer" = "add_header",
): readonly Statement[] {
  const sent = new Set(headersInForce(context, name).map(({ args }) => args[0]?.toLowerCase()));
  const lost: Statement[] = [];
  for (const around of context.outward()) {
    for (const statement of around === context ? [] : headersInForce(around, name)) {
      const key = statement.args[0]?.toLowerCase();
      if (sent.has(key)) continue;
      sent.add(key);
      lost.push(statement);
    }
  }
  return lost;
}

/** The headers of an answer, in nginx's order: Content-Type, Location, the upstream's, `expires`, `add_header`. */
export function responseHeaders(exchange: Exchange, outcome: Outcome): readonly Header[] {
  if (outcome.kind === "unknown" || (outcome.kind === "reject" && outcome.status === null)) return [];
  const headers: Header[] = [];
  const isPassed = outcome.by !== null && /_pass$/.test(outcome.by.name) && outcome.kind !== "error";
  append(headers, exchange.carried);
  const isOwn = !isPassed || outcome.kind === "memcached";
  append(headers, isOwn ? ownHeaders(exchange, outcome) : upstreamResponse(exchange));
  if (exchange.contentRange !== null) headers.push(ownHeader("Content-Range", exchange.contentRange));
  append(headers, [...locationHeader(exchange, isPassed), ...challengeHeaders(exchange.challenges)]);
  const status = outcome.status ?? 200;
  exchange.response = {
    status: outcome.status,
    headers,
    isOpen: isPassed && exchange.upstreamAnswer === null,
  };
  addHeaders(exchange, headers, status);
  append(headers, compressionHeaders(exchange, outcome, headers));
  if (outcome.status !== 204 || (isPassed && exchange.errorStatus === 0)) return headers;
  // Only at the very end does nginx see that there is nothing of a type.
  return headers.filter(({ name, statement }) => name !== "Content-Type" || statement?.name === "add_header");
}

function compressionHeaders(
  exchange: Exchange,
  outcome: Outcome,
  headers: readonly Header[],
): readonly Header[] {
  const valueNamed = (key: string) => headers.find(({ name }) => name.toLowerCase() === key)?.value ?? null;
  if (outcome.status === null || valueNamed("content-encoding") !== null) return [];
  const answer = {
    status: outcome.status,
    type: valueNamed("content-type"),
    length: lengthOf(exchange, outcome),
  };
  const isVaried = mayCompress(exchange, answer);
  // Also where a part was cut out of an answer that the filter had looked at.
  if (!isVaried && !exchange.isVaried) return [];
  const vary = exchange.flag("gzip_vary", false) ? [ownHeader("Vary", "Accept-Encoding")] : [];
  return isVaried && takesGzip(exchange) ? [...vary, ownHeader("Content-Encoding", "gzip")] : vary;
}

/** The length of an answer; null where nobody knows. */
export function lengthOf(exchange: Exchange, { body, target, by }: Outcome): number | null {
  if (body !== undefined) return toBytes(body).length;
  if (by?.name === "root" || by?.name === "alias" || by === null)
    return target === null ? null : (exchange.options.details?.(target)?.size ?? null);
  return null;
}

/** `ngx_http_headers_filter`, then `ngx_http_userid_filter`: what stays even where a later filter turns the answer down. */
export function addHeaders(exchange: Exchange, headers: Header[], status: number): void {
  const { context } = exchange;
  const isSafe = isSafeStatus(status);
  if (isSafe) applyExpires(exchange, headers);
  for (const statement of headersInForce(context)) {
    const [name = "", written = "", always] = statement.args;
    const isAlways = always === "always";
    if (!isSafe && !isAlways) continue;
    const value = evaluate(exchange, written);
    const key = name.toLowerCase();
    if (key === "last-modified" || key === "etag") remove(headers, key);
    if (isEmptyValue(value) === true) continue;
    headers.push({ name, value: readable(value), written, statement, always: isAlways });
  }
  append(headers, userCookie(exchange));
}

function ownHeader(name: string, value: string): Header {
  return { name, value, written: value, statement: null };
}

function ownHeaders(exchange: Exchange, outcome: Outcome): readonly Header[] {
  const type = contentType(exchange, outcome);
  return type === null ? [] : [type];
}

/** The Location of a redirect; it stays even where an error page answers in its place. */
function locationHeader(exchange: Exchange, isPassed: boolean): readonly Header[] {
  const { redirectTo, cause } = exchange;
  if (redirectTo === null) return [];
  // Only the last Location that nginx takes notice of is made a URL.
  const isSuperseded = isPassed && takesNotice(exchange);
  const value = readable(isSuperseded ? redirectTo : absoluteRedirect(exchange, redirectTo));
  return [{ name: "Location", value, written: readable(redirectTo), statement: cause?.statement ?? null }];
}

/** What was asked for on the way stays, whatever answers in the end. */
function challengeHeaders(challenges: Exchange["challenges"]): readonly Header[] {
  return challenges.map(({ realm, statement }) => {
    const value = `Basic realm="${readable(realm)}"`;
    return { name: "WWW-Authenticate", value, written: value, statement };
  });
}

function contentType(exchange: Exchange, outcome: Outcome): Header | null {
  // A client that has the answer has its type, too (ngx_http_not_modified_header_filter).
  if (outcome.status === 304 && exchange.errorStatus === 0) return null;
  const { value, statement } =
    exchange.contentType !== null
      ? { value: exchange.contentType, statement: null }
      : outcome.kind === "static" || outcome.kind === "return"
        ? typeOf(exchange)
        : { value: null, statement: null };
  if (value === null || isEmptyValue(value) === true) return null;
  const sent = withCharset(exchange, readable(value), outcome.status);
  return { name: "Content-Type", value: sent, written: readable(value), statement };
}

/** `ngx_http_set_content_type` of the URI as it is now. */
export function typeOfUri(exchange: Exchange): Value | null {
  return typeOf(exchange).value;
}

/** `ngx_http_set_content_type`: by the extension of the URI. */
function typeOf(exchange: Exchange): { readonly value: Value | null; readonly statement: Statement | null } {
  const { uri, context } = exchange;
  if (!isKnown(uri)) return { value: outside("content_type"), statement: null };
  const { type, statement } = typeOfExtension(context, fromBytes(extensionOf(uri)));
  return { value: type === null ? outside("content_type") : toBytes(type), statement };
}

/**
 * The type that nginx sends at a context with files of an extension (empty: with files that have none), and the line that
 * says so. The type is null where it may stand in something that could not be read.
 */
export function typeOfExtension(
  context: Context,
  extension: string,
): { readonly type: string | null; readonly statement: Statement | null } {
  const wanted = extension.toLowerCase();
  const fallback = effective(context, "default_type").statements.at(-1);
  const plain = { type: fallback?.args[0] ?? "text/plain", statement: fallback ?? null };
  if (wanted === "") return plain;
  const { statements, uncertain } = effective(context, "types");
  if (statements.length === 0 && !uncertain) {
    const type = DEFAULT_TYPES.get(wanted);
    return type === undefined ? plain : { type, statement: null };
  }
  for (const { block } of statements.toReversed()) {
    const entry = block === null ? undefined : entriesOf(block).get(wanted);
    if (entry !== undefined) return { type: entry.name, statement: entry };
  }
  const isUnread = uncertain || statements.some(({ block }) => block === null || block.incomplete);
  return isUnread ? { type: null, statement: null } : plain;
}

/** The lines of a `types` block by the extensions in them; the last line for one counts. */
const entriesOf = askedOnce(
  (block: Context): ReadonlyMap<string, Statement> =>
    new Map(
      block.statements.flatMap((statement) =>
        statement.args.map((extension) => [extension.toLowerCase(), statement] as const),
      ),
    ),
);

const DEFAULT_TYPES: ReadonlyMap<string, string> = new Map([
  ["html", "text/html"],
  ["gif", "image/gif"],
  ["jpg", "image/jpeg"],
]);

const CHARSET_TYPES = [
  "text/html",
  "text/xml",
  "text/plain",
  "text/vnd.wap.wml",
  "application/javascript",
  "application/rss+xml",
];

function withCharset(exchange: Exchange, type: string, status: number | null): string {
  if (/; *charset=/i.test(type)) return type;
  if (exchange.charset !== null) return `${type}; charset=${exchange.charset}`;
  // Some old browser took the charset of a redirect for that of the next page (ngx_http_set_charset).
  if (status === 301 || status === 302) return type;
  const charset = effective(exchange.context, "charset").statements.at(-1)?.args[0];
  if (charset === undefined || charset === "off") return type;
  const written = effective(exchange.context, "charset_types").statements.flatMap(({ args }) => args);
  const types = written.length === 0 ? CHARSET_TYPES : ["text/html", ...written];
  return types.includes(type) || types.includes("*") ? `${type}; charset=${charset}` : type;
}

/** What is left of the upstream's headers after `proxy_hide_header` and its kin. */
function upstreamResponse(exchange: Exchange): readonly Header[] {
  const sent = exchange.upstreamAnswer?.headers ?? [];
  const pass = passStatement(exchange.context);
  if (pass === null) return [];
  const family = pass.name.replace("_pass", "");
  const hidden = new Set(
    family === "proxy"
      ? [...ALWAYS_HIDDEN, ...HIDDEN_OF_HTTP]
      : family === "uwsgi"
        ? ALWAYS_HIDDEN
        : [...ALWAYS_HIDDEN, "status"],
  );
  const names = (directive: string) =>
    effective(exchange.context, `${family}_${directive}`).statements.map(({ args }) =>
      (args[0] ?? "").toLowerCase(),
    );
  for (const name of names("hide_header")) hidden.add(name);
  for (const name of names("pass_header")) hidden.delete(name);
  const cookies =
    family === "proxy" ? ["proxy_cookie_path", "proxy_cookie_domain", "proxy_cookie_flags"] : [];
  const changesCookies = cookies.some((name) => effective(exchange.context, name).statements.length > 0);
  return sent
    .filter(([name]) => !hidden.has(name.toLowerCase()))
    .map(([name, value]) => {
      const kept =
        name.toLowerCase() === "location" && family === "proxy" ? rewriteLocation(exchange, value) : null;
      if (kept !== null) {
        const written = readable(kept);
        return { name, value: readable(absoluteRedirect(exchange, kept)), written, statement: null };
      }
      if (family === "proxy" && name.toLowerCase() === "refresh")
        return ownHeader(name, rewriteRefresh(exchange, value));
      if (changesCookies && name.toLowerCase() === "set-cookie") {
        return ownHeader(name, fromBytes(rewriteCookie(exchange, toBytes(value))));
      }
      return { name, value: changed(exchange, name, value), written: value, statement: null };
    });
}

/** What nginx does to a header of the upstream on its way to the client. */
function changed(exchange: Exchange, name: string, value: string): string {
  switch (name.toLowerCase()) {
    case "content-type":
      return withCharset(exchange, value, exchange.errorStatus || (exchange.upstreamAnswer?.status ?? null));
    default:
      return value;
  }
}

const ALWAYS_HIDDEN = [
  "x-accel-expires",
  "x-accel-redirect",
  "x-accel-limit-rate",
  "x-accel-buffering",
  "x-accel-charset",
];
const HIDDEN_OF_HTTP = ["date", "server", "x-pad"];

/** `proxy_redirect`: the Location of the upstream where a rule (literal or default) changes it; else null. */
function rewriteLocation(exchange: Exchange, location: string): Value | null {
  for (const { from, to } of redirectRules(exchange.context)) {
    if (from.startsWith("~")) {
      const result = replaceByPattern(exchange, from, to, toBytes(location), false);
      if (result !== null) return result;
      continue;
    }
    const prefix = readable(evaluate(exchange, from));
    if (!location.startsWith(prefix)) continue;
    return concatenate([evaluate(exchange, to), toBytes(location.slice(prefix.length))]);
  }
  return null;
}

/** The URL of a Refresh, by the same rules (`ngx_http_upstream_rewrite_refresh`). */
function rewriteRefresh(exchange: Exchange, value: string): string {
  const start = value.toLowerCase().indexOf("url=");
  if (start < 0) return value;
  const target = rewriteLocation(exchange, value.slice(start + 4));
  return target === null ? value : value.slice(0, start + 4) + readable(target);
}

/** Whether nginx takes the upstream's Location for its own (ngx_http_upstream_rewrite_location). */
function takesNotice(exchange: Exchange): boolean {
  const sent = exchange.upstreamAnswer?.headers?.find(([name]) => name.toLowerCase() === "location")?.[1];
  if (sent === undefined) return false;
  const hasRules = redirectRules(exchange.context).length > 0;
  return hasRules ? rewriteLocation(exchange, sent) !== null : !sent.startsWith("/");
}

interface RedirectRule {
  readonly from: string;
  readonly to: string;
}

/** The rules in force, merged from the outside in: the default of an outer `proxy_pass` is inherited like a rule. */
function redirectRules(context: Context): readonly RedirectRule[] {
  let rules: readonly RedirectRule[] = [];
  let isOff = false;
  for (const around of [...context.outward()].reverse()) {
    const own = around.all("proxy_redirect");
    if (own.length > 0) {
      isOff = own.some(({ args }) => args[0] === "off");
      rules = isOff ? [] : own.flatMap(({ args }) => readRedirect(args, around));
    } else if (!isOff && rules.length === 0) rules = defaultRedirect(around);
  }
  return rules;
}

function readRedirect([from = "", to = ""]: readonly string[], context: Context): readonly RedirectRule[] {
  return from === "default" ? defaultRedirect(context) : [{ from, to }];
}

function defaultRedirect(context: Context): readonly RedirectRule[] {
  const url = context.last("proxy_pass")?.args[0];
  if (url === undefined || url.includes("$")) return [];
  const hasUri = /^https?:\/\/[^/]+\//.test(url);
  return [hasUri ? { from: url, to: context.opener?.args.at(-1) ?? "/" } : { from: `${url}/`, to: "/" }];
}

/** The Location that is sent: a path becomes a URL unless `absolute_redirect off` (`ngx_http_header_filter`). */
export function absoluteRedirect(exchange: Exchange, location: Value): Value {
  const first = isKnown(location) ? location : location.parts[0];
  if (typeof first !== "string" || !first.startsWith("/") || !exchange.flag("absolute_redirect", true))
    return location;
  const host = exchange.flag("server_name_in_redirect", false)
    ? serverName(exchange)
    : exchange.host !== ""
      ? exchange.host
      : (exchange.localAddress ?? outside("server_addr"));
  const usual = exchange.scheme === "https" ? 443 : 80;
  const isPortShown = exchange.flag("port_in_redirect", true) && exchange.localPort !== usual;
  return concatenate([exchange.scheme, "://", host, isPortShown ? `:${exchange.localPort}` : "", location]);
}

/** `expires` replaces Expires and Cache-Control of the upstream, and comes before any `add_header`. */
function applyExpires(exchange: Exchange, headers: Header[]): void {
  const statement = effective(exchange.context, "expires").statements.at(-1);
  if (statement === undefined) return;
  const isModified = statement.args[0] === "modified";
  const written = statement.args[isModified ? 1 : 0] ?? "";
  const value = evaluate(exchange, written);
  if (!isKnown(value)) {
    push(headers, statement, readable(value), readable(value));
    return;
  }
  const caching = readExpires(value);
  if (caching === null) return;
  push(headers, statement, caching.expires, isModified ? "max-age=$max_age" : caching.cacheControl);
}

function push(headers: Header[], statement: Statement, expires: string, cacheControl: string): void {
  remove(headers, "expires");
  remove(headers, "cache-control");
  headers.push({ name: "Expires", value: expires, written: expires, statement });
  headers.push({ name: "Cache-Control", value: cacheControl, written: cacheControl, statement });
}

/** What `expires` sends for a value; null for `off` and for what nginx cannot read. */
export function readExpires(
  text: string,
): { readonly expires: string; readonly cacheControl: string } | null {
  if (text === "off") return null;
  if (text === "epoch") return { expires: "Thu, 01 Jan 1970 00:00:01 GMT", cacheControl: "no-cache" };
  if (text === "max") return { expires: "Thu, 31 Dec 2037 23:55:55 GMT", cacheControl: "max-age=315360000" };
  if (text.startsWith("@")) return { expires: text, cacheControl: "max-age=$max_age" };
  const match = /^([+-]?)(.+)$/.exec(text);
  const seconds = readSeconds(match?.[2] ?? "");
  if (seconds === null) return null;
  if (seconds === 0) return { expires: text, cacheControl: "max-age=0" };
  return { expires: text, cacheControl: match?.[1] === "-" ? "no-cache" : `max-age=${seconds}` };
}

/** `ngx_parse_time` in seconds: `1h30m`, `30`, `1y`; null where it is no time. */
function readSeconds(text: string): number | null {
  const match =
    /^ *(?:(\d+)y *)?(?:(\d+)M *)?(?:(\d+)w *)?(?:(\d+)d *)?(?:(\d+)h *)?(?:(\d+)m *)?(?:(\d+)s?)?$/.exec(
      text,
    );
  if (match === null || text === "") return null;
  const units = [31536000, 2592000, 604800, 86400, 3600, 60, 1];
  return units.reduce((sum, unit, index) => sum + unit * Number(match[index + 1] ?? 0), 0);
}

function remove(headers: Header[], key: string): void {
  for (let at = headers.length - 1; at >= 0; at--) {
    if (headers[at]?.name.toLowerCase() === key) headers.splice(at, 1);
  }
}
