import type { Configuration, Server, Statement } from "../../semantics/index.ts";
import { askForFile, type ServedFile } from "../../semantics/index.ts";
import { servedTrees } from "../../site/index.ts";
import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";
import { dangersOf } from "./dangerous-folders.ts";

/** Scripts that are sent as text. */
export default defineRule({
  id: "script-extensions-exposed",
  category: "routing",
  severity: "info",
  confidence: "high",
  presets: ["django-react", "security"],
  checklist: ["headers.script-extensions"],
  docs: {
    summary: "A site without scripts refuses the extensions of scripts",
    why: "Where no interpreter takes `.php` or `.asp`, nginx sends such a file as it is: with the passwords in it. Scanners ask for them all day. A refusal costs a line, spares the log and the application the noise, and holds when somebody copies an old site into the folder.",
    bad: "server {\n    root /srv/shop;\n    location / {\n        try_files $uri $uri/ =404;\n    }\n}\n",
    good: "server {\n    root /srv/shop;\n    location / {\n        try_files $uri $uri/ =404;\n    }\n    location ~* \\.(php|aspx?|jsp|cgi|py|pl)$ {\n        return 404;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#location"],
  },
  check({ configuration, report }) {
    const causes = new Map<Statement["directive"], { found: ServedFile; servers: Server[] }>();
    for (const server of configuration.servers) {
      if (server.partial) continue;
      const found = exposedIn(configuration, server);
      if (found === null || isDangerous(configuration, server, found)) continue;
      const known = causes.get(found.by.directive);
      if (known === undefined) causes.set(found.by.directive, { found, servers: [server] });
      else known.servers.push(server);
    }
    for (const { found, servers } of causes.values()) {
      report({
        at: found.by,
        message: `Scripts that lie below ${codeOf(found.by)} would be sent as text, with all that is in them, such as \`${found.uri}\`.`,
        help: "add `location ~* \\.(php|aspx?|jsp|cgi|py|pl)$ { return 404; }`",
        related: servers.slice(1).flatMap(({ context: { opener } }) => {
          return opener === null ? [] : [{ at: opener, message: "the same here" }];
        }),
        witness: { kind: "request", value: `GET ${found.uri}` },
      });
    }
  },
});

/** What scanners ask for first: where this is refused, somebody has thought about the others. */
const SCRIPT = "config.php";

/** The first that is sent. */
function exposedIn(configuration: Configuration, server: Server): ServedFile | null {
  for (const prefix of servedTrees(server)) {
    const found = askForFile(configuration, server, prefix + SCRIPT, `/${SCRIPT}`);
    if (found !== null) return found;
  }
  return null;
}

/** `dangerous-root` speaks of more than these files. */
function isDangerous(configuration: Configuration, server: Server, { by }: ServedFile): boolean {
  return [...dangersOf(configuration, server)].some(({ at }) => at.directive === by.directive);
}
