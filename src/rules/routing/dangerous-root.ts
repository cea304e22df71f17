import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Folders of the system, of people and of source code, open to everybody. */
export default defineRule({
  id: "dangerous-root",
  category: "routing",
  severity: "error",
  confidence: "high",
  presets: ["recommended", "security"],
  docs: {
    summary: "A `root` or `alias` publishes the system, a home directory or source code",
    why: "Anyone who knows the name of a file below `root` gets it. Below `/` that means `/etc/passwd` and the environment of every process, below `/home/…` keys and notes, below an application's folder its source and its settings, passwords included. Publish a folder that holds nothing but public files.",
    bad: "server {\n    root /;\n    location / {\n        try_files $uri =404;\n    }\n}\n",
    good: "server {\n    root /srv/shop/public;\n    location / {\n        try_files $uri =404;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#root"],
  },
  scope: "server",
  check({ server, site, report }) {
    for (const { statement, what, file, uri, confidence } of site.dangersOf(server)) {
      report({
        at: statement,
        message: `${codeOf(statement)} publishes ${what}: anyone can read \`${file}\` if it exists.`,
        help: "publish a folder that holds only public files",
        confidence,
        witness: { kind: "request", value: `GET ${uri}` },
      });
    }
  },
});
