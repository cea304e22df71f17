import { definePageHeaderRule } from "../definers/page-header.ts";

/** Pages that leave to browsers what they tell other sites. */
export default definePageHeaderRule({
  id: "referrer-policy-missing",
  category: "headers",
  severity: "info",
  confidence: "high",
  presets: ["django-react", "security"],
  checklist: ["headers.referrer-policy"],
  docs: {
    summary: "The browser decides how much of an address other sites are told",
    why: "When a visitor follows a link, the other site learns where from. Browsers of today tell only the host by default, older ones the whole address, with tokens and search words in it. `Referrer-Policy` decides it for all.",
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
  consequence: "older browsers tell other sites the whole address a visitor comes from",
  line: "add_header Referrer-Policy strict-origin-when-cross-origin always;",
});
