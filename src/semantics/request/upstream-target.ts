/** Where a request is passed to: the URL of `proxy_pass` and its kin, taken apart. */

import { passStatement } from "../content.ts";
import { fromBytes } from "../regex/index.ts";
import type { Context, Statement } from "../tree.ts";
import type { Exchange } from "./exchange.ts";
import { hasVariables } from "./script.ts";
import { isKnown, outside, showOutside, type Value } from "./value.ts";

export interface UpstreamTarget {
  readonly handler: string;
  readonly statement: Statement;
  /** `http://`, `https://`, `grpc://`…; empty for `fastcgi_pass` and its kin. */
  readonly scheme: string;
  /** Host and port as they stand in the directive. */
  readonly authority: string;
  /** What `Host: $proxy_host` sends. */
  readonly hostHeader: Value;
  readonly port: string;
  /** What follows the host; empty without one. */
  readonly uri: string;
  /** The directive holds a variable: its URI replaces the request's as a whole. */
  readonly dynamic: boolean;
  /** The location whose name the URI stands in for; null where there is nothing to replace. */
  readonly replaces: Context | null;
}

/** Where the request goes; null without a `*_pass`, or where its value is not known. */
export function targetOf(exchange: Exchange): UpstreamTarget | null {
  const pass = passStatement(exchange.context);
  if (pass === null) return null;
  const { name, statement, within } = pass;
  const written = statement.args[0] ?? "";
  const dynamic = hasVariables(written);
  const url = exchange.evaluate(written);
  if (!isKnown(url)) return symbolicTarget(exchange, pass.statement, name, url);
  const match = /^([a-z]+:\/\/)?(.*)$/is.exec(url);
  const scheme = match?.[1]?.toLowerCase() ?? "";
  const rest = match?.[2] ?? "";
  const { authority, uri } = splitAuthority(rest, name === "proxy_pass");
  const defaultPort = scheme === "https://" || scheme === "grpcs://" ? "443" : "80";
  return {
    handler: name,
    statement,
    scheme,
    authority: fromBytes(authority),
    ...hostHeaderOf(authority, defaultPort),
    uri: dynamic && uri.startsWith("?") ? `/${uri}` : uri,
    dynamic,
    replaces: within.kind === "location" ? within : null,
  };
}

function symbolicTarget(
  exchange: Exchange,
  statement: Statement,
  handler: string,
  url: Value,
): UpstreamTarget {
  void exchange;
  const text = isKnown(url)
    ? url
    : url.parts.map((part) => (typeof part === "string" ? part : showOutside(part))).join("");
  const match = /^([a-z]+:\/\/)?([^/?]*)(.*)/is.exec(text);
  return {
    handler,
    statement,
    scheme: match?.[1]?.toLowerCase() ?? "",
    authority: match?.[2] ?? "",
    hostHeader: outside("proxy_host"),
    port: "",
    uri: match?.[3] ?? "",
    dynamic: true,
    replaces: null,
  };
}

/** `unix:/path:/uri`, `[::1]:80/uri`, `host:80/uri`, `host?x`. */
function splitAuthority(rest: string, hasUri: boolean): { readonly authority: string; readonly uri: string } {
  if (rest.startsWith("unix:")) {
    const colon = rest.indexOf(":", "unix:".length);
    return colon < 0 || !hasUri
      ? { authority: rest, uri: "" }
      : { authority: rest.slice(0, colon), uri: rest.slice(colon + 1) };
  }
  const end = hasUri ? rest.search(/[/?]/) : -1;
  return end < 0 ? { authority: rest, uri: "" } : { authority: rest.slice(0, end), uri: rest.slice(end) };
}

/** `ngx_http_proxy_set_vars`. */
function hostHeaderOf(
  authority: string,
  defaultPort: string,
): { readonly hostHeader: string; readonly port: string } {
  if (authority.startsWith("unix:")) return { hostHeader: "localhost", port: "" };
  const match = /^(.*?)(?::(\d+))?$/.exec(authority);
  const host = authority.startsWith("[")
    ? authority.slice(0, authority.indexOf("]") + 1)
    : (match?.[1] ?? "");
  const port = /:(\d+)$/.exec(authority.slice(authority.indexOf("]") + 1))?.[1];
  return port === undefined || port === defaultPort
    ? { hostHeader: host, port: defaultPort }
    : { hostHeader: `${host}:${port}`, port };
}
