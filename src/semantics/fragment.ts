/** Where the directives of a file stand that no known file includes. */
import type { ConfigFile, Directive } from "../parser/index.ts";
import type { ContextKind } from "./context-kind.ts";

/**
 * The outermost context in which every directive of the file may stand, judged by the directives at its top that
 * stand in few contexts. `location`, where everything in it may stand in many; `unknown`, where nothing in it looks
 * like a directive.
 */
export function inferContext(file: ConfigFile): ContextKind {
  const directives = file.items.filter((item) => item.kind === "directive");
  if (directives.some(({ name }) => MAIN.test(name.value))) return "main";
  const named = directives.filter(({ name }) => name.value !== "include");
  if (named.length === 0) return "location";
  const entries = inferEntries(named);
  if (entries !== null) return entries;
  const blocks = named.filter(({ block }) => block !== null);
  if (blocks.some(isMailServer)) return "mail";
  if (blocks.some(isStreamBlock) && !blocks.some(isHttpServer)) return "stream";
  if (blocks.some(({ name }) => name.value === "server")) return "http";
  if (named.some(({ name }) => SERVER.test(name.value))) return "server";
  if (named.some(({ name }) => HTTP.test(name.value))) return "http";
  if (named.every(isUpstreamLine) && named.some(({ name }) => name.value === "server")) return "upstream";
  if (named.some(({ name }) => HTTP_OR_SERVER.test(name.value))) return "server";
  return "location";
}

/** Blocks that other contexts do not have, and what is written beside them. */
const MAIN =
  /^(?:events|http|stream|mail|rtmp|user|daemon|env|pid|load_module|master_process|pcre_jit|ssl_engine|thread_pool|timer_resolution|lock_file|working_directory|debug_points|worker_(?!connections|aio).+)$/;

/** What stands in `http` alone. `upstream`, `map` and `geo` stand in `stream`, too. */
const HTTP =
  /^(?:upstream|map|geo|geoip2?|split_clients|charset_map|types|log_format|match|(?:limit_req|limit_conn|limit|keyval|sub|health_check)_zone|(?:proxy|fastcgi|uwsgi|scgi)_cache_path|(?:map|server_names|variables)_hash_.+|lua_(?:package_c?path|shared_dict|code_cache|max_.+)|(?:init|init_worker|exit_worker)_by_lua.*|geoip_.+|perl_(?:modules|require)|passenger_root|vhost_traffic_status_zone|otel_exporter|oidc_provider|acme_issuer)$/;

/** What stands in `server`, and not in `http` nor in most locations. */
const SERVER = /^(?:location|listen|server_name|ssl_certificate_by_lua.*|http2|http3)$/;

/** What stands in `http` and `server`: people include it in their servers. */
const HTTP_OR_SERVER =
  /^(?:ssl_.+|client_header_.+|large_client_header_buffers|underscores_in_headers|ignore_invalid_headers|merge_slashes|connection_pool_size|request_pool_size)$/;

/** Entries of a `types`, `geo` or `map` block: they have no directive's name. */
function inferEntries(directives: readonly Directive[]): ContextKind | null {
  if (directives.some(({ block }) => block !== null)) return null;
  const names = directives.map(({ name }) => name.value);
  if (names.every((name) => /^[\w.+-]+\/[\w.+-]+$/.test(name) && !isAddress(name))) return "types";
  const special = /^(?:default|proxy|delete|ranges|proxy_recursive|hostnames|volatile)$/;
  const keys = names.filter((name) => !special.test(name));
  if (keys.length > 0 && keys.every(isAddress)) return "geo";
  const directiveName = /^[a-z][a-z0-9_]*$/;
  if (keys.every((name) => !directiveName.test(name))) {
    return directives.every(({ args }) => args.length === 1) ? "map" : "unknown";
  }
  return null;
}

function isAddress(text: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+(?:[/-][\d.]+)?$/.test(text) || /^[0-9a-f]*:[0-9a-f:.]*(?:\/\d+)?$/i.test(text);
}

function isHttpServer(directive: Directive): boolean {
  return (
    directive.name.value === "server" && inside(directive).some(({ name }) => HTTP_SERVER.test(name.value))
  );
}

const HTTP_SERVER = /^(?:location|root|index|try_files|return|rewrite|add_header|if|error_page|client_.+)$/;

/** A `server` or `map` that has a meaning in `stream` only. */
function isStreamBlock(directive: Directive): boolean {
  const { name, args } = directive;
  if (name.value === "map") return args[0]?.value.startsWith("$ssl_preread_") ?? false;
  if (name.value !== "server" || isHttpServer(directive)) return false;
  return inside(directive).some(({ name, args }) => {
    if (name.value === "listen") return args.some(({ value }) => value === "udp");
    return /^(?:proxy_pass|proxy_timeout|proxy_responses|proxy_requests|ssl_preread|proxy_upload_rate)$/.test(
      name.value,
    );
  });
}

function isMailServer(directive: Directive): boolean {
  return directive.name.value === "server" && inside(directive).some(({ name }) => name.value === "protocol");
}

function inside({ block }: Directive): readonly Directive[] {
  return block?.kind === "block" ? block.items.filter((item) => item.kind === "directive") : [];
}

/** A line of an `upstream` block. */
function isUpstreamLine({ name, block }: Directive): boolean {
  return (
    block === null &&
    /^(?:server|keepalive.*|least_conn|ip_hash|hash|random|zone|least_time|sticky|state|queue|ntlm|resolver.*)$/.test(
      name.value,
    )
  );
}
