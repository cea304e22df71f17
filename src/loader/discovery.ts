/** Finds the files of a directory that may be nginx configurations. */
import { type Dirent, readdirSync } from "node:fs";
import { posix } from "node:path";
import { compareBytes, isStock } from "../semantics/index.ts";

/** Directories of other programs, large and never meant. */
const SKIPPED = new Set([
  ".cache",
  ".git",
  ".hg",
  ".idea",
  ".next",
  ".npm",
  ".svn",
  ".terraform",
  ".tox",
  ".venv",
  ".vscode",
  ".yarn",
  "__pycache__",
  "bower_components",
  "node_modules",
  "site-packages",
  "vendor",
]);

/** Directory entries that are looked at, so that a whole disk handed by mistake ends. */
const MOST_ENTRIES = 1_000_000;

const DEEPEST_DIRECTORY = 64;

/**
 * How a name speaks for its file: it is a configuration's, or that of a file that comes with nginx, or says nothing, so that the text has to.
 */
export type Hint = "named" | "shipped" | "unnamed";

export interface Discovery {
  /** Absolute paths, in byte order, files before those of directories below. */
  readonly paths: readonly { readonly path: string; readonly hint: Hint }[];
  /** Copies that editors and package managers leave beside configurations. */
  readonly leftBehind: readonly string[];
  /** Links whose names say nothing: to folders, perhaps. */
  readonly links: readonly string[];
  /** Folders that are not looked into, and may hold configurations. */
  readonly passedOver: readonly string[];
  readonly failures: readonly { readonly path: string; readonly error: unknown }[];
}

/** Lists files by their names. Links to directories are not followed. */
export function discover(directory: string, excluded: (path: string) => boolean): Discovery {
  const paths: { path: string; hint: Hint }[] = [];
  const leftBehind: string[] = [];
  const links: string[] = [];
  const passedOver: string[] = [];
  const failures: { path: string; error: unknown }[] = [];
  const pending = [{ path: directory, depth: 0 }];
  let looked = 0;
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    let entries: Dirent[];
    try {
      entries = readdirSync(at.path, { withFileTypes: true });
    } catch (error) {
      failures.push({ path: at.path, error });
      continue;
    }
    looked += entries.length;
    if (looked > MOST_ENTRIES) {
      failures.push({ path: directory, error: new Error("it holds more than a million files") });
      break;
    }
    entries.sort((a, b) => compareBytes(a.name, b.name));
    const below: { path: string; depth: number }[] = [];
    for (const entry of entries) {
      const path = posix.join(at.path, entry.name);
      if (entry.isDirectory()) {
        if (excluded(path)) continue;
        if (!SKIPPED.has(entry.name) && at.depth < DEEPEST_DIRECTORY)
          below.push({ path, depth: at.depth + 1 });
        else if (mayHoldParts(entry.name, at.path)) passedOver.push(path);
        continue;
      }
      const hint = hintOf(entry.name, posix.basename(at.path), at.depth === 0);
      const isLink = entry.isSymbolicLink() && (hint === null || hint === "unnamed");
      if (isLink && !isOthersLink(entry.name) && !excluded(path)) links.push(path);
      if (hint === null || excluded(path)) continue;
      if (hint === "left behind") leftBehind.push(path);
      else paths.push({ path, hint });
    }
    for (const each of below.reverse()) pending.push(each);
  }
  return { paths, leftBehind, links, passedOver, failures };
}

/** Whether it is worth a word that a folder is not looked into. */
function mayHoldParts(name: string, parent: string): boolean {
  return name === "vendor" || !SKIPPED.has(name) || isPartsDirectory(posix.basename(parent));
}

/** Whether what is below a folder is not looked at for the sake of another folder on the way. */
export function isPassedOver(path: string, folder: string): boolean {
  return path
    .slice(folder.length)
    .split("/")
    .some((name) => SKIPPED.has(name));
}

/** Names that configurations of nginx have. */
const NAMES =
  /(?:^|\.)(?:conf|nginx|nginxconf|vhost)(?:\.(?:template|tmpl|tpl|j2|jinja2?|erb|in|ctmpl|mustache|gotmpl|example|sample|dist))*$|^nginx\.conf\.(?!.*(?:default|bak|old|orig|save|swp|dpkg|rpm))[\w.-]+$/;

/** Directories all of whose files are configurations. */
const DIRECTORIES =
  /^(?:(?:sites|conf|streams|modules|vhosts?|servers|locations?|includes?)[-_.]?(?:enabled|available|d)|snippets|sites|vhosts|servers)$/;

/** Whether a directory of this name holds files that the main file beside it includes. */
export function isPartsDirectory(name: string): boolean {
  return DIRECTORIES.test(name);
}

/** What editors, package managers and careful people leave behind. */
const LEFT_BEHIND = /(?:~|\.(?:bak|old|orig|save|swp|disabled|default|dpkg-\w+|rpm\w+|ucf-\w+))$/;

/** Links that lead to what no configuration is in. */
function isOthersLink(name: string): boolean {
  return SKIPPED.has(name) || OTHERS_FOLDERS.test(name) || OTHERS.test(name) || OTHER_ENDINGS.test(name);
}

/** Beside configurations, and in repositories. */
const OTHERS_FOLDERS =
  /^(?:assets|bin|cache|certs?|data|dist|docs?|html?|keys|latest|libs?|logs?|media|modules|public|run|scripts|src|ssl|static|tmp|www)$/i;

function hintOf(name: string, directory: string, handed: boolean): Hint | "left behind" | null {
  if (isStock(name) || isStock(`${directory}/${name}`)) return "shipped";
  if (LEFT_BEHIND.test(name)) {
    return isNamed(name.replace(LEFT_BEHIND, ""), directory) ? "left behind" : null;
  }
  if (isNamed(name, directory)) return "named";
  const plain = /^[\w@-]+$/.test(name) && !OTHERS.test(name);
  // Sites are called after their domains.
  const site = (handed || /nginx/i.test(directory)) && /^[\w@-]+(?:\.[\w-]+)+$/.test(name);
  return plain || (site && !OTHER_ENDINGS.test(name)) ? "unnamed" : null;
}

function isNamed(name: string, directory: string): boolean {
  return NAMES.test(name) || (DIRECTORIES.test(directory) && !name.startsWith("."));
}

/** Files without an ending whose names say that they are something else. */
const OTHERS =
  /^(?:(?:docker|container|make|rake|gem|pip|proc|vagrant|jenkins|berks|brew|guard|cap)file|license|licence|copying|notice|authors|readme|changelog|changes|contributing|codeowners|version|todo|gradlew|configure|install|mvnw)$/i;

/** Endings of files that are not for nginx, though examples for nginx may stand in them. */
const OTHER_ENDINGS =
  /\.(?:adoc|bash|bat|c|cc|cert|cfg|cjs|cpp|crt|csr|css|csv|der|dockerfile|env|gif|go|gz|h|html?|ico|ini|jar|java|jpe?g|js|json5?|jsonc|jsx|key|kt|less|lock|log|lua|map|md|mjs|mk|p12|patch|pdf|pem|php|pid|pl|png|pp|properties|ps1|py|pyc|rb|rs|rst|s[ao]|scss|service|sh|sock|sql|svg|swift|tar|tf|tfvars|tgz|toml|tsx?|txt|vue|war|webp|woff2?|xml|ya?ml|zip|zsh)$/i;

/** Whether a file waits in `sites-available` for a link to it. */
export function isOnlyAvailable(path: string): boolean {
  return /(?:^|\/)\w+-(?:available|disabled)\//.test(path);
}
