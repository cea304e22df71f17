/**
 * The variables that modules bring along. Those of nginx itself are its variable tables (1.28) and what the
 * documentation adds since; those of third parties are from their documentation. What a configuration defines (`set`,
 * `map`, captures, …) is not here.
 */
import { isSince, type Version } from "../version.ts";
import type { DirectiveFacts, DirectiveFamily } from "./index.ts";

export interface VariableFacts {
  /** Without `$`; for a family of names, its prefix (`http_`). */
  readonly name: string;
  readonly module: string;
  readonly family: DirectiveFamily;
  readonly edition: DirectiveFacts["edition"];
  /** Every name that begins so is a variable (`$http_x_forwarded_proto`). */
  readonly prefix: boolean;
  /** The first version that has it; null: as old as anything in use. */
  readonly since: string | null;
}

/** Whether a variable is known without being defined; `name` without `$`, in any case. Default: http. */
export function lookupVariable(name: string, family: "http" | "stream" = "http"): VariableFacts | undefined {
  // nginx lowers the names of variables (ngx_http_add_variable, ngx_http_get_variable_index).
  const lower = name.toLowerCase();
  const known = variables(family);
  const exact = known.names.get(lower);
  if (exact !== undefined) return exact;
  return known.prefixes.find(({ name: prefix }) => lower.startsWith(prefix) && lower.length > prefix.length);
}

/**
 * Whether nginx refuses to define a variable anew (`set $host …`): a built-in one that is not `NGX_HTTP_VAR_CHANGEABLE`, of a
 * module that every build has. One that is newer than others counts from its version on; without a version it is free.
 */
export function isFixedVariable(
  name: string,
  family: "http" | "stream" = "http",
  version: Version | null = null,
): boolean {
  const lower = name.toLowerCase();
  if (CHANGEABLE.includes(lower)) return false;
  if (family === "http" && FIXED_HEADERS.test(lower)) return true;
  const facts = variables(family).names.get(lower);
  if (facts === undefined || !FIXED_MODULES.test(facts.module)) return false;
  return facts.since === null || isSince(version, facts.since) === true;
}

const CHANGEABLE = ["args", "limit_rate", "proxy_host", "proxy_port", "uid_reset"];
const FIXED_MODULES =
  /^ngx_(?:http_(?:core|upstream|proxy|fastcgi|gzip|limit_conn|limit_req|userid|ssi|secure_link|slice|stub_status|realip|v2|v3|grpc)|stream_(?:core|upstream|ssl_preread|realip|limit_conn))_module$/;
/** Headers that the core module knows by name; others of their prefixes may be defined. */
const FIXED_HEADERS =
  /^(?:http_(?:host|user_agent|referer|via|x_forwarded_for|cookie)|sent_http_(?:content_type|content_length|location|last_modified|connection|keep_alive|transfer_encoding|cache_control|link))$/;

/** The names of the built-in variables of a family, prefixes left out. */
export function variableNames(family: "http" | "stream" = "http"): readonly string[] {
  return [...variables(family).names.keys()];
}

interface KnownVariables {
  readonly names: ReadonlyMap<string, VariableFacts>;
  readonly prefixes: readonly VariableFacts[];
}

const loaded = new Map<string, KnownVariables>();

function variables(family: "http" | "stream"): KnownVariables {
  const known = loaded.get(family) ?? read(family, family === "http" ? HTTP : STREAM);
  loaded.set(family, known);
  return known;
}

function read(family: "http" | "stream", groups: readonly Group[]): KnownVariables {
  const names = new Map<string, VariableFacts>();
  const prefixes: VariableFacts[] = [];
  for (const [module, edition, list] of groups) {
    for (const word of list.split(/\s+/)) {
      const [entry = "", since = null] = word.split("@");
      const prefix = entry.endsWith("*");
      const name = prefix ? entry.slice(0, -1) : entry;
      const facts: VariableFacts = { name, module, family, edition, prefix, since };
      if (prefix) prefixes.push(facts);
      else names.set(name, facts);
    }
  }
  return { names, prefixes };
}

/** `name`, `name@since`, `prefix_*`. */
type Group = readonly [module: string, edition: DirectiveFacts["edition"], names: string];

const SSL = `ssl_protocol ssl_cipher ssl_ciphers ssl_curve@1.21.5 ssl_curves ssl_session_id ssl_session_reused ssl_server_name
  ssl_alpn_protocol@1.21.4 ssl_client_cert ssl_client_raw_cert ssl_client_s_dn ssl_client_i_dn ssl_client_serial
  ssl_client_fingerprint ssl_client_verify ssl_client_v_start ssl_client_v_end ssl_client_v_remain
  ssl_client_sigalg@1.29.3 ssl_sigalg@1.29.3 ssl_sigalgs@1.31.2 ssl_ech_status@1.29.4 ssl_ech_outer_server_name@1.29.4`;

const GEOIP = `geoip_country_code geoip_country_code3 geoip_country_name geoip_org geoip_city_continent_code
  geoip_city_country_code geoip_city_country_code3 geoip_city_country_name geoip_region geoip_region_name geoip_city
  geoip_postal_code geoip_latitude geoip_longitude geoip_dma_code geoip_area_code`;

const HTTP: readonly Group[] = [
  [
    "ngx_http_core_module",
    "open-source",
    `content_length content_type host binary_remote_addr remote_addr remote_port proxy_protocol_addr proxy_protocol_port
    proxy_protocol_server_addr proxy_protocol_server_port proxy_protocol_tlv_*@1.23.2 server_addr server_port server_protocol scheme
    https request_uri uri document_uri request document_root realpath_root query_string args is_args request_filename
    server_name request_method remote_user bytes_sent body_bytes_sent pipe request_completion request_body
    request_body_file request_length request_time request_id status limit_rate connection connection_requests
    connection_time nginx_version hostname pid msec time_iso8601 time_local tcpinfo_rtt tcpinfo_rttvar
    tcpinfo_snd_cwnd tcpinfo_rcv_space request_port@1.29.3 is_request_port@1.29.3 http_* sent_http_* sent_trailer_* cookie_*
    arg_*`,
  ],
  [
    "ngx_http_upstream_module",
    "open-source",
    `upstream_addr upstream_status upstream_connect_time upstream_header_time upstream_response_time
    upstream_response_length upstream_bytes_received upstream_bytes_sent upstream_cache_status
    upstream_cache_last_modified upstream_cache_etag upstream_http_* upstream_trailer_* upstream_cookie_*`,
  ],
  ["ngx_http_core_module", "plus", "time_iso8601_ms"],
  ["ngx_http_upstream_module", "plus", "upstream_queue_time upstream_last_addr upstream_last_server_name"],
  [
    "ngx_http_proxy_module",
    "open-source",
    "proxy_host proxy_port proxy_add_x_forwarded_for proxy_internal_body_length proxy_internal_chunked",
  ],
  ["ngx_http_fastcgi_module", "open-source", "fastcgi_script_name fastcgi_path_info"],
  ["ngx_http_grpc_module", "open-source", "grpc_internal_trailers"],
  [
    "ngx_http_ssl_module",
    "open-source",
    `${SSL} ssl_early_data ssl_client_escaped_cert ssl_client_s_dn_legacy ssl_client_i_dn_legacy`,
  ],
  ["ngx_http_v2_module", "open-source", "http2"],
  ["ngx_http_v3_module", "open-source", "http3@1.25.0"],
  ["ngx_http_realip_module", "open-source", "realip_remote_addr realip_remote_port"],
  ["ngx_http_gzip_module", "open-source", "gzip_ratio"],
  ["ngx_http_limit_conn_module", "open-source", "limit_conn_status"],
  ["ngx_http_limit_req_module", "open-source", "limit_req_status"],
  ["ngx_http_referer_module", "open-source", "invalid_referer"],
  ["ngx_http_secure_link_module", "open-source", "secure_link secure_link_expires"],
  ["ngx_http_slice_module", "open-source", "slice_range"],
  ["ngx_http_ssi_module", "open-source", "date_local date_gmt"],
  ["ngx_http_browser_module", "open-source", "msie modern_browser ancient_browser"],
  [
    "ngx_http_stub_status_module",
    "open-source",
    "connections_active connections_reading connections_writing connections_waiting",
  ],
  ["ngx_http_userid_module", "open-source", "uid_got uid_reset uid_set"],
  ["ngx_http_geoip_module", "open-source", GEOIP],
  ["ngx_http_auth_jwt_module", "plus", "jwt_header_* jwt_claim_* jwt_payload"],
  ["ngx_http_oidc_module", "plus", "oidc_id_token oidc_access_token oidc_claim_* oidc_userinfo"],
  ["ngx_http_session_log_module", "plus", "session_log_id session_log_binary_id"],
  ["ngx_http_acme_module", "third-party", "acme_certificate acme_certificate_key"],
  ["ngx_otel_module", "third-party", "otel_trace_id otel_span_id otel_parent_id otel_parent_sampled"],
  ["ngx_http_auth_pam_module", "third-party", "pam_*"],
  ["ngx_http_brotli_filter_module", "third-party", "brotli_ratio brotli_ok"],
  ["ngx_http_zstd_filter_module", "third-party", "zstd_ratio"],
  [
    "ngx_http_echo_module",
    "third-party",
    `echo_timer_elapsed echo_request_method echo_cacheable_request_uri echo_request_uri echo_client_request_method
    echo_request_body echo_client_request_headers echo_it echo_incr echo_response_status`,
  ],
  [
    "ngx_nchan_module",
    "third-party",
    `nchan_channel_id nchan_channel_id1 nchan_channel_id2 nchan_channel_id3 nchan_channel_id4 nchan_channel_event
    nchan_subscriber_type nchan_publisher_type nchan_prev_message_id nchan_message_id nchan_version nchan_*`,
  ],
  [
    "ngx_http_uploadprogress_module",
    "third-party",
    "uploadprogress_received uploadprogress_remaining uploadprogress_length uploadprogress_status uploadprogress_callback",
  ],
  [
    "ngx_http_upload_module",
    "third-party",
    "upload_field_name upload_file_name upload_content_type upload_content_range upload_tmp_path upload_file_*",
  ],
  [
    "ngx_http_srcache_filter_module",
    "third-party",
    "srcache_expire srcache_fetch_status srcache_store_status",
  ],
  ["ngx_http_memc_module", "third-party", "memc_cmd memc_key memc_value memc_exptime memc_flags"],
  ["ngx_http_redis_module", "third-party", "redis_key redis_db redis_auth"],
  ["ngx_http_cache_purge_module", "third-party", "cache_purge_key cache_purge_*"],
  ["ngx_http_vhost_traffic_status_module", "third-party", "vts_*"],
  ["ngx_http_passenger_module", "third-party", "passenger_*"],
  ["ngx_http_push_stream_module", "third-party", "push_stream_channel_id push_stream_*"],
  ["ngx_http_modsecurity_module", "third-party", "modsecurity_*"],
  ["ngx_ipscrub_module", "third-party", "remote_addr_ipscrub"],
  ["ngx_http_app_protect_module", "third-party", "app_protect_*"],
  ["ngx_http_naxsi_module", "third-party", "naxsi_*"],
  ["ngx_http_testcookie_access_module", "third-party", "testcookie_*"],
  ["ngx_http_vod_module", "third-party", "vod_*"],
  ["ngx_http_opentracing_module", "third-party", "opentracing_binary_context opentracing_context_*"],
  ["ngx_http_opentelemetry_module", "third-party", "opentelemetry_*"],
  ["ngx_http_datadog_module", "third-party", "datadog_*"],
  ["ngx_http_slowfs_module", "third-party", "slowfs_cache_status"],
  ["ngx_http_sorted_querystring_module", "third-party", "sorted_querystring_args"],
  ["ngx_http_auth_spnego_module", "third-party", "spnego_*"],
  ["ngx_http_auth_jwt_module (third-party)", "third-party", "jwt_*"],
  ["ngx_http_proxy_connect_module", "third-party", "connect_host connect_port connect_addr proxy_connect_*"],
  [
    "ngx_http_ssl_fingerprint_module",
    "third-party",
    "http_ssl_ja3 http_ssl_ja3_hash http_ssl_ja4 http2_fingerprint http_ssl_greased",
  ],
  ["ngx_http_length_hiding_filter_module", "third-party", "length_hiding_*"],
  ["ngx_http_upstream_check_module", "third-party", "check_*"],
  ["ngx_http_ip2location_module", "third-party", "ip2location_* ip2proxy_*"],
  ["ngx_http_ipdb_module", "third-party", "ipdb_*"],
  ["ngx_http_drizzle_module", "third-party", "drizzle_thread_id"],
  ["ngx_postgres_module", "third-party", "postgres_columns postgres_rows postgres_affected postgres_query"],
  ["ngx_pagespeed", "third-party", "pagespeed_*"],
  ["ngx_http_lua_module", "third-party", "kong_*"],
  [
    "tengine",
    "third-party",
    `sysguard_* dollar unix_time year year2 month month2 day day2 hour hour2 hour24 hour12 minute minute2 second second2 week
    ascii_* upstream_ssl_* ssl_handshake_time host_comment ssl_protocol_version base_uri`,
  ],
];

const STREAM: readonly Group[] = [
  [
    "ngx_stream_core_module",
    "open-source",
    `binary_remote_addr remote_addr remote_port proxy_protocol_addr proxy_protocol_port proxy_protocol_server_addr
    proxy_protocol_server_port proxy_protocol_tlv_*@1.23.2 server_addr server_port server_name@1.25.5 bytes_sent bytes_received
    session_time status connection nginx_version hostname pid msec time_iso8601 time_local protocol`,
  ],
  ["ngx_stream_core_module", "plus", "time_iso8601_ms"],
  [
    "ngx_stream_upstream_module",
    "open-source",
    `upstream_addr upstream_bytes_sent upstream_bytes_received upstream_connect_time upstream_first_byte_time
    upstream_session_time`,
  ],
  ["ngx_stream_upstream_module", "plus", "upstream_last_addr"],
  ["ngx_stream_ssl_module", "open-source", `${SSL} ssl_client_escaped_cert`],
  [
    "ngx_stream_ssl_preread_module",
    "open-source",
    "ssl_preread_protocol ssl_preread_server_name ssl_preread_alpn_protocols",
  ],
  ["ngx_stream_realip_module", "open-source", "realip_remote_addr realip_remote_port"],
  ["ngx_stream_limit_conn_module", "open-source", "limit_conn_status"],
  ["ngx_stream_geoip_module", "open-source", GEOIP],
  ["ngx_stream_mqtt_preread_module", "plus", "mqtt_preread_clientid mqtt_preread_username"],
  ["ngx_stream_server_traffic_status_module", "third-party", "sts_*"],
  [
    "ngx_stream_ssl_fingerprint_module",
    "third-party",
    "stream_ssl_ja3 stream_ssl_ja3_hash stream_ssl_greased",
  ],
];
