/** Response headers that a place really loses, and how much that matters there. */
import {
  type Configuration,
  type Context,
  effective,
  handlerOf,
  type Server,
  type Statement,
  unconditionalAnswer,
} from "../../semantics/index.ts";
import { Edge, isCorsHeader, PAGE_GUARDS, pageContexts, SECURITY_HEADERS } from "../../site/index.ts";
import { discardedLists, type Loss, requestContexts, subjectsOf } from "../discarded.ts";
import type { Severity } from "../rule.ts";

export interface HeaderLoss extends Loss {
  readonly own: readonly Statement[];
  readonly severity: Severity;
  /** The HTML that a browser opens is among the responses. */
  readonly isPage: boolean;
}

/** The losses by `add_header` or `add_trailer`. */
export function* lostHeaders(directive: string, configuration: Configuration): Generator<HeaderLoss> {
  const site = new Site(configuration);
  const inherit = `${directive}_inherit`;
  for (const { context, own, outer } of discardedLists(configuration, directive)) {
    const setting = effective(context, inherit).statements.at(-1)?.args[0];
    // `off` in the same place is what its author wants.
    if (setting === "merge" || (setting === "off" && context.has(inherit))) continue;
    const [cause] = own;
    const loss = cause === undefined ? null : judge({ context, cause, own, outer, directive }, site);
    if (loss !== null) yield loss;
  }
  if (configuration.all(inherit).length === 0) return;
  // `off` is inherited itself: it also cuts the places that set no header of their own.
  for (const context of requestContexts(configuration)) {
    const { parent } = context;
    const { from, statements } = effective(context, inherit);
    const cause = statements.at(-1);
    if (cause?.args[0] !== "off" || from === context || parent === null) continue;
    if (context.incomplete || context.has(directive)) continue;
    const outer = effective(parent, directive);
    // Only what stands beside the `off` can be meant for the places inside.
    if (outer.from !== from || outer.replaceable) continue;
    const loss = judge({ context, cause, own: [], outer: outer.statements, directive }, site);
    if (loss !== null) yield loss;
  }
}

interface Candidate {
  readonly context: Context;
  readonly cause: Statement;
  readonly own: readonly Statement[];
  readonly outer: readonly Statement[];
  readonly directive: string;
}

/** What a response there really loses, and how much that matters; null for nothing. */
function judge({ context, cause, own, outer, directive }: Candidate, site: Site): HeaderLoss | null {
  if (isInternal(context) || !site.isInherited(context, directive)) return null;
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
    if (/^\$upstream_\w+$/.test(value) && handlerOf(context).kind !== "pass") return false;
    // Browsers ignore HSTS over plain HTTP.
    if (lower === "strict-transport-security" && site.isPlain(context)) return false;
    return matters(lower, statement);
  });
  if (lost.length === 0) return null;
  const names = subjectsOf(lost).map((name) => name.toLowerCase());
  const answer = unconditionalAnswer(context);
  const isPage = answer === null && site.isPage(context, directive);
  return {
    context,
    cause,
    own,
    lost,
    isPage,
    severity: isWord(answer) ? "info" : severityOf(directive, names, isPage, answer?.status),
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

/** The facts about servers that the losses in them are judged by. */
class Site {
  readonly #edge: Edge;
  readonly #pages = new Map<Server, ReadonlySet<Context>>();

  constructor(configuration: Configuration) {
    this.#edge = new Edge(configuration);
  }

  /** A server without TLS, where others of the tree have it: nobody in front of nginx speaks TLS for it. */
  isPlain(context: Context): boolean {
    const server = this.#edge.serverOf(context);
    return server !== null && this.#edge.isPlainBesideTls(server);
  }

  isPage(context: Context, directive: string): boolean {
    const server = this.#edge.serverOf(context);
    if (server === null) return false;
    const pages = this.#pagesOf(server);
    if (context.kind === "server") {
      return [...pages].some((page) => effective(page, directive).from === context);
    }
    return pages.has(server.locationOf(context)?.context ?? server.context);
  }

  /** The headers of a server reach a response: not all its locations have their own. */
  isInherited(context: Context, directive: string): boolean {
    if (context.kind !== "server") return true;
    const locations = this.#edge.serverOf(context)?.locations ?? [];
    const isCaughtAll = locations.some(
      ({ modifier, pattern }) => /^(\^~)?$/.test(modifier) && pattern === "/",
    );
    return !isCaughtAll || locations.some((location) => !location.context.has(directive));
  }

  #pagesOf(server: Server): ReadonlySet<Context> {
    let pages = this.#pages.get(server);
    if (pages === undefined) {
      pages = pageContexts(server);
      this.#pages.set(server, pages);
    }
    return pages;
  }
}
