/** Folders that no `root` or `alias` should publish. */
import { askedOnce } from "../lists/index.ts";
import {
  type Location,
  PASS_DIRECTIVES,
  type Place,
  passesToUpstream,
  type Statement,
  type VirtualServer,
} from "../semantics/index.ts";

/** What a server publishes and should not. Proven: a stranger gets the file. */
export interface DangerousFolder {
  /** The `root` or `alias`. */
  readonly statement: Statement;
  /** For people: `the whole file system`. */
  readonly what: string;
  readonly file: string;
  readonly uri: string;
  /** `medium`: it may be a folder made for the public after all. */
  readonly confidence: "high" | "medium";
}

/** The dangerous folders of a server, one for each line that publishes some. */
export function dangerousFolders(server: VirtualServer): readonly DangerousFolder[] {
  const found = new Map<Statement, DangerousFolder>();
  for (const place of placesOf(server)) {
    const { statement, replaceable } = place.files;
    if (statement === null || replaceable || found.has(statement)) continue;
    const danger = judge(server, place, statement);
    if (danger !== null) found.set(statement, danger);
  }
  return [...found.values()];
}

/** The server, and the locations with a folder of their own. */
function* placesOf(server: VirtualServer): Generator<Place> {
  yield server.top;
  for (const location of server.locations) {
    const { context, isNamed, isRegex } = location;
    if (isNamed || (!context.has("root") && !context.has("alias"))) continue;
    // What an alias in a pattern leads to is made of captures.
    if (isRegex && context.has("alias")) continue;
    const place = server.at(location);
    if (!context.has("internal") && place.handler.kind === "static") yield place;
  }
}

interface Danger {
  /** Files that nobody should get, the worst first. */
  readonly files: readonly string[];
  readonly what: string;
  readonly confidence: DangerousFolder["confidence"];
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

function judge(server: VirtualServer, place: Place, statement: Statement): DangerousFolder | null {
  const { path } = place.files;
  if (path.includes("$") || !path.startsWith("/")) return null;
  const { location } = place;
  const base = path.replace(/(?<!\/)\/+$/, "");
  const danger = dangerOf(server, location, base);
  for (const file of danger?.files ?? []) {
    const uri = uriFor(file, base, path, statement, location);
    const served = uri === null ? null : server.fileAt(uri, file);
    if (danger === null || served?.path !== file || served.by.directive !== statement.directive) continue;
    return { statement, what: danger.what, file, uri: served.uri, confidence: danger.confidence };
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

function dangerOf(server: VirtualServer, location: Location | null, base: string): Danger | null {
  const folder = `${base}/`;
  const files = SYSTEM.filter((file) => file.startsWith(folder));
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

function sourceOf(base: string, file: string, confidence: Danger["confidence"]): Danger {
  return { files: [`${base}/${file}`], what: "the source of the application", confidence };
}

/** Files that the configuration itself keeps secret. */
function secretBelow({ top }: VirtualServer, base: string): Danger | null {
  const files = [
    ...top.list("ssl_certificate_key").statements,
    ...top.list("auth_basic_user_file").statements,
  ]
    .map(({ args }) => args[0] ?? "")
    .filter((file) => file.startsWith(`${base}/`) && !file.includes("$"));
  return files.length === 0 ? null : { files, what: "what is kept secret", confidence: "high" };
}

/** The folders in which sockets of applications lie. */
const socketFolders = askedOnce((server: VirtualServer): ReadonlySet<string> => {
  const folders = new Set<string>();
  for (const { context } of server.locations) {
    for (const name of PASS_DIRECTIVES) {
      const path = /unix:([^:]+)/.exec(context.last(name)?.args[0] ?? "")?.[1];
      if (path !== undefined) folders.add(path.slice(0, path.lastIndexOf("/")));
    }
  }
  return folders;
});

const PUBLIC =
  /^(public|public_html|htdocs|www|wwwroot|webroot|web|html|dist|build|out|static|staticfiles|assets|media|site|current)$/;

/** What speaks for the source of an application. */
function sourceAt(server: VirtualServer, base: string): Danger | null {
  if (base === "/usr/src/app") return sourceOf(base, "package.json", "medium");
  if (PUBLIC.test(base.slice(base.lastIndexOf("/") + 1))) return null;
  let holdsAssets = false;
  let fallsBackToApp = false;
  for (const { context, pattern } of server.locations) {
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

function isPassed({ server }: VirtualServer, name: string): boolean {
  const named = server.named(name);
  return named !== undefined && passesToUpstream(named.context);
}
