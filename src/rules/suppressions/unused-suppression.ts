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
    summary: "A suppression comment silences nothing",
    why: "What it once excused is gone, or it stands at the wrong place. Left there, it would hide the next real finding. Rules that are off or did not run (`--only`) are not counted against it.",
    bad: "events {}\nhttp {\n    server {\n        # nginx-lint-disable-next-line missing-include -- written when deployed\n        server_name example.com;\n    }\n}\n",
    good: "events {}\nhttp {\n    server {\n        server_name example.com;\n    }\n}\n",
    references: [],
  },
  check() {},
});
