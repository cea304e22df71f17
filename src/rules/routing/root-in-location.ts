import { push } from "../../lists/index.ts";
import type { Place, Statement, VirtualServer } from "../../semantics/index.ts";
import { defineRule, type Report } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** A `root` that belongs to the server. */
export default defineRule({
  id: "root-in-location",
  category: "routing",
  severity: "info",
  confidence: "high",
  presets: ["strict"],
  docs: {
    summary: "A `root` is repeated in locations, or missing from one, instead of being set in the server",
    why: "A `root` in `location /` does not apply to the locations beside it: each needs its own, and one without it serves files from nginx's installation folder. A `root` in the server applies to all.",
    bad: "server {\n    location / {\n        root /srv/shop;\n    }\n    location /blog/ {\n        root /srv/shop;\n    }\n}\n",
    good: "server {\n    root /srv/shop;\n    location / {\n    }\n    location /blog/ {\n        autoindex off;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#root"],
  },
  scope: "server",
  check({ server, report }) {
    if (server.context.has("root")) return;
    const found = repeatedRoot(server) ?? forgottenRoot(server);
    if (found !== null) report(found);
  },
});

/** The same folder, written in several locations. */
function repeatedRoot(server: VirtualServer): Report | null {
  const byPath = new Map<string, Statement[]>();
  for (const { context } of server.locations) {
    const root = context.last("root");
    const path = root?.args[0]?.replace(/(?<=.)\/$/, "");
    if (root === undefined || path === undefined) continue;
    push(byPath, path, root);
  }
  for (const [first, ...others] of byPath.values()) {
    if (first === undefined || others.length === 0) continue;
    // One snippet that several locations include is written once.
    if (others.every(({ directive }) => directive === first.directive)) continue;
    return {
      at: first,
      message: `${codeOf(first)} is repeated in ${others.length + 1} locations; a location without it serves another folder.`,
      help: "write it once in the server",
      related: others.map((at) => ({ at, message: "the same again" })),
    };
  }
  return null;
}

/** `location /` has a folder, and another location that serves files has none. */
function forgottenRoot(server: VirtualServer): Report | null {
  const main = server.server.locations.find(({ isPrefix, pattern }) => isPrefix && pattern === "/");
  const root = main?.context.last("root");
  if (root === undefined || server.top.list("root").uncertain) return null;
  for (const location of server.locations) {
    const place = server.at(location);
    if (location.isNamed || !servesFiles(place)) continue;
    const { statements, uncertain } = place.list("root", "alias");
    if (statements.length > 0 || uncertain) continue;
    return {
      at: root,
      message: `${codeOf(root)} applies to \`location /\` only: \`${location.title}\` has no root, and serves files from the \`html\` folder of nginx's installation.`,
      help: "move it to the server",
      related: [{ at: location.statement, message: "has no root" }],
    };
  }
  return null;
}

/** Something is served from disk here, and no request is merely refused or sent on. */
function servesFiles({ context, handler }: Place): boolean {
  if (handler.kind !== "static" || context.has("internal")) return false;
  if (context.all("deny").some(({ args }) => args[0] === "all")) return false;
  if (context.has("rewrite") || context.has("if")) return false;
  // Locations inside take the requests.
  if (context.has("location")) return false;
  const fallback = context.last("try_files")?.args.at(-1) ?? "";
  return !fallback.startsWith("@") && !/^\/[^$]*$/.test(fallback);
}
