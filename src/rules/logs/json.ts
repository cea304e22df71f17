/** Log formats that make lines of JSON. */
import type { LogFormat } from "../../semantics/index.ts";

/** The template of one JSON object. Variables may stand for values without quotes. */
export function isJson(text: string): boolean {
  const trimmed = text.trim();
  return /^\{/.test(trimmed) && /\}[,\s]*$/.test(trimmed) && /"\s*[\w.@-]+"\s*:/.test(trimmed);
}

/** Variables whose values nginx itself chooses, of which none holds a quote. */
const HARMLESS =
  /^\$\{?(time_\w+|msec|status|body_bytes_sent|bytes_sent|request_(time|length|id)|connection\w*|remote_(addr|port)|server_(addr|port|protocol)|upstream_(response_time|connect_time|header_time|status|addr|bytes_\w+)|scheme|pid|hostname|gzip_ratio|ssl_(protocol|cipher)|binary_remote_addr|proxy_protocol_\w+|realip_remote_\w+)\}?$/;

/** The variables inside quotes that may hold a quote themselves. */
export function quotedVariables(text: string): readonly string[] {
  const found: string[] = [];
  for (const [, inside = ""] of text.matchAll(/"([^"]*)"/g)) {
    for (const [variable] of inside.matchAll(/\$(?:\w+|\{\w+\})/g)) {
      if (!HARMLESS.test(variable)) found.push(variable);
    }
  }
  return found;
}

/** Numbers that every request has: they may stand without quotes. */
const NUMBER =
  /^\$\{?(status|body_bytes_sent|bytes_sent|request_(time|length)|msec|connection(_requests|_time)?|pid|(remote|server)_port)\}?$/;

/** What nginx fills in with words, with several numbers, or with nothing. What a `map` makes of it may be JSON. */
const NO_NUMBER =
  /^\$\{?(upstream_|https?_|sent_|cookie_|arg_|ssl_|remote_|request|time_|uri|args|host|server_|scheme|gzip_ratio)/;

/** Why some lines of a format that looks like JSON are none; null where all are. */
export function flawOf({ text, escape: escaping }: Pick<LogFormat, "text" | "escape">): string | null {
  const [quoted] = quotedVariables(text);
  if (escaping !== "json" && quoted !== undefined) return `a quote in \`${quoted}\` is not escaped as JSON`;
  const bare = text.replace(/"[^"]*"/g, "").match(/\$(?:\w+|\{\w+\})/g) ?? [];
  const open = bare.find((variable) => NO_NUMBER.test(variable) && !NUMBER.test(variable));
  return open === undefined
    ? null
    : `\`${open}\` stands without quotes, and is empty or text for some requests`;
}
