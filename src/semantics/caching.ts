/** Answers of upstreams that nginx keeps for others (`ngx_http_upstream_cache`), by `proxy_cache` and its kin. */
import { effective } from "./effective.ts";
import type { Context, Statement } from "./tree.ts";

/** The cache that a place works with. */
export interface Caching {
  /** `proxy`, `fastcgi`, `uwsgi` or `scgi`. */
  readonly family: string;
  /** The line that switches it on. */
  readonly statement: Statement;
  readonly zone: string;
  /** What tells two answers apart, as written; nginx's default for `proxy_cache`; null where nobody says. */
  readonly key: string | null;
  readonly keyStatement: Statement | null;
  /** Headers of the upstream that nginx does not act upon, in lower case, with the line. */
  readonly ignored: ReadonlyMap<string, Statement>;
  /** Headers of the upstream that clients do not get, in lower case. */
  readonly hidden: ReadonlySet<string>;
  /** Conditions under which nothing is kept, or nothing is taken from the cache. */
  readonly exceptions: readonly Statement[];
  /** How long what the upstream says nothing about is kept. */
  readonly valid: readonly Statement[];
}

/** The default of `proxy_cache_key`; the other families have none. */
const PROXY_KEY = "$scheme$proxy_host$request_uri";

/** The cache in force at a context for answers of a family (`proxy`, …); null without one, or where that cannot be told. */
export function cachingAt(context: Context, family: string): Caching | null {
  const last = (name: string) => effective(context, `${family}_${name}`).statements.at(-1);
  const all = (name: string) => effective(context, `${family}_${name}`).statements;
  const found = effective(context, `${family}_cache`);
  const statement = found.statements.at(-1);
  const zone = statement?.args[0];
  if (statement === undefined || zone === undefined || zone === "off" || found.replaceable) return null;
  const key = last("cache_key");
  return {
    family,
    statement,
    zone,
    key: key?.args[0] ?? (family === "proxy" ? PROXY_KEY : null),
    keyStatement: key ?? null,
    ignored: new Map(
      all("ignore_headers").flatMap((each) => each.args.map((name) => [name.toLowerCase(), each] as const)),
    ),
    hidden: new Set(all("hide_header").map(({ args }) => (args[0] ?? "").toLowerCase())),
    exceptions: [...all("no_cache"), ...all("cache_bypass")],
    valid: all("cache_valid"),
  };
}
