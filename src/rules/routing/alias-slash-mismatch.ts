import { mayBeSeveral } from "../../parser/index.ts";
import { replaceArgument } from "../fix.ts";
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
    summary: "An `alias` lacks the slash that its location ends with",
    why: "`alias` replaces the location's prefix by its own path, character by character. If the prefix ends with a slash and the path does not, `/static/app.css` becomes `/srv/staticapp.css`, and no file is found.",
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
  scope: "server",
  check({ server, report, met }) {
    for (const location of server.locations) {
      const { pattern, context } = location;
      const alias = context.last("alias");
      if (!location.isPrefix || !pattern.endsWith("/") || alias === undefined) continue;
      const { handler, files } = server.at(location);
      const { path } = files;
      // What a variable or a placeholder ends with is not known.
      if (handler.kind !== "static" || (!path.endsWith("/") && /[$}>][^/]*$/.test(path))) continue;
      if (mayBeSeveral(pattern) || mayBeSeveral(path)) continue;
      if (path.endsWith("/")) {
        met(alias);
        continue;
      }
      const word = alias.directive.args[0];
      report({
        at: alias,
        message: `nginx looks for \`${pattern}app.css\` at \`${path}app.css\`: the location ends with a slash and \`alias\` does not.`,
        help: `write \`alias ${path}/;\``,
        witness: { kind: "request", value: `GET ${pattern}app.css` },
        details: [
          { label: "request", text: `GET ${pattern}app.css` },
          { label: "gets", text: `${path}app.css`, at: alias },
          { label: "meant", text: `${path}/app.css` },
        ],
        ...(word?.quote === "none"
          ? {
              fix: {
                description: "end `alias` with a slash",
                safe: false,
                edits: [replaceArgument(alias, 0, `${word.raw}/`)],
              },
            }
          : {}),
      });
    }
  },
});
