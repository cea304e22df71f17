/** From a URI to a path on disk: `root` and `alias` (`ngx_http_map_uri_to_path`). */
import { rootSetting } from "../content.ts";
import { fromBytes, toBytes } from "../regex/index.ts";
import type { Statement } from "../tree.ts";
import { type Exchange, showPath } from "./exchange.ts";
import type { FileState } from "./outcome.ts";
import { concatenate, isKnown, outside, type Value } from "./value.ts";

/** `$document_root`: the directory, without a trailing slash for `root`; null where nginx answers 500. */
export function documentRoot(exchange: Exchange): Value | null {
  const { statement } = rootSetting(exchange.context);
  const written = statement?.args[0] ?? "html";
  const trimmed = statement?.name !== "alias" && written.endsWith("/") ? written.slice(0, -1) : written;
  const path = exchange.evaluate(trimmed);
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

/** What is at a path: asked of the files where they are known. */
export function fileState(
  exchange: Exchange,
  path: Value,
  likely: FileState,
  statement: Statement | null,
): FileState {
  const name = typeof path === "string" ? fromBytes(path) : null;
  const root = documentRoot(exchange);
  const known =
    name === null
      ? undefined
      : exchange.options.files?.(name, typeof root === "string" ? fromBytes(root) : null);
  if (known !== undefined) return known;
  const shown = name ?? showPath(path);
  const others = (["file", "directory", "missing"] as const).filter((state) => state !== likely);
  const answer = exchange.ask({
    key: `file ${shown}`,
    kind: "file",
    text: `what is at ${shown}`,
    statement,
    answers: [likely, ...others],
  });
  return answer === "file" || answer === "directory" ? answer : "missing";
}
