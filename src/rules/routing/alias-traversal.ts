import { mayBeSeveral } from "../../parser/index.ts";
import { type Location, type Place, toBytes } from "../../semantics/index.ts";
import { replaceArgument } from "../fix.ts";
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
    summary: "An `alias` lets requests escape its folder",
    why: "`alias` replaces the location's prefix by its own path. If the prefix does not end with a slash and the path does, `/static../settings.py` matches `location /static` and becomes `/srv/static/../settings.py`: anyone can fetch the files of the parent folder.",
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
  scope: "server",
  check({ server, report }) {
    for (const location of server.locations) {
      const place = server.at(location);
      const alias = location.context.last("alias");
      if (alias === undefined || place.handler.kind !== "static") continue;
      // Only nginx itself asks for its URIs.
      if (location.context.has("internal")) continue;
      // A template may write the slash.
      if (mayBeSeveral(location.pattern)) continue;
      const way = location.isRegex ? throughPattern(location, place) : throughPrefix(location, place);
      if (way === null) continue;
      const taker = server.takerOf(way.uri);
      if (taker.kind !== "location" || taker.location !== location) continue;
      report({
        at: location.statement,
        message: `\`${way.uri}\` gets \`${way.path}\`: anyone can fetch files outside \`${alias.args[0]}\`.`,
        help: location.isRegex
          ? "put the slash before the group, as in `^/static/(.*)$`"
          : `write \`${location.title}/\``,
        related: [{ at: alias, message: "ends with a slash, the location does not" }],
        witness: { kind: "request", value: `GET ${way.uri}` },
        details: [
          { label: "request", text: `GET ${way.uri}` },
          { label: "gets", text: way.path, at: alias },
        ],
        ...fixOf(location),
      });
    }
  },
});

interface Way {
  readonly uri: string;
  readonly path: string;
}

const ABOVE = "../settings.py";

function throughPrefix({ isPrefix, pattern }: Location, { files: { path } }: Place): Way | null {
  if (!isPrefix || pattern.endsWith("/") || !path.endsWith("/")) return null;
  return { uri: pattern + ABOVE, path: path + ABOVE };
}

/** `^/static(.*)$` with `alias /x/static/$1`. */
function throughPattern({ literalPrefix, compiled }: Location, { files }: Place): Way | null {
  if (literalPrefix === "" || literalPrefix.endsWith("/")) return null;
  const uri = literalPrefix + ABOVE;
  const match = compiled();
  const captures = match.kind === "exact" ? match.exec(toBytes(uri))?.captures : undefined;
  if (captures === undefined) return null;
  const path = files.path.replace(/\$(\d)/g, (_, digit) => captures[Number(digit)] ?? "");
  return path.includes("/../") && !path.includes("$") ? { uri, path } : null;
}

function fixOf({ isRegex, statement }: Location): { readonly fix?: Fix } {
  const { args } = statement.directive;
  const word = args.at(-1);
  if (isRegex || word === undefined || word.quote !== "none") return {};
  const edit = replaceArgument(statement, args.length - 1, `${word.raw}/`);
  return { fix: { description: "end the location with a slash", safe: false, edits: [edit] } };
}
