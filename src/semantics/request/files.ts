/** Answers from disk: `try_files`, `index`, `autoindex`, the file itself. */

import { rootSetting } from "../content.ts";
import { effective } from "../effective.ts";
import type { Statement } from "../tree.ts";
import type { Exchange, Signal } from "./exchange.ts";
import { internalRedirect, namedLocation } from "./internal-redirect.ts";
import type { FileState } from "./outcome.ts";
import { documentRoot, fileState, mapToPath } from "./paths.ts";
import { hasVariables } from "./script.ts";
import { escapeUri, splitArgs } from "./uri.ts";
import { concatenate, isEmptyValue, isKnown, mapKnown, outside, type Value } from "./value.ts";
import { evaluate, readable } from "./variables.ts";

/** The precontent phase (`ngx_http_try_files_handler`); null where the request goes on. Never inherited. */
export function tryFiles(exchange: Exchange): Signal | null {
  const statement = exchange.context.last("try_files");
  if (statement === undefined) return null;
  exchange.phase = "try-files";
  const { cut } = rootSetting(exchange.context);
  const root = documentRoot(exchange);
  if (root === null || (cut.kind !== "none" && !exchange.validLocation))
    return aliasAfterRewrite(exchange, statement);
  const names = statement.args.slice(0, -1);
  for (const written of names) {
    const wantsDirectory = written.endsWith("/");
    const name = tryName(exchange, wantsDirectory ? written.slice(0, -1) : written, cut);
    const path = concatenate([root, name]);
    const state = fileState(exchange, path, likelyState(name, wantsDirectory), statement);
    const isFound = wantsDirectory ? state === "directory" : state === "file";
    exchange.note(
      "try-files",
      `\`${written}\`: ${readable(path)} ${isFound ? "exists" : wantsDirectory ? "is not a directory" : "is not a file"}`,
      statement,
    );
    if (!isFound) continue;
    takeName(exchange, name, cut, wantsDirectory);
    return null;
  }
  const fallback = statement.args.at(-1) ?? "";
  if (fallback.startsWith("=")) {
    const status = Number(fallback.slice(1));
    exchange.note("try-files", `none exists: \`${fallback}\``, statement);
    exchange.cause = { kind: "error", statement, text: `\`try_files … ${fallback}\`` };
    return { finalize: status };
  }
  const target = tryName(exchange, fallback, cut);
  exchange.note("try-files", `none exists: the fallback \`${readable(target)}\``, statement);
  if (isKnown(target) && target.startsWith("@")) return namedLocation(exchange, target, statement);
  if (!isKnown(target)) {
    return {
      outcome: { kind: "unknown", status: null, target: null, by: statement, reason: readable(target) },
    };
  }
  const { path, args } = splitArgs(target);
  return internalRedirect(exchange, path, args, statement);
}

type Cut = ReturnType<typeof rootSetting>["cut"];

/** What is appended to the root: with `alias`, a value that starts as the location does loses that start. */
function tryName(exchange: Exchange, written: string, cut: Cut): Value {
  const name = evaluate(exchange, written);
  if (cut.kind !== "prefix" || !hasVariables(written) || !isKnown(name) || !isKnown(exchange.uri))
    return name;
  return name.startsWith(exchange.uri.slice(0, cut.length)) ? name.slice(cut.length) : name;
}

function takeName(exchange: Exchange, name: Value, cut: Cut, isDirectory: boolean): void {
  switch (cut.kind) {
    case "none":
      exchange.uri = name;
      return;
    case "whole":
      if (isDirectory) return;
      exchange.uri = name;
      exchange.addUriToAlias = true;
      return;
    case "prefix": {
      const start = isKnown(exchange.uri) ? exchange.uri.slice(0, cut.length) : "";
      exchange.uri = concatenate([start, name]);
    }
  }
}

/** Without files to ask: a name with an extension is assumed to be a file, the root for a directory. */
function likelyState(name: Value, wantsDirectory: boolean): FileState {
  const text = readable(name);
  if (wantsDirectory) return text === "" ? "directory" : "missing";
  return /[^/]\.[A-Za-z0-9]+$/.test(text) ? "file" : "missing";
}

function aliasAfterRewrite(exchange: Exchange, statement: Statement | null): Signal {
  exchange.cause = { kind: "error", statement, text: "`alias` after a rewrite in the same location" };
  return { finalize: 500 };
}

/** The content phase without a handler of its own: index, autoindex, file. */
export function serveFile(exchange: Exchange): Signal {
  const { uri } = exchange;
  if (!isKnown(uri)) {
    return {
      outcome: { kind: "unknown", status: null, target: null, by: null, reason: `the URI ${readable(uri)}` },
    };
  }
  const webdav = effective(exchange.context, "dav_methods").statements.at(-1);
  if (webdav?.args.includes(exchange.method)) {
    exchange.noteUnmodelled(`\`dav_methods\` answers ${exchange.method}`, webdav);
    return { outcome: { kind: "static", status: null, target: null, by: webdav } };
  }
  if (uri.endsWith("/")) return serveDirectory(exchange, uri);
  const { statement: root } = rootSetting(exchange.context);
  if (!["GET", "HEAD", "POST"].includes(exchange.method))
    return error(exchange, 405, root, "files take GET and HEAD");
  const path = mapToPath(exchange);
  if (path === null) return aliasAfterRewrite(exchange, root);
  const state = fileState(exchange, path, "file", root);
  if (state === "missing") return error(exchange, 404, root, `${readable(path)} does not exist`);
  if (state === "directory") {
    const { args } = exchange;
    const escaped = escapeUri(uri, "uri");
    exchange.redirectTo = concatenate(isEmptyValue(args) === true ? [escaped, "/"] : [escaped, "/?", args]);
    exchange.cause = { kind: "redirect", statement: root, text: "a directory" };
    exchange.note("content", `${readable(path)} is a directory: redirected to the URI with a slash`, root);
    return { finalize: 301 };
  }
  if (exchange.method === "POST") return error(exchange, 405, root, "files take GET and HEAD");
  exchange.note("content", `the file ${readable(path)}`, root);
  return { outcome: { kind: "static", status: 200, target: readable(path), by: root } };
}

/** Types of listings by `autoindex_format`; without `?callback=` JSONP is JSON. */
const LISTINGS: Readonly<Record<string, string>> = {
  html: "text/html",
  json: "application/json",
  jsonp: "application/json",
  xml: "text/xml; charset=utf-8",
};

function serveDirectory(exchange: Exchange, uri: string): Signal {
  const { context, method } = exchange;
  const { statement: root } = rootSetting(context);
  const random = effective(context, "random_index").statements.at(-1);
  if (random?.args[0] === "on" && ["GET", "HEAD", "POST"].includes(method)) {
    const signal = randomFile(exchange, random);
    if (signal !== null) return signal;
  }
  const directory = mapToPath(exchange);
  const bare = directory === null ? null : mapKnown(directory, (path) => path.replace(/(?<=.)\/$/, ""));
  if (["GET", "HEAD", "POST"].includes(method)) {
    const written = effective(context, "index").statements;
    const names = written.length === 0 ? ["index.html"] : written.flatMap(({ args }) => args);
    let isDirectoryTested = false;
    for (const name of names) {
      const value = evaluate(exchange, name);
      const statement = written.at(-1) ?? null;
      if (isKnown(value) && value.startsWith("/")) {
        return internalRedirect(exchange, value, exchange.args, statement);
      }
      if (directory === null || bare === null) return aliasAfterRewrite(exchange, root);
      const path = concatenate([directory, value]);
      const state = fileState(exchange, path, "file", statement ?? root);
      if (state !== "missing") {
        exchange.note("content", `index ${readable(path)}`, statement ?? root);
        return internalRedirect(exchange, concatenate([uri, value]), exchange.args, statement);
      }
      if (isDirectoryTested) continue;
      isDirectoryTested = true;
      const around = fileState(exchange, bare, "directory", root);
      if (around === "directory") continue;
      // An `alias` without a slash at its end names a file.
      const isFileItself = around === "file" && !readable(directory).endsWith("/");
      return isFileItself
        ? error(exchange, 500, root, `${readable(bare)} is not a directory`)
        : error(exchange, 404, root, `${readable(bare)} does not exist`);
    }
  }
  const listing = effective(context, "autoindex").statements.at(-1);
  if (listing?.args[0] === "on" && (method === "GET" || method === "HEAD")) {
    if (directory === null || bare === null) return aliasAfterRewrite(exchange, root);
    if (fileState(exchange, bare, "directory", root) !== "directory") {
      return error(exchange, 404, root, `${readable(bare)} does not exist`);
    }
    exchange.note("content", `autoindex lists ${readable(directory)}`, listing);
    exchange.contentType =
      LISTINGS[effective(context, "autoindex_format").statements.at(-1)?.args[0] ?? "html"] ?? "text/html";
    return { outcome: { kind: "static", status: 200, target: readable(directory), by: listing } };
  }
  if (!["GET", "HEAD", "POST"].includes(method)) return error(exchange, 405, root, "files take GET and HEAD");
  return error(exchange, 403, root, "a directory without an index file, and no autoindex");
}

/** `random_index`: any file of the directory; null where it holds none, and `index` is asked (`ngx_http_random_index_handler`). */
function randomFile(exchange: Exchange, statement: Statement): Signal | null {
  const directory = mapToPath(exchange);
  if (directory === null) return aliasAfterRewrite(exchange, statement);
  const bare = mapKnown(directory, (path) => path.replace(/(?<=.)\/$/, ""));
  if (fileState(exchange, bare, "directory", statement) !== "directory") {
    return error(exchange, 404, statement, `${readable(bare)} does not exist`);
  }
  const answer = exchange.ask({
    key: `random_index ${readable(bare)}`,
    kind: "module",
    text: `whether ${readable(bare)} holds files`,
    statement,
    answers: ["yes", "no"],
  });
  if (answer === "no") return null;
  if (exchange.method === "POST") return error(exchange, 405, statement, "files take GET and HEAD");
  exchange.contentType = outside("content_type");
  exchange.note("content", `\`random_index\` picks a file of ${readable(directory)}`, statement);
  return {
    outcome: { kind: "static", status: 200, target: `${readable(directory)}$random_index`, by: statement },
  };
}

function error(exchange: Exchange, status: number, statement: Statement | null, text: string): Signal {
  exchange.note("content", `${status}: ${text}`, statement);
  exchange.cause = { kind: "error", statement, text };
  return { finalize: status };
}
