import {
  type Configuration,
  type Context,
  type Location,
  languageOf,
  type Server,
  type Statement,
  simulate,
  unconditionalAnswer,
  witnessOf,
} from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { capitalized, codeOf, titleOf } from "../wording.ts";

/** Access rules do not guard a location whose `return` answers first. */
export default defineRule({
  id: "return-bypasses-access",
  category: "access",
  severity: "warning",
  confidence: "high",
  presets: ["recommended", "security"],
  docs: {
    summary: "`return` answers before `allow`, `deny` and `auth_*` are asked",
    why: "The rewrite phase comes before the access phase: whoever asks gets the text, listed address or not. The access rules beside a `return` do nothing.",
    bad: 'server {\n    location /internal {\n        allow 10.0.0.0/8;\n        deny all;\n        return 200 "build 4711, database db1";\n    }\n}\n',
    good: "server {\n    location /internal {\n        allow 10.0.0.0/8;\n        deny all;\n        root /srv/info;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_rewrite_module.html#return"],
  },
  check({ configuration, report }) {
    for (const server of configuration.servers) {
      for (const { context, location } of placesOf(server)) {
        const guard = guardIn(context);
        if (guard === null || context.incomplete || context.has("internal")) continue;
        const answer = disclosingAnswer(context);
        if (answer === null) continue;
        const uri = uriOf(location);
        if (uri !== null && isRefusedBefore(configuration, server, uri, answer)) continue;
        report({
          at: answer,
          message: `${capitalized(titleOf(answer.context))} answers before ${codeOf(guard)} is asked: whoever asks gets the text.`,
          help: "give the answer behind the access phase: from a file by `root` or `alias`, or from a backend",
          related: [{ at: guard, message: "never asked" }],
          ...(uri === null || answer.context !== context
            ? {}
            : { witness: { kind: "request", value: `GET ${uri}` } as const }),
        });
      }
    }
  },
});

interface Place {
  readonly context: Context;
  readonly location: Location | null;
}

/** The server itself and its locations; not those that `metrics-unprotected` speaks of. */
function* placesOf(server: Server): Generator<Place> {
  yield { context: server.context, location: null };
  for (const location of server.allLocations()) {
    if (location.isNamed || /(^|\/)(metrics|prometheus)\/?\$?$/.test(location.pattern)) continue;
    yield { context: location.context, location };
  }
}

const AUTH = /^auth_(basic|request|jwt|ldap|pam|digest|gss|oidc|openidc)$/;

/** The first rule of its own that would keep somebody out. */
function guardIn(context: Context): Statement | null {
  for (const statement of context.statements) {
    const { name, args } = statement;
    if (name === "deny" || (AUTH.test(name) && args[0] !== "off")) return statement;
  }
  return null;
}

/** The `return` that gives something out, to everybody or under an `if`. */
function disclosingAnswer(context: Context): Statement | null {
  const always = unconditionalAnswer(context);
  if (always !== null && always.statement.name === "return") {
    return discloses(always.status, always.text) ? always.statement : null;
  }
  // Under an `if` only where nothing ends the request for all others before.
  for (const { block } of context.all("if")) {
    const answer = block === null ? null : unconditionalAnswer(block);
    if (answer === null || answer.statement.name !== "return") continue;
    if (discloses(answer.status, answer.text)) return answer.statement;
  }
  return null;
}

/** Words that say no more than that somebody is there. */
const HEALTH =
  /^["'{[\s]*("?(status|health|state|message|result|success|code)"?\s*[:=]\s*"?)?(ok(ay)?|healthy|alive|up|pong|ping|ready|live|green|true|pass(ed|ing)?|success|running|200|health(y)? check|nginx|hello(,? world)?!?)?[.!"'}\]\s\\nr]*$/i;

function discloses(status: number | null, text: string | null): boolean {
  return status !== null && status >= 200 && status < 300 && text !== null && !HEALTH.test(text);
}

/** A URI that leads there; null where only a pattern tells. */
function uriOf(location: Location | null): string | null {
  if (location === null) return "/";
  if (!location.isRegex) return location.pattern;
  const found = languageOf(location.pattern, { caseless: location.modifier === "~*" });
  return found.kind === "language" ? (witnessOf(found.language)?.target ?? null) : null;
}

/** Something before the `return` refuses a stranger: an `if` with 403, or another location takes the request. */
function isRefusedBefore(
  configuration: Configuration,
  server: Server,
  uri: string,
  answer: Statement,
): boolean {
  const { outcome, assumptions } = simulate({ uri }, { configuration, server });
  if (outcome.by === answer || assumptions.length > 0 || outcome.kind === "unknown") return false;
  return answer.context.kind !== "location-if";
}
