/** Bugs in how clients connect: HTTP/2, HTTP/3, TLS; in `stream` and `mail`, too. */
import { effective } from "../effective.ts";
import { http2Of } from "../http2.ts";
import type { Model, VirtualServer } from "../model.ts";
import { tlsSockets } from "../tls.ts";
import type { Statement } from "../tree.ts";
import { type Cause, reachedPlaces, writes } from "./cause.ts";

function open(model: Model): readonly VirtualServer[] {
  return model.servers.filter((server) => !server.rejectsAll);
}

/** The `listen … quic` of a server that speaks HTTP/3; `http3` is on by default. */
function quicListen(server: VirtualServer): Statement | null {
  const listen = server.server.listens.find(({ quic }) => quic)?.statement ?? null;
  return server.top.setting("http3").args[0] === "off" ? null : listen;
}

export function* speaksHttp3(model: Model): Generator<Cause> {
  for (const server of open(model)) {
    const listen = quicListen(server);
    if (listen !== null) yield [listen];
  }
}

/** HTTP/3 reaches an upstream whose requests are buffered, as they are by default. */
export function* http3Buffered(model: Model): Generator<Cause> {
  const quic = new Map(open(model).map((server) => [server, quicListen(server)] as const));
  if ([...quic.values()].every((listen) => listen === null)) return;
  const told = new Set<Statement>();
  for (const { server, place } of reachedPlaces(model, ({ handler }) => handler.kind === "pass")) {
    const { handler } = place;
    const listen = quic.get(server) ?? null;
    if (listen === null || handler.kind !== "pass" || told.has(listen)) continue;
    if (place.isOn(`${handler.pass.replace("_pass", "")}_request_buffering`) === false) continue;
    told.add(listen);
    yield [listen, handler.statement];
  }
}

export function* speaksHttp2(model: Model): Generator<Cause> {
  if (!writes(model, "http2") && !open(model).some(({ server }) => server.listens.some(({ http2 }) => http2)))
    return;
  for (const server of open(model)) {
    if (http2Of(model.configuration, server.server) !== "on") continue;
    const written =
      server.top.setting("http2").statement ?? server.server.listens.find(({ http2 }) => http2)?.statement;
    if (written) yield [written];
  }
}

export function* speaksSpdy(model: Model): Generator<Cause> {
  for (const { server } of open(model)) {
    const listen = server.listens.find(({ statement }) => statement?.args.includes("spdy"));
    if (listen?.statement) yield [listen.statement];
  }
}

export function* speaksTls(model: Model): Generator<Cause> {
  for (const { members } of tlsSockets(model.configuration)) {
    const statement = members.find(({ listen }) => listen.tls)?.listen.statement;
    if (statement) yield [statement];
  }
}

/** Ticket keys that a shared session cache keeps and changes by itself. */
export function* rotatesTicketKeys(model: Model): Generator<Cause> {
  if (!writes(model, "ssl_session_cache")) return;
  for (const { defaultMember } of tlsSockets(model.configuration)) {
    const place = model.place(defaultMember.server.context);
    const { statement, args } = place.setting("ssl_session_cache");
    const isShared = args.some((word) => word.startsWith("shared:"));
    if (statement === null || !isShared || place.isOn("ssl_session_tickets") !== true) continue;
    if (place.setting("ssl_session_ticket_key").statement === null) yield [statement];
  }
}

/** Two servers of one address let in clients with certificates of different authorities, and sessions are taken up again. */
export function* sharesSessions(model: Model): Generator<Cause> {
  if (!writes(model, "ssl_verify_client")) return;
  for (const { members, defaultMember } of tlsSockets(model.configuration)) {
    const main = model.place(defaultMember.server.context);
    const cache = main.setting("ssl_session_cache").args[0] ?? "none";
    if (main.isOn("ssl_session_tickets") === false && /^(none|off)$/.test(cache)) continue;
    const verifying = members.flatMap(({ server }) => {
      const place = model.place(server.context);
      const { statement, args } = place.setting("ssl_verify_client");
      const authority = ["ssl_client_certificate", "ssl_trusted_certificate"]
        .map((name) => place.setting(name).args[0] ?? "")
        .join(" ");
      return statement === null || args[0] === "off" ? [] : [{ statement, authority }];
    });
    const [first] = verifying;
    const other = verifying.find(({ authority }) => authority !== first?.authority);
    if (first !== undefined && other !== undefined) yield [other.statement, first.statement];
  }
}

/** The certificates of clients are checked with a responder whose name is looked up. */
export function* asksOcspResponder(model: Model): Generator<Cause> {
  if (!writes(model, "ssl_ocsp") || !writes(model, "resolver")) return;
  for (const server of open(model)) {
    const ocsp = server.top.setting("ssl_ocsp");
    const verify = server.top.setting("ssl_verify_client").args[0] ?? "off";
    const resolver = server.top.setting("resolver").statement;
    if (ocsp.statement !== null && ocsp.args[0] !== "off" && verify !== "off" && resolver !== null)
      yield [ocsp.statement, resolver];
  }
}

export function* streamAsksOcsp(model: Model): Generator<Cause> {
  for (const statement of model.configuration.all("ssl_ocsp")) {
    if (statement.context.kind.startsWith("stream") && statement.args[0] !== "off") yield [statement];
  }
}

function* inMail(
  model: Model,
  names: readonly string[],
  test: (statement: Statement) => boolean,
): Generator<Cause> {
  for (const name of names) {
    for (const statement of model.configuration.all(name)) {
      if (statement.context.kind.startsWith("mail") && test(statement)) yield [statement];
    }
  }
}

export function mailWithCram(model: Model): Generator<Cause> {
  return inMail(model, ["smtp_auth", "pop3_auth", "imap_auth"], ({ args }) =>
    args.some((method) => /^(cram-md5|apop)$/i.test(method)),
  );
}

export function mailAuthHttp(model: Model): Generator<Cause> {
  return inMail(model, ["auth_http"], () => true);
}

export function* mailSmtp(model: Model): Generator<Cause> {
  yield* inMail(model, ["protocol"], ({ args }) => args[0] === "smtp");
  // Without `protocol` nginx goes by the port.
  yield* inMail(
    model,
    ["listen"],
    ({ args: [address = ""], context }) =>
      effective(context, "protocol").statements.length === 0 && /(^|:)(25|465|587)$/.test(address),
  );
}

export function mailStartTls(model: Model): Generator<Cause> {
  return inMail(model, ["starttls"], ({ args }) => args[0] === "on" || args[0] === "only");
}
