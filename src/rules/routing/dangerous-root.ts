import type { Statement } from "../../semantics/index.ts";
import { defineRule } from "../rule.ts";
import { dangersOf } from "./dangerous-folders.ts";

/** Folders of the system, of people and of source code, open to everybody. */
export default defineRule({
  id: "dangerous-root",
  category: "routing",
  severity: "error",
  confidence: "high",
  presets: ["recommended", "security"],
  docs: {
    summary: "`root` and `alias` lead to a folder made for the public",
    why: "Whatever lies below `root` is handed out to whoever knows its name. Below `/` that is `/etc/passwd` and the environment of every process, below `/home/…` keys and notes, below the folder of an application its source and its settings, with the passwords in them. Publish a folder that holds nothing else.",
    bad: "server {\n    root /;\n    location / {\n        try_files $uri =404;\n    }\n}\n",
    good: "server {\n    root /srv/shop/public;\n    location / {\n        try_files $uri =404;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#root"],
  },
  check({ configuration, report }) {
    const reported = new Set<Statement["directive"]>();
    for (const server of configuration.servers) {
      for (const danger of dangersOf(configuration, server)) {
        if (reported.has(danger.at.directive)) continue;
        reported.add(danger.at.directive);
        report(danger);
      }
    }
  },
});
