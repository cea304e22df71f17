import { defineRule } from "../rule.ts";

/** A suppression without a reason, where the settings demand one; the linter reports it where it reads the comments. */
export default defineRule({
  id: "missing-suppression-reason",
  category: "suppressions",
  severity: "warning",
  confidence: "high",
  presets: ["recommended", "django-react", "security", "strict"],
  docs: {
    summary: "A suppression comment gives no reason although the settings require one",
    why: "With `suppressions: { requireReason: true }` every suppression says why the rule does not apply there, so that the next reader can tell whether that is still true.",
    bad: "events {}\nhttp {\n    server {\n        # nginx-lint-disable syntax\n        server_name example.com;\n    }\n}\n",
    good: "events {}\nhttp {\n    server {\n        # nginx-lint-disable syntax -- filled in by a template\n        server_name example.com;\n    }\n}\n",
    references: [],
  },
  check() {},
});
