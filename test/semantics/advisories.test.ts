/** Each precondition with a configuration that holds it, and one that looks like it; each advisory with its releases. */
import { describe, expect, it } from "vitest";
import {
  advisoriesFor,
  allAdvisories,
  isVulnerable,
  type Precondition,
} from "../../src/semantics/advisories/advisories.ts";
import { Configuration, formatVersion, Model, parseVersion } from "../../src/semantics/index.ts";
import { treeOf } from "../tree.ts";

/** What it holds under a release that has all bugs of the precondition. */
function preconditionsOf(text: string, version: string | null): string[] {
  const model = new Model(new Configuration(treeOf(text)), version === null ? null : parseVersion(version));
  return advisoriesFor(model).map(({ precondition }) => precondition);
}

function http(text: string): string {
  return `events {} http { ${text} }`;
}

function server(text: string): string {
  return http(`server { listen 80; ${text} }`);
}

const TLS = "ssl_certificate c.pem; ssl_certificate_key k.pem;";
const MAP = "map $uri $kind { ~^/(.*)\\.js$ script; default other; }";

/** By precondition: a release, configurations that hold it, configurations that do not. */
const CASES: Readonly<
  Record<Exclude<Precondition, "version">, readonly [string, readonly string[], readonly string[]]>
> = {
  "rewrite-args-capture": [
    "1.30.0",
    [
      server("location / { rewrite ^(.*) /new?c=1; set $page $1; proxy_pass http://127.0.0.1; }"),
      server("rewrite ^/a(.*) /new?c=1; if ($arg_page = $1) { return 403; }"),
      server("location / { if ($arg_x) { rewrite ^(.*) /new?c=$1; } set $page p$1; }"),
      server("location @app { rewrite ^(.*) /new?c=1; if (-f /srv/$1) { return 403; } }"),
    ],
    [
      server("location / { rewrite ^(.*) /new?c=1 last; set $page $1; }"),
      server("location / { rewrite ^(.*) https://a.example/new?c=1; set $page $1; }"),
      server("location / { rewrite ^(.*) /new?; set $page $1; }"),
      server("location / { set $page $1; rewrite ^(.*) /new?c=1; }"),
      server("location / { rewrite ^(?<path>.*) /new?c=1; set $page $path; }"),
      server("location / { return 301 /new; rewrite ^(.*) /new?c=1; set $page $1; }"),
      server("location / { rewrite ^(.*) /new?c=1; if ($arg_x ~ ^$1) { return 403; } }"),
      // No request gets there.
      server("location ~ ^/a { return 403; } location ~ ^/a(.*) { rewrite ^(.*) /n?c=1; set $page $1; }"),
    ],
  ],
  "rewrite-nested-captures": [
    "1.31.0",
    [
      server("location / { rewrite ^/((.*))$ http://127.0.0.1:8080/$1$2 redirect; }"),
      server("location / { rewrite ^/((a)(.*))$ /x?whole=$1&rest=$3 last; }"),
    ],
    [
      server("location / { rewrite ^/(a)(.*)$ /x?whole=$1&rest=$2 last; }"),
      server("location / { rewrite ^/((a)(.*))$ /x/$1?rest=$3 last; }"),
      server("location / { rewrite ^/((a)(.*))$ /x?whole=$1&rest=$3&host=$host last; }"),
      server("location / { rewrite ^/((.*))$ /$1/$2 last; }"),
    ],
  ],
  "alias-rewrite-filename": [
    "1.31.6",
    [
      server("location /files/ { alias /srv/f/; rewrite ^ /x; if (-f $request_filename) { return 403; } }"),
      http(
        "log_format paths $request_filename; access_log l paths; server { location /files/ { alias /srv/f/; rewrite ^ /x; return 200 a; } }",
      ),
    ],
    [
      server("location /files/ { alias /srv/f/; rewrite ^ /x last; set $file $request_filename; }"),
      server("location /files/ { root /srv/f/; rewrite ^ /x; set $file $request_filename; }"),
      server("location /files/ { alias /srv/f/; if (-f $request_filename) { rewrite ^ /x; } }"),
    ],
  ],
  "map-captures": [
    "1.31.2",
    [
      http(`${MAP} server { location ~ ^/(.*) { return 200 "$1 $kind"; } }`),
      http("map $uri $kind { ~^/(?<name>.*)$ $name; } server { location / { return 200 $name-$kind; } }"),
      http("map a$name $kind { volatile; ~(?<name>.*) $name; } server { return 200 $kind; }"),
      http(
        `${MAP} server { location ~ ^/(.*) { proxy_set_header A $1; proxy_set_header B $kind; proxy_pass http://127.0.0.1; } }`,
      ),
    ],
    [
      http(`${MAP} server { location ~ ^/(.*) { return 200 "$kind $1"; } }`),
      http(`map $uri $kind { ~^/.*$ a; } server { location ~ ^/(.*) { return 200 "$1 $kind"; } }`),
      http(
        `${MAP} server { location ~ ^/(.*) { proxy_set_header A $kind; proxy_set_header B $1; proxy_pass http://127.0.0.1; } }`,
      ),
    ],
  ],
  "subrequest-captures": [
    "1.31.2",
    [
      http(
        `${MAP} server { location ~ ^/v(.*) { slice 1m; proxy_set_header A $kind$1; proxy_pass http://127.0.0.1; } }`,
      ),
    ],
    [
      http(
        `${MAP} server { location ~ ^/v(.*) { slice 0; proxy_set_header A $kind$1; proxy_pass http://127.0.0.1; } }`,
      ),
      http(
        `${MAP} server { location ~ ^/v(.*) { slice 1m; proxy_set_header A $kind; proxy_pass http://127.0.0.1; } }`,
      ),
    ],
  ],
  "dav-alias": [
    "1.29.6",
    [server("location /dav/ { alias /srv/dav/; dav_methods PUT MOVE; }")],
    [
      server("location /dav/ { root /srv; dav_methods PUT MOVE; }"),
      server("location /dav/ { alias /srv/dav/; dav_methods PUT DELETE; }"),
      server("location /dav/ { alias /srv/dav/; dav_methods MOVE; return 403; }"),
    ],
  ],
  "charset-utf8": [
    "1.30.0",
    [
      server("charset koi8-r; source_charset utf-8;"),
      server("location / { charset koi8-r; override_charset on; proxy_pass http://127.0.0.1; }"),
    ],
    [server("charset utf-8; source_charset koi8-r;"), server("charset utf-8;"), server("charset off;")],
  ],
  "ssi-aio": [
    "1.31.6",
    [server("ssi on; aio threads;")],
    [server("ssi on; aio off;"), server("aio threads;")],
  ],
  "ssi-unbuffered": [
    "1.31.2",
    [server("ssi on; location / { proxy_pass http://127.0.0.1; proxy_buffering off; }")],
    [
      server("ssi on; location / { proxy_pass http://127.0.0.1; }"),
      server("ssi on; location / { ssi off; proxy_pass http://127.0.0.1; proxy_buffering off; }"),
    ],
  ],
  "proxied-short-uri": [
    "1.29.3",
    [server("location /1234 { try_files /123 =404; proxy_pass http://127.0.0.1:8080/; }")],
    [
      server("location /1234 { try_files /123 =404; proxy_pass http://127.0.0.1:8080; }"),
      server("location /1234 { try_files $uri /123; proxy_pass http://127.0.0.1:8080/; }"),
    ],
  ],
  "large-headers-http2": [
    "1.31.1",
    [server("large_client_header_buffers 4 4m; location / { grpc_pass grpc://127.0.0.1; }")],
    [
      server("large_client_header_buffers 4 32k; location / { grpc_pass grpc://127.0.0.1; }"),
      server("large_client_header_buffers 4 4m; location / { proxy_pass http://127.0.0.1; }"),
    ],
  ],
  "http2-set-body": [
    "1.30.0",
    [
      server(
        "location / { proxy_http_version 2; proxy_set_body a$request_body; proxy_pass http://127.0.0.1; }",
      ),
    ],
    [
      server("location / { proxy_http_version 1.1; proxy_set_body a; proxy_pass http://127.0.0.1; }"),
      server("location / { proxy_http_version 2; proxy_pass http://127.0.0.1; }"),
    ],
  ],
  "tls-sessions": [
    "1.27.3",
    [
      http(
        `${TLS} server { listen 443 ssl; server_name a; ssl_verify_client on; ssl_client_certificate a.pem; } server { listen 443 ssl; server_name b; ssl_verify_client on; ssl_client_certificate b.pem; }`,
      ),
    ],
    [
      http(
        `${TLS} server { listen 443 ssl; server_name a; } server { listen 443 ssl; server_name b; ssl_verify_client on; ssl_client_certificate b.pem; }`,
      ),
      http(
        `${TLS} ssl_session_tickets off; server { listen 443 ssl; server_name a; ssl_verify_client on; ssl_client_certificate a.pem; } server { listen 443 ssl; server_name b; ssl_verify_client on; ssl_client_certificate b.pem; }`,
      ),
      http(
        `${TLS} ssl_client_certificate a.pem; server { listen 443 ssl; server_name a; ssl_verify_client on; } server { listen 443 ssl; server_name b; ssl_verify_client on; }`,
      ),
      http(
        `${TLS} server { listen 443 ssl; server_name a; ssl_verify_client on; ssl_client_certificate a.pem; } server { listen 8443 ssl; server_name b; ssl_verify_client on; ssl_client_certificate b.pem; }`,
      ),
    ],
  ],
  "ocsp-resolver": [
    "1.30.0",
    [
      http(
        `server { listen 443 ssl; ${TLS} ssl_verify_client on; ssl_client_certificate a.pem; ssl_ocsp on; resolver 127.0.0.53; }`,
      ),
    ],
    [
      http(
        `server { listen 443 ssl; ${TLS} ssl_verify_client on; ssl_client_certificate a.pem; resolver 127.0.0.53; }`,
      ),
    ],
  ],
  "stream-ocsp": [
    "1.29.6",
    [`events {} stream { server { listen 443 ssl; ssl_ocsp on; } }`],
    [`events {} stream { server { listen 443 ssl; ssl_ocsp off; } }`],
  ],
  mp4: [
    "1.29.6",
    [server("location /v/ { mp4; }")],
    [
      server("location /v/ { mp4; return 403; }"),
      http("server { listen 80; return 301 /; location /v/ { mp4; } }"),
    ],
  ],
  "scgi-uwsgi": [
    "1.30.0",
    [server("location / { uwsgi_pass 127.0.0.1:9; }")],
    [server("location / { fastcgi_pass 127.0.0.1:9; }")],
  ],
  proxy: [
    "1.4.0",
    [server("location / { proxy_pass http://127.0.0.1; }")],
    [server("location / { fastcgi_pass 127.0.0.1:9; }")],
  ],
  "upstream-tls": [
    "1.29.4",
    [
      server("location / { proxy_pass https://127.0.0.1; }"),
      "events {} stream { server { listen 1; proxy_ssl on; } }",
    ],
    [server("location / { proxy_pass http://127.0.0.1; }")],
  ],
  resolver: [
    "1.20.0",
    [
      server("resolver 127.0.0.1; location / { proxy_pass http://$http_x.example; }"),
      http("resolver 127.0.0.1; upstream u { server a.example resolve; zone u 64k; } server { listen 80; }"),
    ],
    [
      server("resolver 127.0.0.1; location / { proxy_pass http://a.example; }"),
      http(
        "upstream a.example { server 127.0.0.1; } server { resolver 127.0.0.1; location / { proxy_pass http://a.example$uri; } }",
      ),
    ],
  ],
  http3: [
    "1.25.3",
    [http(`server { listen 443 quic; ${TLS} }`)],
    [
      http(`server { listen 443 quic; http3 off; ${TLS} }`),
      http(`server { listen 443 quic; ${TLS} ssl_reject_handshake on; }`),
      http(`server { listen 443 ssl; ${TLS} }`),
    ],
  ],
  "http3-buffered": [
    "1.31.6",
    [http(`server { listen 443 quic; ${TLS} location / { proxy_pass http://127.0.0.1; } }`)],
    [
      http(
        `server { listen 443 quic; ${TLS} location / { proxy_request_buffering off; proxy_pass http://127.0.0.1; } }`,
      ),
      http(
        `server { listen 443 quic; ${TLS} } server { listen 80; location / { proxy_pass http://127.0.0.1; } }`,
      ),
    ],
  ],
  http2: [
    "1.17.2",
    [http(`server { listen 443 ssl http2; ${TLS} }`)],
    [http(`server { listen 443 ssl; ${TLS} }`)],
  ],
  spdy: [
    "1.5.10",
    [http(`server { listen 443 ssl spdy; ${TLS} }`)],
    [http(`server { listen 443 ssl; ${TLS} }`)],
  ],
  tls: ["0.8.22", [http(`server { listen 443 ssl; ${TLS} }`)], [http("server { listen 80; }")]],
  "ticket-rotation": [
    "1.31.6",
    [http(`server { listen 443 ssl; ${TLS} ssl_session_cache shared:s:10m; }`)],
    [
      http(`server { listen 443 ssl; ${TLS} ssl_session_cache shared:s:10m; ssl_session_tickets off; }`),
      http(`server { listen 443 ssl; ${TLS} ssl_session_cache shared:s:10m; ssl_session_ticket_key t.key; }`),
      http(`server { listen 443 ssl; ${TLS} }`),
    ],
  ],
  "mail-cram": [
    "1.29.6",
    ["events {} mail { smtp_auth login cram-md5; server { listen 25; } }"],
    ["events {} mail { smtp_auth login plain; server { listen 25; } }"],
  ],
  "mail-auth-http": [
    "1.29.6",
    ["events {} mail { auth_http 127.0.0.1/a; server { listen 25; } }"],
    ["events {} mail { server { listen 25; } }"],
  ],
  "mail-smtp": [
    "1.29.0",
    [
      "events {} mail { server { listen 2525; protocol smtp; } }",
      "events {} mail { server { listen 127.0.0.1:587; } }",
    ],
    ["events {} mail { server { listen 143; } }", "events {} mail { server { listen 25; protocol imap; } }"],
  ],
  "mail-starttls": [
    "1.7.3",
    ["events {} mail { server { listen 25; starttls on; } }"],
    ["events {} mail { server { listen 25; starttls off; } }"],
  ],
};

describe.each(Object.entries(CASES))("%s", (precondition, [version, bad, good]) => {
  it.each(bad)("holds: %s", (text) => {
    expect(preconditionsOf(text, version)).toContain(precondition);
  });
  it.each(good)("does not hold: %s", (text) => {
    expect(preconditionsOf(text, version)).not.toContain(precondition);
  });
});

describe.each(allAdvisories().map((advisory) => [advisory.id, advisory] as const))("%s", (_, advisory) => {
  it("is in the first and the last release of its ranges, and not in those with the fix", () => {
    for (const range of advisory.vulnerable)
      for (const release of range) expect(isVulnerable(advisory, release), formatVersion(release)).toBe(true);
    for (const release of advisory.fixed) expect(isVulnerable(advisory, release)).toBe(false);
  });

  it("is told of a configuration that holds its precondition, up to the release with the fix", () => {
    const { precondition, fixed, vulnerable, id } = advisory;
    const text = precondition === "version" ? server("") : (CASES[precondition][1][0] ?? "");
    const idsUnder = (version: string) =>
      advisoriesFor(new Model(new Configuration(treeOf(text)), parseVersion(version))).flatMap((concern) =>
        concern.advisories.map((each) => each.id),
      );
    expect(idsUnder(formatVersion(vulnerable[0]![1]))).toContain(id);
    for (const release of fixed) expect(idsUnder(formatVersion(release))).not.toContain(id);
  });
});

it("names the release of each branch in which all is mended", () => {
  const model = new Model(new Configuration(treeOf(CASES["http3-buffered"][1][0]!)), parseVersion("1.25.3"));
  const http3 = advisoriesFor(model).find(({ precondition }) => precondition === "http3");
  expect(http3?.fixed.map(formatVersion)).toEqual(["1.30.1", "1.31.0"]);
});

it("says nothing without a version of what is in use everywhere, or of the release alone", () => {
  expect(preconditionsOf(CASES["http3-buffered"][1][0]!, null)).toEqual([]);
  expect(preconditionsOf(CASES["dav-alias"][1][0]!, null)).toEqual(["dav-alias"]);
});

it("takes a release without a patch for the newest of its branch", () => {
  expect(preconditionsOf(CASES.mp4[1][0]!, "1.28")).not.toContain("mp4");
  expect(preconditionsOf(CASES.mp4[1][0]!, "1.26")).toContain("mp4");
});
