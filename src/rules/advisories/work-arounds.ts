/** What to write until nginx is upgraded. */
import type { Precondition } from "../../semantics/index.ts";

const NAMED = "name the captures (`(?<path>.*)` and `$path`), whose length nginx counts right";

/** By what the advisory needs; null where only the upgrade helps. */
export const WORK_AROUNDS: Readonly<Record<Precondition, string | null>> = {
  "rewrite-args-capture": NAMED,
  "rewrite-nested-captures": NAMED,
  "alias-rewrite-filename": "end the `rewrite` with `last`, or use `root` in place of `alias`",
  "map-captures": "write the variable of the `map` before the capture, or copy the capture with `set` first",
  "subrequest-captures": "name the capture, or copy it with `set` first",
  "dav-alias": "use `root` in place of `alias`, or leave COPY and MOVE out of `dav_methods`",
  "charset-utf8": "send UTF-8 as it is, without `source_charset`",
  "ssi-aio": "write `aio off` where SSI is on",
  "ssi-unbuffered": "leave `proxy_buffering` on where SSI is on",
  "proxied-short-uri": "move `proxy_pass` to a named location, the fallback of `try_files`",
  "large-headers-http2": "keep `large_client_header_buffers` below 2m",
  "http2-set-body": "write `proxy_http_version 1.1`",
  "tls-sessions":
    "give the servers addresses of their own, or write `ssl_session_tickets off` and `ssl_session_cache off`",
  "ocsp-resolver": "name the responder by its IP address in `ssl_ocsp_responder`",
  "stream-ocsp": "check for revoked certificates with `ssl_crl`",
  mp4: "serve the videos without `mp4`",
  "scgi-uwsgi": null,
  proxy: null,
  "upstream-tls": null,
  resolver: "use a resolver whose answers nobody can forge, on this machine or in your own network",
  http3: "take out the `listen … quic` lines",
  "http3-buffered": "switch the request buffering of these locations off",
  http2: "switch HTTP/2 off",
  spdy: "take `spdy` out of the `listen` lines",
  tls: null,
  "ticket-rotation":
    "write `ssl_session_tickets off`, or give the keys yourself with `ssl_session_ticket_key`",
  "mail-cram": "leave `cram-md5` and `apop` out",
  "mail-auth-http": null,
  "mail-smtp": null,
  "mail-starttls": null,
  version: null,
};
