/** What TLS wants beside a certificate: its key, and the certificates that verify the other side (the merge functions of the TLS modules). */

import type { Anchor, Refusal } from "../anchor.ts";
import type { Configuration } from "../configuration.ts";
import { type Effective, effective } from "../effective.ts";
import type { Context, Statement } from "../tree.ts";
import { isSince, type Version } from "../version.ts";
import { type PlainServer, plainServers } from "./plain-servers.ts";
import { isMisspelt } from "./usages.ts";

/** One refusal for each directive that lacks another. */
export function missingTlsMaterial(configuration: Configuration, version: Version | null): Refusal[] {
  const refusals = new Map<Anchor, Refusal>();
  const add = (refusal: Refusal | null) => {
    if (refusal !== null && !refusals.has(refusal.at)) refusals.set(refusal.at, refusal);
  };
  for (const { context } of configuration.servers) {
    if (!hasCertificate(context) && !rejects(context)) continue;
    add(missingKey(context));
    add(missingVerifier(context, version));
  }
  const servers = plainServers(configuration);
  for (const server of servers) {
    const { context } = server;
    if (!speaksTls(server, version)) continue;
    if (!isCovered(server, servers)) add(missingCertificate(server));
    add(missingKey(context));
    add(missingVerifier(context, version));
  }
  for (const [context, family] of tlsClients(configuration)) {
    add(missingClientKey(context, family));
    add(missingTrust(context, family));
  }
  return [...refusals.values()];
}

function hasCertificate(context: Context): boolean {
  return effective(context, "ssl_certificate").statements.length > 0;
}

function rejects(context: Context): boolean {
  return isOn(effective(context, "ssl_reject_handshake"));
}

function isOn({ statements }: Effective): boolean {
  return statements.at(-1)?.args[0]?.toLowerCase() === "on";
}

/** Whether nginx makes a TLS context for a server of stream or mail. */
function speaksTls(server: PlainServer, version: Version | null): boolean {
  const { kind, context } = server;
  if (tlsSwitch(server) !== null) return true;
  // 1.22 wants `listen … ssl`, 1.28 does not.
  const isNew = kind === "stream" && version !== null && isSince(version, "1.28.0") === true;
  return isNew && (hasCertificate(context) || rejects(context));
}

/** What switches TLS on in a server of stream or mail, and how nginx calls it. */
function tlsSwitch({ kind, context, listens }: PlainServer): { at: Statement; mode: string } | null {
  const listen = listens.find(({ tls }) => tls)?.statement;
  if (listen) return { at: listen, mode: "listen ... ssl" };
  if (kind !== "mail") return null;
  // `ssl on` is gone since 1.25.1.
  const [ssl, starttls] = [effective(context, "ssl"), effective(context, "starttls")];
  const [switchedOn, started] = [ssl.statements.at(-1), starttls.statements.at(-1)];
  if (switchedOn !== undefined && isOn(ssl)) return { at: switchedOn, mode: "ssl" };
  if (started === undefined || started.args[0]?.toLowerCase() === "off") return null;
  return { at: started, mode: "starttls" };
}

function missingCertificate(server: PlainServer): Refusal | null {
  const on = tlsSwitch(server);
  const { statements, uncertain } = effective(server.context, ["ssl_certificate", "ssl_reject_handshake"]);
  if (on === null || statements.length > 0 || uncertain) return null;
  if (isMisspelt(server.context, "ssl_certificate")) return null;
  return {
    at: on.at,
    message: `no "ssl_certificate" is defined for the "${on.mode}" directive: nginx does not start.`,
    help: "write `ssl_certificate` and `ssl_certificate_key`",
  };
}

/**
 * Servers of `stream` share addresses since 1.25.5, and nginx wants the certificate of the address's default server; of the
 * others only where that one refuses handshakes (`ngx_stream_ssl_init`).
 */
function isCovered(server: PlainServer, servers: readonly PlainServer[]): boolean {
  if (server.kind !== "stream") return false;
  return server.listens
    .filter(({ tls }) => tls)
    .every(({ address, port, lastPort }) => {
      const members = servers.flatMap((other) => {
        if (other.kind !== "stream") return [];
        const listen = other.listens.find(
          (each) => each.address === address && each.port === port && each.lastPort === lastPort,
        );
        return listen === undefined ? [] : [{ other, listen }];
      });
      const first = (members.find(({ listen }) => listen.defaultServer) ?? members[0])?.other;
      return first !== undefined && first !== server && hasCertificate(first.context);
    });
}

function missingKey(context: Context): Refusal | null {
  const certificates = effective(context, "ssl_certificate");
  const keys = effective(context, "ssl_certificate_key");
  const certificate = certificates.statements.at(-1);
  if (certificate === undefined || certificates.statements.length <= keys.statements.length) return null;
  if (certificates.uncertain || keys.uncertain || isMisspelt(context, "ssl_certificate_key")) return null;
  return {
    at: certificate,
    message: `no "ssl_certificate_key" is defined for certificate "${certificate.args[0] ?? ""}": nginx does not start.`,
    help: "write `ssl_certificate_key` beside it",
  };
}

function missingVerifier(context: Context, version: Version | null): Refusal | null {
  const verify = effective(context, "ssl_verify_client").statements.at(-1);
  const mode = verify?.args[0]?.toLowerCase();
  if (verify === undefined || mode === undefined || mode === "off") return null;
  if (mode === "optional_no_ca") {
    const ocsp = effective(context, "ssl_ocsp").statements.at(-1);
    if (ocsp === undefined || ocsp.args[0]?.toLowerCase() === "off") return null;
    return {
      at: ocsp,
      message: '"ssl_ocsp" is incompatible with "ssl_verify_client optional_no_ca": nginx does not start.',
      help: "write `ssl_verify_client on`, or remove `ssl_ocsp`",
    };
  }
  // Until 1.27.2 the names of the authorities were asked for, too.
  const isEither = isSince(version, "1.27.2") !== false;
  const sources = isEither
    ? ["ssl_client_certificate", "ssl_trusted_certificate"]
    : ["ssl_client_certificate"];
  if (sources.some((name) => names(context, name))) return null;
  return {
    at: verify,
    message: `no ${sources.join(" or ")} for ssl_verify_client: nginx does not start.`,
    help: "name the authorities' certificates: `ssl_client_certificate /etc/nginx/ca.pem;`",
  };
}

/** A file is named, or may be in a part that could not be read. */
function names(context: Context, directive: string): boolean {
  const { statements, uncertain } = effective(context, directive);
  return uncertain || isMisspelt(context, directive) || (statements.at(-1)?.args[0] ?? "") !== "";
}

/** Where nginx speaks TLS to what is behind it, with the prefix of the directives that say how. */
function* tlsClients(configuration: Configuration): Generator<[Context, family: string]> {
  for (const [family, scheme] of SCHEMES) {
    const switches = [`${family}_ssl_verify`, `${family}_ssl_certificate`];
    if (switches.every((name) => configuration.all(name).length === 0)) continue;
    for (const { args, context } of configuration.all(`${family}_pass`)) {
      const [target = ""] = args;
      if (context.kind === "stream-server") continue;
      if (target.includes("$") || target.toLowerCase().startsWith(scheme)) yield [context, family];
    }
  }
  for (const { kind, context } of plainServers(configuration)) {
    if (kind === "stream" && isOn(effective(context, "proxy_ssl"))) yield [context, "proxy"];
  }
}

const SCHEMES: ReadonlyMap<string, string> = new Map([
  ["proxy", "https://"],
  ["grpc", "grpcs://"],
  ["uwsgi", "suwsgi://"],
]);

function missingClientKey(context: Context, family: string): Refusal | null {
  const certificate = effective(context, `${family}_ssl_certificate`).statements.at(-1);
  const keys = effective(context, `${family}_ssl_certificate_key`);
  const [file = ""] = certificate?.args ?? [];
  if (certificate === undefined || file === "" || keys.statements.length > 0 || keys.uncertain) return null;
  if (isMisspelt(context, `${family}_ssl_certificate_key`)) return null;
  return {
    at: certificate,
    message: `no "${family}_ssl_certificate_key" is defined for certificate "${file}": nginx does not start.`,
    help: `write \`${family}_ssl_certificate_key\` beside it`,
  };
}

function missingTrust(context: Context, family: string): Refusal | null {
  const verify = effective(context, `${family}_ssl_verify`);
  const [at] = verify.statements;
  const trusted = `${family}_ssl_trusted_certificate`;
  if (at === undefined || !isOn(verify) || names(context, trusted)) return null;
  return {
    at,
    message: `no ${trusted} for ${family}_ssl_verify: nginx does not start.`,
    help: `name the authorities' certificates: \`${trusted} /etc/ssl/certs/ca-certificates.crt;\``,
  };
}
