/** `gzip`: which answers nginx compresses, and for whom (`ngx_http_gzip_header_filter`, `ngx_http_gzip_ok`). */
import { effective } from "../effective.ts";
import { compilePcre, toBytes } from "../regex/index.ts";
import { parseSize } from "../values/index.ts";
import type { Exchange } from "./exchange.ts";

/** What the filter looks at. */
export interface Compressible {
  readonly status: number;
  /** With or without its charset; null for an answer without a type. */
  readonly type: string | null;
  /** Null: not known, which is long enough. */
  readonly length: number | null;
}

/** Statuses whose answers are compressed. */
const STATUSES: ReadonlySet<number> = new Set([200, 403, 404]);

/** Whether answers like this one differ with Accept-Encoding, which `gzip_vary on` says. */
export function mayCompress(exchange: Exchange, { status, type, length }: Compressible): boolean {
  if (!exchange.flag("gzip", false) || !STATUSES.has(status) || type === null) return false;
  const last = (name: string) => effective(exchange.context, name).statements.at(-1)?.args[0];
  const least = parseSize(last("gzip_min_length") ?? "20");
  if (length !== null && least.ok && length < least.value) return false;
  const types = effective(exchange.context, "gzip_types").statements.flatMap(({ args }) => args);
  const bare = type.split(";")[0]?.trim().toLowerCase() ?? "";
  return bare === "text/html" || types.includes("*") || types.some((each) => each.toLowerCase() === bare);
}

/** Whether the client gets such an answer compressed. */
export function takesGzip(exchange: Exchange): boolean {
  const accepted = exchange.header("accept-encoding");
  if (accepted === null || !/(?:^|[ ,])gzip *(?:,|$|;(?! *q=0(?:\.0*)?(?:,|$)))/i.test(accepted))
    return false;
  const proxied = effective(exchange.context, "gzip_proxied").statements.flatMap(({ args }) => args);
  if (exchange.header("via") !== null && !proxied.includes("any")) {
    if (proxied.length === 0 || proxied.includes("off")) return false;
    exchange.noteUnmodelled("`gzip_proxied` looks at the answer's headers", null);
  }
  const agent = exchange.header("user-agent");
  if (agent === null) return true;
  return !effective(exchange.context, "gzip_disable")
    .statements.flatMap(({ args }) => args)
    .some((pattern) => isDisabled(pattern, agent));
}

function isDisabled(pattern: string, agent: string): boolean {
  if (pattern === "msie6") return /MSIE [456]\./.test(agent) && !/SV1/.test(agent);
  const compiled = compilePcre(toBytes(pattern), { caseless: true });
  return compiled.kind !== "undecidable" && compiled.exec(agent) !== null;
}
