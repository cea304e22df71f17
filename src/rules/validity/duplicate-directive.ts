import { defineRule } from "../rule.ts";
import { areAlternatives } from "./alternatives.ts";
import { type Usage, visitDirectives } from "./known-here.ts";

/** Directives that hold a single value can stand once in a block (`is duplicate` of nginx's slot functions). */
export default defineRule({
  id: "duplicate-directive",
  category: "validity",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["setup.nginx-t"],
  docs: {
    summary: "A directive with a single value stands once in its block",
    why: "nginx refuses to start when such a directive is given twice at one level. An included snippet that sets it, too, is the usual cause.",
    bad: "server {\n    root /srv/www;\n    root /srv/app;\n}\n",
    good: "server {\n    root /srv/www;\n    location /app/ {\n        root /srv/app;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/dev/development_guide.html#http_conf"],
  },
  check({ configuration, report }) {
    const isSingle = ({ facts }: Usage) => facts?.repeatable === false;
    visitDirectives(configuration, isSingle, (statement) => {
      const { name, context } = statement;
      const [earlier] = context.all(name);
      if (earlier === undefined || earlier === statement || areAlternatives(earlier, statement)) return;
      report({
        at: statement,
        message: `"${name}" directive is duplicate: nginx does not start.`,
        help: "keep one of the two",
        related: [{ at: earlier, message: "first here" }],
      });
    });
  },
});
