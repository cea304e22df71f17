import { defineSettingRule } from "../definers/setting.ts";
import { filePlaces } from "../places.ts";
import { insteadOf } from "../wording.ts";

/** Files that are copied through nginx's memory. */
export default defineSettingRule({
  id: "sendfile",
  category: "performance",
  severity: "info",
  confidence: "high",
  presets: ["django-react"],
  checklist: ["perf.sendfile"],
  docs: {
    summary: "`sendfile` is off: nginx copies files through its memory",
    why: "With `sendfile on` the kernel sends a file to the network itself. Without it every byte is copied into nginx and out again, which costs CPU time and memory for each download. It is off by default; leave it off only if the folder is on a file system that does not support it (some shared folders of virtual machines).",
    bad: "events {}\nhttp {\n    server {\n        listen 80;\n        root /srv/www;\n    }\n}\n",
    good: "events {}\nhttp {\n    sendfile on;\n    server {\n        listen 80;\n        root /srv/www;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#sendfile"],
  },
  directive: "sendfile",
  places: filePlaces,
  judge({ origin, statement }, place) {
    if (place.isOn("sendfile") === true) return null;
    return {
      message: `${origin === "default" ? "`sendfile` is off by default" : "`sendfile` is off"}: nginx copies every file through its own memory before it sends it.`,
      help: insteadOf(statement, "sendfile on;", "write `sendfile on;` in `http`"),
    };
  },
});
