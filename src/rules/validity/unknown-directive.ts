import {
  foreignModule,
  lookupDirective,
  type Statement,
  soleDirectiveNear,
  suggestDirective,
  type Usage,
  visitDirectives,
} from "../../semantics/index.ts";
import { rename } from "../fix.ts";
import { defineRule, type Fix } from "../rule.ts";

/** A name that no module of nginx, and none of the widely used ones of others, has. */
export default defineRule({
  id: "unknown-directive",
  category: "validity",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["setup.nginx-t"],
  fix: "safe",
  docs: {
    summary: "nginx and its known modules have no such directive",
    why: "nginx refuses to start at the first name it does not know. Directives of the widely used third-party modules are known; where a module that is not known is loaded, its directives may be its own.",
    bad: "server {\n    listen 80;\n    proxy_pas http://127.0.0.1:8000;\n}\n",
    good: "server {\n    listen 80;\n    more_set_headers 'Server: shop';\n}\n",
    references: ["https://nginx.org/en/docs/dirindex.html"],
  },
  check({ configuration, report }) {
    const foreign = foreignModule(configuration);
    const isUnknown = ({ name }: Usage) => lookupDirective(name) === undefined;
    visitDirectives(configuration, isUnknown, (statement) => {
      const { name } = statement;
      // Where a quote is forgotten, what stood between others looks like names.
      if (statement.directive.name.quote !== "none" && statement.file.problems.length > 0) return;
      const { start, end } = statement.directive.name;
      report({
        at: { file: statement.file, start, end },
        message:
          foreign === null
            ? `unknown directive "${printable(name)}": nginx does not start.`
            : `unknown directive "${printable(name)}", unless \`${foreign.args[0] ?? ""}\` brings it.`,
        more: () => ({ ...help(statement), ...(foreign === null ? fixOf(statement) : {}) }),
        ...(foreign === null
          ? {}
          : { severity: "info" as const, related: [{ at: foreign, message: "loaded here" }] }),
        identity: name,
      });
    });
  },
});

function help({ name, context }: Statement): { help?: string } {
  if (name.startsWith("\ufeff")) {
    return {
      help: "save the file without a byte order mark, which nginx takes for a part of the first word",
    };
  }
  const meant = suggestDirective(name, context.kind);
  return meant === null ? {} : { help: `did you mean \`${meant}\`?` };
}

/** Where nothing else can be meant. */
function fixOf(statement: Statement): { fix?: Fix } {
  const { name, args, context, directive, file } = statement;
  const isPlain = /^\w+$/.test(name) && directive.name.quote === "none" && file.problems.length === 0;
  const meant = suggestDirective(name, context.kind);
  if (!isPlain || meant === null) return {};
  return soleDirectiveNear(name, context.kind, args.length, directive.block !== null) === meant
    ? { fix: { description: `write \`${meant}\``, safe: true, edits: [rename(statement, meant)] } }
    : {};
}

function printable(name: string): string {
  return name.startsWith("\ufeff") ? `<byte order mark>${name.slice(1)}` : name;
}
