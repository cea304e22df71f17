import { defineRule } from "../rule.ts";

/** nginx reads words and comments through a buffer of 4096 bytes (NGX_CONF_BUFFER). */
export default defineRule({
  id: "too-long-parameter",
  category: "validity",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["setup.nginx-t"],
  docs: {
    summary: "A word or comment has 4096 bytes or more",
    why: "nginx reads its configuration through a buffer of that size and refuses what does not fit. It hits long Content-Security-Policy lines and pasted keys.",
    bad: `add_header Content-Security-Policy "${"default-src 'self'; ".repeat(220)}";\n`,
    good: `add_header Content-Security-Policy "${"default-src 'self'; ".repeat(20)}";\n`,
    references: ["https://github.com/nginx/nginx/blob/master/src/core/ngx_conf_file.c"],
  },
  check({ configuration, report }) {
    for (const file of configuration.tree.files) {
      for (const { start, end, code, message, help } of file.problems) {
        if (code === "too-long")
          report({ at: { file, start, end }, message, ...(help === undefined ? {} : { help }) });
      }
    }
  },
});
