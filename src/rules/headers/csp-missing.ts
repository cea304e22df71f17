import { definePageHeaderRule } from "../definers/page-header.ts";

/** Pages that run whatever script gets into them. */
export default definePageHeaderRule({
  id: "csp-missing",
  category: "headers",
  severity: "warning",
  confidence: "high",
  presets: ["django-react", "security"],
  checklist: ["headers.csp"],
  docs: {
    summary: "A page has no Content Security Policy",
    why: "A Content Security Policy names the sources that scripts, styles and frames may come from. Without one, a script injected through a hole in the application or in a library runs with all rights of the user. Start with `Content-Security-Policy-Report-Only` and tighten it.",
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
        add_header Content-Security-Policy "default-src 'self'" always;
        root /srv/www;
    }
}
`,
    references: [
      "https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Content-Security-Policy",
    ],
  },
  header: "Content-Security-Policy",
  consequence: "an injected script runs with all rights of the user",
  applicationSeverity: "info",
  line: "add_header Content-Security-Policy \"default-src 'self'\" always;",
});
