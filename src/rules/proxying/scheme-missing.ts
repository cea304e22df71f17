/** Requests that are handed to an application without a word of the client's scheme. */
import { push } from "../../lists/index.ts";
import type { Effective, Place, Statement, VirtualServer } from "../../semantics/index.ts";
import { isExporter, isHealthCheck } from "../../site/index.ts";
import { replaceArgument } from "../fix.ts";
import { writtenAs } from "../fix-lines.ts";
import { linesOf } from "../report/lost-list.ts";
import type { Confidence, Fix, RelatedPlace, Report, RuleContext, Severity } from "../rule.ts";
import { capitalized, codeOf, titleOf, titlesOf } from "../wording.ts";
import { addToLists } from "./header-lines.ts";
import { discardedBy } from "./scheme-header.ts";

export interface Missing {
  readonly pass: Statement;
  readonly server: VirtualServer | null;
  /** The headers in force. */
  readonly list: Effective;
  /** The line to blame: one that discards or removes the header, or the first of a set without it; null where none is set. */
  readonly cause: Statement | null;
  /** Where the header was set before `cause` discarded it. */
  readonly discarded: Statement | null;
  readonly removed: boolean;
  /** Only monitors ask there, which make no links of the answer. */
  readonly isForMonitors: boolean;
  readonly severity: Severity;
  readonly confidence: Confidence;
}

export function judgeMissing(pass: Statement, place: Place, { site, assume }: RuleContext): Missing {
  const { server } = place;
  const { edge } = site;
  const list = place.list("proxy_set_header");
  const { statements } = list;
  const blame = discardedBy(place);
  const removal = statements.find(({ args }) => isProto(args[0]) && args[1] === "");
  const behind = site.backendOf(pass);
  // With a proxy in front that sets the header, what it sent is passed on.
  const passesOn = assume.edge === false && removal === undefined;
  const isUnsure =
    behind.kind === "indifferent" ||
    isExporter(pass) ||
    place.context.has("internal") ||
    passesOn ||
    (server !== null && edge.isPrivate(server.server)) ||
    statements.some(isOtherSchemeHeader);
  // Where no TLS is known for the name, the application may rightly take every request for plain HTTP.
  const isOverTls = server === null ? edge.knowsTls : edge.isEdge(server.server);
  const isLessSure = (behind.kind === "application" && !behind.sure) || !edge.knowsTls;
  return {
    pass,
    server,
    list,
    cause: removal ?? blame?.cause ?? statements[0] ?? null,
    discarded: removal === undefined ? (blame?.set ?? null) : null,
    removed: removal !== undefined,
    isForMonitors: isForMonitors(place),
    severity: passesOn || !isOverTls ? "info" : "warning",
    confidence: isUnsure ? "low" : isLessSure ? "medium" : "high",
  };
}

function isForMonitors({ server, location }: Place): boolean {
  return server !== null && location !== null && isHealthCheck(server, location);
}

function isProto(name: string | undefined): boolean {
  return name?.toLowerCase() === "x-forwarded-proto";
}

/** Other names under which some frameworks look for the scheme. */
function isOtherSchemeHeader({ args }: Statement): boolean {
  return (
    /^x-(forwarded-(ssl|protocol|scheme)|scheme|url-scheme)$|^front-end-https$/i.test(args[0] ?? "") &&
    args[1] !== ""
  );
}

type Group = readonly [Missing, ...Missing[]];

/**
 * What is one finding: all that one line discards or removes, or that one set of several servers lacks; all the rest of a server.
 * What one is less sure of is told apart.
 */
export function groupsOf(all: readonly Missing[]): readonly Group[] {
  const users = new Map<Statement["directive"], Set<VirtualServer | null>>();
  for (const { cause, server } of all) {
    if (cause === null) continue;
    const known = users.get(cause.directive);
    if (known === undefined) users.set(cause.directive, new Set([server]));
    else known.add(server);
  }
  const groups = {
    low: new Map<unknown, [Missing, ...Missing[]]>(),
    shown: new Map<unknown, [Missing, ...Missing[]]>(),
  };
  for (const each of all) {
    const { cause, discarded, removed, server, confidence } = each;
    const isOwnCause =
      cause !== null && (discarded !== null || removed || (users.get(cause.directive)?.size ?? 0) > 1);
    const key = isOwnCause ? cause.directive : server;
    const same = confidence === "low" ? groups.low : groups.shown;
    push(same, key, each);
  }
  return [...groups.shown.values(), ...groups.low.values()];
}

const RANK: readonly Confidence[] = ["low", "medium", "high"];

export function reportOf(group: Group, context: RuleContext): Report {
  const first = group.reduce((a, b) => (RANK.indexOf(b.confidence) > RANK.indexOf(a.confidence) ? b : a));
  const { cause, discarded, removed, pass } = first;
  const isOne = cause !== null && group.every((each) => each.cause?.directive === cause.directive);
  // A set of the location's own is mended where the request is handed on; a shared one where it is written.
  const isShared =
    isOne && (group.length > 1 || cause.context !== pass.context || cause.chain !== pass.chain);
  const at = cause !== null && (discarded !== null || removed || (isShared && !isInIf(first))) ? cause : pass;
  const where = titlesOf(group.map((each) => each.pass.context));
  const verb = group.length === 1 ? "passes" : "pass";
  const without = "requests to the application without `X-Forwarded-Proto`";
  const why =
    discarded !== null && cause !== null
      ? `${codeOf(cause)} discards the headers of the outer level, so ${where} ${verb} ${without} (it was set at ${linesOf([discarded], cause)})`
      : removed && cause !== null
        ? `${codeOf(cause)} removes the header, so ${where} ${verb} ${without}`
        : `${capitalized(where)} ${verb} ${without}`;
  return {
    at,
    message: `${why}: ${consequence(first, context)}`,
    help: helpFor(group, context),
    ...(first.severity === "warning" && !group.every((each) => each.isForMonitors)
      ? {}
      : { severity: "info" as const }),
    ...(first.confidence === "high" ? {} : { confidence: first.confidence }),
    related: relatedOf(group, at),
    concerns: group.map((each) => each.pass.context),
    ...fixOf(group, first.confidence, context),
    ...(removed ? {} : { witness: { kind: "header" as const, value: "X-Forwarded-Proto: https" } }),
    identity: `missing ${where}`,
  };
}

/** An `if` that hands requests on with the set of its location. */
function isInIf({ pass, cause }: Missing): boolean {
  return pass.context.kind === "location-if" && cause?.context === pass.context.parent;
}

function consequence({ removed, server }: Missing, { site }: RuleContext): string {
  const told =
    server === null || !site.edge.speaksTls(server.server)
      ? "it cannot tell HTTPS from plain http"
      : site.isReachedByHttpsAlone(server)
        ? "it takes HTTPS for plain http (links that begin with `http:`, cookies without `Secure`)"
        : "it takes HTTPS for plain http (endless redirects, insecure cookies)";
  return removed ? `${told}.` : `${told}, or trusts whatever a client sends in that header.`;
}

function helpFor(group: Group, { assume, site }: RuleContext): string {
  const line = (value: string) => `\`proxy_set_header X-Forwarded-Proto ${value};\``;
  const causes = new Set(group.map(({ cause }) => cause?.directive ?? null));
  const hasOthers = group.some(({ cause }) => cause !== null);
  const where = `${hasOthers ? " beside the other headers" : ""}${causes.size > 1 ? ", in each of these places" : ""}`;
  if (assume.edge === false) return `write ${line("$http_x_forwarded_proto")}${where}`;
  if (!site.edge.knowsTls) {
    return `write ${line("$scheme")}${where}, or ${line("$http_x_forwarded_proto")} if a proxy in front terminates TLS`;
  }
  return `write ${line("$scheme")}${where}`;
}

/** What was set before is set again. None where a proxy in front may know the scheme better. */
function fixOf(group: Group, confidence: Confidence, context: RuleContext): { fix?: Fix } {
  const [{ cause, discarded, removed }] = group;
  if (discarded === null && (confidence === "low" || !endsTls(group, context))) return {};
  const line = discarded === null ? "proxy_set_header X-Forwarded-Proto $scheme;" : writtenAs(discarded);
  const edits =
    removed && cause !== null ? [replaceArgument(cause, 1, "$scheme")] : addToLists(group, [line]);
  const description = `${removed ? "set" : "add"} \`${removed ? "X-Forwarded-Proto $scheme" : line}\``;
  return edits === null ? {} : { fix: { description, safe: false, edits } };
}

function endsTls(group: Group, { site: { edge }, assume }: RuleContext): boolean {
  if (assume.edge !== undefined) return assume.edge;
  return edge.knowsTls && group.every(({ server }) => server === null || !edge.isBehindProxy(server.server));
}

function relatedOf(group: Group, at: Statement): RelatedPlace[] {
  const related: RelatedPlace[] = [];
  for (const { pass, cause, discarded } of group) {
    if (pass.directive !== at.directive)
      related.push({ at: pass, message: `${titleOf(pass.context)} passes requests on here` });
    const isElsewhere = cause !== null && cause.file !== pass.file && cause.directive !== at.directive;
    if (isElsewhere && !related.some((each) => each.at === cause))
      related.push({ at: cause, message: "the headers are set here" });
    if (discarded !== null) related.push({ at: discarded, message: "the header was set here" });
  }
  return related;
}
