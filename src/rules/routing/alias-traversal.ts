import { fileBaseOf, handlerOf, type Location, toBytes, winnerOf } from "../../semantics/index.ts";
import { defineRule, type Fix } from "../rule.ts";

/** `location /static` with `alias /x/static/`: `/static../` is the folder above. */
export default defineRule({
  id: "alias-traversal",
  category: "routing",
  severity: "error",
  confidence: "high",
  presets: ["recommended", "security"],
  fix: "unsafe",
  docs: {
    summary: "No `alias` lets a request out of its folder",
    why: "`alias` puts its path in place of the location's name. Where the name has no slash at its end and the path has one, `/static../settings.py` belongs to `location /static` and becomes `/srv/static/../settings.py`: every file of the folder above can be fetched.",
    bad: `server {
    listen 80;
    location /static {
        alias /srv/app/static/;
    }
}
`,
    good: `server {
    listen 80;
    location /static/ {
        alias /srv/app/static/;
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#alias"],
  },
  check({ configuration, report }) {
    for (const server of configuration.servers) {
      for (const location of server.allLocations()) {
        const alias = location.context.last("alias");
        if (alias === undefined || handlerOf(location.context).kind !== "static") continue;
        const way = location.isRegex ? throughPattern(location) : throughPrefix(location);
        if (way === null) continue;
        const winner = winnerOf(server, toBytes(way.uri));
        if (winner.kind !== "location" || winner.location !== location) continue;
        report({
          at: location.statement,
          message: `\`${way.uri}\` gets \`${way.path}\`: anyone can fetch files from outside \`${alias.args[0]}\`.`,
          help: location.isRegex
            ? "put the slash before the group, as in `^/static/(.*)$`"
            : `write \`location ${location.modifier === "" ? "" : `${location.modifier} `}${location.pattern}/\``,
          related: [{ at: alias, message: "ends with a slash, the location does not" }],
          witness: { kind: "request", value: `GET ${way.uri}` },
          details: [
            { label: "request", text: `GET ${way.uri}` },
            { label: "gets", text: way.path, at: alias },
          ],
          ...fixOf(location),
        });
      }
    }
  },
});

interface Way {
  readonly uri: string;
  readonly path: string;
}

const ABOVE = "../settings.py";

function throughPrefix({ modifier, pattern, context }: Location): Way | null {
  const { path } = fileBaseOf(context);
  if ((modifier !== "" && modifier !== "^~") || pattern.endsWith("/") || !path.endsWith("/")) return null;
  return { uri: pattern + ABOVE, path: path + ABOVE };
}

/** `^/static(.*)$` with `alias /x/static/$1`. */
function throughPattern({ pattern, context, compiled }: Location): Way | null {
  const start = /^\^((?:\/[\w-]+)+)\(/.exec(pattern)?.[1];
  if (start === undefined) return null;
  const uri = start + ABOVE;
  const match = compiled();
  const captures = match.kind === "exact" ? match.exec(toBytes(uri))?.captures : undefined;
  if (captures === undefined) return null;
  const path = fileBaseOf(context).path.replace(/\$(\d)/g, (_, digit) => captures[Number(digit)] ?? "");
  return path.includes("/../") && !path.includes("$") ? { uri, path } : null;
}

function fixOf({ isRegex, statement }: Location): { readonly fix?: Fix } {
  const word = statement.directive.args.at(-1);
  if (isRegex || word === undefined || word.quote !== "none") return {};
  const edit = { file: statement.file, offset: word.end, length: 0, text: "/" };
  return { fix: { description: "end the location with a slash", safe: false, edits: [edit] } };
}
