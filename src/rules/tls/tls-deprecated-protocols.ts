import {
  type Configuration,
  type Context,
  effective,
  formatVersion,
  isSince,
  readListen,
  type SocketMember,
  type Statement,
  type TlsSocket,
  tlsSockets,
  type Version,
} from "../../semantics/index.ts";
import { type Anchor, defineRule, type Fix, type RelatedPlace, type RuleContext } from "../rule.ts";

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
    summary: "TLS listeners accept TLSv1.2 and TLSv1.3 only",
    why: "SSLv2, SSLv3, TLSv1 and TLSv1.1 can be attacked (POODLE, BEAST) and were retired by RFC 8996; audits such as PCI DSS fail a site that accepts them, and no current browser needs them.\n\nBefore nginx 1.29.2 the `ssl_protocols` of the default server of an address hold for all its servers; what another server of that address says is not in force. Without `ssl_protocols`, nginx before 1.27.3 accepts TLSv1 and TLSv1.1.",
    bad: "server {\n    listen 443 ssl default_server;\n    ssl_protocols TLSv1 TLSv1.1 TLSv1.2;\n}\n",
    good: "server {\n    listen 443 ssl default_server;\n    ssl_protocols TLSv1.2 TLSv1.3;\n}\n",
    references: [
      "https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_protocols",
      "https://www.rfc-editor.org/rfc/rfc8996",
    ],
  },
  check(context) {
    const sockets = tlsSockets(context.configuration);
    checkListeners(context, sockets);
    checkDefaults(context, sockets);
    checkUpstreams(context);
  },
});

const DEPRECATED: ReadonlySet<string> = new Set(["sslv2", "sslv3", "tlsv1", "tlsv1.1"]);
const KNOWN: ReadonlySet<string> = new Set([...DEPRECATED, "tlsv1.2", "tlsv1.3"]);
const MODERN = "TLSv1.2 TLSv1.3";

/** Since then each server's own `ssl_protocols` hold; before, those of the address's default server. */
const PER_SERVER = "1.29.2";
/** Since then TLSv1 and TLSv1.1 are off by default. */
const MODERN_DEFAULT = "1.27.3";

/** Where the deprecated protocols of one `ssl_protocols` are in force. */
interface Use {
  readonly statement: Statement;
  /** Listeners by what nginx does before 1.29.2, and since. */
  readonly before: Anchor[];
  readonly since: Anchor[];
  /** Other servers' `ssl_protocols` that are not in force before 1.29.2. */
  readonly unheard: Set<Statement>;
  sure: boolean;
}

class Uses {
  readonly all = new Map<Statement["directive"], Use>();

  of(statement: Statement): Use {
    let use = this.all.get(statement.directive);
    if (use === undefined) {
      use = { statement, before: [], since: [], unheard: new Set(), sure: false };
      this.all.set(statement.directive, use);
    }
    return use;
  }
}

function checkListeners({ configuration, version, report }: RuleContext, sockets: readonly TlsSocket[]) {
  const uses = new Uses();
  for (const socket of sockets) collectSocket(socket, uses);
  for (const [context, listener] of otherListeners(configuration)) {
    const statement = deprecatedIn(context);
    if (statement === null) continue;
    const use = uses.of(statement);
    use.before.push(listener);
    use.since.push(listener);
    use.sure = true;
  }
  for (const statement of looseStatements(configuration)) {
    const use = uses.of(statement);
    use.before.push(statement);
    use.since.push(statement);
  }
  const perServer = isSince(version, PER_SERVER);
  for (const { statement, before, since, unheard, sure } of uses.all.values()) {
    const places =
      perServer === true ? since : perServer === false ? before : before.length > 0 ? before : since;
    const [first] = places;
    if (first === undefined) continue;
    const always = perServer !== "unknown" || (before.length > 0 && since.length > 0);
    const when = always
      ? ""
      : before.length > 0
        ? ` before nginx ${PER_SERVER}`
        : ` since nginx ${PER_SERVER}`;
    const names = deprecatedNames(statement);
    report({
      at: statement,
      message: `\`${statement.name}\` accepts ${listOf(names)}${when}${placeText(first, places.length, statement)}: attackers can break ${names.length > 1 ? "these protocols" : "this protocol"}, and security audits fail the site.`,
      help: `write \`${statement.name} ${MODERN};\``,
      ...(always ? {} : { severity: "info" as const }),
      ...(sure || perServer === true ? {} : { confidence: "medium" as const }),
      related: [
        ...places.filter((at) => at !== statement).map((at) => ({ at, message: "in force here" })),
        ...(perServer === true ? [] : unheardPlaces(unheard)),
      ],
      ...fixOf(statement),
    });
  }
}

function collectSocket({ members, defaultMember, defaultUncertain }: TlsSocket, uses: Uses): void {
  const listener = placeOf(defaultMember);
  const decisive = deprecatedIn(defaultMember.server.context);
  if (decisive !== null) {
    const use = uses.of(decisive);
    use.before.push(listener);
    if (!defaultUncertain) use.sure = true;
    for (const { server } of members) {
      const own = server.context.last("ssl_protocols");
      if (own !== undefined && own.directive !== decisive.directive) use.unheard.add(own);
    }
  }
  for (const member of members) {
    const { context } = member.server;
    // A server that refuses every handshake speaks no protocol of its own.
    if (effective(context, "ssl_reject_handshake").statements.at(-1)?.args[0] === "on") continue;
    const own = deprecatedIn(context);
    if (own === null) continue;
    const use = uses.of(own);
    use.since.push(placeOf(member));
  }
}

/** The listeners of `stream` and `mail`, where each server has its own settings. */
function* otherListeners({ root }: Configuration): Generator<[Context, Anchor]> {
  for (const kind of ["stream", "mail"] as const) {
    const block = root.kind === kind ? root : root.last(kind)?.block;
    for (const { block: server } of block?.all("server") ?? []) {
      if (server === null) continue;
      const listen = server.all("listen").find((statement) => readListen(statement).tls);
      const starttls = effective(server, ["starttls", "ssl"]).statements.find(({ args }) =>
        ["on", "only"].includes(args[0] ?? ""),
      );
      const at = listen ?? (kind === "mail" ? starttls : undefined);
      if (at !== undefined) yield [server, at];
    }
  }
}

/** A snippet of TLS settings without a `listen` in sight: someone includes it for a TLS listener. */
function looseStatements(configuration: Configuration): Statement[] {
  const { root } = configuration;
  if (
    !configuration.fragment ||
    configuration.servers.some(({ partial, listens }) => !partial || listens.length > 0)
  ) {
    return [];
  }
  const statement = deprecatedIn(root);
  return statement === null ? [] : [statement];
}

function checkDefaults({ configuration, version, report }: RuleContext, sockets: readonly TlsSocket[]): void {
  const modern = isSince(version, MODERN_DEFAULT);
  if (modern === true) return;
  const places: Anchor[] = [];
  const unheard = new Set<Statement>();
  for (const { members, defaultMember, defaultUncertain } of sockets) {
    const { context } = defaultMember.server;
    if (defaultUncertain || isUnset(context) === false) continue;
    places.push(placeOf(defaultMember));
    for (const { server } of members) {
      const own = server.context.last("ssl_protocols");
      if (own !== undefined) unheard.add(own);
    }
  }
  for (const [context, listener] of otherListeners(configuration))
    if (isUnset(context)) places.push(listener);
  const [first, ...others] = places;
  if (first === undefined) return;
  report({
    at: first,
    message: `No \`ssl_protocols\` is in force here, and ${whichVersion(version)} accepts TLSv1 and TLSv1.1 by default${isSince(version, "1.23.4") === false ? ", and not TLSv1.3" : ""}.`,
    severity: "info",
    help: `write \`ssl_protocols ${MODERN};\` in \`http\`, or in the default server of the address`,
    related: [...others.map((at) => ({ at, message: "nor here" })), ...unheardPlaces(unheard)],
    identity: "default",
  });
}

/** Connections from nginx to upstreams over TLS. */
function checkUpstreams({ configuration, report }: RuleContext): void {
  const uses = new Map<Statement["directive"], { statement: Statement; passes: Statement[] }>();
  for (const pass of ["proxy_pass", "grpc_pass", "uwsgi_pass"].flatMap((name) => configuration.all(name))) {
    const directive = upstreamProtocols(pass);
    if (directive === null) continue;
    const statement = deprecatedIn(pass.context, directive);
    if (statement === null) continue;
    const use = uses.get(statement.directive);
    if (use === undefined) uses.set(statement.directive, { statement, passes: [pass] });
    else use.passes.push(pass);
  }
  for (const { statement, passes } of uses.values()) {
    report({
      at: statement,
      message: `nginx also speaks ${listOf(deprecatedNames(statement))} to the upstream, if that asks for it: whoever is between them can read or change what is sent.`,
      severity: "warning",
      help: `write \`${statement.name} ${MODERN};\``,
      related: passes.map((at) => ({ at, message: "in force for this upstream" })),
      ...fixOf(statement),
    });
  }
}

/** The directive that lists the protocols towards the upstream of a `…_pass`; null where it speaks no TLS. */
function upstreamProtocols({ name, args, context }: Statement): string | null {
  const [target = ""] = args;
  if (name === "proxy_pass" && context.kind === "stream-server") {
    return effective(context, "proxy_ssl").statements.at(-1)?.args[0] === "on" ? "proxy_ssl_protocols" : null;
  }
  if (name === "proxy_pass" && target.startsWith("https://")) return "proxy_ssl_protocols";
  if (name === "grpc_pass" && target.startsWith("grpcs://")) return "grpc_ssl_protocols";
  if (name === "uwsgi_pass" && target.startsWith("suwsgi://")) return "uwsgi_ssl_protocols";
  return null;
}

/** The statement in force that lists a deprecated protocol; null where there is none, or one cannot be sure. */
function deprecatedIn(context: Context, name = "ssl_protocols"): Statement | null {
  const { statements, replaceable } = effective(context, name);
  const statement = statements.at(-1);
  if (statement === undefined || replaceable || deprecatedNames(statement).length === 0) return null;
  return raisesMinimum(context, name) ? null : statement;
}

/** `ssl_conf_command MinProtocol TLSv1.2` has the last word in OpenSSL. */
function raisesMinimum(context: Context, protocols: string): boolean {
  const command = protocols.replace("protocols", "conf_command");
  return effective(context, command).statements.some(
    ({ args }) => args[0]?.toLowerCase() === "minprotocol" && /^tlsv1\.[23]$/i.test(args[1] ?? ""),
  );
}

function isUnset(context: Context): boolean {
  const { statements, uncertain } = effective(context, "ssl_protocols");
  return statements.length === 0 && !uncertain && !raisesMinimum(context, "ssl_protocols");
}

/** As written; nginx reads the names in any case. */
function deprecatedNames({ args }: Statement): string[] {
  return args.filter((name) => DEPRECATED.has(name.toLowerCase()));
}

function fixOf(statement: Statement): { fix?: Fix } {
  const words = statement.directive.args;
  const first = words[0];
  const last = words.at(-1);
  if (first === undefined || last === undefined) return {};
  // A placeholder of a template stays as it is.
  if (!statement.args.every((name) => KNOWN.has(name.toLowerCase()))) return {};
  const edit = { file: statement.file, offset: first.start, length: last.end - first.start, text: MODERN };
  return { fix: { description: `allow ${MODERN} only`, safe: true, edits: [edit] } };
}

function placeOf({ server, listen }: SocketMember): Anchor {
  const { context } = server;
  return listen.statement ?? context.opener ?? { file: context.tree.entry, start: 0, end: 0 };
}

function placeText(first: Anchor, count: number, statement: Statement): string {
  if (first === statement || !("directive" in first)) return "";
  const more = count > 1 ? ` and ${count - 1} more` : "";
  return ` on \`${[first.name, ...first.args].join(" ")}\`${more}`;
}

function unheardPlaces(statements: Iterable<Statement>): RelatedPlace[] {
  return [...statements].map((at) => ({
    at,
    message: `not in force before nginx ${PER_SERVER}: the default server of the address decides`,
  }));
}

function whichVersion(version: Version | null): string {
  return version === null ? `nginx before ${MODERN_DEFAULT}` : `nginx ${formatVersion(version)}`;
}

function listOf(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
