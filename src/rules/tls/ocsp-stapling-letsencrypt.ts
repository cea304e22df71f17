import { defineRule } from "../rule.ts";
import { certificateAt, isLetsEncrypt } from "./certificates.ts";
import { tlsPlaces } from "./listening.ts";

/** Stapling for certificates that name no responder. */
export default defineRule({
  id: "ocsp-stapling-letsencrypt",
  category: "tls",
  severity: "info",
  confidence: "high",
  presets: ["recommended"],
  directives: ["ssl_stapling"],
  docs: {
    summary: "OCSP stapling does nothing for certificates of Let's Encrypt",
    why: 'Let\'s Encrypt ended its OCSP service in 2025, and its certificates no longer name a responder: nginx ignores `ssl_stapling on` for them and warns of it at every start (`"ssl_stapling" ignored, no OCSP responder URL in the certificate`).',
    bad: `events {}
http {
    server {
        listen 443 ssl;
        ssl_certificate /etc/letsencrypt/live/shop.example/fullchain.pem;
        ssl_certificate_key /etc/letsencrypt/live/shop.example/privkey.pem;
        server_name shop.example;
        ssl_stapling on;
        root /srv/www;
    }
}
`,
    good: `events {}
http {
    server {
        listen 443 ssl;
        ssl_certificate /etc/letsencrypt/live/shop.example/fullchain.pem;
        ssl_certificate_key /etc/letsencrypt/live/shop.example/privkey.pem;
        server_name shop.example;
        root /srv/www;
    }
}
`,
    references: ["https://letsencrypt.org/2024/12/05/ending-ocsp"],
  },
  check(context) {
    const told = new Set<unknown>();
    for (const place of tlsPlaces(context)) {
      const { statement, args } = place.setting("ssl_stapling");
      const certificate = certificateAt(place);
      if (statement === null || args[0] !== "on" || certificate === null || !isLetsEncrypt(certificate))
        continue;
      // A response from a file of its own is stapled whatever the certificate says.
      if (place.setting("ssl_stapling_file").statement !== null || told.has(statement.directive)) continue;
      told.add(statement.directive);
      context.report({
        at: statement,
        message:
          "`ssl_stapling on` does nothing here: since 2025 Let's Encrypt certificates name no OCSP responder, and nginx warns about it at every start.",
        help: "remove `ssl_stapling` and `ssl_stapling_verify`",
        related: [{ at: certificate, message: "a Let's Encrypt certificate, by its path" }],
      });
    }
  },
});
