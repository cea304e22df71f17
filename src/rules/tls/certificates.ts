/** Who issued a certificate, as far as its path tells. */
import type { Place, Statement } from "../../semantics/index.ts";

/** Folders that clients of Let's Encrypt keep their certificates in. */
const ACME = /letsencrypt|certbot|dehydrated|acme|\/lego\/|getssl|\/simp_le\//i;

/** The certificate in force at a place; null where none is seen. */
export function certificateAt(place: Place): Statement | null {
  return place.setting("ssl_certificate").statement;
}

/** Most likely one of Let's Encrypt, which answers no OCSP requests any more. */
export function isLetsEncrypt({ args }: Statement): boolean {
  return ACME.test(args[0] ?? "");
}
