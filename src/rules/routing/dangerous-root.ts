import {
  type Configuration,
  type Context,
  fileBaseOf,
  handlerOf,
  type Location,
  passesToUpstream,
  type Server,
  type Statement,
} from "../../semantics/index.ts";
import { type Confidence, defineRule, type Report } from "../rule.ts";
import { codeOf } from "../wording.ts";
import { askForFile } from "./served.ts";

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
      for (const { context, location } of placesOf(server)) {
        const { statement, path, replaceable } = fileBaseOf(context);
        if (statement === null || replaceable || reported.has(statement.directive)) continue;
        const found = judge(configuration, server, location, statement, path);
        if (found === null) continue;
        reported.add(statement.directive);
        report(found);
      }
    }
  },
});

interface Place {
  readonly context: Context;
  readonly location: Location | null;
}

/** The server, and the locations with a folder of their own. */
function* placesOf(server: Server): Generator<Place> {
  yield { context: server.context, location: null };
  for (const location of server.allLocations()) {
    const { context, isNamed, isRegex } = location;
    if (isNamed || (!context.has("root") && !context.has("alias"))) continue;
    // What an alias in a pattern leads to is made of captures.
    if (isRegex && context.has("alias")) continue;
    if (!context.has("internal") && handlerOf(context).kind === "static") yield { context, location };
  }
}

interface Danger {
  /** Files that nobody should get, the worst first. */
  readonly files: readonly string[];
  readonly what: string;
  readonly confidence: Confidence;
}

const SYSTEM = [
  "/etc/passwd",
  "/etc/nginx/nginx.conf",
  "/etc/letsencrypt/live/site/privkey.pem",
  "/etc/ssl/private/site.key",
  "/root/.ssh/id_rsa",
  "/home/admin/.ssh/id_rsa",
  "/home/admin/backup.sql",
  "/proc/self/environ",
  "/var/log/syslog",
  "/var/log/nginx/access.log",
  "/var/backups/passwd.bak",
  "/dev/sda",
  "/boot/grub/grub.cfg",
] as const;

function judge(
  configuration: Configuration,
  server: Server,
  location: Location | null,
  statement: Statement,
  path: string,
): Report | null {
  const base = path.replace(/\/+$/, "");
  if (path.includes("$") || !path.startsWith("/")) return null;
  const danger = dangerOf(server, location, base);
  if (danger === null) return null;
  for (const file of danger.files) {
    const uri = uriFor(file, base, path, statement, location);
    const served = uri === null ? null : askForFile(configuration, server, uri, file);
    if (served === null || served.path !== file || served.by.directive !== statement.directive) continue;
    return {
      at: statement,
      message: `${codeOf(statement)} publishes ${danger.what}: anyone can read \`${file}\` if it is there.`,
      help: "publish a folder that holds only what is meant for the public",
      confidence: danger.confidence,
      witness: { kind: "request", value: `GET ${served.uri}` },
    };
  }
  return null;
}

/** The URI of a file; null where nginx would look elsewhere. */
function uriFor(
  file: string,
  base: string,
  path: string,
  { name }: Statement,
  location: Location | null,
): string | null {
  if (name === "root") return file.slice(base.length);
  const prefix = location?.pattern ?? "/";
  return file.startsWith(path) ? prefix + file.slice(path.length) : null;
}

function dangerOf(server: Server, location: Location | null, base: string): Danger | null {
  const files = SYSTEM.filter((file) => file.startsWith(`${base}/`));
  if (base === "" || base === "/home" || files.length > 0) {
    const what = base === "" ? "the whole file system" : `the folder \`${base}\` of the system`;
    return { files, what, confidence: "high" };
  }
  // A name with a dot is a site's and not a person's.
  if (/^\/(home|Users)\/[^/.]+$/.test(base)) {
    const own = [`${base}/.ssh/id_rsa`, `${base}/.bash_history`, `${base}/backup.sql`];
    return { files: own, what: "somebody's home directory", confidence: "medium" };
  }
  return location === null || location.pattern === "/" ? sourceAt(server, base) : null;
}

const PUBLIC =
  /^(public|public_html|htdocs|www|wwwroot|webroot|web|html|dist|build|out|static|staticfiles|assets|media|site|current)$/;

/** What speaks for the source of an application. */
function sourceAt(server: Server, base: string): Danger | null {
  const what = "the source of the application";
  if (base === "/usr/src/app") return { files: [`${base}/package.json`], what, confidence: "medium" };
  if (PUBLIC.test(base.slice(base.lastIndexOf("/") + 1))) return null;
  let holdsAssets = false;
  let fallsBackToApp = false;
  for (const { context, pattern } of server.allLocations()) {
    const fallback = context.last("try_files")?.args.at(-1) ?? "";
    // The front controller lies in a folder that was made for the public; the project is published around it.
    if (/^\/(public|web|htdocs)\/index\.php\b/.test(fallback)) {
      return { files: [`${base}/composer.json`], what, confidence: "high" };
    }
    const alias = context.last("alias")?.args[0]?.replace(/\/$/, "");
    if (
      /^\/node_modules\b/.test(pattern) &&
      !context.has("deny") &&
      (alias === undefined || alias === `${base}/node_modules`)
    ) {
      return { files: [`${base}/package.json`], what, confidence: "medium" };
    }
    if (alias !== undefined && /^(static|staticfiles|media)$/.test(alias.slice(base.length + 1))) {
      holdsAssets ||= alias.startsWith(`${base}/`);
    }
    fallsBackToApp ||= pattern === "/" && isPassed(server, fallback);
  }
  return holdsAssets && fallsBackToApp ? { files: [`${base}/manage.py`], what, confidence: "medium" } : null;
}

function isPassed(server: Server, name: string): boolean {
  const named = server.locations.find(({ isNamed, pattern }) => isNamed && pattern === name);
  return named !== undefined && passesToUpstream(named.context);
}
