/** Folders that are there to be looked through: downloads, mirrors, repositories of packages. */
import type { Place } from "../semantics/index.ts";

const DOWNLOADS =
  /(^|[/._-])(downloads?|files?|mirrors?|archives?|dist|releases?|repo(s|sitory|sitories)?|packages?|pkgs?|ftp|pub|shared?|isos?|nightly|builds?|artifacts?|listing|index|browse|autoindex|debian|ubuntu|centos|rpms?|debs?|maven|pypi|simple)([/._-]|$)/i;

/** By the name of the location, of the folder or of the site. */
export function isForDownloads({ server, location, files }: Place): boolean {
  const names = server?.server.names.map(({ text }) => text).join(" ") ?? "";
  return [location?.pattern ?? "", files.path, names].some((text) => DOWNLOADS.test(text));
}
