import type { Statement } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";

/** One variable in several spellings. */
export default defineRule({
  id: "variable-mixed-case",
  category: "routing",
  severity: "info",
  confidence: "high",
  presets: ["strict"],
  docs: {
    summary: "A variable is spelt with different letter case",
    why: "nginx ignores the case of variables: `$Backend` and `$backend` are one. Whoever reads them as two is surprised when one `set` overwrites what another has set.",
    bad: `server {
    listen 80;
    set $Backend a.example;
    set $backend b.example;
    return 200 $Backend;
}
`,
    good: `server {
    listen 80;
    set $backend_a a.example;
    set $backend_b b.example;
    return 200 $backend_a;
}
`,
    references: ["https://nginx.org/en/docs/varindex.html"],
  },
  check({ configuration, report }) {
    const seen = new Map<string, { readonly name: string; readonly at: Statement }>();
    const told = new Set<string>();
    for (const statement of configuration.statements) {
      for (const word of statement.args) {
        // Most words have no variable, and most variables no capital.
        if (!word.includes("$")) continue;
        for (const [, name = ""] of word.matchAll(/\$\{?([A-Za-z_]\w*)/g)) {
          const key = name.toLowerCase();
          const first = seen.get(key);
          if (first === undefined) seen.set(key, { name, at: statement });
          else if (first.name !== name && !told.has(key)) {
            told.add(key);
            report({
              at: statement,
              message: `\`$${name}\` and \`$${first.name}\` are one variable: nginx ignores the case.`,
              help: "write it the same everywhere, or give one of them another name",
              related: [{ at: first.at, message: `\`$${first.name}\`` }],
            });
          }
        }
      }
    }
  },
});
