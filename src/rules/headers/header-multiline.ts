import { maskTags } from "../../parser/index.ts";
import { replaceArgument } from "../fix.ts";
import { defineRule } from "../rule.ts";

/** Directives whose second argument is the value of a header. */
const DIRECTIVES = ["add_header", "add_trailer", "proxy_set_header", "grpc_set_header"] as const;

/** Header values over several lines. */
export default defineRule({
  id: "header-multiline",
  category: "headers",
  severity: "warning",
  confidence: "high",
  presets: ["recommended", "security"],
  fix: "safe",
  docs: {
    summary: "The value of a header contains a line break",
    why: "nginx sends the line break as it is. HTTP/1.1 has dropped values over several lines (RFC 9112), and HTTP/2 forbids them: some browsers and proxies drop the header, some the whole response. Write long policies on one line, or build them from variables.",
    bad: "server {\n    listen 80;\n    root /srv/www;\n    add_header Content-Security-Policy \"default-src 'self';\n        img-src *\" always;\n}\n",
    good: "server {\n    listen 80;\n    root /srv/www;\n    add_header Content-Security-Policy \"default-src 'self'; img-src *\" always;\n}\n",
    references: ["https://www.rfc-editor.org/rfc/rfc9112.html#section-5.2"],
  },
  check({ configuration, report }) {
    const told = new Set<unknown>();
    for (const statement of DIRECTIVES.flatMap((name) => configuration.all(name))) {
      const [name = "", value = ""] = statement.args;
      const word = statement.directive.args[1];
      if (
        !LINE_END.test(value) ||
        !LINE_END.test(maskTags(value)) ||
        word === undefined ||
        told.has(statement.directive)
      )
        continue;
      told.add(statement.directive);
      const raw = statement.file.text.slice(word.start, word.end);
      const isPlain = /[\r\n]/.test(raw);
      report({
        at: statement,
        message: `The value of \`${name}\` spans several lines: HTTP/2 forbids that, and clients drop the header or the whole response.`,
        help: "write the value on one line",
        ...(isPlain
          ? {
              fix: {
                description: "write the value on one line",
                safe: true,
                edits: [
                  replaceArgument(
                    statement,
                    1,
                    raw.replace(/\s+/g, (space) => (/[\r\n]/.test(space) ? " " : space)),
                  ),
                ],
              },
            }
          : {}),
      });
    }
  },
});

const LINE_END = /[\r\n]/;
