/** Directives that are right one by one, and that nginx does not take together. */

import { askedOnce } from "../../lists/index.ts";
import type { Refusal } from "../anchor.ts";
import type { Configuration } from "../configuration.ts";
import { effective } from "../effective.ts";
import type { Context, Statement } from "../tree.ts";
import { parseMilliseconds, parseSize } from "../values/index.ts";
import { areAlternatives } from "./alternatives.ts";
import { isOpen } from "./arguments/index.ts";

export function* wrongCombinations(configuration: Configuration): Generator<Refusal> {
  for (const family of ["proxy", "fastcgi", "uwsgi", "scgi"]) {
    const cachesOf = askedOnce((context: Context) =>
      context.all(`${family}_cache`).filter(({ args }) => args[0] !== "off"),
    );
    for (const store of configuration.all(`${family}_store`))
      yield* storedAndCached(store, cachesOf(store.context));
  }
  for (const starttls of configuration.all("starttls")) yield* tlsTwice(starttls);
  for (const secret of configuration.all("secure_link_secret")) yield* mixedSecureLinks(secret);
  if (
    ["large_client_header_buffers", "connection_pool_size"].some((name) => configuration.all(name).length > 0)
  ) {
    for (const { context } of configuration.servers) yield* smallHeaderBuffers(context);
  }
  yield* differentBuffers(configuration);
}

/** `proxy_store` and `proxy_cache` of one level (their setters). */
function* storedAndCached(store: Statement, caches: readonly Statement[]): Generator<Refusal> {
  const cache = caches.find((each) => !areAlternatives(store, each));
  if (store.args[0] === "off" || cache === undefined) return;
  const { context } = store;
  const [first, second] = context.orderOf(store) < context.orderOf(cache) ? [store, cache] : [cache, store];
  yield {
    at: second,
    message: `"${second.name}" directive is incompatible with "${first.name}": nginx does not start.`,
    help: "keep one of the two",
    related: [{ at: first, message: "which stands here" }],
  };
}

/** `ngx_mail_ssl_starttls`, for as long as there was `ssl on`. */
function* tlsTwice(starttls: Statement): Generator<Refusal> {
  const isOff = ({ args }: Statement) => args[0]?.toLowerCase() === "off";
  const ssl = starttls.context
    .all("ssl")
    .find((statement) => !isOff(statement) && !areAlternatives(statement, starttls));
  if (ssl === undefined || isOff(starttls)) return;
  yield {
    at: starttls,
    message: '"starttls" directive conflicts with "ssl on": nginx does not start.',
    help: "keep one of the two; instead of `ssl on` write `listen … ssl`",
    related: [{ at: ssl, message: "which stands here" }],
  };
}

/** `ngx_http_secure_link_merge_conf`, which looks at servers and locations. */
function* mixedSecureLinks(secret: Statement): Generator<Refusal> {
  const { context } = secret;
  const isBeside = (each: Statement) => !areAlternatives(each, secret);
  const other = context.all("secure_link").find(isBeside) ?? context.all("secure_link_md5").find(isBeside);
  if (context.kind === "http" || other === undefined) return;
  yield {
    at: secret,
    message:
      '"secure_link_secret" cannot be mixed with "secure_link" and "secure_link_md5": nginx does not start.',
    help: "remove it: the two others replace it",
    related: [{ at: other, message: "which stands here" }],
  };
}

/** The defaults, in bytes, on machines of 64 bits (`ngx_http_core_merge_srv_conf`). */
const HEADER_BUFFER = 8192;
const POOL = 512;

function* smallHeaderBuffers(server: Context): Generator<Refusal> {
  const buffers = effective(server, "large_client_header_buffers");
  const pool = effective(server, "connection_pool_size");
  if (buffers.uncertain || pool.uncertain) return;
  const [bufferAt, poolAt] = [buffers.statements.at(-1), pool.statements.at(-1)];
  const at = bufferAt ?? poolAt;
  const size = parseSize(bufferAt?.args[1] ?? `${HEADER_BUFFER}`);
  const least = parseSize(poolAt?.args[0] ?? `${POOL}`);
  if (at === undefined || !size.ok || !least.ok || size.value >= least.value) return;
  yield {
    at,
    message:
      'the "large_client_header_buffers" size must be equal to or greater than "connection_pool_size": nginx does not start.',
    help: `write buffers of ${least.value} bytes or more; \`4 8k\` is the default`,
  };
}

/** Logs of one file share their buffer (`ngx_http_log_set_log`). */
function* differentBuffers(configuration: Configuration): Generator<Refusal> {
  const buffers = new Map<string, { readonly at: Statement; readonly parameters: string }>();
  for (const at of configuration.all("access_log")) {
    const [path = "", , ...options] = at.args;
    if (path.includes("$") || path.startsWith("syslog:") || isOpen(path)) continue;
    const parameters = bufferOf(options);
    if (parameters === null) continue;
    const first = buffers.get(path);
    if (first === undefined) {
      buffers.set(path, { at, parameters });
    } else if (first.parameters !== parameters && !areAlternatives(first.at, at)) {
      yield {
        at,
        message: `access_log "${path}" already defined with conflicting parameters: nginx does not start.`,
        help: "give all logs of this file the same `buffer=`, `flush=` and `gzip=`",
        related: [{ at: first.at, message: "first here" }],
      };
    }
  }
}

/** What is the same for logs that nginx takes to be the same; null without a buffer. */
function bufferOf(options: readonly string[]): string | null {
  let size: number | null = null;
  let flush = 0;
  let gzip = 0;
  for (const option of options) {
    const [name = "", value = ""] = option.split("=");
    const [bytes, time] = [parseSize(value), parseMilliseconds(value)];
    if (name === "buffer") size = bytes.ok ? bytes.value : size;
    if (name === "flush") flush = time.ok ? time.value : flush;
    if (name !== "gzip") continue;
    gzip = value === "" ? 1 : Number(value);
    size ??= 64 * 1024;
  }
  return size === null ? null : `${size} ${flush} ${gzip}`;
}
