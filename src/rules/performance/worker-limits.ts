import { topPlaces } from "../places.ts";
import { defineRule } from "../rule.ts";

/** What systems let a process open where nobody says otherwise. */
const USUAL_LIMIT = 1024;

/** More connections than files that a worker may open. */
export default defineRule({
  id: "worker-limits",
  category: "performance",
  severity: "info",
  confidence: "high",
  presets: ["django-react"],
  docs: {
    summary: "`worker_connections` is above the limit of open files",
    why: "Each connection is an open file, and a proxied request has two. If `worker_connections` is above the limit of open files, nginx warns at start, and under load stops accepting connections (`Too many open files`) although it seems to have room. Systems often allow 1024 files; `worker_rlimit_nofile` raises the limit.",
    bad: "worker_rlimit_nofile 1024;\nevents {\n    worker_connections 4096;\n}\nhttp {\n    server {\n        listen 80;\n    }\n}\n",
    good: "worker_rlimit_nofile 8192;\nevents {\n    worker_connections 4096;\n}\nhttp {\n    server {\n        listen 80;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/ngx_core_module.html#worker_rlimit_nofile"],
  },
  check(context) {
    for (const place of topPlaces(context)) {
      const events = place.context.last("events")?.block ?? null;
      if (events === null) continue;
      const connections = context.model.place(events).setting("worker_connections");
      const files = place.setting("worker_rlimit_nofile");
      const [most, limit] = [Number(connections.args[0]), Number(files.args[0] ?? USUAL_LIMIT)];
      const isUnknown = connections.origin === "unknown" || files.origin === "unknown";
      if (isUnknown || connections.statement === null || !(most > limit)) continue;
      context.report({
        at: connections.statement,
        message:
          files.statement === null
            ? `A worker may have ${most} connections, but systems often allow it ${limit} open files, and \`worker_rlimit_nofile\` is not set: under load nginx stops accepting connections.`
            : `A worker may have ${most} connections, but only ${limit} open files: under load nginx stops accepting connections.`,
        help: `write \`worker_rlimit_nofile ${2 * most};\` at the top`,
        ...(files.statement === null
          ? { confidence: "medium" as const }
          : { related: [{ at: files.statement, message: "the limit of open files" }] }),
      });
    }
  },
});
