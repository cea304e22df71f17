/** Small trees and rules for trying what the linter does with findings. */
import { parse } from "../../src/parser/index.ts";
import { defineRule, type Report, type Rule, type RuleDocs } from "../../src/rules/index.ts";
import type { Context, SourceTree, Statement } from "../../src/semantics/index.ts";

const docs: RuleDocs = {
  summary: "A rule for tests",
  why: "To try the linter.",
  bad: "",
  good: "",
  references: [],
};

/** A whole configuration of one file. */
export function treeOf(text: string, name = "nginx.conf"): SourceTree {
  const entry = parse(text, name);
  return { entry, top: "main", includes: new Map(), files: [entry], fragment: false };
}

/** Reports every directive of a name. */
export function ruleFor(
  id: string,
  directive: string,
  data: Partial<Pick<Rule, "severity" | "confidence" | "presets" | "options">> = {},
  more: (statement: Statement) => Partial<Report> = () => ({}),
): Rule {
  return defineRule({
    id,
    category: "routing",
    severity: "warning",
    confidence: "high",
    presets: ["recommended"],
    docs,
    ...data,
    check({ configuration, report }) {
      const visit = (context: Context) => {
        for (const statement of context.statements) {
          if (statement.name === directive)
            report({ at: statement, message: `${directive} is here.`, ...more(statement) });
          if (statement.block !== null) visit(statement.block);
        }
      };
      visit(configuration.root);
    },
  });
}
