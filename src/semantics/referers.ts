/** `valid_referers` as `ngx_http_referer_variable` reads it. */
import { compilePcre, toBytes } from "./regex/index.ts";
import type { ServerName } from "./server-name.ts";

/**
 * Whether a Referer passes a list of `valid_referers` words; null where a pattern cannot be decided.
 * @param names of the server, which `server_names` stands for.
 */
export function acceptsReferer(
  words: readonly string[],
  referer: string,
  names: readonly ServerName[],
): boolean | null {
  if (referer === "") return words.includes("none");
  const rest = /^https?:\/\/(.+)$/is.exec(referer)?.[1];
  if (rest === undefined) return words.includes("blocked");
  const host = (/^[^/:]*/.exec(rest)?.[0] ?? "").toLowerCase();
  const path = rest.slice(host.length).replace(/^:\d+/, "");
  let isUnknown = false;
  for (const word of words) {
    if (word === "none" || word === "blocked") continue;
    if (word === "server_names") {
      if (names.some(({ kind, text }) => kind !== "regex" && isNamed(text.toLowerCase(), host))) return true;
    } else if (word.startsWith("~")) {
      const compiled = compilePcre(word.slice(1), { caseless: true });
      if (compiled.kind !== "exact") isUnknown = true;
      // What stands behind the scheme is matched, the path included.
      else if (compiled.test(toBytes(rest.toLowerCase()))) return true;
    } else {
      const [name = ""] = word.split("/", 1);
      const prefix = word.slice(name.length);
      if (isNamed(name.toLowerCase(), host) && path.startsWith(prefix)) return true;
    }
  }
  return isUnknown ? null : false;
}

/** A name, `*.example.com`, `.example.com` or `www.example.*`. */
function isNamed(name: string, host: string): boolean {
  if (name.startsWith("*.")) return host.endsWith(name.slice(1));
  if (name.startsWith(".")) return host === name.slice(1) || host.endsWith(name);
  return name.endsWith(".*") ? host.startsWith(name.slice(0, -1)) : host === name;
}
