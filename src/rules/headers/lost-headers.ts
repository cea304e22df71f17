/** Response headers that a place really loses, and how much that matters there. */
import {
  type Context,
  inheritMode,
  type Place,
  type Statement,
  unconditionalAnswer,
} from "../../semantics/index.ts";
import { isCorsHeader, PAGE_GUARDS, SECURITY_HEADERS, type Site } from "../../site/index.ts";
import type { DiscardedPlace } from "../definers/inheritance.ts";
import { type Loss, subjectsOf } from "../report/lost-list.ts";
import type { RuleContext, Severity } from "../rule.ts";
import { isMediaOnly, OF_DOCUMENTS, sendsNoDocuments } from "./no-documents.ts";
import { isAloneIn, secondContentType } from "./second-content-type.ts";

export interface HeaderLoss extends Loss {
  readonly place: Place;
  /** `add_header` or `add_trailer`. */
  readonly directive: string;
  readonly outer: readonly Statement[];
  readonly own: readonly Statement[];
  readonly severity: Severity;
  /** The HTML that a browser opens is among the responses. */
  readonly isPage: boolean;
}

/** What is really lost of `add_header` or `add_trailer` lines, and how much that matters; empty for nothing. */
export function lostHeaders(
  { place, own, outer }: DiscardedPlace,
  directive: string,
  { site }: RuleContext,
): HeaderLoss[] {
  const cause = own[0] ?? inheritMode(place.context, directive).statement;
  if (cause === null) return [];
  // `content-type-by-add-header` speaks: when its line goes, nothing is lost.
  if (directive === "add_header" && own.length > 0 && isAloneIn(place) && secondContentType(place) !== null)
    return [];
  const loss = judge({ place, cause, own, outer, directive }, site);
  return loss === null ? [] : [loss];
}

interface Candidate {
  readonly place: Place;
  readonly cause: Statement;
  readonly own: readonly Statement[];
  readonly outer: readonly Statement[];
  readonly directive: string;
}

/** What a response there really loses, and how much that matters; null for nothing. */
function judge({ place, cause, own, outer, directive }: Candidate, site: Site): HeaderLoss | null {
  const { context } = place;
  if (isInternal(context) || !isInherited(place, directive)) return null;
  const kept = new Set([...subjectsOf(own), ...moreSetHeaders(context)].map((name) => name.toLowerCase()));
  const matters = relevance(context);
  // Where the policy speaks of frames, browsers do not look at the older header.
  const limitsFrames = own.some(
    ({ args }) =>
      args[0]?.toLowerCase() === "content-security-policy" && args[1]?.includes("frame-ancestors"),
  );
  const lost = outer.filter((statement) => {
    const [name = "", value = ""] = statement.args;
    const lower = name.toLowerCase();
    // nginx does not send a header whose value is empty.
    if (value === "" || kept.has(lower)) return false;
    if (lower === "x-frame-options" && limitsFrames) return false;
    // Without an upstream these variables are empty.
    if (/^\$upstream_\w+$/.test(value) && place.handler.kind !== "pass") return false;
    // Browsers ignore HSTS over plain HTTP.
    if (lower === "strict-transport-security" && isPlain(place, site)) return false;
    return matters(lower, statement);
  });
  if (lost.length === 0) return null;
  const names = subjectsOf(lost).map((name) => name.toLowerCase());
  const answer = unconditionalAnswer(context);
  const isPage = answer === null && isAtPage(place, directive, site);
  return {
    place,
    directive,
    context,
    cause,
    own,
    outer,
    lost,
    isPage,
    severity:
      isWord(answer) ||
      (isMediaOnly(context) && !names.some(isCorsHeader)) ||
      (!isPage && sendsNoDocuments(context) && names.every((name) => OF_DOCUMENTS.has(name)))
        ? "info"
        : severityOf(directive, names, isPage, answer?.status),
  };
}

/** `return 200 "healthy";` is read by machines, whatever its headers are. */
function isWord(answer: ReturnType<typeof unconditionalAnswer>): boolean {
  return answer !== null && answer.status === 200 && answer.text !== null && !/[<$]/.test(answer.text);
}

function severityOf(
  directive: string,
  names: readonly string[],
  isPage: boolean,
  status: number | null | undefined,
): Severity {
  if (directive === "add_trailer" || (status ?? 0) >= 400) return "info";
  if (isPage && names.some((name) => PAGE_GUARDS.has(name))) return "error";
  return names.some((name) => SECURITY_HEADERS.has(name) || isCorsHeader(name)) ? "warning" : "info";
}

/** Which lost headers make a difference to the responses of a context. */
function relevance(context: Context): (name: string, statement: Statement) => boolean {
  const answer = unconditionalAnswer(context);
  const { status } = answer ?? { status: null };
  // An answer without a body shows nothing; to other origins it matters whether they may ask, and not what they may read.
  if (isPreflight(context) || status === 204)
    return (name) => isCorsHeader(name) && name !== "access-control-expose-headers";
  if (status === 444) return () => false;
  // A redirect is followed, not shown: only HSTS protects the next request.
  if (status !== null && status >= 300 && status < 400) return (name) => name === "strict-transport-security";
  if (status !== null && status >= 400) return (_, { args }) => args[2] === "always";
  return () => true;
}

/** `if ($request_method = OPTIONS) { …; return 204; }` */
function isPreflight({ kind, opener, statements }: Context): boolean {
  if (kind !== "location-if" || opener === null) return false;
  const condition = opener.args.join(" ");
  return (
    /\$request_method\b/.test(condition) &&
    /OPTIONS/.test(condition) &&
    statements.some(({ name }) => name === "return")
  );
}

/** Its responses go to nginx itself, or follow one that was already decided on. */
function isInternal(context: Context): boolean {
  for (const around of context.outward())
    if (around.kind === "location" && around.has("internal")) return true;
  return false;
}

/** Names that the headers-more module sets; its lists add up inwards. */
function moreSetHeaders(context: Context): string[] {
  const names: string[] = [];
  for (const around of context.outward()) {
    for (const { args } of around.all("more_set_headers")) {
      for (const arg of args) if (arg.includes(":")) names.push(arg.slice(0, arg.indexOf(":")).trim());
    }
  }
  return names;
}

/** A server without TLS, where others of the tree have it: nobody in front of nginx speaks TLS for it. */
function isPlain({ server }: Place, { edge }: Site): boolean {
  return server !== null && edge.isPlainBesideTls(server.server);
}

/** The page itself is among the responses. */
function isAtPage(place: Place, directive: string, site: Site): boolean {
  const { server, context, model } = place;
  if (server === null) return false;
  const pages = site.pages(server);
  if (context.kind === "server")
    return [...pages].some((page) => model.place(page).list(directive).from === context);
  return pages.has(place.location?.context ?? server.context);
}

/** The headers of a server reach a response: not all its locations have their own. */
function isInherited({ context, server }: Place, directive: string): boolean {
  if (context.kind !== "server") return true;
  const locations = server?.server.locations ?? [];
  const isCaughtAll = locations.some((location) => location.isPrefix && location.pattern === "/");
  return !isCaughtAll || locations.some((location) => !location.context.has(directive));
}
