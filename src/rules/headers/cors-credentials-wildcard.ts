import { defineRule } from "../rule.ts";
import { answerTo, corsPlaces } from "./origins.ts";

/** A site that nobody lists. */
const STRANGER = "https://evil.example";

/** Answers for one user that any site may read. */
export default defineRule({
  id: "cors-credentials-wildcard",
  category: "headers",
  severity: "error",
  confidence: "high",
  presets: ["recommended", "security"],
  docs: {
    summary: "Any site may read what a signed-in user gets",
    why: "With `Access-Control-Allow-Credentials: true` a browser sends the user's cookies and lets the page read the response. If the allowed origin is whatever the request says (`$http_origin`), every site that the user visits can read the API as that user. Browsers refuse `*` together with credentials, so requests with cookies fail.",
    bad: `events {}
http {
    server {
        listen 80;
        location /api/ {
            add_header Access-Control-Allow-Origin $http_origin always;
            add_header Access-Control-Allow-Credentials true always;
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
    good: `events {}
http {
    server {
        listen 80;
        location /api/ {
            add_header Access-Control-Allow-Origin https://app.example always;
            add_header Access-Control-Allow-Credentials true always;
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
    references: [
      "https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS#credentialed_requests_and_wildcards",
    ],
  },
  scope: "server",
  check({ server, report, met }) {
    const told = new Set<unknown>();
    for (const place of corsPlaces(server.places)) {
      const statement = place.context
        .all("add_header")
        .find(({ args }) => args[0]?.toLowerCase() === "access-control-allow-origin");
      const answer = statement === undefined ? null : answerTo(place, STRANGER);
      if (statement === undefined || answer === null || told.has(statement.directive)) continue;
      told.add(statement.directive);
      const isReflected = answer.allowed === STRANGER;
      if (!answer.withCredentials || (!isReflected && answer.allowed !== "*")) {
        met(statement);
        continue;
      }
      report({
        at: statement,
        message: isReflected
          ? "Any site can read these responses as the signed-in user: every origin is allowed, cookies included."
          : "Browsers refuse `*` together with `Access-Control-Allow-Credentials: true`: pages of other origins cannot read these responses.",
        help: isReflected
          ? "list your own origins in a `map $http_origin $allowed_origin { … }`, and send `$allowed_origin`"
          : "send the intended origin instead of `*`, or no `Access-Control-Allow-Credentials`",
        ...(isReflected ? {} : { severity: "warning" as const }),
        witness: { kind: "header", value: `Origin: ${STRANGER}` },
      });
    }
  },
});
