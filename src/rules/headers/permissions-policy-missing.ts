import { definePageHeaderRule } from "../definers/page-header.ts";

/** Pages that do not say which functions of the device they need. */
export default definePageHeaderRule({
  id: "permissions-policy-missing",
  category: "headers",
  severity: "info",
  confidence: "high",
  presets: ["security"],
  docs: {
    summary: "A page has no `Permissions-Policy`",
    why: "`Permissions-Policy` turns camera, microphone, location and other features off for the page and for what it embeds. Without it, a third-party frame or script can ask the visitor for them in the name of the site.",
    bad: `events {}
http {
    server {
        listen 443 ssl;
        ssl_certificate site.pem;
        ssl_certificate_key site.key;
        root /srv/www;
    }
}
`,
    good: `events {}
http {
    server {
        listen 443 ssl;
        ssl_certificate site.pem;
        ssl_certificate_key site.key;
        add_header Permissions-Policy "camera=(), microphone=(), geolocation=()" always;
        root /srv/www;
    }
}
`,
    references: ["https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Permissions-Policy"],
  },
  header: "Permissions-Policy",
  consequence: "embedded content may ask for camera, microphone and location",
  line: 'add_header Permissions-Policy "camera=(), microphone=(), geolocation=()" always;',
  isMet: (sent) => sent.has("permissions-policy") || sent.has("feature-policy"),
});
