import { eventStream } from "../../site/index.ts";
import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Events that arrive in lumps, or when the connection ends. */
export default defineRule({
  id: "event-stream-buffered",
  category: "proxying",
  severity: "warning",
  confidence: "medium",
  presets: ["recommended", "django-react"],
  docs: {
    summary: "An event stream is buffered, so that events arrive late",
    why: "nginx collects a response until a buffer is full before it passes it on. A stream of small events (`text/event-stream`) then reaches the browser minutes late, or when the connection ends. `proxy_buffering off` in its location passes each event on at once; an application can also send `X-Accel-Buffering: no` itself.",
    bad: `server {
    listen 80;
    location /events/ {
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_read_timeout 1h;
        proxy_pass http://127.0.0.1:8000;
    }
}
`,
    good: `server {
    listen 80;
    location /events/ {
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_read_timeout 1h;
        proxy_buffering off;
        proxy_pass http://127.0.0.1:8000;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering"],
  },
  scope: "server",
  check({ server, site, report, met }) {
    for (const { place, pass } of site.applicationPasses(server.places)) {
      const stream = eventStream(place);
      const list = place.list("proxy_set_header").statements;
      // A connection that is upgraded is never buffered.
      if (stream === null || place.context.hidden || list.some(isUpgrade)) continue;
      if (place.isOn("proxy_buffering") === false) {
        met(pass);
        continue;
      }
      const caching = place.caching?.statement;
      report({
        at: pass,
        message: `Events of \`${stream.location.title}\` reach browsers late: nginx collects them until a buffer is full.`,
        help: `write \`proxy_buffering off;\` there${caching === undefined ? "" : ` and \`proxy_cache off;\` in place of ${codeOf(caching)}`}, unless the application sends \`X-Accel-Buffering: no\``,
        ...(stream.isPlain ? {} : { severity: "info" as const, presets: ["django-react"] as const }),
      });
    }
  },
});

function isUpgrade({ args: [name = "", value = ""] }: { readonly args: readonly string[] }): boolean {
  return name.toLowerCase() === "upgrade" && value !== "";
}
