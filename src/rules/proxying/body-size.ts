import { type Context, parseSize, type Statement, type VirtualServer } from "../../semantics/index.ts";
import { type Site, takesLargeBodies, takesUploads } from "../../site/index.ts";
import { defineRule } from "../rule.ts";
import { codeOf, whereToLook } from "../wording.ts";

/** Uploads that end at 1 MB, and bodies that end nowhere. */
export default defineRule({
  id: "body-size",
  category: "proxying",
  severity: "info",
  confidence: "medium",
  presets: ["django-react"],
  checklist: ["perf.body-size"],
  docs: {
    summary: "Uploads are limited to nginx's default of 1 MB, or not at all",
    why: "nginx refuses bodies above `client_max_body_size` with 413; the default is 1 MB, less than a photo. With 0 there is no limit: nginx writes everything a client sends to its disk, until the disk is full. Set the size that the application accepts, in the locations that accept it.",
    bad: `events {}
http {
    server {
        listen 80;
        location /upload/ {
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
    good: `events {}
http {
    server {
        listen 80;
        location /upload/ {
            client_max_body_size 20m;
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
    references: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#client_max_body_size"],
  },
  scope: "server",
  check({ server, site, report, met, unmet, untold, isMetUnheard }) {
    const told = new Set<unknown>();
    let isChosen = false;
    for (const place of server.places) {
      const { handler, context, location } = place;
      if (handler.kind !== "pass" || handler.pass === "memcached_pass" || isAside(handler.pass, context))
        continue;
      const { args, statement, origin } = place.setting("client_max_body_size");
      const size = parseSize(args[0] ?? "");
      if (!size.ok || (origin === "unknown" && statement === null)) continue;
      const isForUploads = takesUploads(place);
      if (statement !== null && (size.value !== 0 || isForUploads || takesLargeBodies(place))) {
        met(statement);
        isChosen = true;
        continue;
      }
      const at = statement ?? location?.statement;
      if (at === undefined || (statement === null && !isForUploads) || told.has(at.directive)) continue;
      told.add(at.directive);
      isChosen = true;
      report(
        statement === null
          ? {
              at,
              message: `Uploads to \`${location?.title ?? "the server"}\` are limited to 1 MB, nginx's default: larger ones get 413.`,
              help: "write `client_max_body_size` with the size of the largest upload there, such as `20m`",
              witness: { kind: "request", value: "POST with Content-Length: 2000000" },
            }
          : {
              at,
              message: `${codeOf(statement)} accepts bodies of any size: one client can fill the disk that nginx buffers them on.`,
              help: "write the size of the largest upload, such as `20m`; use 0 only where all uploads are large files",
              related: location === null ? [] : [{ at: location.statement, message: "applies here" }],
            },
      );
    }
    if (isChosen || isMetUnheard === true) return;
    // Where nothing speaks of uploads, the default may be enough; nobody chose it.
    const [pass] = applicationsOf(server, site);
    if (pass === undefined) return;
    const { origin, statement } = server.model.place(pass.context).setting("client_max_body_size");
    if (origin === "default") unmet({ at: pass, why: "nobody set `client_max_body_size`: 1 MB is the most" });
    if (origin === "unknown") untold({ at: pass, reason: whereToLook("client_max_body_size", statement) });
  },
});

/** A service that nginx itself asks. Scripts are `internal` where `try_files` leads all requests to them. */
function isAside(pass: string, context: Context): boolean {
  return pass === "proxy_pass" && context.has("internal");
}

/** Where requests are handed to applications, by whatever protocol. */
function* applicationsOf(server: VirtualServer, site: Site): Generator<Statement> {
  for (const { pass, place } of site.applicationPasses(server.places))
    if (!place.context.has("internal")) yield pass;
  for (const { handler } of server.places)
    if (handler.kind === "pass" && /^(uwsgi|fastcgi|scgi)_pass$/.test(handler.pass)) yield handler.statement;
}
