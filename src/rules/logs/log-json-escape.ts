import { isFilledIn } from "../../parser/index.ts";
import { readLogFormat } from "../../semantics/index.ts";
import { insertArgument, replaceArgument } from "../fix.ts";
import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";
import { isJson, quotedVariables } from "./json.ts";

/** JSON log lines that a client can break. */
export default defineRule({
  id: "log-json-escape",
  category: "logs",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  directives: ["log_format"],
  fix: "safe",
  docs: {
    summary: "A JSON log format does not escape what clients send as JSON",
    why: "Without `escape=json` nginx writes a quote as `\\x22`, which is not valid JSON: for one request with a quote in its User-Agent the collector drops the line, or the whole batch. With `escape=none` a client can add its own fields to the line.",
    bad: `events {}
http {
    log_format json '{"uri":"$request_uri","agent":"$http_user_agent"}';
    access_log /var/log/nginx/access.json json;
}
`,
    good: `events {}
http {
    log_format json escape=json '{"uri":"$request_uri","agent":"$http_user_agent"}';
    access_log /var/log/nginx/access.json json;
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format"],
  },
  check({ configuration, report, met }) {
    for (const statement of configuration.all("log_format")) {
      if (statement.args.some(isFilledIn)) continue;
      const { name, text, escape: escaping } = readLogFormat(statement);
      const [variable] = quotedVariables(text);
      if (!isJson(text) || variable === undefined) continue;
      if (escaping === "json") {
        met(statement);
        continue;
      }
      const hasNone = escaping === "none";
      report({
        at: statement,
        message: hasNone
          ? `${codeOf(statement, 30)} writes \`${variable}\` as the client sent it: a quote in it ends the string, and a client can add its own fields to the line.`
          : `The format \`${name}\` looks like JSON, but a quote in \`${variable}\` is written as \`\\x22\`: such lines are not valid JSON, and collectors drop them.`,
        help: `write \`log_format ${name} escape=json …\``,
        witness: { kind: "header", value: 'User-Agent: a"b' },
        fix: {
          description: "escape values as JSON",
          // What is JSON already may be meant to stay as it is.
          safe: !hasNone,
          edits: [
            statement.args[1]?.startsWith("escape=")
              ? replaceArgument(statement, 1, "escape=json")
              : insertArgument(statement, 1, "escape=json"),
          ],
        },
      });
    }
  },
});
