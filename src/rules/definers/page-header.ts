/** The rules about a header that every page of a site should carry, made from its name and what counts as having it. */

import {
  type Context,
  fromBytes,
  inheritMode,
  type Place,
  type VirtualServer,
} from "../../semantics/index.ts";
import { type PageAnswer, SECURITY_HEADERS } from "../../site/index.ts";
import { insertBesideEach, insertInList, insertSetting } from "../fix-lists.ts";
import { discarderOf } from "../report/lost-list.ts";
import {
  type Confidence,
  defineRule,
  type Fix,
  type Report,
  type Rule,
  type ServerRule,
  type ServerRuleContext,
  type Severity,
} from "../rule.ts";
import { capitalized, titleOf } from "../wording.ts";

/** Headers of an answer by their names in lower case; the values as they are sent. */
export type SentHeaders = ReadonlyMap<string, string>;

export interface PageHeaderRule extends Omit<ServerRule, "scope" | "check"> {
  /** As it is written. */
  readonly header: string;
  /** What browsers do without it, as the end of a sentence. */
  readonly consequence: string;
  /** The line to write. */
  readonly line: string;
  /** How it is said of pages that an application makes, which may have a policy of its own. Default: as the rule says. */
  readonly applicationSeverity?: Severity;
  /** Whether what is sent does what the header is for. Default: the header is there. */
  isMet?(sent: SentHeaders): boolean;
  /** Values that browsers know; others they ignore, which `header-weak-value` says. */
  readonly known?: RegExp;
}

/**
 * One finding for each server that gives out a page without the header. Silent where an outer level sets it and an inner list
 * loses it (`add-header-inheritance` speaks), where a proxy in front may set it, for private and plain servers beside TLS ones,
 * and for pages of applications that leave all such headers to the application.
 */
export function definePageHeaderRule(rule: PageHeaderRule): Rule {
  const { header, consequence, line, isMet, known, applicationSeverity, ...data } = rule;
  const has = isMet ?? ((sent: SentHeaders) => sent.has(header.toLowerCase()));
  return defineRule({
    ...data,
    scope: "server",
    check(context) {
      const { server, site, report, met, unmet, untold, isMetUnheard } = context;
      const at = server.context.opener;
      if (at === null || server.server.partial || isOthersMatter(context)) return;
      const unmetAt = (page: PageAnswer, why: string) => unmet({ at, why: `GET ${page.uri} ${why}` });
      let isSomewhere = false;
      if (server.isIncomplete && server.top.handler.kind !== "return")
        untold({
          at,
          reason: `a part was not read: look for \`${header}\` in what \`${server.host}\` answers`,
        });
      for (const page of site.pageAnswers(server)) {
        if (page.isGuarded && isMetUnheard === true) continue;
        const sent = sentWith(page);
        if (sent === null) {
          untold({
            at,
            reason: `a part was not read: look for \`${header}\` in \`curl -sI ${addressOf(page, server)}\``,
          });
          continue;
        }
        if (has(sent)) {
          const value = sent.get(header.toLowerCase()) ?? "";
          if (known !== undefined && value !== "" && !value.includes("$") && !known.test(value))
            unmetAt(page, `has \`${header}: ${value}\`, which browsers ignore`);
          isSomewhere = true;
          continue;
        }
        const lost = discarderOf(header.toLowerCase(), page.place);
        if (lost !== null) {
          unmet({ at: lost, why: `GET ${page.uri}`, owner: "add-header-inheritance" });
          return;
        }
        const confidence = confidenceFor(page, sent, context);
        if (confidence === null) {
          untold({
            at,
            reason: `the application makes the page: look for \`${header}\` in \`curl -sI ${addressOf(page, server)}\``,
          });
          continue;
        }
        // A proxy in front may add it; what nginx sends lacks it.
        if (confidence === "low" || page.isGuarded) unmetAt(page, `is sent without \`${header}\``);
        if (page.isGuarded) return;
        const { location } = page.place;
        report({
          at,
          message: `${capitalized(titleOf(server.context))} sends its page without \`${header}\`: ${consequence}.`,
          help: `write \`${line}\` ${whereToAdd(page.place)}`,
          ...(confidence === "high" ? {} : { confidence }),
          ...(page.by === "application" && applicationSeverity ? { severity: applicationSeverity } : {}),
          ...(location === null
            ? {}
            : {
                related: [{ at: location.statement, message: "sends the page" }] satisfies Report["related"],
              }),
          witness: { kind: "request", value: `GET ${page.uri}` },
          ...(data.fix === undefined || confidence !== "high" ? {} : fixOf(page, line, server)),
        });
        return;
      }
      if (isSomewhere) met(at);
    },
  });
}

function isOthersMatter({ server: { server }, site: { edge } }: ServerRuleContext): boolean {
  return edge.isPrivate(server) || edge.isPlainBesideTls(server);
}

/** All headers that nginx adds to a page; null where a part that could not be read may add others. */
function sentWith({ simulation, place }: PageAnswer): SentHeaders | null {
  const { statements, uncertain, replaceable } = place.list("add_header");
  if (replaceable || (uncertain && statements.length === 0)) return null;
  const sent = new Map<string, string>();
  for (const name of place.moreHeaders) sent.set(name, "");
  for (const { name, value } of simulation.responseHeaders) sent.set(name.toLowerCase(), fromBytes(value));
  return sent;
}

/** Null: nothing can be said. */
function confidenceFor(
  { by }: PageAnswer,
  sent: SentHeaders,
  { server: { server }, site: { edge, assume } }: ServerRuleContext,
): Confidence | null {
  // HSTS is about the connection, which ends here whoever makes the page.
  const isOwnMatter = [...sent.keys()].some(
    (name) => SECURITY_HEADERS.has(name) && name !== "strict-transport-security",
  );
  if (by === "application") return isOwnMatter ? "medium" : null;
  if (isOwnMatter) return "high";
  const isBehind = edge.isBehindProxy(server) || (edge.isWithoutTls && assume.edge !== true);
  return isBehind ? "low" : "high";
}

/** Where a header is added that a place shall send: in the server, unless the place takes nothing over from there. */
export function whereToAdd(place: Place): string {
  const { from } = place.list("add_header");
  const { mode } = inheritMode(place.context, "add_header");
  const isOwn = from !== null && from.kind !== "http" && from.kind !== "server";
  const own = mode === "merge" ? null : isOwn ? from : mode === "off" ? place.context : null;
  return own === null ? "in the server" : `in ${titleOf(own)}, where the headers of the server do not apply`;
}

/** Where the page has its headers from, and beside the lists further in that would lose the new one. */
function fixOf({ place }: PageAnswer, line: string, { context }: VirtualServer): { fix?: Fix } {
  const { from } = place.list("add_header");
  const name = line.split(" ")[1] ?? "";
  const setting = from === null ? insertSetting(context, line) : null;
  const added = from === null ? setting && [setting] : insertInList([from], "add_header", [line]);
  const losing = from === context || from === null ? losersIn(context, name) : [];
  const repeated = insertBesideEach(
    losing.map((loser) => ({ context: loser, lines: [line] })),
    ["add_header"],
  );
  if (added === null || repeated === null) return {};
  return { fix: { description: `send \`${name}\``, safe: false, edits: [...added, ...repeated] } };
}

/** The contexts inside that have a list of their own without the header. */
function losersIn({ statements }: Context, name: string): Context[] {
  return statements.flatMap(({ block }) => {
    if (block === null) return [];
    const own = block.all("add_header");
    const lacks = own.length > 0 && !own.some(({ args }) => args[0]?.toLowerCase() === name.toLowerCase());
    const isLoser = lacks && inheritMode(block, "add_header").mode === "on";
    return [...(isLoser ? [block] : []), ...losersIn(block, name)];
  });
}

function addressOf({ uri }: PageAnswer, { host, server: { listens } }: VirtualServer): string {
  const scheme = listens.some(({ tls }) => tls) ? "https" : "http";
  return `${scheme}://${host === "" ? "localhost" : host}${uri}`;
}
