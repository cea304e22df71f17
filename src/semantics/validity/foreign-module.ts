/** Modules of others that are loaded: what nobody here knows may be theirs. */
import type { Configuration } from "../configuration.ts";
import type { Statement } from "../tree.ts";

/** Modules whose directives are in the table, by the file that `load_module` names. */
const KNOWN_MODULE =
  /^(?:ndk_http|ngx_(?:(?:http|stream|mail|rtmp|otel|nchan|pagespeed|ssl|wasm)(?:_(?:acme|ajp|array_var|auth_\w+|brotli_\w+|cache_purge|coolkit|dav_ext|echo|encrypted_session|fancyindex|fastdfs|flv_live|form_input|geoip2?|geoip2|headers_more_filter|hmac_secure_link|iconv|image_filter|js|lua|lua_upstream|memc|modsecurity|naxsi|ndk|njs|passenger|perl|postgres|push_stream|rds_\w+|redis2?|set_misc|sorted_querystring|srcache_filter|sticky|subs_filter|sts|stream_server_traffic_status|testcookie_access|untar|upload|uploadprogress|upstream_\w+|vhost_traffic_status|vod|vts|xslt_filter|zstd_\w+|zip))?))(?:_module)?$/;

/** The first module loaded that is not known: what it brings cannot be judged. */
export function foreignModule(configuration: Configuration): Statement | null {
  for (const statement of configuration.root.all("load_module")) {
    const file = statement.args[0]?.split("/").at(-1) ?? "";
    if (!KNOWN_MODULE.test(file.replace(/\.so$/, ""))) return statement;
  }
  return null;
}
