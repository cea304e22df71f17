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
    summary: "A `root` or `alias` that publishes the system, a home directory or source code",
    why: "Whatever lies below `root` is handed out to whoever knows its name. Below `/` that is `/etc/passwd` and the environment of every process, below `/home/…` keys and notes, below the folder of an application its source and its settings, with the passwords in them. Publish a folder that holds nothing else.",
    bad: "server {\n    root /;\n    location / {\n        try_files $uri =404;\n    }\n}\n",
    good: "server {\n    root /srv/shop/public;\n    location / {\n        try_files $uri =404;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#root"],
  },
  scope: "server",
  check({ server, site, report }) {
    for (const { statement, what, file, uri, confidence } of site.dangersOf(server)) {
      report({
        at: statement,
        message: `${codeOf(statement)} publishes ${what}: anyone can read \`${file}\` if it is there.`,
        help: "publish a folder that holds only what is meant for the public",
        confidence,
        witness: { kind: "request", value: `GET ${uri}` },
      });
    }
  },
});
