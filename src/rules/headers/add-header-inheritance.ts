import { inheritMode, isSince, lookupDirective, type Place, type Version } from "../../semantics/index.ts";
import { PAGE_GUARDS, SECURITY_HEADERS } from "../../site/index.ts";
import { defineInheritanceRule, type LossWords } from "../definers/inheritance.ts";
import { subjectsOf } from "../report/lost-list.ts";
import { repeatLost } from "../report/repeat-lost.ts";
import type { Detail, Fix, Severity } from "../rule.ts";
import { codeOf, shortListOf } from "../wording.ts";
import { type HeaderLoss, lostHeaders } from "./lost-headers.ts";

/** Headers of an outer level that one `add_header` of an inner level discards. */
export default defineInheritanceRule({
  id: "add-header-inheritance",
  category: "headers",
  severity: "warning",
  confidence: "high",
  presets: ["recommended", "security"],
  directives: ["add_header", "add_trailer"],
  checklist: [
    "headers.hsts",
    "headers.x-frame-options",
    "headers.nosniff",
    "headers.referrer-policy",
    "headers.csp",
  ],
  fix: "unsafe",
  docs: {
    summary: "An inner `add_header` discards the headers of the outer level",
    why: "nginx inherits `add_header` as a whole or not at all: the first one in a `location` (or in an `if` there, or in a `server`) discards every header of the outer levels. Typically a `Cache-Control` for static files removes HSTS, the Content Security Policy and the clickjacking protection from them, and from the page itself if it is set for `index.html`.\n\nSince nginx 1.29.3, `add_header_inherit merge;` keeps the outer ones.",
    bad: 'server {\n    add_header Strict-Transport-Security "max-age=31536000" always;\n    location /static/ {\n        add_header Cache-Control "public";\n    }\n}\n',
    good: 'server {\n    add_header Strict-Transport-Security "max-age=31536000" always;\n    location /static/ {\n        add_header Strict-Transport-Security "max-age=31536000" always;\n        add_header Cache-Control "public";\n    }\n}\n',
    references: [
      "https://nginx.org/en/docs/http/ngx_http_headers_module.html#add_header",
      "https://nginx.org/en/docs/http/ngx_http_headers_module.html#add_header_inherit",
    ],
  },
  lists: () => [["add_header"], ["add_trailer"]],
  lossesOf: (discarded, context) => lostHeaders(discarded, discarded.outer[0]?.name ?? "", context),
  describe(losses, words, { version }) {
    const worst = losses.reduce((a, b) => (RANK[b.severity] > RANK[a.severity] ? b : a));
    return {
      message: messageOf(losses, worst, words),
      help: helpOf(worst, losses, version),
      ...(worst.severity === "warning" ? {} : { severity: worst.severity }),
      ...detailsOf(worst),
      ...fixOf(losses, version),
      items: itemsOf(losses),
      identity: `${worst.directive} ${subjectsOf(worst.lost).join(" ").toLowerCase()}`,
    };
  },
});

const RANK: Record<Severity, number> = { info: 0, warning: 1, error: 2 };

function messageOf(
  losses: readonly HeaderLoss[],
  { place, cause, own, lost, isPage }: HeaderLoss,
  { where, several, lines }: LossWords,
): string {
  const headers = shortListOf(byWeight(subjectsOf(lost)).map((name) => `\`${name}\``));
  const responses = responsesOf(losses, place, isPage);
  if (own.length === 0)
    return `${codeOf(cause)} also applies to the inner levels, which send none of the headers set beside it. ${where}: ${responses} ${headers} (${lines}).`;
  const others = own.length > 1 ? ` and ${own.length - 1} more` : "";
  return `${where} ${several ? "set" : "sets"} \`${cause.name} ${cause.args[0] ?? ""}\`${others}, so ${responses} ${headers} (set at ${lines}).`;
}

/** What goes without the headers. */
function responsesOf(losses: readonly HeaderLoss[], { handler, location }: Place, isPage: boolean): string {
  if (losses.length > 1)
    return isPage ? "responses under them, the page too, lose" : "responses under them lose";
  if (isPage) return "the page is sent without";
  if (handler.kind === "return") return "the answer is sent without";
  return location?.isPrefix ? "responses under it lose" : "its responses lose";
}

/** All names, where the message has not room for them. */
function detailsOf({ lost }: HeaderLoss): { details?: Detail[] } {
  const names = byWeight(subjectsOf(lost));
  return names.length > 3 ? { details: [{ label: "lost", text: names.join(", ") }] } : {};
}

/** What hurts most comes first. */
function byWeight(names: readonly string[]): string[] {
  const weight = (name: string) =>
    PAGE_GUARDS.has(name.toLowerCase()) ? 0 : SECURITY_HEADERS.has(name.toLowerCase()) ? 1 : 2;
  return [...names].sort((a, b) => weight(a) - weight(b));
}

function helpOf(
  { own, lost, directive }: HeaderLoss,
  losses: readonly HeaderLoss[],
  version: Version | null,
): string {
  if (own.length === 0)
    return `write \`${directive}_inherit on;\` in the inner levels, or remove the \`off\``;
  const where = losses.length > 1 ? "in each of these places" : "here";
  const repeat = `repeat ${lost.length === 1 ? "it" : "them"} ${where}`;
  const merge = `\`${directive}_inherit merge;\``;
  const since = mergesSince(directive);
  switch (losses.some(wouldSendTwice) ? false : isSince(version, since)) {
    case true:
      return `write ${merge}, or ${repeat}`;
    case false:
      return `${repeat}, ideally with an \`include\` of a file that holds them all`;
    case "unknown":
      return `${repeat}, or write ${merge} (nginx ≥ ${since})`;
  }
}

/** The first version in which an inner level can add to the outer list. */
function mergesSince(directive: string): string {
  return lookupDirective(`${directive}_inherit`)?.[0]?.since ?? "";
}

/** Repeats the lost headers behind each place's own, or merges where the version allows it. */
function fixOf(losses: readonly [HeaderLoss, ...HeaderLoss[]], version: Version | null): { fix?: Fix } {
  const [{ directive }] = losses;
  if (losses.some(({ own }) => own.length === 0)) return {};
  const merges =
    isSince(version, mergesSince(directive)) === true &&
    !losses.some(wouldSendTwice) &&
    losses.every(({ context }) => inheritMode(context, directive).statement?.context !== context);
  if (merges)
    return repeatLost(losses, [directive], "keep the outer headers", () => [`${directive}_inherit merge;`]);
  const names = subjectsOf(losses.flatMap(({ lost }) => lost));
  return repeatLost(losses, [directive], `repeat ${shortListOf(names.map((name) => `\`${name}\``))}`);
}

/** `merge` does not override: a name that is set in both places would be sent twice. */
function wouldSendTwice({ own, outer }: HeaderLoss): boolean {
  const names = new Set(own.map(({ args }) => args[0]?.toLowerCase()));
  return outer.some(({ args }) => names.has(args[0]?.toLowerCase()));
}

/** The checklist asks for what the page itself carries. */
function itemsOf(losses: readonly HeaderLoss[]): readonly string[] {
  const names = losses.filter(({ isPage }) => isPage).flatMap(({ lost }) => subjectsOf(lost));
  return [...new Set(names.map((name) => ITEMS.get(name.toLowerCase())))].filter(
    (item) => item !== undefined,
  );
}

const ITEMS: ReadonlyMap<string, string> = new Map([
  ["strict-transport-security", "headers.hsts"],
  ["x-frame-options", "headers.x-frame-options"],
  ["x-content-type-options", "headers.nosniff"],
  ["referrer-policy", "headers.referrer-policy"],
  ["content-security-policy", "headers.csp"],
]);
