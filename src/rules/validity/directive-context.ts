import {
  acceptsCount,
  contextName,
  lookupDirective,
  type Usage,
  visitDirectives,
} from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";

/** nginx knows the directive, but not in this block (the context bits of `ngx_command_t`). */
export default defineRule({
  id: "directive-context",
  category: "validity",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["setup.nginx-t"],
  docs: {
    summary: "A directive is used where nginx does not allow it",
    why: "Each directive is allowed only in certain blocks; nginx does not start if one is used elsewhere.",
    bad: "events {}\nhttp {\n    location / {\n        return 404;\n    }\n}\n",
    good: "events {}\nhttp {\n    server {\n        location / {\n            return 404;\n        }\n    }\n}\n",
    references: ["https://nginx.org/en/docs/dirindex.html"],
  },
  check({ configuration, report }) {
    visitDirectives(configuration, isMisplaced, (statement) => {
      const { name, context } = statement;
      // The context of a fragment's own lines is inferred, and the inference may be wrong.
      if (configuration.fragment && context.opener === null) return;
      const facts = lookupDirective(name) ?? [];
      const { args, block } = statement.directive;
      const meant = facts.filter(
        (each) => (each.block !== "none") === (block !== null) && acceptsCount(each.arity, args.length),
      );
      const places = [...new Set((meant.length > 0 ? meant : facts).flatMap(({ contexts }) => contexts))].map(
        contextName,
      );
      report({
        at: statement,
        message: `"${name}" directive is not allowed here, in ${contextName(context.kind)}: nginx does not start.`,
        help: `move it to ${listOf(places)}`,
        ...(context.opener === null
          ? {}
          : { related: [{ at: context.opener, message: "the block it is in" }] }),
      });
    });
  },
});

function isMisplaced({ name, kind }: Usage): boolean {
  const facts = lookupDirective(name);
  if (facts === undefined || facts.every(({ exact }) => !exact)) return false;
  return !facts.some(({ contexts }) => contexts.includes(kind));
}

function listOf(places: readonly string[]): string {
  if (places.length < 2) return places.join("");
  return `${places.slice(0, -1).join(", ")} or ${places.at(-1)}`;
}
