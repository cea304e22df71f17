/** Log formats that make lines of JSON. */

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
