import type { Refusal } from "../anchor.ts";
import type { Configuration } from "../configuration.ts";
import { effective } from "../effective.ts";
import type { Server } from "../server.ts";
import { tlsSockets } from "../tls.ts";
import type { Version } from "../version.ts";
import { isSince } from "../version.ts";
import { missingTlsMaterial } from "./tls-material.ts";
import { isMisspelt } from "./usages.ts";

/** TLS addresses that lack a certificate, or what goes with one. */
export function refuseWithoutCertificates(
  configuration: Configuration,
  version: Version | null,
  refuse: (refusal: Refusal) => void,
): void {
  const reported = new Set<Server>();
  const complain = (server: Server, listen: Refusal["at"] | null, message: string) => {
    if (reported.has(server)) return;
    reported.add(server);
    const at = listen ?? server.context.opener;
    if (at === null) return;
    refuse({
      at,
      message: `${message}: nginx does not start.`,
      help: "write `ssl_certificate` and `ssl_certificate_key`",
    });
  };
  for (const [transport, mode] of [
    ["tcp", "ssl"],
    ["quic", "quic"],
  ] as const) {
    for (const { members, defaultMember, defaultUncertain } of tlsSockets(configuration, transport)) {
      if (defaultUncertain) continue;
      const state = certificateOf(defaultMember.server);
      if (state === "unknown") continue;
      const protocols = effective(defaultMember.server.context, "ssl_protocols").statements.at(-1);
      if (
        state === "some" &&
        transport === "quic" &&
        protocols?.args.every((word) => !/^tlsv1\.3$/i.test(word))
      ) {
        refuse({
          at: protocols,
          message:
            '"ssl_protocols" must enable TLSv1.3 for the "listen ... quic" directive: nginx does not start.',
          help: "add `TLSv1.3`",
        });
      }
      if (state === "none") {
        complain(
          defaultMember.server,
          defaultMember.listen.statement,
          `no "ssl_certificate" is defined for the "listen ... ${mode}" directive`,
        );
      } else if (state === "rejects" && isSince(version, "1.19.4") !== false) {
        for (const { server, listen } of members) {
          if (server === defaultMember.server || certificateOf(server) !== "none") continue;
          complain(
            server,
            listen.statement,
            'no "ssl_certificate" is defined in server listening on SSL port',
          );
        }
      }
    }
  }
  for (const each of missingTlsMaterial(configuration, version)) refuse(each);
}

function certificateOf(server: Server): "some" | "none" | "rejects" | "unknown" {
  const certificates = effective(server.context, "ssl_certificate");
  if (certificates.statements.length > 0) return "some";
  if (isMisspelt(server.context, "ssl_certificate")) return "unknown";
  const rejects = effective(server.context, "ssl_reject_handshake");
  if (rejects.statements.at(-1)?.args[0] === "on") return "rejects";
  return certificates.uncertain || rejects.uncertain ? "unknown" : "none";
}
