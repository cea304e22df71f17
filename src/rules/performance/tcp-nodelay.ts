import { defineSettingRule } from "../definers/setting.ts";
import { answeringPlaces } from "../places.ts";

/** Small packets that wait. */
export default defineSettingRule({
  id: "tcp-nodelay",
  category: "performance",
  severity: "info",
  confidence: "high",
  presets: ["django-react"],
  checklist: ["perf.sendfile"],
  // Without files there is no `sendfile` to be on.
  sharedItems: ["perf.sendfile"],
  docs: {
    summary: "`tcp_nodelay` is switched off",
    why: "With `tcp_nodelay off` the system waits up to 200 ms for more data before it sends a small packet on a kept-alive connection. It is on by default, and there is hardly a reason to switch it off.",
    bad: "events {}\nhttp {\n    tcp_nodelay off;\n    server {\n        listen 80;\n        root /srv/www;\n    }\n}\n",
    good: "events {}\nhttp {\n    server {\n        listen 80;\n        root /srv/www;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#tcp_nodelay"],
  },
  directive: "tcp_nodelay",
  places: answeringPlaces,
  judge({ args }) {
    if (args[0]?.toLowerCase() !== "off") return null;
    return {
      message:
        "`tcp_nodelay off` makes small responses wait, up to 200 ms each, for more data to send with them.",
      help: "remove the line: `on` is the default",
    };
  },
});
