import { type DirectiveFacts, formatVersion, isSince, type Version } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { type Usage, visitDirectives } from "./known-here.ts";

/** Directives that the nginx in question does not have yet, or no longer. */
export default defineRule({
  id: "directive-version",
  category: "validity",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  docs: {
    summary: "Every directive exists in the nginx that is to run it",
    why: "nginx refuses to start at a directive that is newer than itself, or that it dropped. Say which version is meant with `--nginx-version`.",
    bad: "server {\n    listen 443 ssl;\n    ssl on;\n}\n",
    good: "server {\n    listen 443 ssl;\n}\n",
    references: ["https://nginx.org/en/CHANGES"],
  },
  check({ configuration, version, report }) {
    const isWrong = ({ name, facts }: Usage) => facts !== null && judge(name, facts, version) !== null;
    visitDirectives(configuration, isWrong, (statement, { facts }) => {
      const message = facts === null ? null : judge(statement.name, facts, version);
      if (message === null || facts === null) return;
      report({
        at: statement,
        message,
        ...(version === null ? { severity: "info" as const } : {}),
        help: facts.removed !== null && facts.instead !== null ? `use \`${facts.instead}\`` : help(facts),
      });
    });
  },
});

function judge(name: string, { since, removed }: DirectiveFacts, version: Version | null): string | null {
  if (removed !== null) {
    const gone = isSince(version, removed);
    if (gone === "unknown") return `"${name}" is gone: nginx ${removed} and later do not start with it.`;
    if (gone && version !== null) {
      return `"${name}" is gone since nginx ${removed}: nginx ${formatVersion(version)} does not start with it.`;
    }
  }
  if (since === null || version === null || isSince(version, since) !== false) return null;
  return `"${name}" came with nginx ${since}: nginx ${formatVersion(version)} does not start with it.`;
}

function help({ removed }: DirectiveFacts): string {
  return removed === null ? "remove it, or update nginx" : "remove it";
}
