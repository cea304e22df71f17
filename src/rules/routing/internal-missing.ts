import type { Statement, VirtualServer } from "../../semantics/index.ts";
import { type AccelTarget, accelTargets, internalFolder } from "../../site/index.ts";
import { defineRule, type Report } from "../rule.ts";
import { codeOf, titleOf } from "../wording.ts";

/** A file that nobody gets without the application's word. */
const TAIL = "invoices/2024-0001.pdf";

/** Files that the application guards, and that everyone gets who asks nginx for them. */
export default defineRule({
  id: "internal-missing",
  category: "routing",
  severity: "warning",
  confidence: "high",
  presets: ["django-react", "security"],
  docs: {
    summary: "Anyone can request files meant for `X-Accel-Redirect` directly",
    why: "The application checks the user and answers with `X-Accel-Redirect: /protected/…`; nginx then sends the file. Without `internal`, the same location also answers direct requests for `/protected/…`, which the application never checks. The same goes for a second location that serves the same folder.",
    bad: `server {
    listen 80;
    location / {
        proxy_pass http://127.0.0.1:8000;
    }
    location /protected-media/ {
        alias /srv/shop/media/;
    }
}
`,
    good: `server {
    listen 80;
    location / {
        proxy_pass http://127.0.0.1:8000;
    }
    location /protected-media/ {
        internal;
        alias /srv/shop/media/;
    }
}
`,
    references: [
      "https://nginx.org/en/docs/http/ngx_http_core_module.html#internal",
      "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ignore_headers",
    ],
  },
  scope: "server",
  check({ server, report, met }) {
    for (const found of twinsOf(server)) report(found);
    for (const target of accelTargets(server)) {
      const { context, statement } = target.location;
      if (context.incomplete || server.at(target.location).handler.kind !== "static") continue;
      if (!context.has("alias") && !context.has("root")) continue;
      const found = judge(target, server);
      if (found === null) met(statement);
      else report(found);
    }
  },
});

/** Folders that one location keeps internal and another gives to everyone. */
function* twinsOf(server: VirtualServer): Generator<Report> {
  const bases = [...basesOf(server)];
  for (const guarded of server.locations) {
    const folder = internalFolder(server, guarded);
    if (folder === null) continue;
    for (const { statement, prefix } of bases) {
      const path = withSlash(statement.args[0] ?? "");
      if (!folder.startsWith(path)) continue;
      const uri = `${prefix}${folder.slice(path.length)}${TAIL}`;
      const served = server.fileAt(uri, TAIL);
      if (served === null || !served.path.startsWith(folder)) continue;
      const at = served.simulation.location?.statement ?? server.context.opener;
      if (at === null) continue;
      yield {
        at,
        message: `${codeOf(at)} serves everyone the files below \`${folder}\`, which \`${guarded.title}\` reserves for \`X-Accel-Redirect\`: the application does not check who may see them.`,
        help: "use separate folders, or pass these requests to the application",
        related: [{ at: guarded.statement, message: "is `internal`" }],
        witness: { kind: "request", value: `GET ${uri}` },
        details: [{ label: "gets", text: served.path, at: served.by }],
      };
    }
  }
}

/** Every place whose own `root` or `alias` leads to files, and the URI that stands for its folder. */
function* basesOf(
  server: VirtualServer,
): Generator<{ readonly statement: Statement; readonly prefix: string }> {
  const root = server.context.last("root");
  if (root !== undefined) yield { statement: root, prefix: "/" };
  for (const location of server.locations) {
    const { isPrefix, pattern, context } = location;
    if (!isPrefix || server.at(location).handler.kind !== "static") continue;
    const alias = context.last("alias");
    const own = alias ?? context.last("root");
    if (own !== undefined) yield { statement: own, prefix: alias === undefined ? "/" : withSlash(pattern) };
  }
}

/** A location that only answers of the application should lead to, and that is open. */
function judge({ location, prefix, confidence, by }: AccelTarget, server: VirtualServer): Report | null {
  const uri = prefix + TAIL;
  const served = server.fileAt(uri, TAIL);
  if (served === null || served.simulation.location !== location) return null;
  return {
    at: location.statement,
    message: `${codeOf(location.statement)} serves its files to everyone: only a response of the application with \`X-Accel-Redirect\` should lead here.`,
    help: `write \`internal;\` in ${titleOf(location.context)}`,
    confidence,
    related: by === null ? [] : [{ at: by, message: "the application sends requests here" }],
    witness: { kind: "request", value: `GET ${uri}` },
    details: [{ label: "gets", text: served.path, at: served.by }],
  };
}

function withSlash(path: string): string {
  return path.endsWith("/") ? path : `${path}/`;
}
