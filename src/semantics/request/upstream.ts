/** What is passed on to an upstream: the URI and the headers (`ngx_http_proxy_create_request` and its kin). */
import { append } from "../../lists/index.ts";

import { contentStatement } from "../content.ts";
import { effective } from "../effective.ts";
import { readLocation } from "../location.ts";
import { fromBytes, toBytes } from "../regex/index.ts";
import type { Statement } from "../tree.ts";
import { isSince } from "../version.ts";
import { rewriteCookie, stickyCookie } from "./cookies.ts";
import { errorPageFor } from "./error-page.ts";
import type { Exchange, Signal } from "./exchange.ts";
import { internalRedirect, namedLocation } from "./internal-redirect.ts";
import type { Header, Outcome, OutcomeKind, UpstreamAnswer } from "./outcome.ts";
import { typeOfUri } from "./response.ts";
import { targetOf, type UpstreamTarget } from "./upstream-target.ts";
import { escapeUri, readUnsafeUri } from "./uri.ts";
import { concatenate, isEmptyValue, isKnown, mapKnown, type Value } from "./value.ts";
import { evaluate, readable } from "./variables.ts";

/** Answers with the content handler of the location. */
export function passOn(exchange: Exchange): Signal {
  const statement = exchange.handler === null ? null : contentStatement(exchange.handler);
  const name = statement?.name ?? null;
  switch (name) {
    case "proxy_pass":
    case "fastcgi_pass":
    case "uwsgi_pass":
    case "scgi_pass":
    case "grpc_pass":
      return passToUpstream(exchange);
    case "memcached_pass":
      if (exchange.method !== "GET" && exchange.method !== "HEAD") {
        exchange.cause = { kind: "error", statement, text: "`memcached_pass` takes GET and HEAD" };
        return { finalize: 405 };
      }
      exchange.contentType = typeOfUri(exchange);
      return passToUpstream(exchange);
    case "tunnel_pass": {
      if (exchange.method !== "CONNECT") {
        exchange.cause = { kind: "error", statement, text: "`tunnel_pass` takes CONNECT" };
        return { finalize: 405 };
      }
      const target = readable(evaluate(exchange, statement?.args[0] ?? "$host:$request_port"));
      exchange.note("content", `\`tunnel_pass\` opens a tunnel to ${target}`, statement);
      return { outcome: { kind: "proxy", status: null, target, by: statement } };
    }
    case "stub_status":
    case "empty_gif":
      if (exchange.method !== "GET" && exchange.method !== "HEAD") {
        exchange.cause = { kind: "error", statement, text: `\`${name}\` takes GET and HEAD` };
        return { finalize: 405 };
      }
      exchange.contentType = name === "empty_gif" ? "image/gif" : "text/plain";
      exchange.note("content", `\`${name}\` answers`, statement);
      return { outcome: { kind: "return", status: 200, target: null, by: statement } };
    default:
      return {
        outcome: {
          kind: "unknown",
          status: null,
          target: null,
          by: statement,
          reason: `\`${name}\` answers in its own way`,
        },
      };
  }
}

const KINDS: Readonly<Record<string, OutcomeKind>> = {
  proxy_pass: "proxy",
  fastcgi_pass: "fastcgi",
  uwsgi_pass: "uwsgi",
  scgi_pass: "scgi",
  grpc_pass: "grpc",
  memcached_pass: "memcached",
};

function passToUpstream(exchange: Exchange): Signal {
  const target = targetOf(exchange);
  if (target === null) {
    return { outcome: { kind: "unknown", status: null, target: null, by: null, reason: "no upstream" } };
  }
  const { statement } = target;
  if (target.handler === "proxy_pass" && target.scheme !== "http://" && target.scheme !== "https://") {
    if (target.authority.includes("$") || target.scheme === "") {
      const reason = `the upstream is \`${statement.args[0] ?? ""}\``;
      return { outcome: { kind: "unknown", status: null, target: null, by: statement, reason } };
    }
  }
  exchange.isProxied = target.handler === "proxy_pass";
  exchange.wasPassed = true;
  // Set when the peer is chosen, the cookie stays whatever comes of it.
  append(exchange.carried, stickyCookie(exchange, target.authority));
  const uri = upstreamUri(exchange, target);
  if (uri === "") {
    exchange.cause = { kind: "error", statement, text: "a URI of no length for the upstream" };
    return { finalize: 500 };
  }
  const url = `${target.scheme}${target.authority}${target.handler === "proxy_pass" || target.handler === "grpc_pass" ? readable(uri) : ""}`;
  exchange.note("content", `\`${statement.name}\` asks ${url}`, statement);
  return afterUpstream(exchange, target, url, readable(uri));
}

/** What the answer of the upstream leads to. */
function afterUpstream(exchange: Exchange, target: UpstreamTarget, url: string, uri: string): Signal {
  const upstream = exchange.options.upstream?.(url, upstreamHeaders(exchange)) ?? null;
  exchange.upstreamAnswer = upstream;
  const { statement } = target;
  const family = target.handler.replace("_pass", "");
  const outcome: Outcome = {
    kind: KINDS[target.handler] ?? "unknown",
    status: exchange.errorStatus === 0 ? (upstream?.status ?? null) : exchange.errorStatus,
    target: url,
    by: statement,
    method: upstreamMethod(exchange, family),
    uri,
  };
  if (upstream === null) return { outcome };
  if (upstream.unreachable === true) {
    exchange.upstreamAnswer = null;
    exchange.note("content", `nothing answers at ${url}: ${upstream.status}`, statement);
    exchange.cause = { kind: "error", statement, text: "the upstream does not answer" };
    return { finalize: upstream.status };
  }
  if (family === "memcached" && upstream.status === 404) {
    exchange.cause = { kind: "error", statement, text: "memcached does not have it" };
    return { finalize: 404 };
  }
  if (upstream.status >= 300 && exchange.flag(`${family}_intercept_errors`, false)) {
    const page = errorPageFor(exchange, upstream.status);
    if (page !== null) {
      exchange.note(
        "content",
        `\`${family}_intercept_errors\` takes the ${upstream.status} of the upstream`,
        page.statement,
      );
      exchange.cause = { kind: "error", statement, text: `the upstream answers ${upstream.status}` };
      return { finalize: upstream.status };
    }
  }
  const accelerated = upstream.headers?.find(([name]) => name.toLowerCase() === "x-accel-redirect")?.[1];
  const ignored = effective(exchange.context, `${family}_ignore_headers`).statements.flatMap(
    ({ args }) => args,
  );
  if (accelerated !== undefined && !ignored.includes("X-Accel-Redirect")) {
    exchange.note("content", `the upstream answers X-Accel-Redirect: ${accelerated}`, statement);
    carryHeaders(exchange, upstream);
    const bytes = toBytes(accelerated);
    if (bytes.startsWith("@")) return namedLocation(exchange, bytes, statement);
    const safe = readUnsafeUri(bytes);
    if (safe === null) {
      exchange.cause = { kind: "error", statement, text: "X-Accel-Redirect leads out of the tree" };
      return { finalize: 404 };
    }
    if (exchange.method !== "HEAD") exchange.method = "GET";
    return internalRedirect(exchange, safe.path, safe.args, statement);
  }
  return { outcome };
}

/** Headers of the upstream that stay with the answer it leads to (`redirect` in `ngx_http_upstream_headers_in`). */
const CARRIED = ["set-cookie", "content-disposition", "cache-control", "expires"];

function carryHeaders(exchange: Exchange, { headers = [] }: UpstreamAnswer): void {
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    if (key === "content-type") {
      exchange.contentType = toBytes(value);
      exchange.charset = /; *charset=(.*)/i.exec(value)?.[1] ?? exchange.charset;
    } else if (CARRIED.includes(key)) {
      const isOurs = key === "set-cookie" && exchange.isProxied;
      const sent = isOurs ? fromBytes(rewriteCookie(exchange, toBytes(value))) : value;
      exchange.carried.push({ name, value: sent, written: sent, statement: null });
    }
  }
}

/** The answer may be kept: `proxy_cache` and its kin, for methods that are cached. */
function isCached(exchange: Exchange, family: string): boolean {
  const zone = effective(exchange.context, `${family}_cache`).statements.at(-1)?.args[0];
  if (zone === undefined || zone === "off") return false;
  const more = effective(exchange.context, `${family}_cache_methods`).statements.flatMap(({ args }) => args);
  return ["GET", "HEAD", ...more.map((method) => method.toUpperCase())].includes(exchange.method);
}

function upstreamMethod(exchange: Exchange, family: string): string {
  const isAsked = effective(exchange.context, `${family}_method`).statements.length > 0;
  if (
    !isAsked &&
    exchange.method === "HEAD" &&
    isCached(exchange, family) &&
    exchange.flag(`${family}_cache_convert_head`, true)
  )
    return "GET";
  const statement = effective(exchange.context, `${family}_method`).statements.at(-1);
  if (statement === undefined) return exchange.method;
  return readable(evaluate(exchange, statement.args[0] ?? ""));
}

/** The request target that the upstream gets; empty where nginx answers 500. */
function upstreamUri(exchange: Exchange, target: UpstreamTarget): Value {
  const { uri, args } = exchange;
  if (target.handler === "grpc_pass") {
    return exchange.validUnparsedUri ? exchange.unparsedUri : withArgs(escaped(exchange, uri), args);
  }
  if (target.handler !== "proxy_pass") return uri;
  if (target.dynamic && target.uri !== "") return target.uri;
  if (target.uri === "" && exchange.validUnparsedUri) return exchange.unparsedUri;
  if (target.uri === "" || !exchange.validLocation) return withArgs(escaped(exchange, uri), args);
  const { modifier, pattern } = readLocation(target.replaces?.opener?.args ?? []);
  const replaced = modifier === "~" || modifier === "~*" || modifier === "@" ? 0 : toBytes(pattern).length;
  const rest = isKnown(uri) ? uri.slice(replaced) : uri;
  return withArgs(concatenate([toBytes(target.uri), escaped(exchange, rest)]), args);
}

/** A URI that was escaped when it came, or that nginx made, is escaped again. */
function escaped(exchange: Exchange, uri: Value): Value {
  if (!exchange.quoted && !exchange.internal) return uri;
  return mapKnown(uri, (bytes) => escapeUri(bytes, "uri"));
}

function withArgs(uri: Value, args: Value): Value {
  return isEmptyValue(args) === true ? uri : concatenate([uri, "?", args]);
}

interface HeaderFamily {
  /** The directive that sets one. */
  readonly directive: string;
  readonly passes: string;
  /** Sent unless a directive names them. */
  readonly defaults: readonly (readonly [name: string, value: string])[];
}

/** The headers that the upstream gets: those that are set, nginx's own, then the client's. */
export function upstreamHeaders(exchange: Exchange): readonly Header[] {
  const target = targetOf(exchange);
  if (target === null) return [];
  switch (target.handler) {
    case "proxy_pass":
      return proxyHeaders(exchange, target);
    case "grpc_pass":
      return grpcHeaders(exchange, target);
    case "fastcgi_pass":
    case "uwsgi_pass":
    case "scgi_pass":
      return parameters(exchange, target.handler.replace("_pass", ""));
    case "memcached_pass":
      return [asSent("key", toBytes(readable(evaluate(exchange, "$memcached_key"))))];
    default:
      return [];
  }
}

/** Since 1.31.4 a Host is sent whatever the configuration says: that of the upstream where it says nothing. */
function proxyHeaders(exchange: Exchange, target: UpstreamTarget): readonly Header[] {
  const sent = httpHeaders(exchange, proxyFamily(exchange));
  const isHttp2 = effective(exchange.context, "proxy_http_version").statements.at(-1)?.args[0] === "2";
  if (!isHttp2 && isSince(exchange.options.version ?? null, "1.31.4") !== true) return sent;
  const hosts = sent.filter(({ name, statement }) => name.toLowerCase() === "host" && statement !== null);
  const others = sent.filter(({ name }) => name.toLowerCase() !== "host");
  const [host = { ...asSent("Host", ""), value: readable(target.hostHeader), written: "$proxy_host" }] =
    hosts;
  return [{ ...host, name: isHttp2 ? ":authority" : "Host" }, ...others];
}

function proxyFamily(exchange: Exchange): HeaderFamily {
  const { version = null } = exchange.options;
  const isModern = isSince(version, "1.29.7") === true;
  return {
    directive: "proxy_set_header",
    passes: "proxy_pass_request_headers",
    defaults: [
      ["Host", "$proxy_host"],
      // Since 1.29.7 connections to upstreams are kept.
      ["Connection", isModern ? "" : "close"],
      ...(isSince(version, "1.31.0") === true ? ([["Proxy-Connection", ""]] as const) : []),
      ["Content-Length", "$proxy_internal_body_length"],
      ["Transfer-Encoding", ""],
      ["TE", ""],
      ["Keep-Alive", ""],
      ["Expect", ""],
      ["Upgrade", ""],
      ...(isCached(exchange, "proxy") ? CONDITIONS_OF_CACHES : []),
    ],
  };
}

/** What nginx asks a cached answer's upstream itself, and does not pass on (`ngx_http_proxy_cache_headers`). */
const CONDITIONS_OF_CACHES: HeaderFamily["defaults"] = [
  "If-Modified-Since",
  "If-Unmodified-Since",
  "If-None-Match",
  "If-Match",
  "Range",
  "If-Range",
].map((name) => [name, ""] as const);

const GRPC: HeaderFamily = {
  directive: "grpc_set_header",
  passes: "grpc_pass_request_headers",
  defaults: [
    ["Content-Length", "$content_length"],
    ["TE", "$grpc_internal_trailers"],
    ["Host", ""],
    ["Connection", ""],
    ["Transfer-Encoding", ""],
    ["Keep-Alive", ""],
    ["Expect", ""],
    ["Upgrade", ""],
  ],
};

/** `:authority` comes first. A Host that is set took its place until 1.31.4, and stands in it since. */
function grpcHeaders(exchange: Exchange, target: UpstreamTarget): readonly Header[] {
  const { version = null } = exchange.options;
  const isNew = isSince(version, "1.31.4") === true;
  const family =
    isSince(version, "1.31.0") === true
      ? { ...GRPC, defaults: [...GRPC.defaults, ["Proxy-Connection", ""] as const] }
      : GRPC;
  const host = effective(exchange.context, "grpc_set_header").statements.findLast(
    ({ args }) => args[0]?.toLowerCase() === "host",
  );
  const sent = httpHeaders(exchange, family);
  if (host === undefined) return [authority(target.hostHeader, null), ...sent];
  if (!isNew) return sent;
  const value = evaluate(exchange, host.args[1] ?? "");
  const rest = sent.filter(({ name }) => name.toLowerCase() !== "host");
  return [
    isEmptyValue(value) === true ? authority(target.hostHeader, null) : authority(value, host),
    ...rest,
  ];
}

function authority(value: Value, statement: Statement | null): Header {
  const shown = readable(value);
  return { name: ":authority", value: shown, written: statement?.args[1] ?? shown, statement };
}

function httpHeaders(exchange: Exchange, family: HeaderFamily): readonly Header[] {
  const { statements } = effective(exchange.context, family.directive);
  const set: { name: string; written: string; statement: Statement | null }[] = statements.map(
    (statement) => ({
      name: statement.args[0] ?? "",
      written: statement.args[1] ?? "",
      statement,
    }),
  );
  const names = new Set(set.map(({ name }) => name.toLowerCase()));
  for (const [name, written] of family.defaults) {
    if (names.has(name.toLowerCase())) continue;
    names.add(name.toLowerCase());
    set.push({ name, written, statement: null });
  }
  const headers: Header[] = [];
  for (const { name, written, statement } of set) {
    const value = evaluate(exchange, written);
    if (isEmptyValue(value) !== true) headers.push({ name, value: readable(value), written, statement });
  }
  if (exchange.flag(family.passes, true)) {
    for (const { key, name, value } of exchange.headers) {
      if (!names.has(key)) headers.push(asSent(name, value));
    }
  }
  return headers;
}

function asSent(name: string, bytes: string): Header {
  const value = fromBytes(bytes);
  return { name, value, written: value, statement: null };
}

/** `fastcgi_param` and its kin, then the client's headers as `HTTP_…`. */
function parameters(exchange: Exchange, family: string): readonly Header[] {
  const headers: Header[] = [];
  const names = new Set<string>();
  const { version = null } = exchange.options;
  // SCGI begins with the length of the body.
  if (family === "scgi") headers.push(asSent("CONTENT_LENGTH", exchange.header("content-length") ?? "0"));
  for (const statement of effective(exchange.context, `${family}_param`).statements) {
    const [name = "", written = "", flag] = statement.args;
    names.add(name);
    // Written like that, it only keeps the client's header back (ngx_http_fastcgi_init_params).
    if (name.startsWith("HTTP_") && written === "") continue;
    const value = evaluate(exchange, written);
    if (flag === "if_not_empty" && isEmptyValue(value) === true) continue;
    headers.push({ name, value: readable(value), written, statement });
  }
  if (isSince(version, "1.29.5") === true && !names.has("HTTP_HOST")) {
    names.add("HTTP_HOST");
    const written = "$host$is_request_port$request_port";
    headers.push({
      name: "HTTP_HOST",
      value: readable(evaluate(exchange, written)),
      written,
      statement: null,
    });
  }
  if (isCached(exchange, family)) {
    for (const [name] of CONDITIONS_OF_CACHES) names.add(`HTTP_${name.toUpperCase().replaceAll("-", "_")}`);
  }
  if (!exchange.flag(`${family}_pass_request_headers`, true)) return headers;
  const sent = isSince(version, "1.23.0") === true ? joinedHeaders(exchange) : exchange.headers;
  for (const { key, value } of sent) {
    const name = `HTTP_${key.toUpperCase().replaceAll("-", "_")}`;
    if (!names.has(name)) headers.push(asSent(name, value));
  }
  return headers;
}

/** Headers of one name become one (`ngx_http_link_multi_headers`). */
function joinedHeaders({ headers }: Exchange): readonly { readonly key: string; readonly value: string }[] {
  const joined = new Map<string, string>();
  for (const { key, value } of headers) {
    const before = joined.get(key);
    joined.set(key, before === undefined ? value : `${before}${key === "cookie" ? "; " : ", "}${value}`);
  }
  return Array.from(joined, ([key, value]) => ({ key, value }));
}
