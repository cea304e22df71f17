import { defineRule } from "../rule.ts";

/** A suppression that silences nothing; the linter reports it where it weighs the findings. */
export default defineRule({
  id: "unused-suppression",
  category: "suppressions",
  severity: "warning",
  confidence: "high",
  presets: ["recommended", "django-react", "security", "strict"],
  fix: "safe",
  docs: {
    summary: "A suppression comment suppresses nothing",
    why: "The finding it suppressed is gone, or the comment is in the wrong place. Left there, it would hide the next real finding. Comments for rules that are off or did not run (`--only`) are not reported.",
    bad: "events {}\nhttp {\n    server {\n        # nginx-lint-disable-next-line missing-include -- written when deployed\n        server_name example.com;\n    }\n}\n",
    good: "events {}\nhttp {\n    server {\n        server_name example.com;\n    }\n}\n",
    references: [],
  },
  check() {},
});
