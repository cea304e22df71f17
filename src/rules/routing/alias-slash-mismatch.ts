import { fileBaseOf, handlerOf } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";

/** `location /static/` with `alias /x/static`: the slash is lost on the way. */
export default defineRule({
  id: "alias-slash-mismatch",
  category: "routing",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  fix: "unsafe",
  docs: {
    summary: "`alias` ends with a slash where its location does",
    why: "`alias` puts its path in place of the location's name, letter by letter. With a slash at the end of the name and none at the end of the path, `/static/app.css` becomes `/srv/staticapp.css`, and every file is missing.",
    bad: `server {
    listen 80;
    location /static/ {
        alias /srv/static;
    }
}
`,
    good: `server {
    listen 80;
    location /static/ {
        alias /srv/static/;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#alias"],
  },
  check({ configuration, report }) {
    for (const server of configuration.servers) {
      for (const { modifier, pattern, context } of server.allLocations()) {
        if ((modifier !== "" && modifier !== "^~") || !pattern.endsWith("/")) continue;
        const alias = context.last("alias");
        if (alias === undefined || handlerOf(context).kind !== "static") continue;
        const { path } = fileBaseOf(context);
        // What a variable or a placeholder ends with is not known.
        if (path.endsWith("/") || /[$}>][^/]*$/.test(path)) continue;
        const word = alias.directive.args[0];
        const edit = { file: alias.file, offset: word?.end ?? 0, length: 0, text: "/" };
        report({
          at: alias,
          message: `\`${pattern}app.css\` is looked for as \`${path}app.css\`: the location ends with a slash and \`alias\` does not.`,
          help: `write \`alias ${path}/;\``,
          witness: { kind: "request", value: `GET ${pattern}app.css` },
          details: [
            { label: "request", text: `GET ${pattern}app.css` },
            { label: "gets", text: `${path}app.css`, at: alias },
            { label: "meant", text: `${path}/app.css` },
          ],
          ...(word?.quote === "none"
            ? { fix: { description: "end `alias` with a slash", safe: false, edits: [edit] } }
            : {}),
        });
      }
    }
  },
});
