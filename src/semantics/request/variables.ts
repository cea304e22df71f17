/** The values of variables for a request, as far as it and the configuration tell them. */
import { spend } from "../budget.ts";
import { effective } from "../effective.ts";
import { compilePcre, fromBytes, toBytes } from "../regex/index.ts";
import type { Statement } from "../tree.ts";
import { type Definition, findLiteral, findNetwork, findShare, type GeoDefinition } from "./definitions.ts";
import type { Exchange } from "./exchange.ts";
import { addressFrom, isInAny, readIpAddress } from "./ip-address.ts";
import { documentRoot, mapToPath } from "./paths.ts";
import { readScript, type ScriptPart } from "./script.ts";
import { targetOf } from "./upstream-target.ts";
import { escapeUri } from "./uri.ts";
import { concatenate, isEmptyValue, isKnown, outside, showOutside, type Value } from "./value.ts";

/** Evaluates an argument with its variables and captures. */
export function evaluate(exchange: Exchange, argument: string, { escapeCaptures = false } = {}): Value {
  return evaluateParts(exchange, readScript(argument), escapeCaptures);
}

export function evaluateParts(
  exchange: Exchange,
  parts: readonly ScriptPart[],
  escapeCaptures: boolean,
): Value {
  const [only] = parts;
  if (parts.length === 1 && only?.kind === "text") return only.text;
  return concatenate(parts.map((part) => partValue(exchange, part, escapeCaptures)));
}

function partValue(exchange: Exchange, part: ScriptPart, escapeCaptures: boolean): Value {
  switch (part.kind) {
    case "text":
      return part.text;
    case "variable":
      return variable(exchange, part.name);
    case "filled":
      return { parts: [{ variable: part.text, isFilled: true }] };
    case "capture": {
      const value = exchange.captures[part.index] ?? "";
      // Only where the request itself was escaped (ngx_http_script_copy_capture_code).
      return escapeCaptures && (exchange.quoted || exchange.plus) ? escapeUri(value, "args") : value;
    }
  }
}

/**
 * Names of the variables that are being evaluated. A `map` of itself, or a `root` of `$document_root`, ends here; nginx
 * refuses the one at its start and the other at the request.
 */
const evaluating = new Set<string>();
/** `ngx_http_variable_depth`: deeper, nginx logs "cycle while evaluating variable" and has no value. */
const DEEPEST = 100;

/** The value of a variable; from outside where nothing here tells it. */
export function variable(exchange: Exchange, name: string): Value {
  const own = exchange.variables.get(name);
  if (own !== undefined) return own;
  if (evaluating.has(name) || evaluating.size >= DEEPEST) return outside(name);
  spend(4);
  evaluating.add(name);
  try {
    return lookUp(exchange, name);
  } finally {
    evaluating.delete(name);
  }
}

function lookUp(exchange: Exchange, name: string): Value {
  const definition = exchange.definitions.byName.get(name);
  if (definition !== undefined) {
    const value = defined(exchange, name, definition);
    // nginx keeps the first value for the rest of the request.
    if (definition.kind !== "map" || !definition.volatile) exchange.variables.set(name, value);
    return value;
  }
  const value = builtIn(exchange, name);
  if (value !== null) return value;
  return exchange.definitions.isFilledSomewhere(name) ? "" : outside(name);
}

function defined(exchange: Exchange, name: string, definition: Definition): Value {
  switch (definition.kind) {
    case "map": {
      const source = evaluate(exchange, definition.source);
      if (!isKnown(source)) return outside(name);
      const key = definition.hostnames && source.endsWith(".") ? source.slice(0, -1) : source;
      const literal = findLiteral(definition, key);
      if (literal !== null) return evaluate(exchange, literal);
      for (const { pattern, value } of key === "" ? [] : definition.patterns) {
        const compiled = pattern();
        if (compiled.kind === "undecidable") return outside(name);
        const match = compiled.exec(key);
        if (match === null) continue;
        exchange.capture(match);
        return evaluate(exchange, value);
      }
      return evaluate(exchange, definition.fallback);
    }
    case "geo": {
      const text = definition.source === null ? exchange.address : evaluate(exchange, definition.source);
      if (!isKnown(text)) return outside(name);
      const address = readIpAddress(forwardedAddress(exchange, definition, text));
      return toBytes(findNetwork(definition, address));
    }
    case "split_clients": {
      const source = evaluate(exchange, definition.source);
      return isKnown(source) ? toBytes(findShare(definition, source)) : outside(name);
    }
    case "unread":
      return outside(name);
  }
}

/** The address that `geo` looks up: behind its own proxies, one of X-Forwarded-For (`ngx_http_geo_addr`). */
function forwardedAddress(
  exchange: Exchange,
  { proxies, recursive }: GeoDefinition,
  address: string,
): string {
  if (proxies.length === 0) return address;
  const sent = exchange.headers.filter(({ key }) => key === "x-forwarded-for").map(({ value }) => value);
  return addressFrom(sent.join(", "), address, (text) => isInAny(text, proxies), recursive) ?? address;
}

/** nginx's own variables; null for one that it does not have. */
function builtIn(exchange: Exchange, name: string): Value | null {
  const { request } = exchange;
  switch (name) {
    case "uri":
    case "document_uri":
      return exchange.uri;
    case "request_uri":
      return exchange.unparsedUri;
    case "args":
    case "query_string":
      return exchange.args;
    case "is_args": {
      const empty = isEmptyValue(exchange.args);
      return empty === null ? outside(name) : empty ? "" : "?";
    }
    case "host":
      return exchange.host === "" ? serverName(exchange) : exchange.host;
    case "http_host":
      return exchange.header("host") ?? "";
    case "server_name":
      return serverName(exchange);
    case "scheme":
      return exchange.scheme;
    case "https":
      return exchange.scheme === "https" ? "on" : "";
    case "remote_addr":
    case "realip_remote_addr":
      return name === "remote_addr" ? exchange.address : (request.address ?? exchange.address);
    case "server_addr":
      return exchange.localAddress ?? outside(name);
    case "server_port":
      return String(exchange.localPort);
    case "server_protocol":
      return "HTTP/1.1";
    case "request_method":
      return exchange.method;
    case "request":
      return `${request.method ?? "GET"} ${exchange.unparsedUri} HTTP/1.1`;
    case "content_type":
      return exchange.header("content-type") ?? "";
    case "content_length":
      return exchange.header("content-length") ?? "";
    case "remote_user":
      return remoteUser(exchange);
    case "document_root":
      return documentRoot(exchange) ?? "";
    case "request_filename":
      return mapToPath(exchange) ?? "";
    case "fastcgi_script_name":
      return fastcgiPart(exchange, "script");
    case "fastcgi_path_info":
      return fastcgiPart(exchange, "info");
    case "ssl_server_name":
      return exchange.scheme === "https" ? toBytes(request.sni ?? exchange.host) : "";
    case "ssl_client_verify":
      return exchange.scheme === "http" ? "" : hasCertificate(exchange) ? "SUCCESS" : "NONE";
    case "proxy_add_x_forwarded_for": {
      const sent = exchange.headers.filter(({ key }) => key === "x-forwarded-for").map(({ value }) => value);
      return [...sent, exchange.address].join(", ");
    }
    case "proxy_host":
    case "proxy_port": {
      const target = exchange.isProxied ? targetOf(exchange) : null;
      if (target === null) return "";
      return name === "proxy_host" ? target.hostHeader : target.port;
    }
    case "status":
      return statusText(exchange);
    case "limit_rate":
      return "0";
    case "pipe":
      return ".";
    case "http2":
    case "http3":
    case "proxy_protocol_addr":
    case "proxy_internal_chunked":
      return "";
    case "proxy_internal_body_length":
      return exchange.isProxied ? bodyLength(exchange) : "";
    case "grpc_internal_trailers":
      return /trailers/i.test(exchange.header("te") ?? "") ? "trailers" : "";
    case "request_port":
      return hostPort(exchange);
    case "is_request_port":
      return hostPort(exchange) === "" ? "" : ":";
    default:
      return prefixed(exchange, name);
  }
}

/** `ngx_http_variable_status`: that of the error whose page is made, else of the answer as far as there is one. */
function statusText({ errorStatus, response }: Exchange): string | null {
  if (errorStatus !== 0) return String(errorStatus);
  if (response === null) return "000";
  return response.status === null ? null : String(response.status);
}

/** What nginx sends as Content-Length: that of the body it makes, or of the client's. */
function bodyLength(exchange: Exchange): Value {
  const body = effective(exchange.context, "proxy_set_body").statements.at(-1)?.args[0];
  if (body !== undefined) {
    const value = evaluate(exchange, body);
    return isKnown(value) ? String(value.length) : outside("proxy_internal_body_length");
  }
  return exchange.header("content-length") ?? "";
}

/** The port of the Host header, where it has one. */
function hostPort({ request }: Exchange): string {
  return /:0*([1-9]\d*)$/.exec(request.host ?? "")?.[1] ?? "";
}

function prefixed(exchange: Exchange, name: string): Value | null {
  if (name.startsWith("http_")) {
    const key = name.slice("http_".length);
    const values = exchange.headers.filter((header) => header.key.replaceAll("-", "_") === key);
    const joint = key === "cookie" ? "; " : ", ";
    return values.map(({ value }) => value).join(joint);
  }
  if (name.startsWith("arg_")) {
    return isKnown(exchange.args) ? argument(exchange.args, name.slice("arg_".length)) : outside(name);
  }
  if (name.startsWith("sent_http_")) return sentHeader(exchange, name.slice("sent_http_".length));
  if (name.startsWith("cookie_")) return cookie(exchange, name.slice("cookie_".length));
  if (name.startsWith("upstream_")) return ofUpstream(exchange, name.slice("upstream_".length));
  // Plain HTTP has no certificate, no cipher, no session.
  if (name.startsWith("ssl_") && exchange.scheme === "http") return "";
  if (name.startsWith("ssl_client_") && !hasCertificate(exchange)) return "";
  return null;
}

/** Whoever asks says that the client's certificate is trusted. */
function hasCertificate(exchange: Exchange): boolean {
  return exchange.options.answers?.get("certificate") === "yes";
}

/** `$upstream_…`: empty where no upstream is asked; of an answer that is known its status, headers and cookies. */
function ofUpstream(exchange: Exchange, name: string): Value | null {
  if (!exchange.wasPassed) return "";
  const { upstreamAnswer } = exchange;
  if (upstreamAnswer === null) return null;
  const headers = upstreamAnswer.headers ?? [];
  if (name === "status") return String(upstreamAnswer.status);
  if (name.startsWith("http_")) {
    const key = name.slice("http_".length);
    const values = headers.filter(([each]) => each.toLowerCase().replaceAll("-", "_") === key);
    return toBytes(values.map(([, value]) => value).join(", "));
  }
  if (!name.startsWith("cookie_")) return null;
  const start = `${name.slice("cookie_".length)}=`;
  const cookie = headers.find(
    ([each, value]) => each.toLowerCase() === "set-cookie" && value.toLowerCase().startsWith(start),
  );
  return toBytes(cookie?.[1].slice(start.length).split(";")[0] ?? "");
}

/** Headers that the model names whenever they are sent. */
const KNOWN_RESPONSE_HEADERS = ["content_type", "location", "cache_control", "expires"];

function sentHeader(exchange: Exchange, key: string): Value | null {
  const { response } = exchange;
  const sent = response?.headers.filter(({ name }) => name.toLowerCase().replaceAll("-", "_") === key) ?? [];
  const isTold = response === null || (!response.isOpen && KNOWN_RESPONSE_HEADERS.includes(key));
  if (sent.length === 0 && !isTold) return null;
  // The charset is added, and a path made a URL, after `add_header` has looked.
  const isEarly = key === "content_type" || key === "location";
  const text = sent.map(({ value, written }) => (isEarly ? written : value)).join(", ");
  if (text.includes("$")) return null;
  // nginx keeps what it saw first.
  exchange.variables.set(`sent_http_${key}`, toBytes(text));
  return toBytes(text);
}

/** `ngx_http_arg`: as it stands in the query, not decoded; the name in any case. */
function argument(args: string, name: string): string {
  for (const part of args.split("&")) {
    const equals = part.indexOf("=");
    if (equals >= 0 && part.slice(0, equals).toLowerCase() === name) return part.slice(equals + 1);
  }
  return "";
}

function cookie(exchange: Exchange, name: string): string {
  for (const { key, value } of exchange.headers) {
    if (key !== "cookie") continue;
    for (const pair of value.split(";")) {
      const equals = pair.indexOf("=");
      if (equals >= 0 && pair.slice(0, equals).trim().toLowerCase() === name)
        return pair.slice(equals + 1).trimStart();
    }
  }
  return "";
}

function remoteUser(exchange: Exchange): string {
  const match = /^Basic +([A-Za-z0-9+/]+=*) *$/i.exec(exchange.header("authorization") ?? "");
  if (match?.[1] === undefined) return "";
  try {
    const [user] = atob(match[1]).split(":", 1);
    return user ?? "";
  } catch {
    return "";
  }
}

/** `$fastcgi_script_name` and `$fastcgi_path_info`: the URI, or its parts under `fastcgi_split_path_info`. */
function fastcgiPart(exchange: Exchange, part: "script" | "info"): Value {
  const { uri, context } = exchange;
  if (!isKnown(uri)) return part === "script" ? uri : outside("fastcgi_path_info");
  const pattern = effective(context, "fastcgi_split_path_info").statements.at(-1)?.args[0];
  let script = uri;
  let info = "";
  if (pattern !== undefined) {
    const compiled = compilePcre(pattern, { caseless: false });
    if (compiled.kind === "undecidable")
      return outside(`fastcgi_${part === "script" ? "script_name" : "path_info"}`);
    const match = compiled.exec(uri);
    if (match !== null) [, script = "", info = ""] = match.captures;
  }
  if (part === "info") return info;
  const index = effective(context, "fastcgi_index").statements.at(-1)?.args[0] ?? "";
  return script.endsWith("/") ? script + toBytes(index) : script;
}

/** The first name of the server, as redirects and `$server_name` have it. */
export function serverName(exchange: Exchange): Value {
  const statement: Statement | undefined = exchange.server.context.all("server_name")[0];
  const name = statement?.args[0] ?? "";
  if (name === "$hostname") return outside("hostname");
  if (name.startsWith("~")) return toBytes(name);
  return toBytes((name.startsWith(".") ? name.slice(1) : name).toLowerCase());
}

/** For the trace: a value as a person reads it. */
export function readable(value: Value): string {
  if (isKnown(value)) return fromBytes(value);
  return value.parts.map((part) => (typeof part === "string" ? fromBytes(part) : showOutside(part))).join("");
}
