/** nginx's own variables as an attacker sees them: who chooses what is in them, by which part of a request, and of which bytes. */
import { type ByteSet, complement, setOf, TextLanguage, toBytes } from "../regex/index.ts";

/**
 * Who decides about the bytes of a value:
 * - `operator`: the configuration;
 * - `nginx`: nginx or the system it runs on (times, addresses, identifiers);
 * - `upstream`: the application behind;
 * - `secret`: a client who knows a password or has a certificate;
 * - `client`: any client;
 * - `unknown`: a module that is not known here.
 */
export type Chooser = "operator" | "nginx" | "upstream" | "secret" | "client" | "unknown";

/** The part of a request by which a client chooses. */
export type Origin =
  | { readonly kind: "path" }
  /** One argument, or for null the query as a whole. */
  | { readonly kind: "query"; readonly name: string | null }
  | { readonly kind: "header"; readonly name: string }
  | { readonly kind: "cookie"; readonly name: string }
  /** The name in `Authorization: Basic`. */
  | { readonly kind: "user" }
  | { readonly kind: "method" }
  | { readonly kind: "body" }
  | { readonly kind: "handshake" };

/** What is in a variable. */
export interface Source {
  readonly chooser: Chooser;
  readonly origins: readonly Origin[];
  readonly language: TextLanguage;
}

/** The bytes of each part of a request, as nginx lets them through. */
export const BYTES = {
  any: () => setOf([0x00, 0xff]),
  /** Decoded: `%00` is refused, line ends are not (`ngx_http_parse_complex_uri`). */
  path: () => setOf([0x01, 0xff]),
  /** As it was sent: no space, no control character (since 1.21.1). */
  target: () => setOf([0x21, 0x7e], [0x80, 0xff]),
  /** Without `#` and what follows it. */
  args: () => setOf([0x21, 0x22], [0x24, 0x7e], [0x80, 0xff]),
  argument: () => setOf([0x21, 0x22], [0x24, 0x25], [0x27, 0x7e], [0x80, 0xff]),
  /** Line ends and NUL are refused (`ngx_http_parse_header_line`). */
  header: () => setOf([0x01, 0x09], [0x0b, 0x0c], [0x0e, 0xff]),
  cookie: () => setOf([0x01, 0x09], [0x0b, 0x0c], [0x0e, 0x3a], [0x3c, 0xff]),
  /** `ngx_http_validate_host`, in lower case. */
  host: () => setOf([0x21, 0x2e], [0x30, 0x40], [0x5b, 0x7e], [0x80, 0xff]),
  /** With a port, as it was sent. */
  hostHeader: () => setOf([0x21, 0x2e], [0x30, 0x7e], [0x80, 0xff]),
  method: () => setOf([0x2d, 0x2d], [0x41, 0x5a], [0x5f, 0x5f]),
  /** Base64 holds what it likes; the name ends at the colon. */
  user: () => setOf([0x01, 0x39], [0x3b, 0xff]),
} as const satisfies Readonly<Record<string, () => ByteSet>>;

const PLAIN = () => complement(setOf([0x00, 0x1f], [0x7f, 0x7f]));

/** What a built-in variable holds; null for one that nginx does not have by itself. `host` is the server's to know. */
export function sourceOf(name: string): Source | null {
  switch (name) {
    case "uri":
    case "document_uri":
    case "fastcgi_script_name":
      return client({ kind: "path" }, slashed(BYTES.path()));
    case "request_filename":
    case "realpath_root":
    case "document_root":
      return name === "request_filename"
        ? client({ kind: "path" }, BYTES.path())
        : made("operator", BYTES.path());
    case "fastcgi_path_info":
      return client({ kind: "path" }, BYTES.path());
    case "request_uri":
      return {
        chooser: "client",
        origins: [{ kind: "path" }, { kind: "query", name: null }],
        language: slashed(BYTES.target()),
      };
    case "request":
      return {
        chooser: "client",
        origins: [{ kind: "path" }, { kind: "query", name: null }],
        language: TextLanguage.repeated(PLAIN(), { exact: false }),
      };
    case "args":
    case "query_string":
      return client({ kind: "query", name: null }, BYTES.args());
    case "is_args":
      return picked("", "?");
    case "scheme":
      return picked("http", "https");
    case "https":
      return picked("", "on");
    case "http_host":
      return client({ kind: "header", name: "host" }, BYTES.hostHeader());
    case "request_method":
      return client({ kind: "method" }, BYTES.method());
    case "remote_user":
      return client({ kind: "user" }, BYTES.user());
    case "content_type":
    case "content_length":
      return client({ kind: "header", name: name.replace("_", "-") }, BYTES.header());
    case "proxy_add_x_forwarded_for":
      return client({ kind: "header", name: "x-forwarded-for" }, BYTES.header());
    case "http_cookie":
      return client({ kind: "header", name: "cookie" }, BYTES.header());
    case "request_body":
      return client({ kind: "body" }, BYTES.any());
    case "ssl_server_name":
      return client({ kind: "handshake" }, BYTES.path());
    case "server_name":
    case "hostname":
    case "nginx_version":
    case "proxy_host":
    case "proxy_port":
      return made("operator", PLAIN());
    case "ssl_client_cert":
    case "ssl_client_raw_cert":
      // In several lines; the first begins all but its first with a tab.
      return made("secret", BYTES.path());
    default:
      return family(name);
  }
}

function family(name: string): Source | null {
  const tail = (prefix: string) => name.slice(prefix.length);
  if (name.startsWith("arg_")) return client({ kind: "query", name: tail("arg_") }, BYTES.argument());
  if (name.startsWith("cookie_")) return client({ kind: "cookie", name: tail("cookie_") }, BYTES.cookie());
  if (name.startsWith("http_ssl_")) return made("nginx", PLAIN());
  if (name.startsWith("http_"))
    return client({ kind: "header", name: tail("http_").replaceAll("_", "-") }, BYTES.header());
  if (/^(?:upstream|sent)_(?:http|trailer|cookie)_/.test(name)) return made("upstream", BYTES.header());
  if (/^(?:ssl_client_|jwt_|oidc_)/.test(name)) return made("secret", PLAIN());
  if (NGINX.test(name)) return made("nginx", PLAIN());
  return null;
}

const NGINX =
  /^(?:(?:binary_)?remote_(?:addr|port)|realip_remote_(?:addr|port)|proxy_protocol_\w+|server_(?:addr|port|protocol)|upstream_\w+|request_(?:completion|length|time|id|port|body_file)|is_request_port|(?:body_)?bytes_sent|pipe|status|limit_rate|connections?(?:_\w+)?|pid|msec|time_\w+|tcpinfo_\w+|ssl_\w+|http2|http3|gzip_ratio|limit_(?:conn|req)_status|invalid_referer|secure_link(?:_expires)?|slice_range|date_\w+|msie|modern_browser|ancient_browser|uid_\w+|geoip2?_\w+|proxy_internal_\w+|grpc_internal_trailers|\d)$/;

function client(origin: Origin, what: ByteSet | TextLanguage): Source {
  const language = what instanceof TextLanguage ? what : TextLanguage.repeated(what);
  return { chooser: "client", origins: [origin], language };
}

function made(chooser: Chooser, set: ByteSet): Source {
  return { chooser, origins: [], language: TextLanguage.repeated(set, { exact: false }) };
}

/** One of a few texts of nginx's own. */
function picked(...texts: readonly string[]): Source {
  return {
    chooser: "nginx",
    origins: [],
    language: TextLanguage.union(texts.map((text) => TextLanguage.text(text))),
  };
}

/** What begins with a slash. */
function slashed(set: ByteSet): TextLanguage {
  return TextLanguage.concatenation([TextLanguage.text(toBytes("/")), TextLanguage.repeated(set)]);
}
