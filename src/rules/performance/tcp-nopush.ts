import { defineSettingRule } from "../definers/setting.ts";
import { filePlaces } from "../places.ts";
import { insteadOf } from "../wording.ts";

/** Headers and the beginning of a file sent in packets of their own. */
export default defineSettingRule({
  id: "tcp-nopush",
  category: "performance",
  severity: "info",
  confidence: "high",
  presets: ["django-react"],
  checklist: ["perf.sendfile"],
  docs: {
    summary: "`tcp_nopush` is off: headers and files go out in separate packets",
    why: "With `tcp_nopush on` nginx sends the headers and the beginning of the file in one packet, and files in full packets. It works only with `sendfile`. It is off by default.",
    bad: "events {}\nhttp {\n    sendfile on;\n    server {\n        listen 80;\n        root /srv/www;\n    }\n}\n",
    good: "events {}\nhttp {\n    sendfile on;\n    tcp_nopush on;\n    server {\n        listen 80;\n        root /srv/www;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#tcp_nopush"],
  },
  directive: "tcp_nopush",
  places: filePlaces,
  judge({ origin, statement }, place) {
    // Without sendfile it does nothing; `sendfile` speaks of that.
    if (place.isOn("tcp_nopush") === true || place.isOn("sendfile") !== true) return null;
    return {
      message: `${origin === "default" ? "`tcp_nopush` is off by default" : "`tcp_nopush` is off"}: headers and files go out in more packets than they need.`,
      help: insteadOf(statement, "tcp_nopush on;", "write `tcp_nopush on;` beside `sendfile on;`"),
    };
  },
});
