import { defineSettingRule } from "../definers/setting.ts";
import { answeringPlaces } from "../places.ts";

/** Refusals that look like a broken server. */
export default defineSettingRule({
  id: "limit-req-status",
  category: "limits",
  severity: "info",
  confidence: "high",
  presets: ["django-react"],
  checklist: ["limits.status-429"],
  docs: {
    summary: "Requests above the limit get 503 instead of 429",
    why: "By default nginx answers requests above the limit with 503: clients and monitoring think the server is broken, and retry. 429 (Too Many Requests) gives the reason.",
    bad: `events {}
http {
    limit_req_zone $binary_remote_addr zone=api:10m rate=10r/s;
    limit_req_zone $binary_remote_addr zone=auth:10m rate=5r/m;
    server {
        listen 80;
        location /api/ {
            limit_req zone=api burst=20 nodelay;
            proxy_pass http://127.0.0.1:8000;
        }
        location /api/auth/ {
            limit_req zone=auth burst=5 nodelay;
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
    good: `events {}
http {
    limit_req_zone $binary_remote_addr zone=api:10m rate=10r/s;
    limit_req_zone $binary_remote_addr zone=auth:10m rate=5r/m;
    limit_req_status 429;
    server {
        listen 80;
        location /api/ {
            limit_req zone=api burst=20 nodelay;
            proxy_pass http://127.0.0.1:8000;
        }
        location /api/auth/ {
            limit_req zone=auth burst=5 nodelay;
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_limit_req_module.html#limit_req_status"],
  },
  directive: "limit_req_status",
  places: (context) =>
    context.configuration.all("limit_req").length === 0
      ? []
      : answeringPlaces(context).filter(({ requestLimits }) => (requestLimits?.length ?? 0) > 0),
  judge({ args, origin }) {
    if (args[0] === "429") return null;
    return {
      message:
        origin === "default"
          ? "Requests above the limit get 503, nginx's default: clients and monitoring think the server is broken."
          : `Requests above the limit get ${args[0] ?? "503"}: 429 would give the reason.`,
      help: "write `limit_req_status 429;`",
    };
  },
});
