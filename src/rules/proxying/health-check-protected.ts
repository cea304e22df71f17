import { healthChecks } from "../../site/index.ts";
import { defineRule, type Report } from "../rule.ts";
import { listOf } from "../wording.ts";

/** Questions of load balancers that are refused, limited, or fill the log. */
export default defineRule({
  id: "health-check-protected",
  category: "proxying",
  severity: "info",
  confidence: "medium",
  presets: ["django-react"],
  checklist: ["monitoring.health"],
  docs: {
    summary: "A health check needs a password, is rate-limited, or fills the access log",
    why: "Load balancers and monitors send a request every few seconds, without a password and from one address. Behind a sign-in the check always fails, and the machine is taken out of service; with `limit_req` it fails under load, when that hurts most; and in the access log it drowns out the requests of users.",
    bad: `events {}
http {
    server {
        listen 80;
        location = /health/ {
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
    good: `events {}
http {
    server {
        listen 80;
        location = /health/ {
            access_log off;
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_log_module.html#access_log"],
  },
  scope: "server",
  check({ server, report, met }) {
    for (const { uri, place, location } of healthChecks(server)) {
      const { outcome, context } = server.ask(uri, { files: () => "file" });
      // An internal redirect, a refusal or an address list is another matter.
      if (context !== place.context || place.context.hidden) continue;
      const problems: { text: string; help: string; at: Report["at"] | null }[] = [];
      const isAsked = outcome.by?.name === "auth_request";
      if (outcome.kind === "auth" || (outcome.kind === "deny" && isAsked))
        problems.push({
          text: isAsked ? "is refused without a sign-in" : "is refused without a password",
          help: `write \`${isAsked ? "auth_request" : "auth_basic"} off;\` there`,
          at: outcome.by,
        });
      // `return` answers before limits are asked.
      const limit = outcome.kind === "return" ? undefined : place.requestLimits?.find(({ isDry }) => !isDry);
      if (limit !== undefined)
        problems.push({
          text: LIMITED,
          help:
            limit.statement.context === place.context
              ? "remove `limit_req` there"
              : "move `limit_req` into the locations that need it",
          at: limit.statement,
        });
      const log = place.accessLogs?.[0];
      if (log !== undefined)
        problems.push({ text: LOGGED, help: "write `access_log off;` there", at: log.statement });
      if (problems.length === 0) {
        met(location.statement);
        continue;
      }
      // One that is only logged or limited lets monitors in.
      const isOpen = problems.every(({ text }) => text === LOGGED || text === LIMITED);
      if (isOpen) met(location.statement);
      report({
        at: location.statement,
        ...(isOpen ? { items: [] } : {}),
        message: `The health check \`${uri}\` ${listOf(problems.map(({ text }) => text))}.`,
        help: listOf(problems.map(({ help }) => help)),
        related: problems.flatMap(({ at, text }) =>
          at === null ? [] : [{ at, message: `so that it ${text}` }],
        ),
        witness: { kind: "request", value: `GET ${uri}` },
      });
    }
  },
});

const LOGGED = "fills the access log";
const LIMITED = "is refused above the rate limit";
