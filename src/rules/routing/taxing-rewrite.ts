import type { Statement } from "../../semantics/index.ts";
import { matchesEverything } from "../../semantics/index.ts";
import { rename, replaceArguments } from "../fix.ts";
import { defineRule, type Fix } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Redirects of every URI by a pattern. */
export default defineRule({
  id: "taxing-rewrite",
  category: "routing",
  severity: "info",
  confidence: "high",
  presets: ["strict"],
  directives: ["rewrite"],
  fix: "unsafe",
  docs: {
    summary: "A `rewrite` redirects everything, where `return` would do",
    why: "A `rewrite` whose regex matches every URI runs a regex to copy what `$request_uri` already holds, decodes and encodes it on the way, and hides that it always redirects. `return 301 https://shop.example$request_uri;` needs no regex and says so.",
    bad: "server {\n    listen 80;\n    rewrite ^/(.*)$ https://shop.example/$1 permanent;\n}\n",
    good: "server {\n    listen 80;\n    return 301 https://shop.example$request_uri;\n}\n",
    references: ["https://nginx.org/en/docs/http/converting_rewrite_rules.html"],
  },
  check({ model, report }) {
    for (const { context } of model.places) {
      for (const statement of context.all("rewrite")) {
        const [pattern = "", target = "", flag] = statement.args;
        const redirects =
          flag === "redirect" || flag === "permanent" || /^(https?:\/\/|\$scheme)/.test(target);
        if (!redirects || !matchesEverything(pattern)) continue;
        const status = flag === "permanent" ? 301 : 302;
        const answer = `return ${status} ${withRequestUri(pattern, target)};`;
        const fix = fixOf(statement, status, target);
        report({
          at: statement,
          message: `${codeOf(statement)} redirects every URI, which needs no regex.`,
          help: `write \`${answer}\``,
          ...(fix === null ? {} : { fix }),
        });
      }
    }
  },
});

/** The target of a `return` that says the same, as near as may be. */
function withRequestUri(pattern: string, target: string): string {
  const hasSlash = !/^\^?\/?\(?\/|^\^?\(\//.test(pattern) || /^\^?\(\//.test(pattern);
  const url = target.replace(/\?$/, "").replace(/\$is_args\$args$/, "");
  return url.replace(hasSlash ? /\$\{?1\}?$/ : /\/?\$\{?1\}?$/, "$request_uri");
}

/** Only for `$request_uri?` at the end: captures come decoded, and `rewrite` even decodes part of `$request_uri`. */
function fixOf(statement: Statement, status: number, target: string): Fix | null {
  const second = statement.directive.args[1];
  if (!/^[^$]*(\$(host|scheme|server_name)[^$]*)*\$request_uri\?$/.test(target) || second?.raw !== target)
    return null;
  const text = `return ${status} ${target.slice(0, -1)}`;
  return {
    description: `Write \`${text};\``,
    safe: false,
    edits: [rename(statement, "return"), replaceArguments(statement, [String(status), target.slice(0, -1)])],
  };
}
