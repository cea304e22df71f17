import { defineRule } from "../rule.ts";
import { logsWithout } from "./used-logs.ts";

/** Access logs that do not say how long a request took. */
export default defineRule({
  id: "log-request-time",
  category: "logs",
  severity: "info",
  confidence: "high",
  presets: ["django-react"],
  checklist: ["monitoring.request-time"],
  docs: {
    summary: "The access log does not say how long requests take",
    why: "`$request_time` is how long nginx worked on a request, `$upstream_response_time` how long the application took. Without them you cannot tell afterwards which requests were slow. The built-in format `combined` has neither.",
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
    log_format timed '$remote_addr [$time_local] "$request" $status $request_time';
    access_log /var/log/nginx/access.log timed;
    server {
        listen 80;
        root /srv/www;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format"],
  },
  check(context) {
    for (const { at, concerns, format, isForAll } of logsWithout(context, ({ text }) =>
      /\$\{?request_time\b/.test(text),
    )) {
      // What files took, and slow clients, it does not tell.
      const why = /\$\{?upstream_response_time\b/.test(format.text)
        ? `\`${format.name}\` has only the time of the upstream`
        : isForAll
          ? null
          : `\`${format.name}\` has no \`$request_time\``;
      if (why !== null) {
        context.unmet({ at, concerns, why });
        continue;
      }
      context.report({
        at,
        concerns,
        message: `The format \`${format.name}\` has no \`$request_time\`: the log does not tell which requests were slow.`,
        help: "add `$request_time` (and `$upstream_response_time` behind a proxy) to your own `log_format`, and name it in `access_log`",
        ...(format.statement === null ? {} : { related: [{ at: format.statement, message: "the format" }] }),
        identity: format.name,
      });
    }
  },
});
