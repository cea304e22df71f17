/**
 * The kinds of place in which a directive can stand. nginx knows them as bits of `ngx_command_t.type`
 * (`NGX_HTTP_SRV_CONF`, `NGX_HTTP_LIF_CONF`, …); blocks of the same name in another family are kinds of their own.
 */
export type ContextKind =
  /** The top of `nginx.conf`, outside every block. */
  | "main"
  /** `events { }`. */
  | "events"
  /** `http { }`. */
  | "http"
  /** `server { }` in `http`. */
  | "server"
  /** `location { }`, nested or not, named or not. */
  | "location"
  /** `if { }` in a `server` of `http`. */
  | "server-if"
  /** `if { }` in a `location`. */
  | "location-if"
  /** `limit_except { }`. */
  | "limit_except"
  /** `upstream { }` in `http`. */
  | "upstream"
  /** `stream { }`. */
  | "stream"
  /** `server { }` in `stream`. */
  | "stream-server"
  /** `upstream { }` in `stream`. */
  | "stream-upstream"
  /** `mail { }`. */
  | "mail"
  /** `server { }` in `mail`. */
  | "mail-server"
  /** `types { }`: entries `type extension…;`, not directives. */
  | "types"
  /** `map { }` in `http` or `stream`: entries, not directives. */
  | "map"
  /** `geo { }` in `http` or `stream`: entries, not directives. Also `geoip2 { }`. */
  | "geo"
  /** `split_clients { }` in `http` or `stream`: entries, not directives. */
  | "split_clients"
  /** `charset_map { }`: entries, not directives. */
  | "charset_map"
  /** `match { }` in `http` (NGINX Plus health checks). */
  | "match"
  /** `match { }` in `stream` (NGINX Plus health checks). */
  | "stream-match"
  /** `mgmt { }` (NGINX Plus). */
  | "mgmt"
  /** `oidc_provider { }` (NGINX Plus). */
  | "oidc_provider"
  /** `otel_exporter { }` (OpenTelemetry module). */
  | "otel_exporter"
  /** `acme_issuer { }` (ACME module). */
  | "acme_issuer"
  /** `ldap_server { }` (LDAP authentication module): entries of that module. */
  | "ldap_server"
  /** `rtmp { }` (RTMP module). */
  | "rtmp"
  /** `server { }` in `rtmp`. */
  | "rtmp-server"
  /** `application { }` in a `server` of `rtmp`. */
  | "rtmp-application"
  /** `recorder { }` in an `application` of `rtmp`. */
  | "rtmp-recorder"
  /** A place that cannot be told: the top of a fragment, or the body of a block nobody knows. */
  | "unknown";
