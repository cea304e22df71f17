import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Files that are looked for, found, and asked of the application all the same. */
export default defineRule({
  id: "try-files-with-proxy",
  category: "proxying",
  severity: "info",
  confidence: "high",
  presets: ["strict"],
  docs: {
    summary: "`try_files` beside `proxy_pass` sends no file",
    why: "`try_files` only changes the URI when it finds a file; what answers is still the `proxy_pass` of the location. So a file that is there is asked of the application, and one that is not goes to the fallback. Meant is nearly always the reverse: a location for files, with the application as its named fallback.",
    bad: `server {
    listen 80;
    root /srv/app;
    location / {
        try_files $uri @app;
        proxy_pass http://127.0.0.1:8000;
    }
    location @app {
        proxy_pass http://127.0.0.1:8000;
    }
}
`,
    good: `server {
    listen 80;
    root /srv/app;
    location / {
        try_files $uri @app;
    }
    location @app {
        proxy_pass http://127.0.0.1:8000;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#try_files"],
  },
  scope: "server",
  check({ server, report }) {
    for (const { context, handler } of server.places) {
      const tried = context.last("try_files");
      if (tried === undefined || handler.kind !== "pass" || handler.pass !== "proxy_pass") continue;
      report({
        at: tried,
        message: `${codeOf(tried)} stands beside ${codeOf(handler.statement)}: files that exist are not sent, but asked of the upstream.`,
        help: "leave the files here, and move `proxy_pass` to a named location as the fallback: `try_files $uri @app;`",
        related: [{ at: handler.statement, message: "answers for the files, too" }],
      });
    }
  },
});
