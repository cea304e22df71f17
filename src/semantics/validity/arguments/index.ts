/** The checks of single directives, by name. A directive without one costs a look-up. */
import { checkCachePath, checkOcspCache, checkOpenCache, checkSessionCache } from "./caches.ts";
import { checkModernBrowser, checkReferers } from "./clients.ts";
import {
  checkAffinity,
  checkAio,
  checkDegradation,
  checkSubFilter,
  checkSymlinks,
  checkTempPath,
  checkThreadPool,
} from "./core.ts";
import { checkDefinition } from "./definitions.ts";
import { checkCharsetMap, checkGeo, checkMap, checkSplitClients } from "./entries.ts";
import { checkImageFilter, checkImageMeasure, checkUserMark } from "./filters.ts";
import { checkLimitReq, checkLimitZone } from "./limits.ts";
import { checkListen } from "./listen.ts";
import { checkAccessLog, checkErrorLog, checkLogFormat } from "./logs.ts";
import {
  checkBlacklist,
  checkCachePurge,
  checkFirstMessage,
  checkLock,
  checkLockZone,
  checkLuaCode,
  checkLuaTls,
  checkMoreHeaders,
  checkRedisUrl,
  checkShowPath,
  checkTrackUploads,
  checkUpstreamList,
  hooksIntoTls,
} from "./modules.ts";
import {
  checkIndex,
  checkLocation,
  checkRealIpFrom,
  checkResolver,
  checkRoot,
  checkServerName,
} from "./names.ts";
import { checkHttpVersion, checkLimitRate, checkProxyProtocol, checkPushes } from "./newer.ts";
import type { ArgumentCheck } from "./problem.ts";
import {
  checkAuthHttp,
  checkBind,
  checkPass,
  checkReplacement,
  checkStore,
  checkStreamPass,
  checkTunnelPass,
} from "./proxy.ts";
import { checkCacheValid, checkErrorPage, checkExpires, checkTryFiles } from "./responses.ts";
import { checkIf, checkReturn, checkRewrite } from "./rewrite.ts";
import { checkSticky } from "./sticky.ts";
import { checkKeepalive, checkRandom, checkUpstream, checkUpstreamServer, checkZone } from "./upstream.ts";

export { type ArgumentCheck, isOpen, type Surroundings } from "./problem.ts";

/** The check of a directive's arguments; undefined where the table says all. */
export function argumentCheck(name: string): ArgumentCheck | undefined {
  return CHECKS.get(name) ?? luaCheck(name);
}

/** The hooks of Lua are many, and alike. */
function luaCheck(name: string): ArgumentCheck | undefined {
  if (!name.includes("_by_lua") || name.startsWith("set_")) return undefined;
  if (!name.endsWith("_block")) return checkLuaCode;
  return hooksIntoTls(name) ? checkLuaTls : undefined;
}

/** Whether a check looks at nothing but the words of the directive, and the kind of the context they stand in. */
export function readsWordsAlone(check: ArgumentCheck): boolean {
  return READING_WORDS.has(check);
}

const READING_WORDS: ReadonlySet<ArgumentCheck> = new Set<ArgumentCheck>([
  checkAccessLog,
  checkErrorLog,
  checkErrorPage,
  checkExpires,
  checkIf,
  checkIndex,
  checkKeepalive,
  checkListen,
  checkLocation,
  checkReturn,
  checkRewrite,
  checkTryFiles,
]);

const CHECKS: ReadonlyMap<string, ArgumentCheck> = new Map<string, ArgumentCheck>([
  ["access_log", checkAccessLog],
  ["aio", checkAio],
  ["alias", checkRoot],
  ["auth_http", checkAuthHttp],
  ["auth_request_set", checkDefinition],
  ["charset_map", checkCharsetMap],
  ["client_body_temp_path", checkTempPath],
  ["dav_ext_lock", checkLock],
  ["dav_ext_lock_zone", checkLockZone],
  ["degradation", checkDegradation],
  ["disable_symlinks", checkSymlinks],
  ["error_log", checkErrorLog],
  ["error_page", checkErrorPage],
  ["expires", checkExpires],
  ["fancyindex_show_path", checkShowPath],
  ["fastcgi_bind", checkBind],
  ["fastcgi_cache_path", checkCachePath],
  ["fastcgi_cache_purge", checkCachePurge],
  ["fastcgi_cache_valid", checkCacheValid],
  ["fastcgi_limit_rate", checkLimitRate],
  ["fastcgi_pass", checkPass],
  ["fastcgi_store", checkStore],
  ["fastcgi_temp_path", checkTempPath],
  ["geo", checkGeo],
  ["grpc_bind", checkBind],
  ["grpc_pass", checkPass],
  ["grpc_ssl_certificate_cache", checkOpenCache],
  ["http2_max_concurrent_pushes", checkPushes],
  ["http2_push_preload", checkPushes],
  ["if", checkIf],
  ["image_filter", checkImageFilter],
  ["image_filter_jpeg_quality", checkImageMeasure],
  ["image_filter_sharpen", checkImageMeasure],
  ["image_filter_webp_quality", checkImageMeasure],
  ["index", checkIndex],
  ["keepalive", checkKeepalive],
  ["limit_conn_zone", checkLimitZone],
  ["limit_req", checkLimitReq],
  ["limit_req_zone", checkLimitZone],
  ["listen", checkListen],
  ["location", checkLocation],
  ["log_format", checkLogFormat],
  ["map", checkMap],
  ["memcached_bind", checkBind],
  ["memcached_pass", checkPass],
  ["modern_browser", checkModernBrowser],
  ["more_clear_headers", checkMoreHeaders],
  ["more_clear_input_headers", checkMoreHeaders],
  ["more_set_headers", checkMoreHeaders],
  ["more_set_input_headers", checkMoreHeaders],
  ["nchan_redis_discovered_ip_range_blacklist", checkBlacklist],
  ["nchan_redis_pass", checkPass],
  ["nchan_redis_server", checkRedisUrl],
  ["nchan_redis_url", checkRedisUrl],
  ["nchan_subscriber_first_message", checkFirstMessage],
  ["open_file_cache", checkOpenCache],
  ["open_log_file_cache", checkOpenCache],
  ["pass", checkStreamPass],
  ["perl_set", checkDefinition],
  ["proxy_bind", checkBind],
  ["proxy_cache_path", checkCachePath],
  ["proxy_cache_purge", checkCachePurge],
  ["proxy_cache_valid", checkCacheValid],
  ["proxy_cookie_domain", checkReplacement],
  ["proxy_cookie_flags", checkReplacement],
  ["proxy_cookie_path", checkReplacement],
  ["proxy_http_version", checkHttpVersion],
  ["proxy_limit_rate", checkLimitRate],
  ["proxy_pass", checkPass],
  ["proxy_protocol", checkProxyProtocol],
  ["proxy_redirect", checkReplacement],
  ["proxy_ssl_certificate_cache", checkOpenCache],
  ["proxy_store", checkStore],
  ["proxy_temp_path", checkTempPath],
  ["random", checkRandom],
  ["resolver", checkResolver],
  ["return", checkReturn],
  ["rewrite", checkRewrite],
  ["root", checkRoot],
  ["scgi_bind", checkBind],
  ["scgi_cache_path", checkCachePath],
  ["scgi_cache_purge", checkCachePurge],
  ["scgi_cache_valid", checkCacheValid],
  ["scgi_limit_rate", checkLimitRate],
  ["scgi_pass", checkPass],
  ["scgi_store", checkStore],
  ["scgi_temp_path", checkTempPath],
  ["server", checkUpstreamServer],
  ["server_name", checkServerName],
  ["set", checkDefinition],
  ["set_by_lua", checkDefinition],
  ["set_by_lua_block", checkDefinition],
  ["set_by_lua_file", checkDefinition],
  ["set_real_ip_from", checkRealIpFrom],
  ["split_clients", checkSplitClients],
  ["ssl_certificate_cache", checkOpenCache],
  ["ssl_ocsp_cache", checkOcspCache],
  ["ssl_session_cache", checkSessionCache],
  ["sticky", checkSticky],
  ["sub_filter", checkSubFilter],
  ["thread_pool", checkThreadPool],
  ["track_uploads", checkTrackUploads],
  ["try_files", checkTryFiles],
  ["tunnel_bind", checkBind],
  ["tunnel_pass", checkTunnelPass],
  ["upstream", checkUpstream],
  ["upstream_list", checkUpstreamList],
  ["userid_mark", checkUserMark],
  ["uwsgi_bind", checkBind],
  ["uwsgi_cache_path", checkCachePath],
  ["uwsgi_cache_purge", checkCachePurge],
  ["uwsgi_cache_valid", checkCacheValid],
  ["uwsgi_limit_rate", checkLimitRate],
  ["uwsgi_pass", checkPass],
  ["uwsgi_ssl_certificate_cache", checkOpenCache],
  ["uwsgi_store", checkStore],
  ["uwsgi_temp_path", checkTempPath],
  ["valid_referers", checkReferers],
  ["worker_cpu_affinity", checkAffinity],
  ["zone", checkZone],
]);
