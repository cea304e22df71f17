import {
  type Configuration,
  isSince,
  type Statement,
  type Usage,
  visitDirectives,
} from "../../semantics/index.ts";
import { insertArgument, rename } from "../fix.ts";
import { remove } from "../fix-lines.ts";
import { defineRule, type Edit, type Fix } from "../rule.ts";

/** What nginx takes with a warning, or without effect. */
export default defineRule({
  id: "deprecated-directive",
  category: "validity",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  fix: "safe",
  docs: {
    summary: "A directive or parameter is deprecated",
    why: "nginx keeps old directives for a while, warns of them or ignores them, and refuses them one day: then an update keeps the server from starting.",
    bad: "server {\n    listen 80;\n    http2_idle_timeout 3m;\n}\n",
    good: "server {\n    listen 80;\n    keepalive_timeout 3m;\n}\n",
    references: ["https://nginx.org/en/CHANGES"],
  },
  check({ configuration, version, report }) {
    const isDeprecated = ({ facts }: Usage) => facts?.deprecated != null;
    visitDirectives(configuration, isDeprecated, (statement, { facts }) => {
      if (facts === null || facts.deprecated === null) return;
      const deprecated = isSince(version, facts.deprecated);
      if (deprecated === false || (facts.removed !== null && isSince(version, facts.removed) !== false))
        return;
      report({
        at: statement,
        message: `"${statement.name}" is deprecated since nginx ${facts.deprecated}.`,
        ...(deprecated === "unknown" ? { severity: "info" as const } : {}),
        help: facts.instead === null ? "remove it" : `use \`${facts.instead}\``,
        ...(deprecated === true ? fixOf(statement, facts.instead, configuration) : {}),
      });
    });
  },
});

/** What changes nothing but the warning. */
function fixOf(statement: Statement, instead: string | null, configuration: Configuration): { fix?: Fix } {
  const { name, context, directive, file } = statement;
  if (!directive.terminated || file.branches.isConditional(directive.start)) return {};
  // nginx reads these and does nothing (`ngx_http_v2_obsolete`).
  if (name.startsWith("http2_")) return fix("remove what nginx ignores", [remove(statement)]);
  if (SAME_BY_NAME.has(name) && instead !== null) {
    const isAlone = [instead, ...SAME_BY_NAME].every((each) =>
      context.all(each).every((one) => one === statement),
    );
    return fix(`write \`${instead}\``, isAlone ? [rename(statement, instead)] : null);
  }
  if (name === "ssl" && context.kind === "server")
    return fix(
      "say it at `listen`",
      statement.args[0] === "off" ? [remove(statement)] : atListens(statement, configuration),
    );
  return {};
}

function fix(description: string, edits: readonly Edit[] | null): { fix?: Fix } {
  return edits === null ? {} : { fix: { description, safe: true, edits } };
}

/** Other names of a directive, and nothing else. */
const SAME_BY_NAME: ReadonlySet<string> = new Set([
  "proxy_downstream_buffer",
  "proxy_upstream_buffer",
  "set_misc_base32_padding",
]);

/** `ssl on` makes every `listen` of the server one with TLS. None where another server has one of these addresses. */
function atListens(statement: Statement, configuration: Configuration): readonly Edit[] | null {
  const { context, chain } = statement;
  const listens = context.all("listen");
  const isOwn = ({ chain: other, args }: Statement) =>
    other === chain && configuration.all("listen").filter((each) => each.args[0] === args[0]).length === 1;
  if (context.incomplete || listens.length === 0 || !listens.every(isOwn)) return null;
  const plain = listens.filter(({ args }) => !args.includes("ssl"));
  return [remove(statement), ...plain.map((listen) => insertArgument(listen, 1, "ssl"))];
}
