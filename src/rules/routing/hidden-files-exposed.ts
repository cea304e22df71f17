import type { Configuration, Server, Statement } from "../../semantics/index.ts";
import { askForFile, type ServedFile } from "../../semantics/index.ts";
import { servedTrees } from "../../site/index.ts";
import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";
import { dangersOf } from "./dangerous-folders.ts";

/** Hidden files that nginx would hand out: history, secrets. */
export default defineRule({
  id: "hidden-files-exposed",
  category: "routing",
  severity: "warning",
  confidence: "high",
  presets: ["django-react", "security"],
  checklist: ["headers.hidden-files"],
  docs: {
    summary: "Hidden files are not handed out",
    why: "A site that is deployed by `git pull` or `rsync` brings `.git` and `.env` along, and scanners ask every host for them: the first holds the whole source with its history, the second the passwords. nginx knows no hidden files; it refuses what a location refuses. A `^~` location does not ask the patterns beside it and needs the refusal inside.",
    bad: "server {\n    root /srv/shop;\n    location / {\n        try_files $uri $uri/ =404;\n    }\n}\n",
    good: "server {\n    root /srv/shop;\n    location / {\n        try_files $uri $uri/ =404;\n    }\n    location ~ /\\.(?!well-known/) {\n        deny all;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#location"],
  },
  check({ configuration, report }) {
    /** Servers by the line that leads to the files: a root of `http` is one cause. */
    const causes = new Map<Statement["directive"], { found: ServedFile[]; servers: Server[] }>();
    for (const server of configuration.servers) {
      // The refusal may stand where this part is included.
      if (server.partial) continue;
      const found = exposedIn(configuration, server);
      const [first] = found;
      if (first === undefined || isDangerous(configuration, server, first)) continue;
      const known = causes.get(first.by.directive);
      if (known === undefined) causes.set(first.by.directive, { found, servers: [server] });
      else known.servers.push(server);
    }
    for (const { found, servers } of causes.values()) {
      const [first] = found;
      if (first === undefined) continue;
      const others = found.filter(({ by }) => by.directive !== first.by.directive);
      report({
        at: first.by,
        message: `Hidden files that lie below ${codeOf(first.by)} would be handed out, such as \`${first.uri}\`: no location refuses them.`,
        help: "add `location ~ /\\.(?!well-known/) { deny all; }` to the server, and into each `^~` location",
        related: [
          ...others.map(({ by, uri }) => ({ at: by, message: `hands out \`${uri}\`, too` })),
          ...servers.slice(1).flatMap(({ context: { opener } }) => {
            return opener === null ? [] : [{ at: opener, message: "the same here" }];
          }),
        ],
        witness: { kind: "request", value: `GET ${first.uri}` },
      });
    }
  },
});

const HIDDEN = [".git/config", ".env"] as const;

/** Nobody reads on after so many places with one cure. */
const ENOUGH = 10;

/** One of each tree. */
function exposedIn(configuration: Configuration, server: Server): ServedFile[] {
  const found: ServedFile[] = [];
  for (const prefix of servedTrees(server)) {
    for (const name of HIDDEN) {
      const file = askForFile(configuration, server, prefix + name, `/${name}`);
      if (file === null) continue;
      if (found.push(file) === ENOUGH) return found;
      break;
    }
  }
  return found;
}

/** `dangerous-root` speaks of more than these files. */
function isDangerous(configuration: Configuration, server: Server, { by }: ServedFile): boolean {
  return [...dangersOf(configuration, server)].some(({ at }) => at.directive === by.directive);
}
