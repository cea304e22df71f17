import type { Location } from "../../semantics/index.ts";
import { itemsOfFiles } from "../../site/index.ts";
import { type Confidence, defineRule } from "../rule.ts";

/** `location /static/ { root /x/static; }`: the folder is there twice. */
export default defineRule({
  id: "root-path-duplication",
  category: "routing",
  severity: "warning",
  confidence: "high",
  presets: ["recommended"],
  checklist: ["static.django-static-alias", "static.media-alias"],
  docs: {
    summary: "A `root` repeats the path of its location",
    why: "nginx appends the whole URI to `root`, the location's prefix included: with `location /static/ { root /srv/static; }` it looks for `/static/app.css` at `/srv/static/static/app.css`. `alias` replaces the prefix.",
    bad: `server {
    listen 80;
    location /static/ {
        root /srv/static;
    }
}
`,
    good: `server {
    listen 80;
    location /static/ {
        alias /srv/static/;
    }
    location /media/ {
        root /srv;
    }
}
`,
    references: [
      "https://nginx.org/en/docs/http/ngx_http_core_module.html#root",
      "https://nginx.org/en/docs/http/ngx_http_core_module.html#alias",
    ],
  },
  scope: "server",
  check({ server, report }) {
    for (const location of server.locations) {
      const root = location.context.last("root");
      if (root === undefined || server.at(location).handler.kind !== "static") continue;
      // A rewrite may have taken the name off already.
      if (location.context.has("rewrite")) continue;
      const path = (root.args[0] ?? "").replace(/(?<!\/)\/+$/, "");
      const repeated = repeatedPart(location, path);
      if (repeated === null) continue;
      const uri = location.isExact ? location.pattern : `${folderOf(location)}/app.css`;
      const outer = path.slice(0, -repeated.text.length) || "/";
      report({
        at: root,
        message: `nginx looks for \`${uri}\` at \`${path}${uri}\`: it appends the whole URI to \`root\`, so \`${repeated.text}\` is there twice.`,
        help:
          repeated.confidence === "high" && location.isPrefix
            ? `write \`alias ${path}${location.pattern.endsWith("/") ? "/" : ""};\`, or \`root ${outer};\``
            : `write \`root ${outer};\``,
        confidence: repeated.confidence,
        items: itemsOfFiles(location),
        witness: { kind: "request", value: `GET ${uri}` },
        details: [
          { label: "request", text: `GET ${uri}` },
          { label: "gets", text: `${path}${uri}`, at: root },
          { label: "meant", text: `${outer === "/" ? "" : outer}${uri}` },
        ],
      });
    }
  },
});

/** `/static` of `/static/`, of `= /static/app.css` and of `~ ^/static/`; empty where there is none. */
function folderOf({ isPrefix, literalPrefix }: Location): string {
  if (isPrefix) return literalPrefix.replace(/(?<!\/)\/+$/, "");
  return literalPrefix.slice(0, Math.max(literalPrefix.lastIndexOf("/"), 0));
}

function repeatedPart(
  location: Location,
  path: string,
): { readonly text: string; readonly confidence: Confidence } | null {
  const folder = folderOf(location);
  if (folder === "") return null;
  if (path.endsWith(folder)) return { text: folder, confidence: "high" };
  // `/app/static/` below `/srv/app`: often meant so, sometimes not.
  const segments = folder.split("/").slice(1);
  for (let count = segments.length - 1; count > 0; count--) {
    const start = `/${segments.slice(0, count).join("/")}`;
    if (path.endsWith(start)) return { text: start, confidence: "low" };
  }
  return null;
}
