/** The checks of single directives, by name. A directive without one costs a look-up. */
import { checkCachePath, checkOcspCache, checkOpenCache, checkSessionCache } from "./caches.ts";
import {
  checkAffinity,
  checkAio,
  checkReferers,
  checkSubFilter,
  checkSymlinks,
  checkThreadPool,
} from "./core.ts";
import { checkDefinition } from "./definitions.ts";
import { checkCharsetMap, checkGeo, checkMap, checkSplitClients } from "./entries.ts";
import { checkLimitReq, checkLimitZone } from "./limits.ts";
import { checkListen } from "./listen.ts";
import { checkAccessLog, checkErrorLog, checkLogFormat } from "./logs.ts";
import { checkLocation, checkRealIpFrom, checkResolver, checkRoot, checkServerName } from "./names.ts";
import type { ArgumentCheck } from "./problem.ts";
import { checkBind, checkPass, checkReplacement, checkStore } from "./proxy.ts";
import { checkCacheValid, checkErrorPage, checkExpires, checkTryFiles } from "./responses.ts";
import { checkIf, checkReturn, checkRewrite } from "./rewrite.ts";
import { checkKeepalive, checkRandom, checkUpstream, checkUpstreamServer, checkZone } from "./upstream.ts";

export { type ArgumentProblem, isOpen, type Surroundings } from "./problem.ts";

/** The check of a directive's arguments; undefined where the table says all. */
export function argumentCheck(name: string): ArgumentCheck | undefined {
  return CHECKS.get(name);
}

const CHECKS: ReadonlyMap<string, ArgumentCheck> = new Map<string, ArgumentCheck>([
  ["access_log", checkAccessLog],
  ["aio", checkAio],
  ["alias", checkRoot],
  ["auth_request_set", checkDefinition],
  ["charset_map", checkCharsetMap],
  ["disable_symlinks", checkSymlinks],
  ["error_log", checkErrorLog],
  ["error_page", checkErrorPage],
  ["expires", checkExpires],
  ["fastcgi_bind", checkBind],
  ["fastcgi_cache_path", checkCachePath],
  ["fastcgi_cache_valid", checkCacheValid],
  ["fastcgi_pass", checkPass],
  ["fastcgi_store", checkStore],
  ["geo", checkGeo],
  ["grpc_bind", checkBind],
  ["grpc_pass", checkPass],
  ["grpc_ssl_certificate_cache", checkOpenCache],
  ["if", checkIf],
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
  ["open_file_cache", checkOpenCache],
  ["open_log_file_cache", checkOpenCache],
  ["proxy_bind", checkBind],
  ["proxy_cache_path", checkCachePath],
  ["proxy_cache_valid", checkCacheValid],
  ["proxy_cookie_domain", checkReplacement],
  ["proxy_cookie_flags", checkReplacement],
  ["proxy_cookie_path", checkReplacement],
  ["proxy_pass", checkPass],
  ["proxy_redirect", checkReplacement],
  ["proxy_ssl_certificate_cache", checkOpenCache],
  ["proxy_store", checkStore],
  ["random", checkRandom],
  ["resolver", checkResolver],
  ["return", checkReturn],
  ["rewrite", checkRewrite],
  ["root", checkRoot],
  ["scgi_bind", checkBind],
  ["scgi_cache_path", checkCachePath],
  ["scgi_cache_valid", checkCacheValid],
  ["scgi_pass", checkPass],
  ["scgi_store", checkStore],
  ["perl_set", checkDefinition],
  ["server", checkUpstreamServer],
  ["server_name", checkServerName],
  ["set", checkDefinition],
  ["set_real_ip_from", checkRealIpFrom],
  ["split_clients", checkSplitClients],
  ["ssl_certificate_cache", checkOpenCache],
  ["ssl_ocsp_cache", checkOcspCache],
  ["ssl_session_cache", checkSessionCache],
  ["sub_filter", checkSubFilter],
  ["thread_pool", checkThreadPool],
  ["try_files", checkTryFiles],
  ["upstream", checkUpstream],
  ["uwsgi_bind", checkBind],
  ["uwsgi_cache_path", checkCachePath],
  ["uwsgi_cache_valid", checkCacheValid],
  ["uwsgi_pass", checkPass],
  ["uwsgi_ssl_certificate_cache", checkOpenCache],
  ["uwsgi_store", checkStore],
  ["valid_referers", checkReferers],
  ["worker_cpu_affinity", checkAffinity],
  ["zone", checkZone],
]);
