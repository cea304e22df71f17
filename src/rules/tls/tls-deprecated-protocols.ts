import {
  defaultProtocols,
  formatVersion,
  isSince,
  type ListenerProtocols,
  listenerProtocols,
  PROTOCOLS_PER_SERVER,
  protocolsAt,
  type Statement,
  upstreamProtocolsDirective,
} from "../../semantics/index.ts";
import { replaceArguments } from "../fix.ts";
import { type Anchor, defineRule, type Fix, type RelatedPlace, type RuleContext } from "../rule.ts";
import { codeOf, listOf } from "../wording.ts";
import { tlsPlaces } from "./listening.ts";

/** SSLv2 to TLSv1.1 where nginx speaks TLS: as written, as inherited, or by default. */
export default defineRule({
  id: "tls-deprecated-protocols",
  category: "tls",
  severity: "error",
  confidence: "high",
  presets: ["recommended", "security"],
  checklist: ["tls.protocols"],
  fix: "safe",
  docs: {
    summary: "A TLS listener accepts protocols older than TLSv1.2",
    why: "SSLv2, SSLv3, TLSv1 and TLSv1.1 can be attacked (POODLE, BEAST) and were retired by RFC 8996; audits such as PCI DSS fail a site that accepts them, and no current browser needs them.\n\nBefore nginx 1.29.2 the `ssl_protocols` of an address's default server apply to all servers of the address, and those of the other servers have no effect. Without `ssl_protocols`, nginx before 1.27.3 accepts TLSv1 and TLSv1.1.",
    bad: "server {\n    listen 443 ssl default_server;\n    ssl_protocols TLSv1 TLSv1.1 TLSv1.2;\n}\n",
    good: "server {\n    listen 443 ssl default_server;\n    ssl_protocols TLSv1.2 TLSv1.3;\n}\n",
    references: [
      "https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_protocols",
      "https://www.rfc-editor.org/rfc/rfc8996",
    ],
  },
  check(context) {
    const listeners = [...listenerProtocols(context.configuration, context.version)];
    checkListeners(context, listeners);
    checkDefaults(context, listeners);
    checkUpstreams(context);
    if (context.isMetUnheard === true) return;
    for (const { context: at } of tlsPlaces(context).filter(
      (place) => place.setting("ssl_protocols").origin === "unknown",
    ))
      if (at.opener !== null)
        context.untold({ at: at.opener, reason: "look for `ssl_protocols` in the parts that were not read" });
  },
});

const DEPRECATED: ReadonlySet<string> = new Set(["sslv2", "sslv3", "tlsv1", "tlsv1.1"]);
const KNOWN: ReadonlySet<string> = new Set([...DEPRECATED, "tlsv1.2", "tlsv1.3"]);
const MODERN = "TLSv1.2 TLSv1.3";

/** Where the deprecated protocols of one `ssl_protocols` are in force. */
interface Use {
  readonly statement: Statement;
  readonly names: readonly string[];
  readonly all: ListenerProtocols[];
}

function checkListeners(
  { version, report, met }: RuleContext,
  listeners: readonly ListenerProtocols[],
): void {
  const uses = new Map<Statement["directive"], Use>();
  const perServer = isSince(version, PROTOCOLS_PER_SERVER);
  for (const each of listeners) {
    const { statement } = each.protocols;
    const names = deprecatedOf(each.protocols.accepted);
    const isInForce = perServer === "unknown" || (perServer ? each.since : each.before);
    if (names.length === 0 && isInForce) met(statement ?? each.listener, each.servers);
    if (statement === null || names.length === 0) continue;
    const use = uses.get(statement.directive);
    if (use === undefined) uses.set(statement.directive, { statement, names, all: [each] });
    else use.all.push(each);
  }
  for (const { statement, names, all } of uses.values()) {
    const before = all.filter((each) => each.before);
    const since = all.filter((each) => each.since);
    const inForce = perServer === true || (perServer === "unknown" && before.length === 0) ? since : before;
    const places = inForce.map(({ listener }) => listener);
    const [first] = places;
    if (first === undefined) continue;
    const always = perServer !== "unknown" || (before.length > 0 && since.length > 0);
    const when = always ? "" : ` ${before.length > 0 ? "before" : "since"} nginx ${PROTOCOLS_PER_SERVER}`;
    report({
      at: statement,
      message: `\`${statement.name}\` accepts ${listOf(names)}${when}${placeText(first, places.length, statement)}: attackers can break ${names.length > 1 ? "these protocols" : "this protocol"}, and security audits fail the site.`,
      help: `write \`${statement.name} ${MODERN};\``,
      concerns: inForce.flatMap(({ servers }) => servers),
      ...(always ? {} : { severity: "info" as const }),
      ...(all.some(({ sure }) => sure) || perServer === true ? {} : { confidence: "medium" as const }),
      related: [
        ...places.filter((at) => at !== statement).map((at) => ({ at, message: "applies here" })),
        ...(perServer === true ? [] : unheardPlaces(all)),
      ],
      ...fixOf(statement),
    });
  }
}

function checkDefaults({ version, report }: RuleContext, listeners: readonly ListenerProtocols[]): void {
  // The youngest default that is weak is the one that most are met by.
  const weak = defaultProtocols(version)
    .filter(({ names }) => deprecatedOf(names).length > 0)
    .at(-1);
  if (weak === undefined) return;
  const names = deprecatedOf(weak.names);
  const unset = listeners.filter(
    ({ protocols, before, sure }) =>
      protocols.statement === null && before && sure && names.some((name) => protocols.allows(name)),
  );
  const [first, ...others] = unset;
  if (first === undefined) return;
  const who = version === null ? `nginx before ${weak.until}` : `nginx ${formatVersion(version)}`;
  const lacks = version === null || weak.names.includes("TLSv1.3") ? "" : ", and not TLSv1.3";
  report({
    at: first.listener,
    message: `No \`ssl_protocols\` applies here, and ${who} accepts ${listOf(names)} by default${lacks}.`,
    severity: "info",
    concerns: unset.flatMap(({ servers }) => servers),
    help: `write \`ssl_protocols ${MODERN};\` in \`http\`, or in the default server of the address`,
    related: [
      ...others.map(({ listener }) => ({ at: listener, message: "nor here" })),
      ...unheardPlaces(unset),
    ],
    identity: "default",
  });
}

/** Connections from nginx to upstreams over TLS. */
function checkUpstreams({ configuration, version, report }: RuleContext): void {
  const uses = new Map<
    Statement["directive"],
    { statement: Statement; names: string[]; passes: Statement[] }
  >();
  for (const pass of ["proxy_pass", "grpc_pass", "uwsgi_pass"].flatMap((name) => configuration.all(name))) {
    const directive = upstreamProtocolsDirective(pass);
    const protocols = directive === null ? null : protocolsAt(pass.context, version, directive);
    if (protocols?.statement == null) continue;
    const { statement, accepted } = protocols;
    const names = deprecatedOf(accepted);
    if (names.length === 0) continue;
    const use = uses.get(statement.directive);
    if (use === undefined) uses.set(statement.directive, { statement, names, passes: [pass] });
    else use.passes.push(pass);
  }
  for (const { statement, names, passes } of uses.values()) {
    report({
      at: statement,
      message: `nginx also speaks ${listOf(names)} to the upstream, if the upstream offers nothing better: anyone between them can read or change the traffic.`,
      severity: "warning",
      help: `write \`${statement.name} ${MODERN};\``,
      related: passes.map((at) => ({ at, message: "applies to this upstream" })),
      items: [],
      // An old upstream may speak nothing else.
      ...fixOf(statement, false),
    });
  }
}

/** As written; nginx reads the names in any case. */
function deprecatedOf(names: readonly string[]): string[] {
  return names.filter((name) => DEPRECATED.has(name.toLowerCase()));
}

function fixOf(statement: Statement, safe = true): { fix?: Fix } {
  // A placeholder of a template stays as it is.
  if (!statement.args.every((name) => KNOWN.has(name.toLowerCase()))) return {};
  const edits = [replaceArguments(statement, [MODERN])];
  return { fix: { description: `allow ${MODERN} only`, safe, edits } };
}

function placeText(first: Anchor, count: number, statement: Statement): string {
  if (first === statement || !("directive" in first)) return "";
  return ` on ${codeOf(first)}${count > 1 ? ` and ${count - 1} more` : ""}`;
}

function unheardPlaces(listeners: readonly ListenerProtocols[]): RelatedPlace[] {
  return [...new Set(listeners.flatMap(({ unheard }) => unheard))].map((at) => ({
    at,
    message: `has no effect before nginx ${PROTOCOLS_PER_SERVER}: the default server of the address decides`,
  }));
}
