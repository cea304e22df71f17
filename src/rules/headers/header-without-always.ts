import { type Place, unconditionalAnswer } from "../../semantics/index.ts";
import { isCorsHeader, SECURITY_HEADERS } from "../../site/index.ts";
import { insertArgument } from "../fix.ts";
import { defineRule, type RuleContext } from "../rule.ts";
import { capitalized, shortListOf, titleOf } from "../wording.ts";

/** Headers that are missing where something goes wrong. */
export default defineRule({
  id: "header-without-always",
  category: "headers",
  severity: "warning",
  confidence: "high",
  presets: ["recommended", "django-react", "security"],
  directives: ["add_header"],
  fix: "unsafe",
  docs: {
    summary: "A header is missing on error responses",
    why: "Without `always`, `add_header` applies only to 200, 201, 204, 206, 301, 302, 303, 304, 307 and 308. Error pages then lack the protection of all other pages. For other origins it is worse: without `Access-Control-Allow-Origin` on a 400 or 500, a page cannot read the error and only learns that the request failed.",
    bad: `server {
    listen 80;
    location /api/ {
        add_header Access-Control-Allow-Origin https://app.example;
        proxy_pass http://127.0.0.1:8000;
    }
}
`,
    good: `server {
    listen 80;
    location /api/ {
        add_header Access-Control-Allow-Origin https://app.example always;
        proxy_pass http://127.0.0.1:8000;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_headers_module.html#add_header"],
  },
  check(context) {
    const { configuration, model, report } = context;
    const bare = configuration.all("add_header").filter(({ args }) => lacksAlways(args, isMissed));
    const places = new Set(bare.map(({ context: each }) => each));
    const told = new Set<unknown>();
    for (const place of model.places) {
      if (!places.has(place.context)) continue;
      const own = place.context.all("add_header");
      // Scripts of other origins ask applications, and read what went wrong.
      const cors =
        place.handler.kind === "pass"
          ? own.filter((statement) => lacksAlways(statement.args, isCorsOrigin))
          : [];
      const guards = own.filter((statement) =>
        lacksAlways(statement.args, (name) => SECURITY_HEADERS.has(name)),
      );
      const all = hasErrors(place, context) ? [...cors, ...guards] : [];
      // What a shared file brings is told once; the rest of the place is its own.
      const wanted = all.filter(({ directive }) => !told.has(directive));
      const [first] = wanted;
      if (first === undefined) continue;
      for (const { directive } of wanted) told.add(directive);
      const names = shortListOf([...new Set(wanted.map(({ args }) => `\`${args[0] ?? ""}\``))]);
      const isCors = cors.length > 0 && cors.includes(first);
      report({
        at: first,
        message: isCors
          ? `Errors under ${titleOf(place.context)} are sent without ${names}: pages of other origins cannot read them, and only learn that the request failed.`
          : `${capitalized(titleOf(place.context))} sends ${names} only with successful responses: error pages lack ${wanted.length > 1 ? "them" : "it"}.`,
        help: `add \`always\`: \`add_header ${first.args[0] ?? ""} … always;\``,
        ...(isCors ? {} : { presets: ["django-react", "security"] as const }),
        related: wanted.slice(1).map((at) => ({ at, message: "the same here" })),
        fix: {
          description: "send the headers with errors too",
          safe: false,
          edits: wanted.map((statement) => insertArgument(statement, statement.args.length, "always")),
        },
        identity: names,
      });
    }
  },
});

/** Errors without it are a loss. */
function isMissed(name: string): boolean {
  return isCorsOrigin(name) || SECURITY_HEADERS.has(name);
}

function isCorsOrigin(name: string): boolean {
  return isCorsHeader(name) && (name.endsWith("allow-origin") || name.endsWith("allow-credentials"));
}

function lacksAlways(args: readonly string[], isWanted: (name: string) => boolean): boolean {
  const [name = "", value = "", always] = args;
  return value !== "" && always !== "always" && isWanted(name.toLowerCase());
}

/** Errors are among the answers: of an application, or for files that are not there. CORS is for what pages ask for by scripts. */
function hasErrors({ context, handler }: Place, { site }: RuleContext): boolean {
  if (unconditionalAnswer(context) !== null || context.kind === "location-if") return false;
  return (
    handler.kind !== "pass" ||
    handler.pass !== "proxy_pass" ||
    site.backendOf(handler.statement).kind !== "other"
  );
}
