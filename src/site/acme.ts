/** How the certificates of a tree are renewed: by an ACME authority, over HTTP, from a folder. */
import type { Location, VirtualServer } from "../semantics/index.ts";

/** Where ACME clients keep their certificates. */
const ACME_PATH = /letsencrypt|certbot|\/\.?acme|dehydrated|\/lego\b|getssl/i;

/** A name whose certificate comes from an ACME authority by the HTTP challenge; null without. Wildcards need DNS. */
export function acmeName({ top, scheme, server: { names } }: VirtualServer): string | null {
  if (scheme !== "https") return null;
  const certificates = top.list("ssl_certificate").statements;
  if (!certificates.some(({ args }) => ACME_PATH.test(args[0] ?? ""))) return null;
  const name = names.find(({ kind, text }) => kind === "exact" && /^[a-z0-9.-]+\.[a-z]/.test(text));
  return name?.text ?? null;
}

/** The locations of a server that give out the challenge from a folder: the webroot method. */
export function acmeWebroots(server: VirtualServer): readonly Location[] {
  return server.locations.filter((location) => {
    const { pattern, context } = location;
    const isForIt = /well-known\\?\/acme|\.well-known/.test(pattern) && !context.has("deny");
    if (!isForIt) return false;
    const { handler, files } = server.at(location);
    return (
      context.has("root") || context.has("alias") || (handler.kind === "static" && files.statement !== null)
    );
  });
}
