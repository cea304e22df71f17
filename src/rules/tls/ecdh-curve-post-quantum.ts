import { defineRule, type RuleContext } from "../rule.ts";
import { codeOf } from "../wording.ts";
import { tlsPlaces } from "./listening.ts";

/** A list of groups that leaves post-quantum key exchange out. */
export default defineRule({
  id: "ecdh-curve-post-quantum",
  category: "tls",
  severity: "info",
  confidence: "high",
  presets: ["strict"],
  docs: {
    summary: "`ssl_ecdh_curve` leaves out the post-quantum group",
    why: "Whoever records TLS traffic today can decrypt it once there is a quantum computer, unless the key exchange resists one. Browsers offer the hybrid group `X25519MLKEM768` for that, and OpenSSL 3.5 accepts it by default; a list in `ssl_ecdh_curve` replaces that default and switches it off. Before OpenSSL 3.5 the group is unknown and nginx does not start with it: leave the line out then, and the upgrade brings it along.",
    bad: `server {
    listen 443 ssl;
    ssl_certificate /etc/ssl/a.pem;
    ssl_certificate_key /etc/ssl/a.key;
    ssl_ecdh_curve X25519:prime256v1;
}
`,
    good: `server {
    listen 443 ssl;
    ssl_certificate /etc/ssl/a.pem;
    ssl_certificate_key /etc/ssl/a.key;
    ssl_ecdh_curve X25519MLKEM768:X25519:prime256v1;
}
`,
    references: [
      "https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_ecdh_curve",
      "https://docs.openssl.org/3.5/man3/SSL_CTX_set1_curves/",
    ],
  },
  check(context: RuleContext) {
    if (context.configuration.all("ssl_ecdh_curve").length === 0) return;
    const told = new Set<unknown>();
    for (const place of tlsPlaces(context)) {
      const { statement, args, origin } = place.setting("ssl_ecdh_curve");
      if (statement === null || origin !== "written" || told.has(statement)) continue;
      const [list = "auto"] = args;
      if (list === "auto" || /MLKEM|DEFAULT|Kyber/i.test(list) || list.includes("$")) continue;
      told.add(statement);
      context.report({
        at: statement,
        message: `${codeOf(statement)} leaves out \`X25519MLKEM768\`, which browsers offer: the key exchange does not resist a later quantum computer.`,
        help: "leave the line out, or put `X25519MLKEM768` first with OpenSSL 3.5 or newer",
      });
    }
  },
});
