import type { Statement, VirtualServer } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";

const PATH = "/articles/2024?page=2";

/** A redirect of every URI to another host or scheme that forgets the URI. */
export default defineRule({
  id: "redirect-loses-path",
  category: "routing",
  severity: "info",
  confidence: "medium",
  presets: ["recommended"],
  directives: ["return", "rewrite"],
  docs: {
    summary: "A redirect to another host loses the requested path",
    why: "Links, bookmarks and search results lead to pages. A redirect without `$request_uri` sends them all to the start page, and `rewrite ^(.*)$ https://shop.example/$1` leads to `//page`, because the capture begins with a slash itself.",
    bad: `server {
    listen 80;
    server_name shop.example;
    return 301 https://shop.example/;
}
`,
    good: `server {
    listen 80;
    server_name shop.example;
    return 301 https://shop.example$request_uri;
}
`,
    references: ["https://nginx.org/en/docs/http/converting_rewrite_rules.html"],
  },
  scope: "server",
  check({ server, report, met, isMetUnheard }) {
    if (server.isPartial || server.isIncomplete) return;
    // Whoever asks for a name that nobody has is sent to the start page.
    if (!server.server.names.some(({ text }) => /[a-z0-9]/i.test(text))) return;
    if (!mayRedirect(server, isMetUnheard === true)) return;
    const told = new Set<Statement>();
    const schemes = server.server.listens.some(({ tls }) => !tls)
      ? (["http", server.scheme] as const)
      : ([server.scheme] as const);
    for (const scheme of new Set(schemes)) {
      const { outcome } = server.ask({ uri: PATH, scheme });
      const { by, target, kind } = outcome;
      if (kind !== "redirect" || by === null || target === null || told.has(by)) continue;
      if (by.name !== "return" && by.name !== "rewrite") continue;
      told.add(by);
      const written = by.args.find((word) => /^(https?|\$\w+|\$\{\w+\}):\/\//.test(word));
      // What follows the host; a variable in its place may hold a path.
      const path = /^[^/]+:\/\/[^/]+(\/.*)?$/.exec(target)?.[1] ?? "";
      if (
        written === undefined ||
        /^[^/]+:\/\/[^/]*\$(?!\{?(host|http_host|server_name|server_port|hostname|domain|uri|request_uri|document_uri|\d+)\b)/.test(
          written,
        )
      )
        continue;
      if (path.startsWith("/articles/2024") && !path.startsWith("/articles/2024/")) {
        met(by);
        continue;
      }
      const problem = problemOf(path);
      if (problem === null) continue;
      report({
        at: by,
        message: `${codeOf(by)} sends \`${PATH}\` to \`${target}\`: ${problem}.`,
        help: "end the address with the host and `$request_uri`",
        witness: { kind: "request", value: `GET ${PATH}` },
      });
    }
  },
});

/** A request takes long to follow, and most servers have no such line, or one that keeps the path beyond doubt. */
function mayRedirect({ context }: VirtualServer, isLossSought: boolean): boolean {
  const lines = [...context.allBelow("return"), ...context.allBelow("rewrite")];
  return lines.some(({ args }) =>
    args.some((word) => word.includes("://") && !(isLossSought && KEEPS_PATH.test(word))),
  );
}

/** All of the request's path behind the host. */
const KEEPS_PATH = /^[^/]+:\/\/[^/]*[^/{]\$(?:request_uri|\{request_uri\})$/;

function problemOf(path: string): string | null {
  if (path === "" || path === "/") return "the page is lost";
  if (path.startsWith("//articles/")) return "the path gets a second slash";
  if (path.startsWith("/articles/2024/")) return "the path gets a slash at its end";
  return null;
}
