/** What nginx answers where a status ends the request: `error_page`, else its own page (`ngx_http_special_response_handler`). */
import { effective } from "../effective.ts";
import type { Statement } from "../tree.ts";
import type { Exchange, Signal } from "./exchange.ts";
import { internalRedirect, namedLocation } from "./internal-redirect.ts";
import type { OutcomeKind } from "./outcome.ts";
import { absoluteRedirect } from "./response.ts";
import { hasVariables } from "./script.ts";
import { splitArgs } from "./uri.ts";
import { isKnown } from "./value.ts";
import { evaluate, readable } from "./variables.ts";

/** One status of an `error_page`. */
export interface ErrorPage {
  readonly statement: Statement;
  readonly status: number;
  /** The status to answer; 0 takes that of the page (`=`), null keeps the error's own. */
  readonly overwrite: number | null;
  readonly uri: string;
}

/** The pages in force at a context, in nginx's order. */
export function errorPages(statements: readonly Statement[]): readonly ErrorPage[] {
  return statements.flatMap((statement) => {
    const { args } = statement;
    const sign = args.at(-2) ?? "";
    const hasSign = sign.startsWith("=");
    const codes = args.slice(0, hasSign ? -2 : -1);
    return codes.map((code) => {
      const status = Number(code);
      const isInternalCode = status >= 494 && status <= 497;
      const overwrite = hasSign ? Number(sign.slice(1)) : isInternalCode ? 400 : null;
      return { statement, status, overwrite, uri: args.at(-1) ?? "" };
    });
  });
}

/** The page for a status at the place where the request is; null without one. */
export function errorPageFor(exchange: Exchange, status: number): ErrorPage | null {
  const { statements } = effective(exchange.context, "error_page");
  return errorPages(statements).find((page) => page.status === status) ?? null;
}

/** Ends the request with a status, by its error page or by nginx's own answer. */
export function finalize(exchange: Exchange, status: number): Signal {
  if (status === 444 || status === 408 || status === 499) {
    const by = exchange.cause?.statement ?? null;
    exchange.note("response", `${status}: the connection is closed without an answer`, by);
    return { outcome: { kind: "reject", status: null, target: null, by } };
  }
  if (status < 300 && status !== 201 && status !== 204) {
    const by = exchange.cause?.statement ?? null;
    exchange.note("response", `${status}: nginx has no answer of that status, and closes the connection`, by);
    return { outcome: { kind: "reject", status: null, target: null, by } };
  }
  exchange.errorStatus = status;
  exchange.contentType = null;
  if (status === 413) exchange.isBodyDropped = true;
  if (!exchange.errorPageTaken && exchange.uriChanges !== 0) {
    const pages = effective(exchange.context, "error_page").statements;
    if (pages.length > 0) {
      if (!exchange.flag("recursive_error_pages", false)) exchange.errorPageTaken = true;
      const page = errorPageFor(exchange, status);
      if (page !== null) return takeErrorPage(exchange, page);
    }
  }
  return answer(exchange, status);
}

function takeErrorPage(exchange: Exchange, page: ErrorPage): Signal {
  const { statement, overwrite } = page;
  if (overwrite !== null) exchange.errorStatus = overwrite;
  const uri = evaluate(exchange, page.uri);
  const status =
    overwrite === null
      ? ""
      : overwrite === 0
        ? " with the status of that answer"
        : ` with status ${overwrite}`;
  exchange.note("error-page", `${page.status} is answered by ${readable(uri)}${status}`, statement);
  const start = isKnown(uri) ? uri.charAt(0) : page.uri.charAt(0);
  const { cause } = exchange;
  exchange.errorPages.push({
    status: page.status,
    page: statement,
    keepsUri: start === "@",
    by: cause?.statement ?? null,
    kind: cause?.kind ?? "error",
  });
  if (start === "/") {
    if (exchange.method !== "HEAD") exchange.method = "GET";
    if (!isKnown(uri)) return internalRedirect(exchange, uri, "", statement);
    const { path, args } = splitArgs(uri);
    return internalRedirect(exchange, path, args, statement);
  }
  if (start === "@" && isKnown(uri)) return namedLocation(exchange, uri, statement);
  if (!isKnown(uri) && hasVariables(page.uri) && start === "$") {
    return { outcome: { kind: "unknown", status: null, target: null, by: statement, reason: readable(uri) } };
  }
  exchange.redirectTo = uri;
  if (![301, 302, 303, 307, 308].includes(overwrite ?? 0)) exchange.errorStatus = 302;
  exchange.cause = { kind: "redirect", statement, text: "`error_page`" };
  return answer(exchange, exchange.errorStatus);
}

/** nginx's own page (`ngx_http_send_special_response`). */
function answer(exchange: Exchange, status: number): Signal {
  const sent = status >= 494 && status <= 497 ? 400 : status;
  exchange.errorStatus = sent;
  exchange.contentType = hasOwnPage(status) ? "text/html" : "";
  const { cause, redirectTo } = exchange;
  const isRedirect = redirectTo !== null && [301, 302, 303, 307, 308].includes(sent);
  const kind: OutcomeKind = isRedirect ? "redirect" : (cause?.kind ?? "error");
  const target = isRedirect ? readable(absoluteRedirect(exchange, redirectTo)) : null;
  return {
    outcome: {
      kind: kind === "redirect" && !isRedirect ? "error" : kind,
      status: sent,
      target,
      by: cause?.statement ?? null,
    },
  };
}

/** Statuses that nginx has a page for (`ngx_http_error_pages`). */
function hasOwnPage(status: number): boolean {
  return (
    [301, 302, 303, 307, 308].includes(status) ||
    (status >= 400 && status <= 406) ||
    (status >= 408 && status <= 416) ||
    status === 421 ||
    status === 429 ||
    (status >= 494 && status <= 497) ||
    (status >= 500 && status <= 505) ||
    status === 507
  );
}
