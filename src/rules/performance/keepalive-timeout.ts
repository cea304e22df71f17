import { parseSeconds } from "../../semantics/index.ts";
import { defineSettingRule } from "../definers/setting.ts";
import { answeringPlaces } from "../places.ts";

/** Seconds that an idle connection may stay open without being worth a line. */
const LONG = 600;

/** Connections that are closed after each answer, or kept open for ever. */
export default defineSettingRule({
  id: "keepalive-timeout",
  category: "performance",
  severity: "info",
  confidence: "high",
  presets: ["django-react"],
  checklist: ["perf.keepalive-timeout"],
  docs: {
    summary: "Client connections are closed at once, or stay open far too long",
    why: "`keepalive_timeout 0` closes the connection after every HTTP/1.1 response: each file of a page needs a new connection and a new TLS handshake. With many minutes, connections of clients that are long gone stay open, until `worker_connections` runs out. The default is 75 seconds.",
    bad: "events {}\nhttp {\n    keepalive_timeout 0;\n    server {\n        listen 80;\n        root /srv/www;\n    }\n}\n",
    good: "events {}\nhttp {\n    keepalive_timeout 65;\n    server {\n        listen 80;\n        root /srv/www;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#keepalive_timeout"],
  },
  directive: "keepalive_timeout",
  places: answeringPlaces,
  judge({ args }) {
    const time = parseSeconds(args[0] ?? "");
    if (!time.ok || (time.value > 0 && time.value <= LONG)) return null;
    return {
      message:
        time.value === 0
          ? "`keepalive_timeout 0` closes the connection after every response: each file of a page needs a new connection and a new TLS handshake."
          : `\`keepalive_timeout ${args[0]}\` keeps idle connections open for more than ten minutes: clients that are gone still use up \`worker_connections\`.`,
      help: "write a minute or so: `keepalive_timeout 65;`",
    };
  },
});
