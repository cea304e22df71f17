import { readCondition, type Statement } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** A value that a `map` without `default` never has. */
export default defineRule({
  id: "hash-without-default",
  category: "routing",
  severity: "warning",
  confidence: "high",
  presets: ["recommended", "security"],
  directives: ["if"],
  docs: {
    summary: "An `if` tests for a value that its `map` or `geo` never has, because there is no `default`",
    why: 'Where no entry fits and there is no `default`, the variable is empty. That is often what one wants: an empty key is not counted by `limit_req`, an empty header is not sent, `if ($x)` is false. But an `if` that compares with another word takes the empty value for something else: with `geo $trusted { 10.0.0.0/8 1; }` the test `if ($trusted = 0) { return 403; }` is never true, since strangers have the value "" and not 0, and everyone is let in.\n\nA `map` without `default` alone is not reported: nothing is wrong with it.',
    bad: `events {}
http {
    geo $trusted {
        10.0.0.0/8 1;
    }
    server {
        listen 80;
        if ($trusted = 0) {
            return 403;
        }
    }
}
`,
    good: `events {}
http {
    geo $trusted {
        default 0;
        10.0.0.0/8 1;
    }
    server {
        listen 80;
        if ($trusted = 0) {
            return 403;
        }
    }
}
`,
    references: [
      "https://nginx.org/en/docs/http/ngx_http_map_module.html#map",
      "https://nginx.org/en/docs/http/ngx_http_geo_module.html#geo",
    ],
  },
  check({ configuration, report }) {
    const tables = new Map<string, Statement>();
    for (const name of ["map", "geo"]) {
      for (const statement of configuration.all(name)) {
        const variable = statement.args.at(-1)?.replace(/^\$/, "").toLowerCase();
        if (variable === undefined || isFilledElsewhere(configuration.all("set"), variable)) continue;
        if (tables.has(variable) || statement.block === null || statement.block.incomplete) continue;
        tables.set(variable, statement);
      }
    }
    if (tables.size === 0) return;
    for (const statement of configuration.all("if")) {
      const condition = readCondition(statement.args);
      if (condition.kind !== "equal" || condition.text === "" || condition.text.includes("$")) continue;
      const table = tables.get(condition.value.replace(/[${}]/g, "").toLowerCase());
      const values = table === undefined ? null : valuesOf(table);
      if (table === undefined || values === null || values.includes(condition.text)) continue;
      report({
        at: statement,
        message: `${codeOf(statement)} is ${condition.negative ? "always" : "never"} true: ${codeOf(table)} has no \`default\`, so everything else has the value \`""\`, not \`${condition.text}\`.`,
        help: `write \`default ${condition.text};\` into the \`${table.name}\``,
        related: [{ at: table, message: "has no default" }],
      });
    }
  },
});

function isFilledElsewhere(sets: readonly Statement[], variable: string): boolean {
  return sets.some(({ args }) => args[0]?.replace(/^\$/, "").toLowerCase() === variable);
}

/** What the variable can be; null with a default, or where a value is put together of others. */
function valuesOf({ block }: Statement): readonly string[] | null {
  const entries = (block?.statements ?? []).filter(({ args }) => args.length > 0);
  const isKnown = entries.every(
    ({ name, args }) => name !== "default" && name !== "include" && !args.some((word) => word.includes("$")),
  );
  // Of a table without entries nobody knows what is still to come.
  return isKnown && entries.length > 0 ? entries.map(({ args }) => args[0] ?? "") : null;
}
