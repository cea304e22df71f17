import { defineRule } from "../rule.ts";

/** What the parser refused, file by file. */
export default defineRule({
  id: "syntax",
  category: "validity",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["setup.nginx-t"],
  docs: {
    summary: "The file can be read as an nginx configuration",
    why: "nginx stops at the first mistake and keeps the old configuration; on a restart, it does not start at all.",
    bad: "server {\n    listen 80\n    root /srv/www;\n}\nserver {\n    listen 8080\n}\n",
    good: "server {\n    listen 80;\n    root /srv/www;\n}\n",
    references: ["https://nginx.org/en/docs/beginners_guide.html#conf_structure"],
  },
  check({ configuration, report }) {
    for (const file of configuration.tree.files) {
      for (const { start, end, code, message, help } of file.problems) {
        if (code !== undefined) continue;
        report({
          at: { file, start, end },
          message,
          ...(help === undefined ? {} : { help }),
          identity: message,
        });
      }
    }
  },
});
