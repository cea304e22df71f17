/** Folders that no `root` or `alias` should publish. */
import {
  askForFile,
  type Configuration,
  type Context,
  effective,
  fileBaseOf,
  handlerOf,
  type Location,
  PASS_DIRECTIVES,
  passesToUpstream,
  type Server,
  type Statement,
} from "../../semantics/index.ts";
import type { Confidence, Report } from "../rule.ts";
import { codeOf } from "../wording.ts";

/** What a server publishes and should not, by the line that does. Proven: a stranger gets the file of the witness. */
export function* dangersOf(
  configuration: Configuration,
  server: Server,
): Generator<Report & { readonly at: Statement }> {
  const seen = new Set<Statement>();
  for (const { context, location } of placesOf(server)) {
    const { statement, path, replaceable } = fileBaseOf(context);
    if (statement === null || replaceable || seen.has(statement)) continue;
    const found = judge(configuration, server, location, statement, path);
    if (found === null) continue;
    seen.add(statement);
    yield found;
  }
}

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
  "/root/backup.sql",
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
): (Report & { readonly at: Statement }) | null {
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
  if (files.length > 0) {
    const what = base === "" ? "the whole file system" : `the folder \`${base}\` of the system`;
    return { files, what, confidence: "high" };
  }
  // A name with a dot is a site's and not a person's.
  if (/^\/(home|Users)\/[^/.]+$/.test(base)) {
    const own = [`${base}/.ssh/id_rsa`, `${base}/.bash_history`, `${base}/backup.sql`];
    return { files: own, what: "somebody's home directory", confidence: "medium" };
  }
  const secret = secretBelow(server, base);
  if (secret !== null) return secret;
  if (location !== null && location.pattern !== "/") {
    return socketFolders(server).has(base) ? sourceOf(base, "manage.py", "medium") : null;
  }
  return sourceAt(server, base);
}

function sourceOf(base: string, file: string, confidence: Confidence): Danger {
  return { files: [`${base}/${file}`], what: "the source of the application", confidence };
}

/** Files that the configuration itself keeps secret. */
function secretBelow({ context }: Server, base: string): Danger | null {
  const files = [
    ...effective(context, "ssl_certificate_key").statements,
    ...effective(context, "auth_basic_user_file").statements,
  ]
    .map(({ args }) => args[0] ?? "")
    .filter((file) => file.startsWith(`${base}/`) && !file.includes("$"));
  return files.length === 0 ? null : { files, what: "what is kept secret", confidence: "high" };
}

/** The folders in which sockets of applications lie. */
function socketFolders(server: Server): ReadonlySet<string> {
  const known = sockets.get(server);
  if (known !== undefined) return known;
  const folders = new Set<string>();
  for (const { context } of server.allLocations()) {
    for (const name of PASS_DIRECTIVES) {
      const path = /unix:([^:]+)/.exec(context.last(name)?.args[0] ?? "")?.[1];
      if (path !== undefined) folders.add(path.slice(0, path.lastIndexOf("/")));
    }
  }
  sockets.set(server, folders);
  return folders;
}

/** Asked for every location with a folder of its own. */
const sockets = new WeakMap<Server, ReadonlySet<string>>();

const PUBLIC =
  /^(public|public_html|htdocs|www|wwwroot|webroot|web|html|dist|build|out|static|staticfiles|assets|media|site|current)$/;

/** What speaks for the source of an application. */
function sourceAt(server: Server, base: string): Danger | null {
  if (base === "/usr/src/app") return sourceOf(base, "package.json", "medium");
  if (PUBLIC.test(base.slice(base.lastIndexOf("/") + 1))) return null;
  let holdsAssets = false;
  let fallsBackToApp = false;
  for (const { context, pattern } of server.allLocations()) {
    const fallback = context.last("try_files")?.args.at(-1) ?? "";
    // The front controller lies in a folder that was made for the public; the project is published around it.
    if (/^\/(public|web|htdocs)\/index\.php\b/.test(fallback)) {
      return sourceOf(base, "composer.json", "high");
    }
    const alias = context.last("alias")?.args[0]?.replace(/\/$/, "");
    if (
      /^\/node_modules\b/.test(pattern) &&
      !context.has("deny") &&
      (alias === undefined || alias === `${base}/node_modules`)
    ) {
      return sourceOf(base, "package.json", "medium");
    }
    if (alias !== undefined && /^(static|staticfiles|media)$/.test(alias.slice(base.length + 1))) {
      holdsAssets ||= alias.startsWith(`${base}/`);
    }
    fallsBackToApp ||= pattern === "/" && isPassed(server, fallback);
  }
  return (holdsAssets && fallsBackToApp) || socketFolders(server).has(base)
    ? sourceOf(base, "manage.py", "medium")
    : null;
}

function isPassed(server: Server, name: string): boolean {
  const named = server.locations.find(({ isNamed, pattern }) => isNamed && pattern === name);
  return named !== undefined && passesToUpstream(named.context);
}
