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
    summary: "`try_files` beside `proxy_pass` never serves a file",
    why: "`try_files` only changes the URI when it finds a file; the location's `proxy_pass` still answers. So requests for existing files go to the application, and the others to the fallback. The intention is nearly always the reverse: a location for files, with the application as its named fallback.",
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
        message: `${codeOf(tried)} is beside ${codeOf(handler.statement)}: nginx does not serve existing files, but requests them from the upstream.`,
        help: "leave the files here, and move `proxy_pass` to a named location as the fallback: `try_files $uri @app;`",
        related: [{ at: handler.statement, message: "also answers requests for files" }],
      });
    }
  },
});
