import type { LogFormat } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { flawOf, isJson } from "./json.ts";
import { logsWithout } from "./used-logs.ts";

/** Access logs that programs have to take apart. */
export default defineRule({
  id: "log-json",
  category: "logs",
  severity: "info",
  confidence: "high",
  presets: ["django-react"],
  checklist: ["monitoring.json-log"],
  docs: {
    summary: "The access log is not JSON",
    why: "A log collector takes JSON lines as they are; lines in the `combined` format need a regex, which breaks at the next change.",
    bad: `events {}
http {
    access_log /var/log/nginx/access.log combined;
    server {
        listen 80;
        root /srv/www;
    }
}
`,
    good: `events {}
http {
    log_format json escape=json '{"time":"$time_iso8601","uri":"$request_uri"}';
    access_log /var/log/nginx/access.log json;
    server {
        listen 80;
        root /srv/www;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format"],
  },
  check(context) {
    const isSound = (format: LogFormat) => isJson(format.text) && flawOf(format) === null;
    for (const { at, concerns, format, isForAll } of logsWithout(context, isSound)) {
      // `log-json-escape` speaks of what a client can break.
      if (isJson(format.text)) {
        context.unmet({
          at,
          concerns,
          why: `some lines of \`${format.name}\` are not JSON: ${flawOf(format) ?? ""}`,
        });
        continue;
      }
      if (!isForAll) {
        context.unmet({ at, concerns, why: `\`${format.name}\` is not JSON` });
        continue;
      }
      context.report({
        at,
        concerns,
        message: `The format \`${format.name}\` is not JSON: a collector has to parse its lines with a regex.`,
        help: "define a `log_format … escape=json` with one JSON object, and name it in `access_log`",
        ...(format.statement === null ? {} : { related: [{ at: format.statement, message: "the format" }] }),
        identity: format.name,
      });
    }
  },
});
