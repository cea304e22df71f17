import { readCondition, type Statement } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Names that are sent elsewhere by an `if` instead of a server of their own. */
export default defineRule({
  id: "if-host-redirect",
  category: "routing",
  severity: "info",
  confidence: "high",
  presets: ["strict"],
  directives: ["if"],
  docs: {
    summary: "An `if` redirects a host name, where a `server` block would do",
    why: "nginx picks the server by name, from a hash. An `if ($host = …)` tests the name again for every request. A separate server for the name that redirects is faster and easier to read.",
    bad: 'server {\n    listen 80;\n    server_name shop.example www.shop.example;\n    if ($host = "www.shop.example") {\n        return 301 http://shop.example$request_uri;\n    }\n}\n',
    good: "server {\n    listen 80;\n    server_name www.shop.example;\n    return 301 http://shop.example$request_uri;\n}\nserver {\n    listen 80;\n    server_name shop.example;\n}\n",
    references: ["https://nginx.org/en/docs/http/converting_rewrite_rules.html"],
  },
  scope: "server",
  check({ server, report }) {
    // A snippet that many servers include cannot be a server.
    if (server.isPartial) return;
    const contexts = [server.context, ...server.locations.map(({ context }) => context)];
    for (const statement of contexts.flatMap((context) => context.all("if"))) {
      if (statement.chain !== server.context.opener?.chain || !asksForHost(statement)) continue;
      const redirect = redirectIn(statement);
      if (redirect === null || isByCertbot(statement, redirect)) continue;
      report({
        at: statement,
        message: `${codeOf(statement)} is evaluated for every request, although nginx can pick a server by that name.`,
        help: "move the name to a separate server that only has the `return`",
        related: [{ at: redirect, message: "redirects" }],
      });
    }
  },
});

function asksForHost({ args }: Statement): boolean {
  const condition = readCondition(args);
  if (condition.kind !== "equal" && condition.kind !== "match") return false;
  // Without a name there is nothing to choose by.
  if (condition.kind === "equal" && (condition.text === "" || condition.text.includes("$"))) return false;
  return /^\$(host|http_host|server_name)$/.test(condition.value.replace(/[{}]/g, ""));
}

function redirectIn({ block }: Statement): Statement | null {
  for (const statement of block?.statements ?? []) {
    const { name, args } = statement;
    const [first = "", target = "", flag] = args;
    if (name === "return" && (/^30[12378]$/.test(first) || /^(https?:\/\/|\$scheme)/.test(first)))
      return statement;
    if (name !== "rewrite") continue;
    if (flag === "redirect" || flag === "permanent" || /^(https?:\/\/|\$scheme)/.test(target))
      return statement;
  }
  return null;
}

/** `certbot --nginx` writes such lines, and looks for them when it renews. */
function isByCertbot({ file, directive }: Statement, redirect: Statement): boolean {
  if (redirect.args.at(-1) === "https://$host$request_uri") return true;
  const lineEnd = file.text.indexOf("\n", directive.end);
  const text = file.text.slice(directive.start, lineEnd < 0 ? undefined : lineEnd);
  return /managed by certbot/i.test(text);
}
