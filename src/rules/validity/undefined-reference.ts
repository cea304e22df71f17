import { refuseUndefinedReferences } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";

/** Zones, caches, log formats and the like that are used by name. */
export default defineRule({
  id: "undefined-reference",
  category: "validity",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["setup.nginx-t"],
  docs: {
    summary: "A zone, cache, log format or similar is used but never defined",
    why: "nginx refuses to start when `limit_req`, `limit_conn`, `proxy_cache` or `access_log` names something that nothing defines.",
    bad: "events {}\nhttp {\n    server {\n        limit_req zone=api;\n    }\n}\n",
    good: "events {}\nhttp {\n    limit_req_zone $binary_remote_addr zone=api:10m rate=10r/s;\n    server {\n        limit_req zone=api;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_limit_req_module.html#limit_req"],
  },
  check({ configuration, report }) {
    refuseUndefinedReferences(configuration, report);
  },
});
