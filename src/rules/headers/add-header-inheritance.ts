import {
  type Configuration,
  type Context,
  effective,
  handlerOf,
  isSince,
  readLocation,
  type Server,
  type Statement,
  unconditionalAnswer,
  type Version,
} from "../../semantics/index.ts";
import {
  byCause,
  discardedLists,
  type Loss,
  linesOf,
  pointOf,
  relatedTo,
  requestContexts,
  subjectsOf,
} from "../discarded.ts";
import { Front } from "../front.ts";
import { type Detail, defineRule, type Fix, type Severity } from "../rule.ts";
import { capitalized, codeOf, shortListOf, titlesOf } from "../wording.ts";
import { isCorsHeader, PAGE_GUARDS, SECURITY_HEADERS } from "./header-names.ts";
import { pageContexts } from "./page.ts";

/** Headers of outer contexts that one `add_header` further in discards. */
export default defineRule({
  id: "add-header-inheritance",
  category: "headers",
  severity: "warning",
  confidence: "high",
  presets: ["recommended", "security"],
  checklist: [
    "headers.hsts",
    "headers.x-frame-options",
    "headers.nosniff",
    "headers.referrer-policy",
    "headers.csp",
  ],
  fix: "unsafe",
  docs: {
    summary: "An inner `add_header` does not lose the headers set outside",
    why: "nginx inherits `add_header` as a whole or not at all: the first one in a `location` (or in an `if` there, or in a `server`) discards every header that was set further out. Typically a `Cache-Control` for static files takes HSTS, the Content Security Policy and the clickjacking protection away from them, and from the page itself when it stands at `index.html`.\n\nSince nginx 1.29.3, `add_header_inherit merge;` keeps the outer ones.",
    bad: 'server {\n    add_header Strict-Transport-Security "max-age=31536000" always;\n    location /static/ {\n        add_header Cache-Control "public";\n    }\n}\n',
    good: 'server {\n    add_header Strict-Transport-Security "max-age=31536000" always;\n    location /static/ {\n        add_header Strict-Transport-Security "max-age=31536000" always;\n        add_header Cache-Control "public";\n    }\n}\n',
    references: [
      "https://nginx.org/en/docs/http/ngx_http_headers_module.html#add_header",
      "https://nginx.org/en/docs/http/ngx_http_headers_module.html#add_header_inherit",
    ],
  },
  check({ configuration, version, report }) {
    const site = new Site(configuration);
    for (const directive of ["add_header", "add_trailer"] as const) {
      for (const losses of byCause(lossesOf(directive, configuration, site))) {
        losses.sort((a, b) => RANK[b.severity] - RANK[a.severity]);
        const [worst] = losses;
        if (worst === undefined) continue;
        const at = pointOf(losses, worst);
        report({
          at,
          message: messageOf(losses, worst),
          help: helpOf(worst, losses.length > 1, version, directive),
          ...(worst.severity === "warning" ? {} : { severity: worst.severity }),
          related: relatedTo(losses, at),
          ...detailsOf(worst),
          ...(losses.length === 1 ? fixOf(worst, version) : {}),
          identity: `${directive} ${subjectsOf(worst.lost).join(" ").toLowerCase()}`,
        });
      }
    }
  },
});

interface HeaderLoss extends Loss {
  readonly own: readonly Statement[];
  readonly severity: Severity;
  /** The HTML that a browser opens is among the responses. */
  readonly isPage: boolean;
}

const RANK: Record<Severity, number> = { info: 0, warning: 1, error: 2 };

function* lossesOf(directive: string, configuration: Configuration, site: Site): Generator<HeaderLoss> {
  const inherit = `${directive}_inherit`;
  for (const { context, own, outer } of discardedLists(configuration, directive)) {
    const setting = effective(context, inherit).statements.at(-1)?.args[0];
    // `off` in the same place is what its author wants.
    if (setting === "merge" || (setting === "off" && context.has(inherit))) continue;
    const [cause] = own;
    const loss = cause === undefined ? null : judge({ context, cause, own, outer, directive }, site);
    if (loss !== null) yield loss;
  }
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
    severity: severityOf(directive, names, isPage, answer?.status),
  };
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
  // An answer without a body shows nothing; to other origins it matters whether they may ask.
  if (isPreflight(context) || status === 204) return isCorsHeader;
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
  readonly #front: Front;
  readonly #pages = new Map<Server, ReadonlySet<Context>>();

  constructor(configuration: Configuration) {
    this.#front = new Front(configuration);
  }

  /** A server without TLS, where others of the tree have it: nobody in front of nginx speaks TLS for it. */
  isPlain(context: Context): boolean {
    const server = this.#front.serverOf(context);
    return server !== null && this.#front.isPlainBesideTls(server);
  }

  isPage(context: Context, directive: string): boolean {
    const server = this.#front.serverOf(context);
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
    const locations = this.#front.serverOf(context)?.locations ?? [];
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

function messageOf(losses: readonly HeaderLoss[], { context, cause, own, lost, isPage }: HeaderLoss): string {
  const where = titlesOf(losses.map((loss) => loss.context));
  const headers = shortListOf(byWeight(subjectsOf(lost)).map((name) => `\`${name}\``));
  const responses = responsesOf(losses, context, isPage);
  const lines = linesOf(lost, cause);
  if (own.length === 0) {
    return `${codeOf(cause)} also holds further in: ${where} gets nothing of what is set beside it, so ${responses} ${headers} (${lines}).`;
  }
  const others = own.length > 1 ? ` and ${own.length - 1} more` : "";
  const verb = losses.length > 1 ? "set" : "sets";
  return `${capitalized(where)} ${verb} \`${cause.name} ${cause.args[0] ?? ""}\`${others}, so ${responses} ${headers} (set at ${lines}).`;
}

/** What goes without the headers. */
function responsesOf(losses: readonly HeaderLoss[], context: Context, isPage: boolean): string {
  if (losses.length > 1)
    return isPage ? "responses under them, the page too, lose" : "responses under them lose";
  if (isPage) return "the page is sent without";
  if (unconditionalAnswer(context) !== null) return "the answer is sent without";
  return isPrefix(context) ? "responses under it lose" : "its responses lose";
}

/** All names, where the message has not room for them. */
function detailsOf({ lost }: HeaderLoss): { details?: Detail[] } {
  const names = byWeight(subjectsOf(lost));
  return names.length > 3 ? { details: [{ label: "lost", text: names.join(", ") }] } : {};
}

function isPrefix({ kind, opener }: Context): boolean {
  return kind === "location" && /^(\^~)?$/.test(readLocation(opener?.args ?? []).modifier);
}

/** What hurts most comes first. */
function byWeight(names: readonly string[]): string[] {
  const weight = (name: string) =>
    PAGE_GUARDS.has(name.toLowerCase()) ? 0 : SECURITY_HEADERS.has(name.toLowerCase()) ? 1 : 2;
  return [...names].sort((a, b) => weight(a) - weight(b));
}

function helpOf(
  { own, lost }: HeaderLoss,
  isShared: boolean,
  version: Version | null,
  directive: string,
): string {
  if (own.length === 0) return `write \`${directive}_inherit on;\` further in, or take the \`off\` away`;
  const where = isShared ? "in each of these places" : "here";
  const repeat = `repeat ${lost.length === 1 ? "it" : "them"} ${where}`;
  const merge = `\`${directive}_inherit merge;\``;
  switch (isSince(version, "1.29.3")) {
    case true:
      return `write ${merge}, or ${repeat}`;
    case false:
      return `${repeat}, best by an \`include\` of a file that holds all of them`;
    case "unknown":
      return `${repeat}, or write ${merge} (nginx ≥ 1.29.3)`;
  }
}

/** Repeats the lost headers behind the context's own, or merges where the version allows it. */
function fixOf({ own, lost, context, cause }: HeaderLoss, version: Version | null): { fix?: Fix } {
  const last = own.at(-1);
  // A line in a shared file is not this place's own to extend.
  if (last === undefined || last.chain !== context.opener?.chain || !last.directive.terminated) return {};
  const { file } = last;
  const names = new Set(own.map(({ args }) => args[0]?.toLowerCase()));
  // `merge` does not override: a name that is set in both places would be sent twice.
  const outer = context.parent === null ? [] : effective(context.parent, cause.name).statements;
  const clashes = outer.some(({ args }) => names.has(args[0]?.toLowerCase()));
  const merges = isSince(version, "1.29.3") === true && !clashes && !context.has(`${cause.name}_inherit`);
  const lines = merges
    ? [`${cause.name}_inherit merge;`]
    : lost.map(({ file: { text }, directive: { start, end } }) => text.slice(start, end));
  const { lead, offset } = gapBehind(last);
  const text = lines.map((line) => lead + line).join("");
  const description = merges
    ? "keep the outer headers"
    : `repeat ${shortListOf(subjectsOf(lost).map((name) => `\`${name}\``))}`;
  return { fix: { description, safe: false, edits: [{ file, offset, length: 0, text }] } };
}

/** Where a line fits behind a statement, and what to put before it: behind its comment, indented alike. */
function gapBehind({ file: { text }, directive: { start, end } }: Statement): {
  lead: string;
  offset: number;
} {
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const indent = text.slice(lineStart, start);
  if (indent.trim() !== "" || lineStart === 0) return { lead: " ", offset: end };
  const rest = /^[ \t]*(?:#[^\r\n]*)?(?=\r?\n)/.exec(text.slice(end))?.[0] ?? "";
  const newLine = text.charAt(lineStart - 2) === "\r" ? "\r\n" : "\n";
  return { lead: newLine + indent, offset: end + rest.length };
}
