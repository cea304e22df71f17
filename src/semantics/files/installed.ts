/** Where nginx and its relatives keep their configuration. All paths have `/` between their parts. */

/** The configuration directories of nginx's own builds, of distributions and of its relatives. */
const INSTALLED: readonly string[] = [
  "/etc/nginx",
  "/usr/local/nginx/conf",
  "/usr/local/etc/nginx",
  "/usr/local/openresty/nginx/conf",
  "/opt/homebrew/etc/nginx",
  "/home/linuxbrew/.linuxbrew/etc/nginx",
  "/opt/nginx/conf",
  "/opt/bitnami/nginx/conf",
  "/etc/openresty",
  "/etc/angie",
  "/etc/tengine",
];

/** Whether a path is in a directory, or is it. Both absolute and normal. */
export function isWithin(path: string, directory: string): boolean {
  if (path === directory || directory === "/") return true;
  // The root of a drive ends with its slash: `C:/`.
  return path.startsWith(directory) && (path[directory.length] === "/" || directory.endsWith("/"));
}

/** Whether a path begins at a root: `/…`, or on a drive of Windows `C:/…`. */
export function isRooted(path: string): boolean {
  return path.startsWith("/") || /^[A-Za-z]:[\\/]/.test(path);
}

/** The part of an absolute path behind nginx's configuration directory. */
export function belowInstalled(path: string): string | null {
  const prefix = INSTALLED.find((directory) => isWithin(path, directory));
  return prefix === undefined ? null : path.slice(prefix.length + 1);
}

/** What stands for `/` as the place of the main file tells: `/image` of `/image/etc/nginx`; `/` of `/etc/nginx`. */
export function impliedRoot(prefixes: readonly string[]): string | null {
  for (const prefix of prefixes) {
    const installed = INSTALLED.find((directory) => prefix.endsWith(directory));
    if (installed !== undefined) return prefix.slice(0, -installed.length) || "/";
  }
  return null;
}
