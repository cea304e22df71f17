import { mayBeSeveral } from "../../parser/index.ts";
import type { Location, Statement, VirtualServer } from "../../semantics/index.ts";
import { itemsOfFiles } from "../../site/index.ts";
import { replaceArgument } from "../fix.ts";
import { defineRule, type Report } from "../rule.ts";

/** `location /static/` with `alias /x/static`: the slash is lost on the way. */
export default defineRule({
  id: "alias-slash-mismatch",
  category: "routing",
  severity: "error",
  confidence: "high",
  presets: ["recommended"],
  directives: ["alias"],
  checklist: ["static.django-static-alias", "static.media-alias"],
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
      const found = alias === undefined ? null : wholePath(server, location, alias);
      const items = itemsOfFiles(location);
      if (found !== null) report({ ...found, items });
      if (!location.isPrefix || !pattern.endsWith("/") || alias === undefined) continue;
      const { handler, files } = server.at(location);
      const { path } = files;
      // What a variable or a placeholder ends with is not known.
      if (
        handler.kind !== "static" ||
        (!path.endsWith("/") && /[$}>]/.test(path.slice(path.lastIndexOf("/"))))
      )
        continue;
      if (mayBeSeveral(pattern) || mayBeSeveral(path)) continue;
      if (path.endsWith("/")) {
        // That they are reached is another rule's question.
        met(alias, [], []);
        continue;
      }
      const word = alias.directive.args[0];
      report({
        at: alias,
        message: `nginx looks for \`${pattern}app.css\` at \`${path}app.css\`: the location ends with a slash and \`alias\` does not.`,
        help: `write \`alias ${path}/;\``,
        items,
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

/** In a regex location `alias` is the whole path: without a capture in it, all requests get the same. */
function wholePath(server: VirtualServer, location: Location, alias: Statement): Report | null {
  const [path = ""] = alias.args;
  const { context, pattern, literalPrefix } = location;
  if (!location.isRegex || path.includes("$") || mayBeSeveral(path) || mayBeSeveral(pattern)) return null;
  // A single file, or one address of a folder.
  if (/\.\w+$/.test(path) || context.has("try_files") || context.has("rewrite")) return null;
  const folder = literalPrefix.slice(0, literalPrefix.lastIndexOf("/") + 1) || "/";
  const uris = ["app.css", "images/logo.png"].map((name) => folder + name);
  const [uri] = uris;
  const paths = uris.map((each) => {
    const { location: taker, outcome } = server.ask(each, { files: () => "file" });
    return taker === location && outcome.kind === "static" ? outcome.target : null;
  });
  if (uri === undefined || paths.some((each) => each !== path)) return null;
  return {
    at: alias,
    message: `\`${uri}\` is looked for as \`${path}\`, and so is every other file: in a regex location \`alias\` is the whole path.`,
    help: `write \`location ${literalPrefix || "/"} {\`, or put a capture of the pattern into the path: \`alias ${path.replace(/\/?$/, "/")}$1;\``,
    witness: { kind: "request", value: `GET ${uri}` },
  };
}
