import { readLogFormat } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { isJson } from "./json.ts";

/** Log lines that a client writes. */
export default defineRule({
  id: "log-injection",
  category: "logs",
  severity: "warning",
  confidence: "high",
  presets: ["security"],
  directives: ["log_format"],
  docs: {
    summary: "A log format without escaping lets clients forge log lines",
    why: "By default nginx writes quotes, backslashes and control characters of a value as `\\x22`, `\\x0A` and so on. With `escape=none` it writes them as they come, and some values can hold a line break: the decoded path (`$uri`, `$request_filename`, and what a pattern captured of it), the user name of a password prompt (`$remote_user`), the body. A client then ends the line and writes one that looks like another visitor's, or like nothing ever happened. Fail2ban and whoever reads the log believe it. (JSON formats are `log-json-escape`'s.)",
    bad: `events {}
http {
    log_format plain escape=none '$remote_addr [$time_local] $uri $status';
    access_log /var/log/nginx/access.log plain;
}
`,
    good: `events {}
http {
    log_format plain '$remote_addr [$time_local] $uri $status';
    access_log /var/log/nginx/access.log plain;
}
`,
    references: [
      "https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format",
      "https://owasp.org/www-community/attacks/Log_Injection",
    ],
  },
  check({ configuration, report, met }) {
    for (const statement of configuration.all("log_format")) {
      const { name, text, escape: escaping } = readLogFormat(statement);
      if (escaping !== "none" || isJson(text)) continue;
      const variable = BREAKING.exec(text)?.[0];
      if (variable === undefined) {
        met(statement);
        continue;
      }
      report({
        at: statement,
        message: `\`${name}\` writes \`${variable}\` unescaped, and it can contain a line break: clients can forge log lines.`,
        help: "leave `escape=none` out, or write `$request_uri` for the path, which is logged as it was sent",
        witness: { kind: "uri", value: "/a%0A127.0.0.1%20-%20-%20GET%20/admin" },
      });
    }
  },
});

const BREAKING =
  /\$\{?(uri|document_uri|request_filename|fastcgi_script_name|fastcgi_path_info|remote_user|request_body)\b\}?/;
