import { refuseArguments } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";

/** How many arguments a directive takes, whether it opens a block, and how each argument is read. */
export default defineRule({
  id: "directive-arguments",
  category: "validity",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["setup.nginx-t"],
  docs: {
    summary: "A directive has arguments that nginx refuses",
    why: "nginx refuses a directive with too few or too many arguments, and values that it cannot read: `on` and `off`, numbers, sizes (`10m`), times (`30s`), and words from a list.",
    bad: "server {\n    listen 80;\n    keepalive_timeout soon;\n}\n",
    good: "server {\n    listen 80;\n    keepalive_timeout 75s;\n}\n",
    references: ["https://nginx.org/en/docs/syntax.html"],
  },
  check({ configuration, version, report }) {
    refuseArguments(configuration, version, report);
  },
});
