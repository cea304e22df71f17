import {
  askForFile,
  type Configuration,
  effective,
  errorPages,
  fileBaseOf,
  handlerOf,
  type Location,
  type Server,
  type Statement,
} from "../../semantics/index.ts";
import { type Confidence, defineRule, type Report } from "../rule.ts";
import { codeOf, titleOf } from "../wording.ts";

/** Names that people give to the targets of X-Accel-Redirect. */
const PROTECTED =
  /^\/(?:[\w-]+\/)*(?:[\w-]*[-_])?(?:protected|x-?accel|accel-?redirect|x-?sendfile)(?:[-_][\w-]*)?\//;
/** Names that may also mean something else. */
const PRIVATE =
  /^\/(?:[\w-]+\/)*(?:[\w-]*[-_])?(?:private|internal|secure)(?:[-_](?:media|files?|uploads?|downloads?|documents?|static))?\//;

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
    summary: "Files that an application hands out by `X-Accel-Redirect` are `internal`",
    why: "The application looks who asks and answers with `X-Accel-Redirect: /protected/…`; nginx then sends the file. Without `internal` the same location also answers everyone who asks for `/protected/…` directly, and the application is never asked. The same holds for a second location that gives out the same folder.",
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
  check({ configuration, report }) {
    const told = new Set<Statement["directive"]>();
    for (const server of configuration.servers) {
      for (const found of [...twins(configuration, server), ...targets(configuration, server)]) {
        const at = found.at as Statement;
        if (told.has(at.directive)) continue;
        told.add(at.directive);
        report(found);
      }
    }
  },
});

/** Folders that one location keeps internal and another gives to everyone. */
function* twins(configuration: Configuration, server: Server): Generator<Report> {
  const bases = [...basesOf(server)];
  for (const guarded of server.allLocations()) {
    const folder = internalFolder(server, guarded);
    if (folder === null) continue;
    for (const { statement, prefix } of bases) {
      const path = withSlash(statement.args[0] ?? "");
      if (!folder.startsWith(path)) continue;
      const uri = `${prefix}${folder.slice(path.length)}${TAIL}`;
      const served = askForFile(configuration, server, uri, TAIL);
      if (served === null || !served.path.startsWith(folder)) continue;
      const { location } = served.simulation;
      const at = location?.statement ?? server.context.opener;
      if (at === null) continue;
      yield {
        at,
        message: `${codeOf(at)} gives everyone the files below \`${folder}\`, which \`${guarded.title}\` keeps for answers of the application: nobody asks it who may see them.`,
        help: "keep the two folders apart, or let the application answer these requests",
        related: [{ at: guarded.statement, message: "is `internal`" }],
        witness: { kind: "request", value: `GET ${uri}` },
        details: [{ label: "gets", text: served.path, at: served.by }],
      };
    }
  }
}

/** Every place whose own `root` or `alias` leads to files, and the URI that stands for its folder. */
function* basesOf(server: Server): Generator<{ readonly statement: Statement; readonly prefix: string }> {
  const root = server.context.last("root");
  if (root !== undefined) yield { statement: root, prefix: "/" };
  for (const { modifier, pattern, context } of server.allLocations()) {
    if ((modifier !== "" && modifier !== "^~") || handlerOf(context).kind !== "static") continue;
    const alias = context.last("alias");
    const own = alias ?? context.last("root");
    if (own !== undefined) yield { statement: own, prefix: alias === undefined ? "/" : withSlash(pattern) };
  }
}

/** The folder whose files a location keeps internal; null for error pages and where it is not known. */
function internalFolder(server: Server, { modifier, pattern, context }: Location): string | null {
  if ((modifier !== "" && modifier !== "^~") || !isInternal(context) || context.incomplete) return null;
  if (handlerOf(context).kind !== "static" || servesErrors(server, pattern)) return null;
  const { statement, path, replaceable } = fileBaseOf(context);
  if (statement === null || replaceable || path.includes("$") || !path.startsWith("/")) return null;
  return statement.name === "alias" ? withSlash(path) : withSlash(path.replace(/\/$/, "") + pattern);
}

function isInternal(context: Location["context"]): boolean {
  return effective(context, "internal").statements.length > 0;
}

/** Pages for errors are internal for another reason. */
function servesErrors(server: Server, prefix: string): boolean {
  const contexts = [server.context, ...[...server.allLocations()].map(({ context }) => context)];
  return contexts.some((context) =>
    errorPages(effective(context, "error_page").statements).some(({ uri }) => uri.startsWith(prefix)),
  );
}

/** Locations that an application sends nginx to, by what it is told or by their names, and that are open. */
function* targets(configuration: Configuration, server: Server): Generator<Report> {
  const mapped = mappedPrefixes(server);
  if (mapped === null) return;
  for (const location of server.allLocations()) {
    const { context } = location;
    const prefix = prefixOf(location);
    if (prefix === null || context.incomplete || handlerOf(context).kind !== "static") continue;
    if (!context.has("alias") && !context.has("root")) continue;
    const by = mapped.find((each) => withSlash(prefix).startsWith(withSlash(each.prefix)));
    const confidence = by === undefined ? confidenceOf(withSlash(prefix)) : "high";
    if (confidence === null || servesErrors(server, prefix)) continue;
    const uri = withSlash(prefix) + TAIL;
    const served = askForFile(configuration, server, uri, TAIL);
    if (served === null || served.simulation.location !== location) continue;
    yield {
      at: location.statement,
      message: `${codeOf(location.statement)} gives its files to everyone who asks: only an answer of the application with \`X-Accel-Redirect\` should lead here.`,
      help: `write \`internal;\` in ${titleOf(context)}`,
      confidence,
      related: by === undefined ? [] : [{ at: by.statement, message: "the application is told of it here" }],
      witness: { kind: "request", value: `GET ${uri}` },
      details: [{ label: "gets", text: served.path, at: served.by }],
    };
  }
}

/** What a name alone says. */
function confidenceOf(prefix: string): Confidence | null {
  if (PROTECTED.test(prefix)) return "high";
  return PRIVATE.test(prefix) ? "medium" : null;
}

/** What `X-Accel-Mapping` tells applications of the server; null where it hands nothing to any. */
function mappedPrefixes(server: Server) {
  let isPassing = false;
  const mapped: { readonly prefix: string; readonly statement: Statement }[] = [];
  for (const { context } of server.allLocations()) {
    const handler = handlerOf(context);
    if (handler.kind !== "pass" || handler.pass === "memcached_pass") continue;
    isPassing = true;
    for (const name of ["proxy_set_header", "fastcgi_param", "uwsgi_param"]) {
      for (const statement of effective(context, name).statements) {
        if (!/^(http_)?x[-_]accel[-_]mapping$/i.test(statement.args[0] ?? "")) continue;
        for (const pair of (statement.args[1] ?? "").split(",")) {
          const prefix = pair.split("=").at(-1)?.trim() ?? "";
          if (prefix.startsWith("/")) mapped.push({ prefix, statement });
        }
      }
    }
  }
  return isPassing ? mapped : null;
}

/** What every URI of a location starts with. */
function prefixOf({ modifier, pattern }: Location): string | null {
  switch (modifier) {
    case "":
    case "^~":
      return pattern;
    case "~":
    case "~*":
      return /^\^((?:\/[\w-]+)+\/)/.exec(pattern)?.[1] ?? null;
    case "=":
    case "@":
      return null;
  }
}

function withSlash(path: string): string {
  return path.endsWith("/") ? path : `${path}/`;
}
