/** From a URI to a path on disk: `root` and `alias` (`ngx_http_map_uri_to_path`). */
import { effective } from "../effective.ts";
import { readLocation } from "../location.ts";
import { toBytes } from "../regex/index.ts";
import type { Context, Statement } from "../tree.ts";
import type { Exchange } from "./exchange.ts";
import { concatenate, isKnown, outside, type Value } from "./value.ts";
import { evaluate } from "./variables.ts";

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

/** `$document_root`: the directory, without a trailing slash for `root`; null where nginx answers 500. */
export function documentRoot(exchange: Exchange): Value | null {
  const { statement } = rootSetting(exchange.context);
  const written = statement?.args[0] ?? "html";
  const trimmed = statement?.name !== "alias" && written.endsWith("/") ? written.slice(0, -1) : written;
  const path = evaluate(exchange, trimmed);
  const isRelative =
    // `root /` is absolute although nothing is left of it.
    !written.startsWith("/") && !(isKnown(path) ? path.startsWith("/") : trimmed.startsWith("$"));
  if (!isRelative) return path;
  const { prefix } = exchange.options;
  return concatenate([
    prefix === undefined ? outside("prefix") : `${toBytes(prefix)}/`,
    prefix === undefined ? "/" : "",
    path,
  ]);
}

/** The path of the request's file; null where nginx answers 500 (`alias` after a rewrite). */
export function mapToPath(exchange: Exchange): Value | null {
  const { cut } = rootSetting(exchange.context);
  if (cut.kind !== "none" && !exchange.validLocation) return null;
  const root = documentRoot(exchange);
  if (root === null) return null;
  switch (cut.kind) {
    case "none":
      return concatenate([root, exchange.uri]);
    case "prefix":
      if (!isKnown(exchange.uri)) return outside("request_filename");
      return concatenate([root, exchange.uri.slice(cut.length)]);
    case "whole":
      return exchange.addUriToAlias ? concatenate([root, exchange.uri]) : root;
  }
}
