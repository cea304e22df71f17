import { defineSettingRule } from "../definers/setting.ts";
import { topPlaces, topStatement } from "../places.ts";

/** One worker on a machine with several cores. */
export default defineSettingRule({
  id: "worker-processes",
  category: "performance",
  severity: "info",
  confidence: "high",
  presets: ["django-react"],
  checklist: ["perf.worker-processes"],
  docs: {
    summary: "A single worker process serves all requests",
    why: "Each worker uses one core. The default is one worker, however many cores there are; TLS handshakes and compression then wait for each other while other cores are idle. `auto` starts one for each core. In a container with a limit of one core, `1` is right.",
    bad: "events {}\nhttp {\n    server {\n        listen 80;\n    }\n}\n",
    good: "worker_processes auto;\nevents {}\nhttp {\n    server {\n        listen 80;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/ngx_core_module.html#worker_processes"],
  },
  directive: "worker_processes",
  places: topPlaces,
  missingAt: topStatement,
  isOfWhole: true,
  judge({ args, origin }) {
    if (args[0] !== "1") return null;
    return {
      message:
        origin === "default"
          ? "`worker_processes` is not set: one worker serves all requests, on one core."
          : "`worker_processes 1` serves all requests on one core.",
      help: "write `worker_processes auto;` at the top",
    };
  },
});
