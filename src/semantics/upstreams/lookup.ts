/** How nginx finds the address that a `*_pass` names: at start, in an `upstream`, or by a resolver at each request. */
import { append } from "../../lists/index.ts";
import { isFilledIn } from "../../parser/index.ts";
import type { Configuration } from "../configuration.ts";
import { effective } from "../effective.ts";
import { definitionsOf } from "../request/definitions.ts";
import { readIpAddress } from "../request/index.ts";
import type { Context, Statement } from "../tree.ts";

export type Lookup =
  /** Nothing is looked up at run time: an address, a socket, a name that is resolved when nginx starts. */
  | { readonly kind: "start" }
  /** An `upstream` of that name, also where a variable holds it. */
  | { readonly kind: "upstream"; readonly upstream: Statement }
  /** A name that is looked up at each request (`ngx_http_upstream_resolve`). */
  | {
      readonly kind: "request";
      /** As far as it is known; parts that requests decide as `$variable`. */
      readonly host: string;
      /** The `resolver` in force; null: nginx answers 502. */
      readonly resolver: Statement | null;
    }
  /** What the variables hold, or a part that could not be read, decides. */
  | { readonly kind: "unknown" };

/** What becomes of the name in a `proxy_pass`, `fastcgi_pass`, `grpc_pass`, … */
export function lookupOf(pass: Statement, configuration: Configuration): Lookup {
  const { context } = pass;
  const [written = ""] = pass.args;
  if (!written.includes("$")) return { kind: "start" };
  const url = substituted(written, context);
  if (url === null) return { kind: "unknown" };
  const host = hostOf(url, pass.name);
  if (host === null) return { kind: "unknown" };
  if (host.startsWith("unix:") || isAddress(host)) return { kind: "start" };
  const upstream = configuration.upstreams.get(host);
  if (upstream !== undefined) return { kind: "upstream", upstream };
  // A variable alone may hold an address, a socket, or an upstream.
  if (/^\$\{?\w+\}?$/.test(host) && !CLIENT_NAMES.test(host)) return { kind: "unknown" };
  const { statements, uncertain } = effective(context, "resolver");
  const resolver = statements.at(-1) ?? null;
  if (resolver === null && (uncertain || configuration.incomplete)) return { kind: "unknown" };
  return { kind: "request", host, resolver };
}

/** Upstreams behind one pass that are told apart. */
const MOST_UPSTREAMS = 32;

/**
 * The `upstream` blocks that a `*_pass` may lead to, of which a variable picks one: blue and green. Empty where it leads to something
 * else, or may do so.
 */
export function upstreamsBehind(pass: Statement, configuration: Configuration): readonly Statement[] {
  const url = pass.args[0] ?? "";
  const host = hostOf(url, pass.name) ?? url;
  const hosts = host.includes("$") ? alternatives(host, configuration) : [host];
  const found = new Set<Statement>();
  for (const each of hosts ?? []) {
    const upstream = configuration.upstreams.get(hostOf(each, pass.name) ?? each);
    if (upstream === undefined) return [];
    found.add(upstream);
  }
  return [...found];
}

/** The texts that a text with variables may become; null where that is not known. */
function alternatives(text: string, configuration: Configuration): readonly string[] | null {
  let found = [""];
  for (const part of text.split(/(\$\{\w+\}|\$\w+)/)) {
    const values = part.startsWith("$")
      ? valuesOf(part.replace(/[${}]/g, "").toLowerCase(), configuration)
      : [part];
    if (values === null || found.length * values.length > MOST_UPSTREAMS) return null;
    found = found.flatMap((start) => values.map((value) => start + value));
  }
  return found;
}

/** All that `map`, `geo`, `split_clients` and `set` put into a variable, the empty text apart; null for more than plain words. */
function valuesOf(name: string, configuration: Configuration): readonly string[] | null {
  const definition = definitionsOf(configuration).byName.get(name);
  const values = configuration
    .all("set")
    .flatMap(({ args: [variable = "", value = ""] }) =>
      variable.toLowerCase() === `$${name}` ? [value] : [],
    );
  if (definition?.kind === "map")
    append(values, [
      definition.fallback,
      ...definition.literals.values(),
      ...definition.patterns.map(({ value }) => value),
    ]);
  else if (definition?.kind === "geo")
    append(values, [definition.fallback, ...definition.entries.map(({ value }) => value)]);
  else if (definition?.kind === "split_clients")
    append(
      values,
      definition.shares.map(({ value }) => value),
    );
  else if (definition !== undefined) return null;
  const words = [...new Set(values)].filter((value) => value !== "");
  return words.length === 0 || words.some((word) => word.includes("$") || isFilledIn(word)) ? null : words;
}

/** What clients put the name of a host into. */
const CLIENT_NAMES = /^\$\{?(http_host|host|arg_\w+|http_\w+)\}?$/;

/** A text with the values of variables that `set` gives in plain words; null where a variable is a whole URL that is not known. */
function substituted(text: string, context: Context, depth = 0): string | null {
  if (depth > 8) return null;
  let isUnknown = false;
  const result = text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (written, braced?: string, bare?: string) => {
    const name = braced ?? bare ?? "";
    const value = setValue(name, context);
    if (value === undefined) return written;
    const inner = value === null ? null : substituted(value, context, depth + 1);
    if (inner === null) isUnknown = true;
    return inner ?? written;
  });
  return isUnknown || result.length > 4096 ? null : result;
}

/** The one value that `set` gives; undefined where nothing is set, null where several things are. */
function setValue(name: string, context: Context): string | null | undefined {
  for (const around of context.outward()) {
    const values = around
      .all("set")
      .filter(({ args }) => args[0]?.toLowerCase() === `$${name.toLowerCase()}`);
    const isConditional = around
      .all("if")
      .some(({ block }) => block?.all("set").some(({ args }) => args[0] === `$${name}`));
    if (values.length > 1 || (values.length === 1 && isConditional)) return null;
    if (values.length === 1) return values[0]?.args[1] ?? null;
    if (isConditional) return null;
  }
  return undefined;
}

/** The host of `http://host:80/uri`; null where the text does not begin with a scheme and needs one. */
function hostOf(url: string, directive: string): string | null {
  const rest = /^[a-z]+:\/\/(.*)$/is.exec(url)?.[1] ?? (directive === "proxy_pass" ? null : url);
  if (rest === null) return null;
  if (rest.startsWith("unix:")) return rest;
  if (rest.startsWith("[")) return rest.slice(0, rest.indexOf("]") + 1);
  // A variable that follows the name without a slash is the path.
  const end = rest.search(/[/?:]|\$(?:\{)?(?:request_uri|uri|document_uri|is_args|args)\b/);
  return end < 0 ? rest : rest.slice(0, end);
}

function isAddress(host: string): boolean {
  return readIpAddress(host.replace(/^\[|\]$/g, "")) !== null;
}
