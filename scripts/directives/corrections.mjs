/**
 * What neither nginx's command tables nor its documentation say in a form that a script can read.
 * Every entry comes with its reason. Keys are `name`, or `family name` where families differ.
 *
 * The notation of values: one word per argument, the last with `*` for all that follow; a word is a kind, with bounds
 * (`number:400:599`) and literals that are accepted too (`offset=off`); `enum=a|b` accepts only its members.
 */

/** How the setters that are not slot functions read their arguments (the setter's C source, nginx 1.28). */
export const VALUES = {
  ...valuesOfModules(),
  ssl: "flag", // a flag slot behind a deprecation warning
  user: "text text",
  worker_processes: "number=auto",
  worker_priority: "integer",
  worker_connections: "number:1:", // "0 worker_connections are not enough for 0 listening sockets"
  load_module: "text",
  use: "enum=epoll|poll|select|kqueue|eventport|/dev/poll", // "invalid event type"
  "http allow": "cidr=all|unix:",
  "http deny": "cidr=all|unix:",
  "stream allow": "cidr=all|unix:",
  "stream deny": "cidr=all|unix:",
  include: "text",
  auth_basic_user_file: "text",
  auth_request: "text",
  auth_request_set: "variable text",
  mirror: "text",
  root: "text",
  alias: "text",
  index: "text*",
  aio: "custom",
  directio: "offset=off",
  keepalive_timeout: "msec sec",
  "http map": "text variable",
  "stream map": "text variable",
  split_clients: "text variable",
  perl_set: "variable text",
  js_set: "variable text",
  "http set": "variable text",
  "stream set": "variable text",
  "stream return": "text",
  "http limit_conn": "text number:1:65535",
  "stream limit_conn": "text number:1:65535",
  "http rewrite": "regex text =last|break|redirect|permanent",
  add_header: "text text =always",
  add_trailer: "text text =always",
  sub_filter: "text text",
  geoip_proxy: "cidr=255.255.255.255",
  geoip_country: "text =utf8",
  geoip_org: "text =utf8",
  geoip_city: "text =utf8",
  "http hash": "text =consistent",
  "stream hash": "text =consistent",
  "http zone": "text size",
  "stream zone": "text size",
  "http upstream": "text",
  "stream upstream": "text",
  "mail protocol": "=pop3|imap|smtp",
  starttls: "enum=off|on|only",
  auth_http: "text",
  auth_http_header: "text text",
  imap_capabilities: "text*",
  pop3_capabilities: "text*",
  smtp_capabilities: "text*",
  userid_expires: "sec=max|off",
  limit_except: "method*",
  real_ip_header: "text",
  ssl_engine: "text",
  ssl_password_file: "text",
  proxy_ssl_password_file: "text",
  grpc_ssl_password_file: "text",
  uwsgi_ssl_password_file: "text",
  xml_entities: "text",
  xslt_param: "text text",
  xslt_string_param: "text text",
  fastcgi_split_path_info: "regex",
  stub_status: "text",
  proxy_cache_key: "text",
  fastcgi_cache_key: "text",
  scgi_cache_key: "text",
  uwsgi_cache_key: "text",
  proxy_cache: "text",
  fastcgi_cache: "text",
  scgi_cache: "text",
  uwsgi_cache: "text",
};

/** Slots whose post handler looks at the value once more (ngx_http_core_pool_size, ngx_http_gzip_window, …). */
export const POST_HANDLERS = {
  connection_pool_size: "pool-size",
  request_pool_size: "pool-size",
  http2_pool_size: "pool-size",
  gzip_window: "size-choice=512|1k|2k|4k|8k|16k|32k",
  gzip_hash: "size-choice=512|1k|2k|4k|8k|16k|32k|64k|128k",
  http2_chunk_size: "size:1:",
  http2_recv_buffer_size: "size:32:",
  http2_body_preread_size: "size::2147483647",
  http2_streams_index_size: "power-of-two",
  // Obsolete since 1.25.1, which no longer reads the value.
  http2_max_concurrent_pushes: "text",
  http2_push_preload: "text",
};

/** Literals that a newer nginx or NGINX Plus adds to an enumeration of the tables. */
export const MORE_LITERALS = {
  proxy_http_version: "2", // 1.29.4
  "http proxy_next_upstream": "denied", // NGINX Plus, like the next ones
  fastcgi_next_upstream: "denied",
  uwsgi_next_upstream: "denied",
  scgi_next_upstream: "denied",
  grpc_next_upstream: "denied",
};

/** Arities that a newer nginx or NGINX Plus widens. */
export const MORE_ARGS = {
  "upstream keepalive": { args: "1,2", value: "number =local" }, // `local`: 1.29.7; `keepalive 0` switches it off
  "stream proxy_protocol": { args: "1", value: "enum=on|off|v2" }, // `v2`: 1.31.4
  "mail proxy_protocol": { args: "1", value: "enum=on|off|v2" },
  "http limit_req_zone": { args: "3,4", value: "custom" }, // `sync`: NGINX Plus
};

/** Defaults of older versions: up to which version (exclusive), and the value. Today's are in the documentation. */
export const EARLIER_DEFAULTS = {
  ...Object.fromEntries(
    ["ssl_protocols", "proxy_ssl_protocols", "grpc_ssl_protocols", "uwsgi_ssl_protocols"].map((name) => [
      name,
      "1.23.4=TLSv1 TLSv1.1 TLSv1.2|1.27.3=TLSv1 TLSv1.1 TLSv1.2 TLSv1.3",
    ]),
  ),
  "http keepalive_requests": "1.19.10=100",
  "upstream keepalive": "1.29.7=", // no cache of connections at all
  proxy_http_version: "1.29.7=1.0",
};

/** Setters of their own that answer "is duplicate" (their C source). All other such setters may be repeated. */
export const ONCE = new Set(
  `worker_processes user worker_priority worker_cpu_affinity ssl_engine events http stream mail worker_connections use root
  alias limit_except aio directio keepalive_timeout internal open_file_cache resolver disable_symlinks open_log_file_cache
  quic_host_key try_files auth_request auth_basic_user_file real_ip_header ssl_certificate_cache ssl_password_file
  ssl_ocsp_cache proxy_store proxy_bind fastcgi_bind grpc_bind memcached_bind scgi_bind uwsgi_bind proxy_cache
  proxy_cache_key proxy_ssl_certificate_cache proxy_ssl_password_file fastcgi_pass fastcgi_store fastcgi_cache
  fastcgi_cache_key uwsgi_pass uwsgi_store uwsgi_cache uwsgi_cache_key uwsgi_ssl_certificate_cache uwsgi_ssl_password_file
  scgi_pass scgi_store scgi_cache scgi_cache_key grpc_pass grpc_ssl_certificate_cache grpc_ssl_password_file
  memcached_pass proxy_pass keepalive charset source_charset userid_expires userid_mark expires ssl_alpn pass geoip_country
  geoip_org geoip_city xml_entities ssl starttls perl`
    .split(/\s+/)
    // The handlers of the Lua module: one for each phase and level.
    .concat(
      ["init", "init_worker", "rewrite", "access", "content", "log", "header_filter", "body_filter"].flatMap(
        (phase) => [`${phase}_by_lua`, `${phase}_by_lua_block`, `${phase}_by_lua_file`],
      ),
    ),
);
/** Of those, the ones of one family alone. */
export const ONCE_IN = new Set(["stream return"]);

/** The first mainline version, from nginx's change log (1.15 and later; what is older counts as always there). */
export const BIRTHS = {
  "1.15.1": "random",
  "1.15.3": "ssl_early_data",
  "1.15.6":
    "fastcgi_socket_keepalive grpc_socket_keepalive memcached_socket_keepalive proxy_socket_keepalive scgi_socket_keepalive uwsgi_socket_keepalive",
  "1.15.7": "proxy_requests",
  "1.17.1": "limit_req_dry_run",
  "1.17.6": "limit_conn_dry_run",
  "1.17.10": "auth_delay",
  "1.19.0": "http:ssl_ocsp http:ssl_ocsp_cache http:ssl_ocsp_responder",
  "1.19.3": "proxy_cookie_flags userid_flags stream:set",
  "1.19.4":
    "grpc_ssl_conf_command proxy_smtp_auth proxy_ssl_conf_command ssl_conf_command http:ssl_reject_handshake uwsgi_ssl_conf_command",
  "1.19.8": "mail:set_real_ip_from mail:proxy_protocol",
  "1.19.10": "keepalive_time",
  "1.21.0": "max_errors",
  "1.21.4": "mp4_start_key_frame proxy_half_close ssl_alpn",
  "1.25.0":
    "http3 http3_hq http3_max_concurrent_streams http3_stream_buffer_size quic_active_connection_id_limit quic_bpf quic_gso quic_host_key quic_retry",
  "1.25.1": "http2",
  "1.25.5":
    "stream:pass stream:server_name stream:server_names_hash_bucket_size stream:server_names_hash_max_size stream:ssl_reject_handshake",
  "1.27.2":
    "proxy_pass_trailers stream:ssl_ocsp stream:ssl_ocsp_cache stream:ssl_ocsp_responder stream:ssl_stapling stream:ssl_stapling_file stream:ssl_stapling_responder stream:ssl_stapling_verify",
  "1.27.3": "upstream:resolver upstream:resolver_timeout",
  "1.27.4":
    "grpc_ssl_certificate_cache keepalive_min_timeout proxy_ssl_certificate_cache ssl_certificate_cache ssl_object_cache_inheritable uwsgi_ssl_certificate_cache",
  "1.29.0": "early_hints",
  "1.29.1": "ssl_certificate_compression",
  "1.29.3": "add_header_inherit add_trailer_inherit",
  "1.29.4": "ssl_ech_file",
  "1.29.6": "sticky",
  "1.29.8": "max_headers",
  "1.31.0":
    "least_time proxy_ssl_alpn tunnel_bind tunnel_buffer_size tunnel_connect_timeout tunnel_next_upstream tunnel_next_upstream_timeout tunnel_next_upstream_tries tunnel_pass tunnel_read_timeout tunnel_send_lowat tunnel_send_timeout tunnel_socket_keepalive",
  "1.31.3":
    "fastcgi_socket_rcvbuf fastcgi_socket_sndbuf grpc_socket_rcvbuf grpc_socket_sndbuf proxy_socket_rcvbuf proxy_socket_sndbuf scgi_socket_rcvbuf scgi_socket_sndbuf tunnel_socket_rcvbuf tunnel_socket_sndbuf uwsgi_socket_rcvbuf uwsgi_socket_sndbuf xml_external_entities",
  "1.31.5": "client_body_early_read",
};

/** Deprecated, obsolete and removed: since when, and what to write instead (change log, command tables). */
export const ENDS = {
  "http ssl": { deprecated: "1.15.0", removed: "1.25.1", instead: "listen ... ssl" },
  "mail ssl": { deprecated: "1.15.0", removed: "1.25.1", instead: "listen ... ssl" },
  http2_recv_timeout: { deprecated: "1.19.7", instead: "client_header_timeout" },
  http2_idle_timeout: { deprecated: "1.19.7", instead: "keepalive_timeout" },
  http2_max_field_size: { deprecated: "1.19.7", instead: "large_client_header_buffers" },
  http2_max_header_size: { deprecated: "1.19.7", instead: "large_client_header_buffers" },
  http2_max_requests: { deprecated: "1.19.7", instead: "keepalive_requests" },
  http2_push: { deprecated: "1.25.1", instead: "early_hints" },
  http2_push_preload: { deprecated: "1.25.1", instead: "early_hints" },
  http2_max_concurrent_pushes: { deprecated: "1.25.1" },
  proxy_downstream_buffer: { deprecated: "1.9.0", instead: "proxy_buffer_size" },
  proxy_upstream_buffer: { deprecated: "1.9.0", instead: "proxy_buffer_size" },
  mqtt_rewrite_buffer_size: { deprecated: "1.25.1", instead: "mqtt_buffers" },
  upstream_conf: { removed: "1.13.10", instead: "api" },
  status: { removed: "1.13.10", instead: "api" },
  status_format: { removed: "1.13.10", instead: "api" },
  limit_zone: { deprecated: "1.1.8", removed: "1.7.6", instead: "limit_conn_zone" },
  so_keepalive: { deprecated: "1.1.12", instead: "the so_keepalive parameter of listen" },
  set_misc_base32_padding: { deprecated: "1.0.0", instead: "set_base32_padding" },
};

/** Directives that no current nginx knows but that old configurations and tutorials still show. */
export const GONE = [
  {
    names:
      "spdy_chunk_size spdy_headers_comp spdy_keepalive_timeout spdy_max_concurrent_streams spdy_pool_size spdy_recv_buffer_size spdy_recv_timeout spdy_streams_index_size",
    family: "http",
    module: "ngx_http_spdy_module",
    contexts: "http,server",
    removed: "1.9.5",
    instead: "http2",
  },
  {
    names: "satisfy_any",
    family: "http",
    module: "ngx_http_core_module",
    contexts: "http,server,location",
    removed: "1.1.8",
    instead: "satisfy",
  },
  {
    names: "optimize_server_names",
    family: "http",
    module: "ngx_http_core_module",
    contexts: "http,server",
    removed: "1.1.8",
    instead: "server_name_in_redirect",
  },
  {
    names: "open_file_cache_retest",
    family: "http",
    module: "ngx_http_core_module",
    contexts: "http,server,location",
    removed: "1.1.8",
    instead: "open_file_cache_valid",
  },
  {
    names: "fastcgi_redirect_errors",
    family: "http",
    module: "ngx_http_fastcgi_module",
    contexts: "http,server,location",
    removed: "1.1.8",
    instead: "fastcgi_intercept_errors",
  },
  {
    names: "proxy_redirect_errors",
    family: "http",
    module: "ngx_http_proxy_module",
    contexts: "http,server,location",
    removed: "1.1.8",
    instead: "proxy_intercept_errors",
  },
  {
    names: "proxy_upstream_max_fails proxy_upstream_fail_timeout",
    family: "http",
    module: "ngx_http_proxy_module",
    contexts: "http,server,location",
    removed: "1.1.8",
    instead: "the max_fails and fail_timeout parameters of server",
  },
  {
    names: "connections",
    family: "events",
    module: "ngx_event_core_module",
    contexts: "events",
    removed: "1.1.8",
    instead: "worker_connections",
  },
  {
    names: "rtsig_signo rtsig_overflow_events rtsig_overflow_test rtsig_overflow_threshold",
    family: "events",
    module: "ngx_rtsig_module",
    contexts: "events",
    removed: "1.9.1",
  },
  {
    names: "worker_threads thread_stack_size",
    family: "core",
    module: "ngx_core_module",
    contexts: "main",
    removed: "1.7.11",
    instead: "thread_pool",
  },
  {
    names: "worker_rlimit_sigpending",
    family: "core",
    module: "ngx_core_module",
    contexts: "main",
    removed: "1.9.1",
  },
];

/** Directives that exist only on other systems or with other build options than the binaries that were read. */
export const ELSEWHERE = [
  {
    names: "kqueue_changes kqueue_events",
    family: "events",
    module: "ngx_kqueue_module",
    contexts: "events",
    args: "1",
    value: "number",
  },
  {
    names: "devpoll_changes devpoll_events",
    family: "events",
    module: "ngx_devpoll_module",
    contexts: "events",
    args: "1",
    value: "number",
  },
  {
    names: "eventport_events",
    family: "events",
    module: "ngx_eventport_module",
    contexts: "events",
    args: "1",
    value: "number",
  },
  {
    names: "iocp_threads post_acceptex",
    family: "events",
    module: "ngx_iocp_module",
    contexts: "events",
    args: "1",
    value: "number",
  },
  {
    names: "acceptex_read",
    family: "events",
    module: "ngx_iocp_module",
    contexts: "events",
    args: "1",
    value: "flag",
  },
  {
    names: "google_perftools_profiles",
    family: "core",
    module: "ngx_google_perftools_module",
    contexts: "main",
    args: "1",
    value: "text",
  },
  // In the command table of Windows builds, where Debian's has none.
  {
    names: "worker_aio_requests",
    family: "events",
    module: "ngx_epoll_module",
    contexts: "events",
    args: "1",
    value: "number",
  },
];

/**
 * Newer than the binaries that were read: open source by the change log; contexts by the documentation, arity by its
 * syntax lines, checked by eye.
 */
export const NEWER = {
  early_hints: { args: "1+", value: "text*", repeat: "many" },
  add_header_inherit: { args: "1", value: "enum=on|off|merge", repeat: "one" },
  add_trailer_inherit: { args: "1", value: "enum=on|off|merge", repeat: "one" },
  ssl_certificate_compression: { args: "1", value: "flag", repeat: "one" },
  ssl_ech_file: { args: "1", value: "text", repeat: "many" },
  sticky: { args: "1+", value: "custom", repeat: "one" }, // nginx wants two; `sticky name=…` of a third party is judged by its words
  "http least_time": { args: "1,2", value: "enum=header|last_byte =inflight", repeat: "one" },
  "stream least_time": { args: "1,2", value: "enum=connect|first_byte|last_byte =inflight", repeat: "one" },
  max_headers: { args: "1", value: "number", repeat: "one" },
  proxy_ssl_alpn: { args: "1+", value: "text*", repeat: "one" },
  xml_external_entities: { args: "1", value: "flag", repeat: "one" },
  tunnel_pass: { args: "0,1", value: "text", repeat: "one" },
  tunnel_bind: { args: "1,2", value: "custom", repeat: "one" },
  tunnel_buffer_size: { args: "1", value: "size", repeat: "one" },
  tunnel_connect_timeout: { args: "1", value: "msec", repeat: "one" },
  tunnel_read_timeout: { args: "1", value: "msec", repeat: "one" },
  tunnel_send_timeout: { args: "1", value: "msec", repeat: "one" },
  tunnel_send_lowat: { args: "1", value: "size", repeat: "one" },
  tunnel_socket_keepalive: { args: "1", value: "flag", repeat: "one" },
  tunnel_next_upstream: { args: "1+", value: "enum=error|timeout|denied|off*", repeat: "many" }, // `denied`: NGINX Plus
  tunnel_next_upstream_timeout: { args: "1", value: "msec", repeat: "one" },
  tunnel_next_upstream_tries: { args: "1", value: "number", repeat: "one" },
};

/** Documented on nginx.org, but modules of their own. */
export const SEPARATE_MODULES = new Set([
  "ngx_http_acme_module",
  "ngx_otel_module",
  "ngx_http_js_module",
  "ngx_stream_js_module",
]);

/** Handlers and directives of the rewrite module: never inherited into a nested location. */
export const NOT_INHERITED = new Set(
  `proxy_pass fastcgi_pass uwsgi_pass scgi_pass grpc_pass memcached_pass tunnel_pass memc_pass redis2_pass redis_pass ajp_pass
  drizzle_pass postgres_pass passenger_enabled try_files return rewrite set if break stub_status empty_gif flv mp4 perl
  js_content content_by_lua content_by_lua_file content_by_lua_block echo internal_redirect api status upstream_conf hls f4f
  include location server limit_except upload_pass rtmp_stat rtmp_control nchan_publisher nchan_subscriber nchan_pubsub
  nchan_stub_status listen server_name push_stream_publisher push_stream_subscriber
  push_stream_channels_statistics vod report_uploads set_by_lua set_by_lua_file set_by_lua_block redis2_query dyups_interface
  check_status health_check`.split(/\s+/),
);
/** A list, to which an inner level may add instead of replacing it. */
export const MERGED = new Set(
  "add_header add_trailer more_set_headers more_clear_headers more_set_input_headers more_clear_input_headers modsecurity_rules modsecurity_rules_file modsecurity_rules_remote".split(
    " ",
  ),
);

/** The kind of context that a block opens; `entries` blocks hold no directives. */
export const OPENS = {
  "core events": "events",
  "core http": "http",
  "core stream": "stream",
  "core mail": "mail",
  "core rtmp": "rtmp",
  "core mgmt": "mgmt",
  "http server": "server",
  "http location": "location",
  "http limit_except": "limit_except",
  "http if": "location-if",
  "http upstream": "upstream",
  "http types": "types",
  "http map": "map",
  "http geo": "geo",
  "http geoip2": "geo",
  "http split_clients": "split_clients",
  "http charset_map": "charset_map",
  "http match": "match",
  "http oidc_provider": "oidc_provider",
  "http num_map": "map",
  "http acme_issuer": "acme_issuer",
  "http otel_exporter": "otel_exporter",
  "stream server": "stream-server",
  "stream upstream": "stream-upstream",
  "stream map": "map",
  "stream num_map": "map",
  "stream geo": "geo",
  "stream geoip2": "geo",
  "stream split_clients": "split_clients",
  "stream match": "stream-match",
  "mail server": "mail-server",
  "rtmp server": "rtmp-server",
  "rtmp application": "rtmp-application",
  "rtmp recorder": "rtmp-recorder",
};

/** Directives of blocks whose modules document them in prose only, and those that the documentation has not yet. */
export const PROSE = [
  {
    names: "client_body_early_read",
    family: "http",
    module: "ngx_http_core_module",
    contexts: "http,server",
    args: "1+",
    value: "text*",
    repeat: "many",
  },
  {
    names: "endpoint trusted_certificate interval batch_size batch_count",
    family: "http",
    module: "ngx_otel_module",
    contexts: "otel_exporter",
    args: "1",
    edition: "third-party",
  },
  {
    names: "header",
    family: "http",
    module: "ngx_otel_module",
    contexts: "otel_exporter",
    args: "2",
    edition: "third-party",
    repeat: "many",
  },
  {
    names: "status header body require",
    family: "http",
    module: "ngx_http_upstream_hc_module",
    contexts: "match",
    args: "1+",
    edition: "plus",
    repeat: "many",
  },
  {
    names: "send expect",
    family: "stream",
    module: "ngx_stream_upstream_hc_module",
    contexts: "stream-match",
    args: "1+",
    edition: "plus",
    repeat: "many",
  },
];

/** The setters of the modules that Debian packages: lua 0.10.23, nchan 1.3.6, dav-ext 3.0.0, fancyindex 0.5.2, and others. */
function valuesOfModules() {
  const values = {
    lua_code_cache: "flag", // a flag slot with a warning
    lua_malloc_trim: "number",
    lua_regex_cache_max_entries: "number",
    lua_regex_match_limit: "number",
    lua_shared_dict: "word size:8192:",
    set_by_lua: "variable text*",
    set_by_lua_block: "variable",
    set_by_lua_file: "variable text*",
    fancyindex_header: "text enum=subrequest|local",
    fancyindex_footer: "text enum=subrequest|local",
    geoip2_proxy: "cidr",
    upload_progress: "text size:32768:", // eight pages
    track_uploads: "text sec",
    upload_progress_template: "=starting|error|done|uploading text",
    upstream_fair_shm_size: "size",
    nchan_storage_engine: "prefix=memory|redis",
    nchan_use_redis: "flag",
    nchan_deflate_message_for_websocket: "prefix=on|off",
    nchan_longpoll_multipart_response: "prefix=on|off|raw",
    nchan_benchmark_publisher_distribution: "prefix=random|optimal",
    nchan_benchmark_subscriber_distribution: "prefix=random|optimal",
    nchan_redis_storage_mode: "prefix=distributed|backup|nostore",
    nchan_group_location: "prefix=get|set|delete|off*",
    nchan_permessage_deflate_compression_level: "number:0:9",
    nchan_permessage_deflate_compression_memlevel: "number:1:9",
    nchan_permessage_deflate_compression_window: "number:9:15",
    nchan_max_reserved_memory: "decimal-size",
    nchan_shared_memory_size: "decimal-size",
    push_max_reserved_memory: "decimal-size",
  };
  const websocket = "websocket|ws|websockets";
  const streams =
    "eventsource|event-source|es|sse|chunked|http-chunked|multipart|multipart/mixed|http-multipart|multipart-mixed|longpoll|long-poll|poll|interval-poll|intervalpoll|http|http-raw-stream|none|off|disabled";
  for (const name of ["nchan_publisher", "nchan_publisher_location", "push_publisher"]) {
    values[name] = `prefix=http|${websocket}*`;
  }
  for (const name of ["nchan_subscriber", "nchan_subscriber_location", "push_subscriber"]) {
    values[name] = `prefix=${websocket}|${streams}*`;
  }
  for (const name of ["nchan_pubsub", "nchan_pubsub_location"])
    values[name] = `prefix=${websocket}|${streams}*`;
  for (const what of [
    "cluster_check_interval",
    "cluster_recovery_delay",
    "idle_channel_keepalive",
    "reconnect_delay",
  ]) {
    values[`nchan_redis_${what}_backoff`] = "decimal";
    values[`nchan_redis_${what}_jitter`] = "decimal::1";
  }
  return values;
}
