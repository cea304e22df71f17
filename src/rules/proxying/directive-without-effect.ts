import { defineRule, type Report } from "../rule.ts";
import { idleForAnswers } from "./idle-for-answers.ts";
import { hasSeveralWays, linesOfOthers } from "./lines-of-others.ts";
import { linesWithoutSwitch } from "./lines-without-switch.ts";

/** Lines that were plainly meant to do something, and do nothing where they stand. */
export default defineRule({
  id: "directive-without-effect",
  category: "proxying",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  docs: {
    summary: "A directive has no effect where it is written",
    why: "nginx accepts a directive wherever it may stand, and does not say that nothing reads it there. Each way to an upstream has directives of its own: beside `uwsgi_pass` a `proxy_read_timeout` is not asked, and requests still end after 60 seconds. Others wait for a switch: `gzip_types` for `gzip on`, `proxy_cache_valid` for `proxy_cache`, `auth_basic_user_file` for `auth_basic` – without which anybody gets in. `expires` is left out of error answers, and `error_page 404` does not replace what an upstream answers unless `proxy_intercept_errors` is on.",
    bad: `server {
    listen 80;
    location / {
        proxy_read_timeout 300s;
        uwsgi_pass unix:/run/shop.sock;
    }
}
`,
    good: `server {
    listen 80;
    location / {
        uwsgi_read_timeout 300s;
        uwsgi_pass unix:/run/shop.sock;
    }
}
`,
    references: [
      "https://nginx.org/en/docs/http/ngx_http_uwsgi_module.html",
      "https://nginx.org/en/docs/http/ngx_http_gzip_module.html",
      "https://nginx.org/en/docs/http/ngx_http_headers_module.html#expires",
    ],
  },
  check({ model, servers, configuration, report }) {
    const hasWays = hasSeveralWays(configuration);
    const reports: Report[] = [
      ...servers.flatMap((server) => [...(hasWays ? linesOfOthers(server) : []), ...idleForAnswers(server)]),
      ...linesWithoutSwitch(model),
    ];
    for (const each of reports) report(each);
  },
});
