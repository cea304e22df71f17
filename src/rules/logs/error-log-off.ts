import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Words that look like switches and are names of files. */
const SWITCHES: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["error_log", new Set(["off", "on", "false", "true", "no", "yes", "none", "disabled", "enabled"])],
  ["access_log", new Set(["on", "false", "true", "no", "yes", "none", "disabled", "enabled"])],
]);

/** Logs that are switched by a word and become files of that name. */
export default defineRule({
  id: "error-log-off",
  category: "logs",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  directives: ["error_log", "access_log"],
  docs: {
    summary: "A log is written to a file called `off` or `on`",
    why: "Unlike `access_log`, `error_log` has no `off`: nginx writes the log to a file of that name in its own folder. `on` is a file name for both. When something breaks, the log is not where you look for it, or it has grown where nothing rotates it.",
    bad: "error_log off;\nevents {}\nhttp {\n    access_log on;\n}\n",
    good: "error_log /dev/null crit;\nevents {}\nhttp {\n    access_log off;\n}\n",
    references: ["https://nginx.org/en/docs/ngx_core_module.html#error_log"],
  },
  check({ configuration, report }) {
    for (const [name, words] of SWITCHES) {
      for (const statement of configuration.all(name)) {
        const [word = ""] = statement.args;
        if (!words.has(word.toLowerCase())) continue;
        report({
          at: statement,
          message: `${codeOf(statement)} ${/^o(n|ff)$/i.test(word) ? `does not switch the log ${word}` : "is no switch"}: nginx writes it to a file called \`${word}\`.`,
          help: OFF.test(word)
            ? `write \`${name === "error_log" ? "error_log /dev/null crit" : "access_log off"};\` to keep no log, or name a file`
            : `name a file: \`${name} /var/log/nginx/${name === "error_log" ? "error" : "access"}.log;\``,
        });
      }
    }
  },
});

const OFF = /^(?:off|false|no|none|disabled)$/i;
