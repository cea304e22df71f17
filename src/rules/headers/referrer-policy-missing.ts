import { definePageHeaderRule } from "../definers/page-header.ts";

/** Pages that leave to browsers what they tell other sites. */
export default definePageHeaderRule({
  id: "referrer-policy-missing",
  category: "headers",
  severity: "info",
  confidence: "high",
  presets: ["django-react", "security"],
  checklist: ["headers.referrer-policy"],
  fix: "unsafe",
  docs: {
    summary: "A page has no `Referrer-Policy`",
    why: "When a visitor follows a link, the other site learns where the visitor came from. Current browsers send only the host by default, older ones the whole address, including tokens and search terms. `Referrer-Policy` makes all browsers do the same.",
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
        add_header Referrer-Policy strict-origin-when-cross-origin always;
        root /srv/www;
    }
}
`,
    references: ["https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Referrer-Policy"],
  },
  header: "Referrer-Policy",
  consequence: "older browsers send other sites the whole address the visitor came from",
  line: "add_header Referrer-Policy strict-origin-when-cross-origin always;",
});
