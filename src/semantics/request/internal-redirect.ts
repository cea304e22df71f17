/** Redirects that the client does not see: to a URI, or to a named location. */
import { fromBytes } from "../regex/index.ts";
import type { Statement } from "../tree.ts";
import type { Exchange, Signal } from "./exchange.ts";
import { isKnown, type Value } from "./value.ts";
import { readable } from "./variables.ts";

/** `ngx_http_internal_redirect`: the server's rewrite directives and the search for a location run again. */
export function internalRedirect(
  exchange: Exchange,
  uri: Value,
  args: Value,
  statement: Statement | null,
): Signal {
  if (isLastChange(exchange, statement)) return { finalize: 500 };
  exchange.uri = uri;
  exchange.args = args;
  exchange.handler = null;
  exchange.location = null;
  exchange.context = exchange.server.context;
  exchange.internal = true;
  exchange.arrived = true;
  exchange.validUnparsedUri = false;
  exchange.addUriToAlias = false;
  exchange.validLocation = true;
  exchange.isProxied = false;
  exchange.note("internal-redirect", `the request goes on as ${readable(uri)}`, statement);
  return { go: "server-rewrite" };
}

/** `ngx_http_named_location`: only the location's own directives run. */
export function namedLocation(exchange: Exchange, name: string, statement: Statement | null): Signal {
  if (isLastChange(exchange, statement)) return { finalize: 500 };
  if (isKnown(exchange.uri) && exchange.uri === "") {
    exchange.cause = { kind: "error", statement, text: "the URI is empty" };
    return { finalize: 500 };
  }
  const location = exchange.server.named(fromBytes(name));
  if (location === undefined) {
    exchange.note("internal-redirect", `\`location ${readable(name)}\` does not exist: 500`, statement);
    exchange.cause = { kind: "error", statement, text: `no \`location ${readable(name)}\`` };
    return { finalize: 500 };
  }
  exchange.internal = true;
  exchange.arrived = true;
  exchange.handler = null;
  exchange.uriChanged = false;
  exchange.location = location;
  exchange.note("internal-redirect", `the request goes on in \`${location.title}\``, location.statement);
  exchange.enter(location.context);
  return { go: "location-rewrite" };
}

function isLastChange(exchange: Exchange, statement: Statement | null): boolean {
  exchange.uriChanges--;
  if (exchange.uriChanges > 0) return false;
  exchange.note(
    "internal-redirect",
    "the 10th change of the URI: nginx gives up with 500",
    statement,
    "cycle",
  );
  exchange.cause = { kind: "error", statement, text: "a rewrite or internal redirection cycle" };
  return true;
}
