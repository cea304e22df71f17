import { defineRule } from "../rule.ts";
import { capitalized, codeOf, titleOf } from "../wording.ts";
import { isAloneIn, secondContentType } from "./second-content-type.ts";

/** Answers with two Content-Types. */
export default defineRule({
  id: "content-type-by-add-header",
  category: "headers",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  docs: {
    summary: "`add_header Content-Type` sends a second Content-Type",
    why: "nginx sends its own Content-Type for files and for `return`, and passes on that of an application; `add_header` adds a second line. Which of the two a browser uses is undefined. `default_type` and `types` set the one that nginx sends.",
    bad: 'server {\n    listen 80;\n    location = /robots.txt {\n        add_header Content-Type text/plain;\n        return 200 "User-agent: *\\n";\n    }\n}\n',
    good: 'server {\n    listen 80;\n    location = /robots.txt {\n        default_type text/plain;\n        return 200 "User-agent: *\\n";\n    }\n}\n',
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#default_type"],
  },
  check({ model, report }) {
    const told = new Set<unknown>();
    for (const { context, handler } of model.places) {
      const place = model.place(context);
      const statement = secondContentType(place);
      if (statement === null || told.has(statement.directive)) continue;
      told.add(statement.directive);
      const type = (statement.args[1] ?? "").split(";")[0]?.trim() ?? "";
      const outer = isAloneIn(place) ? (place.lost("add_header")?.outer ?? []) : [];
      report({
        at: statement,
        message: `${capitalized(titleOf(context))} sends two Content-Types: ${codeOf(statement)} adds a second one, and browsers may use either.${outer.length === 0 ? "" : " The line also discards the headers of the outer level, which come back when it goes."}`,
        help:
          handler.kind === "pass"
            ? "hide the application's with `proxy_hide_header Content-Type`, or let it send the right one"
            : handler.kind === "module" && handler.statement.name === "stub_status"
              ? "remove the line: `stub_status` sends `text/plain` by itself"
              : `write \`default_type ${type || "text/plain"};\`${handler.kind === "return" ? "" : " and an empty `types { }`"} instead`,
      });
    }
  },
});
