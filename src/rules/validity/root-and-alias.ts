import { areAlternatives, locationKind } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";

/** `root` and `alias` are one setting to nginx (`ngx_http_core_root`). */
export default defineRule({
  id: "root-and-alias",
  category: "validity",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  directives: ["alias"],
  checklist: ["setup.nginx-t"],
  docs: {
    summary: "A location has both `root` and `alias`",
    why: "`root` and `alias` say the same thing in two ways, so nginx refuses both at one level. A named location, which no path leads to, takes no `alias`.",
    bad: "location /media/ {\n    root /srv/www;\n    alias /srv/media/;\n}\n",
    good: "location /media/ {\n    alias /srv/media/;\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#alias"],
  },
  check({ configuration, report }) {
    if (configuration.all("alias").length === 0) return;
    for (const statement of configuration.statements) {
      const { block } = statement;
      if (block === null || (block.kind !== "location" && block.kind !== "location-if")) continue;
      const [root] = block.all("root");
      const [alias] = block.all("alias");
      if (root !== undefined && alias !== undefined) {
        const [first, second] = block.orderOf(root) < block.orderOf(alias) ? [root, alias] : [alias, root];
        if (areAlternatives(first, second)) continue;
        report({
          at: second,
          message: `"${second.name}" directive is duplicate, "${first.name}" directive was specified earlier: nginx does not start.`,
          help: "keep the one that is meant: `alias` replaces the location's path, `root` is put before it",
          related: [{ at: first, message: "specified here" }],
        });
      }
      if (alias !== undefined && statement.name === "location" && locationKind(statement.args) === "named") {
        report({
          at: alias,
          message: 'the "alias" directive cannot be used inside the named location: nginx does not start.',
          help: "use `root`",
        });
      }
    }
  },
});
