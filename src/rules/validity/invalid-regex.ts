import { refusePatterns } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";

/** Patterns that PCRE does not compile. */
export default defineRule({
  id: "invalid-regex",
  category: "validity",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["setup.nginx-t"],
  docs: {
    summary: "A regular expression does not compile",
    why: "nginx compiles every pattern with PCRE when it starts, and refuses to start where one is wrong.",
    bad: "location ~ ^/user/(\\d+$ {\n    return 204;\n}\n",
    good: "location ~ ^/user/(\\d+)$ {\n    return 204;\n}\n",
    references: ["https://www.pcre.org/current/doc/html/pcre2pattern.html"],
  },
  check({ configuration, report }) {
    refusePatterns(configuration, report);
  },
});
