import {
  type DirectiveFacts,
  directiveIn,
  formatVersion,
  isSince,
  type Usage,
  type Version,
  visitDirectives,
} from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";

/** Directives that the nginx in question does not have yet, or no longer. */
export default defineRule({
  id: "directive-version",
  category: "validity",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["setup.nginx-t"],
  docs: {
    summary: "A directive or parameter does not exist in the nginx that is to run it",
    why: "nginx refuses to start at a directive that is newer than itself, or that it dropped. Say which version is meant with `--nginx-version`.",
    bad: "server {\n    listen 443 ssl;\n    ssl on;\n}\n",
    good: "server {\n    listen 443 ssl;\n}\n",
    references: ["https://nginx.org/en/CHANGES"],
  },
  check({ configuration, version, report }) {
    const isWrong = (usage: Usage) => {
      const facts = datedFacts(usage);
      return facts !== null && judge(usage.name, facts, version) !== null;
    };
    visitDirectives(configuration, isWrong, (statement, usage) => {
      const facts = datedFacts(usage);
      const message = facts === null ? null : judge(statement.name, facts, version);
      if (message === null || facts === null) return;
      report({
        at: statement,
        message,
        // Which nginx is to run it, nobody has said.
        ...(version === null ? { severity: "info" as const, items: [] } : {}),
        help: facts.removed !== null && facts.instead !== null ? `use \`${facts.instead}\`` : help(facts),
      });
    });
  },
});

/** Of a directive that is gone, only the name and its end may be known. */
function datedFacts({ name, kind, facts }: Usage): DirectiveFacts | null {
  if (facts !== null) return facts;
  const known = directiveIn(name, kind);
  if (known === undefined || known.removed === null) return null;
  // `status` of a `match` is none of the status module's.
  return known.contexts.length > 0 && !known.contexts.includes(kind) ? null : known;
}

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
