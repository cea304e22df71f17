import { isSince, type Usage, visitDirectives } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";

/** What nginx takes with a warning, or without effect. */
export default defineRule({
  id: "deprecated-directive",
  category: "validity",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  docs: {
    summary: "A directive or parameter is deprecated",
    why: "nginx keeps old directives for a while, warns of them or ignores them, and refuses them one day: the update after next stops the server.",
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
      });
    });
  },
});
