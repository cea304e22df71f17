import { defineRule } from "../rule.ts";

/** A suppression that names a rule nobody knows; the linter reports it where it reads the comments. */
export default defineRule({
  id: "unknown-rule",
  category: "suppressions",
  severity: "warning",
  confidence: "high",
  presets: ["recommended", "django-react", "security", "strict"],
  docs: {
    summary: "A suppression comment names a rule that does not exist",
    why: "A misspelt name suppresses nothing. Names are separated by commas; a reason follows ` -- `.",
    bad: "events {}\nhttp {\n    server {\n        # nginx-lint-disable alias-traversel -- files are public\n        server_name example.com;\n    }\n}\n",
    good: "events {}\nhttp {\n    server {\n        server_name example.com;\n    }\n}\n",
    references: [],
  },
  check() {},
});
