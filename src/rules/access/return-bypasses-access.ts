import type { Place, Statement, VirtualServer } from "../../semantics/index.ts";
import { isNamedForMetrics } from "../../site/index.ts";
import { defineRule } from "../rule.ts";
import { capitalized, codeOf, titleOf } from "../wording.ts";

/** Access rules do not guard a location whose `return` answers first. */
export default defineRule({
  id: "return-bypasses-access",
  category: "access",
  severity: "warning",
  confidence: "high",
  presets: ["recommended", "security"],
  directives: ["return"],
  docs: {
    summary: "A `return` answers before `allow`, `deny` and `auth_*` beside it are checked",
    why: "The rewrite phase comes before the access phase: anyone gets the text, listed address or not. Access rules beside a `return` have no effect.",
    bad: 'server {\n    location /internal {\n        allow 10.0.0.0/8;\n        deny all;\n        return 200 "build 4711, database db1";\n    }\n}\n',
    good: "server {\n    location /internal {\n        allow 10.0.0.0/8;\n        deny all;\n        root /srv/info;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_rewrite_module.html#return"],
  },
  scope: "server",
  check({ server, report }) {
    for (const place of server.places) {
      const { context, location } = place;
      if (context !== (location ?? server).context || context.incomplete || context.has("internal")) continue;
      // `metrics-unprotected` speaks of these.
      if (location !== null && (location.isNamed || isNamedForMetrics(location))) continue;
      const guard = guardIn(place);
      const answer = guard === null ? null : disclosingAnswer(place);
      if (guard === null || answer === null) continue;
      const uri = place.exampleUri;
      if (uri !== null && isRefusedBefore(server, uri, answer)) continue;
      report({
        at: answer,
        message: `${capitalized(titleOf(answer.context))} answers before ${codeOf(guard)} is checked: anyone gets the text.`,
        help: "send the answer after the access phase: from a file with `root` or `alias`, or from a backend",
        related: [{ at: guard, message: "never checked" }],
        ...(uri === null || answer.context !== context
          ? {}
          : { witness: { kind: "request", value: `GET ${uri}` } as const }),
      });
    }
  },
});

const AUTH = /^auth_(basic|request|jwt|ldap|pam|digest|gss|oidc|openidc)$/;

/** The first rule of its own that would keep somebody out. */
function guardIn({ context }: Place): Statement | null {
  for (const statement of context.statements) {
    const { name, args } = statement;
    if (name === "deny" || (AUTH.test(name) && args[0] !== "off")) return statement;
  }
  return null;
}

/** The `return` that gives something out, to everybody or under an `if`. */
function disclosingAnswer({ model, context, handler }: Place): Statement | null {
  if (handler.kind === "return" && handler.statement.name === "return")
    return discloses(handler.status, handler.text) ? handler.statement : null;
  // Under an `if` only where nothing ends the request for all others before.
  for (const { block } of context.all("if")) {
    const answer = block === null ? null : model.place(block).handler;
    if (answer?.kind !== "return" || answer.statement.name !== "return") continue;
    if (discloses(answer.status, answer.text)) return answer.statement;
  }
  return null;
}

/** Words that say no more than that somebody is there. */
const HEALTH =
  /^["'{[\s]{0,99}("?(status|health|state|message|result|success|code)"?\s{0,9}[:=]\s{0,9}"?)?(ok(ay)?|healthy|alive|up|pong|ping|ready|live|green|true|pass(ed|ing)?|success|running|200|health(y)? check|nginx|hello(,? world)?!?)?[.!"'}\]\s\\nr]*$/i;

function discloses(status: number | null, text: string | null): boolean {
  return status !== null && status >= 200 && status < 300 && text !== null && !HEALTH.test(text);
}

/** Something before the `return` refuses a stranger: an `if` with 403, or another location takes the request. */
function isRefusedBefore(server: VirtualServer, uri: string, answer: Statement): boolean {
  const { outcome, assumptions } = server.ask(uri);
  if (outcome.by === answer || assumptions.length > 0 || outcome.kind === "unknown") return false;
  return answer.context.kind !== "location-if";
}
