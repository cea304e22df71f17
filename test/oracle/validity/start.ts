/** Whether nginx starts with a text that may stand anywhere in a configuration, as fixtures do. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import type { ContextKind } from "../../../src/semantics/index.ts";

/** The first that `NGINX_BINARIES` names, or Debian's. */
const NGINX = (process.env.NGINX_BINARIES ?? "/usr/sbin/nginx").split(":")[0] ?? "";
export const isThere = existsSync(NGINX);
if (!isThere) console.warn(`skipped: there is no nginx at ${NGINX}`);

const enabled = "/etc/nginx/modules-enabled";

/** Lines that load Debian's modules; without Perl, which wants its own half installed in the same version. */
export const MODULES = existsSync(enabled)
  ? readdirSync(enabled)
      .filter((name) => !name.includes("perl"))
      .map((name) => `include ${enabled}/${name};\n`)
      .join("")
  : "";

/** A whole configuration around a text of that context; null for contexts that fixtures do not begin in. */
export function wrapped(text: string, top: ContextKind): string | null {
  switch (top) {
    case "main":
      return text;
    case "http":
      return `events {}\nhttp {\n${text}\n}`;
    case "server":
      return `events {}\nhttp { server { listen 8080;\n${text}\n} }`;
    case "location":
      return `events {}\nhttp { server { listen 8080; location / {\n${text}\n} } }`;
    default:
      return null;
  }
}

/**
 * What `nginx -t` says against a file, a line for each `[emerg]`; empty where it would start. Besides its verdict nginx tells
 * of the machine, such as a log it cannot open: that is left out.
 *
 * @param prefix the folder that relative paths start from
 * @param main what else is set outside of all blocks
 */
export function refusalsOf(
  prefix: string,
  file: string,
  main = `pid ${prefix}/pid; error_log stderr;`,
): readonly string[] {
  const { status, stderr } = spawnSync(NGINX, ["-t", "-q", "-p", prefix, "-c", file, "-g", main], {
    encoding: "utf8",
  });
  return status === 0 ? [] : stderr.split("\n").filter((line) => line.includes("[emerg]"));
}
