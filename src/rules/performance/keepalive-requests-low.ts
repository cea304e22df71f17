import { defineSettingRule } from "../definers/setting.ts";
import { answeringPlaces } from "../places.ts";

/** Connections that are closed after a few requests. */
export default defineSettingRule({
  id: "keepalive-requests-low",
  category: "performance",
  severity: "info",
  confidence: "high",
  presets: ["django-react"],
  docs: {
    summary: "Client connections are closed after a few requests",
    why: "nginx closes a client's connection after this many requests. A single-page app loads dozens of files, and HTTP/2 sends them all over one connection: with a low number it is closed and reopened while the page is loading. The default is 1000 since nginx 1.19.10; older guides still show the former 100.",
    bad: "events {}\nhttp {\n    keepalive_requests 100;\n    server {\n        listen 80;\n        root /srv/www;\n    }\n}\n",
    good: "events {}\nhttp {\n    server {\n        listen 80;\n        root /srv/www;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#keepalive_requests"],
  },
  directive: "keepalive_requests",
  places: answeringPlaces,
  judge({ args, origin }) {
    const requests = Number(args[0]);
    if (origin !== "written" || !(requests < 1000)) return null;
    return {
      message: `\`keepalive_requests ${args[0]}\` closes a connection after ${requests === 1 ? "one request" : `${requests} requests`}: clients connect and negotiate TLS again while a page is still loading.`,
      help: "remove the line (the default is 1000 since nginx 1.19.10), or write `keepalive_requests 1000;`",
    };
  },
});
