import type { Anchor, Context, ServedFile, VirtualServer } from "../../semantics/index.ts";
import { mayHoldProject, servedTrees } from "../../site/index.ts";
import { defineRule } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** Scripts that are sent as text. */
export default defineRule({
  id: "script-extensions-exposed",
  category: "routing",
  severity: "info",
  confidence: "high",
  presets: ["django-react", "security"],
  checklist: ["headers.script-extensions"],
  docs: {
    summary: "A site without an interpreter would send scripts as text",
    why: "If no interpreter takes `.php` or `.asp`, nginx sends such a file as it is, passwords included. Scanners request them all day. A refusal costs one line, keeps the noise out of the log and the application, and still protects you when somebody copies an old site into the folder.",
    bad: "server {\n    root /srv/shop;\n    location / {\n        try_files $uri $uri/ =404;\n    }\n}\n",
    good: "server {\n    root /srv/shop;\n    location / {\n        try_files $uri $uri/ =404;\n    }\n    location ~* \\.(php|aspx?|jsp|cgi|py|pl)$ {\n        return 404;\n    }\n}\n",
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#location"],
  },
  check({ servers, site, report, met, unmet }) {
    /** By the line that leads to the files: a root of `http` is one cause. */
    const causes = new Map<
      unknown,
      { readonly found: ServedFile; readonly others: Anchor[]; readonly concerns: Context[] }
    >();
    for (const server of servers) {
      // The refusal may stand where this part is included.
      if (server.isPartial) continue;
      const found = scriptIn(server);
      const { opener } = server.context;
      if (found === null) {
        const servesFiles = server.places.some(
          ({ handler, files }) => handler.kind === "static" && files.statement !== null,
        );
        if (opener !== null && servesFiles) met(opener);
        continue;
      }
      // `dangerous-root` speaks of more than these files.
      if (site.dangersOf(server).some(({ statement }) => statement.directive === found.by.directive)) {
        unmet({ at: found.by, why: `GET ${found.uri} is not refused`, concerns: [server.context] });
        continue;
      }
      const known = causes.get(found.by.directive);
      if (known === undefined)
        causes.set(found.by.directive, { found, others: [], concerns: [server.context] });
      else {
        known.concerns.push(server.context);
        if (opener !== null) known.others.push(opener);
      }
    }
    for (const { found, others, concerns } of causes.values()) {
      report({
        at: found.by,
        concerns,
        message: `nginx would send scripts below ${codeOf(found.by)} as text, such as \`${found.uri}\`, with any passwords in them.`,
        help: "add `location ~* \\.(php|aspx?|jsp|cgi|py|pl)$ { return 404; }`",
        related: others.map((at) => ({ at, message: "the same here" })),
        // In what a build tool wrote there are none; the guide's checklist asks all the same.
        ...(mayHoldProject(found.by.args[0] ?? "") ? {} : { presets: ["django-react"] as const }),
        witness: { kind: "request", value: `GET ${found.uri}` },
      });
    }
  },
});

/** What scanners ask for first: where this is refused, somebody has thought about the others. */
const SCRIPT = "config.php";

/** The first that is sent. */
function scriptIn(server: VirtualServer): ServedFile | null {
  for (const prefix of servedTrees(server)) {
    const found = server.fileAt(prefix + SCRIPT, `/${SCRIPT}`);
    if (found !== null) return found;
  }
  return null;
}
