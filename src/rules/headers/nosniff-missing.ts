import { definePageHeaderRule } from "../definers/page-header.ts";

/** Pages whose files browsers may take for something else. */
export default definePageHeaderRule({
  id: "nosniff-missing",
  category: "headers",
  severity: "warning",
  confidence: "high",
  presets: ["django-react", "security"],
  checklist: ["headers.nosniff"],
  fix: "unsafe",
  docs: {
    summary: "Browsers may guess the type of a file",
    why: "Browsers look into files and may take an upload or a text for a script or a page, whatever its `Content-Type` says. `X-Content-Type-Options: nosniff` makes them trust the type.",
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
        add_header X-Content-Type-Options nosniff always;
        root /srv/www;
    }
}
`,
    references: [
      "https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/X-Content-Type-Options",
    ],
  },
  header: "X-Content-Type-Options",
  known: /^\s*nosniff\s*$/i,
  consequence: "browsers may take a file for a script, whatever type it has",
  line: "add_header X-Content-Type-Options nosniff always;",
});
