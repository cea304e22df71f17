import { definePageHeaderRule } from "../definers/page-header.ts";

/** Pages that other sites may show in a frame. */
export default definePageHeaderRule({
  id: "x-frame-options-missing",
  category: "headers",
  severity: "warning",
  confidence: "high",
  presets: ["django-react", "security"],
  checklist: ["headers.x-frame-options"],
  fix: "unsafe",
  docs: {
    summary: "Other sites can show a page in a frame",
    why: "A site that shows yours in an invisible frame can make visitors click where they do not mean to (clickjacking). `X-Frame-Options` prevents it; `frame-ancestors` in a Content Security Policy does the same and also counts.",
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
        add_header X-Frame-Options SAMEORIGIN always;
        root /srv/www;
    }
}
`,
    references: ["https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/X-Frame-Options"],
  },
  header: "X-Frame-Options",
  known: /^\s*(deny|sameorigin)\s*$/i,
  consequence: "other sites can show it in a frame and make visitors click in it without knowing",
  line: "add_header X-Frame-Options SAMEORIGIN always;",
  isMet: (sent) =>
    sent.has("x-frame-options") ||
    /(?:^|[;\s])frame-ancestors\s/i.test(sent.get("content-security-policy") ?? ""),
});
