/** The good site with one thing said in another way: what a reviewer who asks nginx would answer. */
import { describe, expect, it } from "vitest";
import { answerChecklist, type Status } from "../../src/checklist/index.ts";
import { parseVersion } from "../../src/semantics/index.ts";
import { treeOf } from "../tree.ts";
import { GOOD } from "./sites.ts";

type Edit = readonly [from: string, to: string];

interface Row {
  readonly item: string;
  readonly status: Status;
  readonly where: string;
  readonly edits: readonly Edit[];
  readonly version?: string;
}

const API = "limit_req zone=api burst=20 nodelay;\n            proxy_pass http://app;";
const LIMITS: readonly Edit[] = [
  ["limit_req zone=api burst=20 nodelay;", ""],
  ["limit_req zone=auth burst=5;", ""],
];
const HTTP = "server_tokens off;";
const SITE = "http2 on;";
const PLAIN = "return 301 https://$host$request_uri;";
const PAGE = "location = /index.html { expires -1; }";

const ROWS: readonly Row[] = [
  // limits
  row("limits.zone", "pass", "a zone is defined and nobody uses it", ...LIMITS),
  row("limits.api", "fail", "a zone is defined and nobody uses it", ...LIMITS),
  row(
    "limits.status-429",
    "pass",
    "the limit is in http and its status in the server",
    ["limit_req_status 429;", "limit_req zone=api;"],
    [SITE, `${SITE} limit_req_status 429;`],
  ),
  row(
    "limits.status-429",
    "fail",
    "a location inherits its limit and has its own status",
    [API, "limit_req_status 503; proxy_pass http://app;"],
    [SITE, `${SITE} limit_req zone=api;`],
  ),
  row("limits.api", "pass", "a health check below it has no limit", [
    API,
    `${API}\n }\n location = /api/health/ { access_log off; proxy_pass http://app;`,
  ]),
  row("limits.admin", "fail", "the administration has a name of its own", [
    "location /admin/ {\n            limit_req zone=auth burst=5;",
    "location /secret-admin/ {",
  ]),
  row("limits.admin", "pass", "one regex is for the administration and others", [
    "location /admin/ {",
    "location ~ ^/(?:admin|staff)/ {",
  ]),
  row("limits.admin", "fail", "its front page alone is limited, and the application has the rest", [
    "location /admin/ {\n            limit_req zone=auth burst=5;",
    "location ~ ^/admin/ { proxy_pass http://app; }\n        location = /admin/ { limit_req zone=auth burst=5;",
  ]),
  row("limits.admin", "fail", "the name of its sign-in speaks of it", [
    "location /admin/ {\n            limit_req zone=auth burst=5;",
    "location ~ ^/admin { proxy_pass http://app; }\n        location /admin/login/ { limit_req zone=auth burst=5;",
  ]),
  row("limits.api", "pass", "one regex is for the API and the administration", [
    "location /api/ {",
    "location ~ ^/(?<part>api|admin)/ {",
  ]),
  row("limits.api", "fail", "the name of the sign-in speaks of it", [
    "location /api/ {\n            limit_req zone=api burst=20 nodelay;",
    "location ~ ^/(?!static) {",
  ]),
  row(
    "limits.api",
    "pass",
    "all that the host is asked for is an API",
    ["shop.example;", "api.shop.example;"],
    ["location /api/ {", "location ^~ /v1 { return 404; }\n        location ~ ^/items/ {"],
  ),
  row(
    "limits.api",
    "fail",
    "all that the host is asked for is an API",
    ["shop.example;", "api.shop.example;"],
    ["location / { try_files $uri $uri/ /index.html; }", "location / { proxy_pass http://app; }"],
    ["location /api/ {", "location /stock/ {"],
    ["location /api/auth/ {", "location /login {"],
  ),
  row("limits.api", "pass", "the office is free of limits", [
    "limit_req_zone $binary_remote_addr zone=api",
    "geo $office { default 0; 198.51.100.0/24 1; } map $office $key { 0 $binary_remote_addr; 1 ''; } limit_req_zone $key zone=api",
  ]),
  row("limits.api", "fail", "all but the office are free of limits", [
    "limit_req_zone $binary_remote_addr zone=api",
    "geo $office { default 0; 198.51.100.0/24 1; } map $office $key { 1 $binary_remote_addr; 0 ''; } limit_req_zone $key zone=api",
  ]),
  row(
    "limits.auth",
    "fail",
    "it is a part of a versioned API",
    ["location /api/ {", "location /api/v1/ {"],
    ["location /api/auth/ {", "location /other/ {"],
  ),
  row(
    "limits.auth",
    "n/a",
    "GraphQL knows no path for it",
    ["location /api/ {", "location /graphql {"],
    ["location /api/auth/ {", "location /other/ {"],
  ),
  row("limits.auth", "pass", "who is signed in may ask often", [
    "location /api/auth/ {",
    "location /api/auth/me { limit_req zone=api; proxy_pass http://app; }\n        location /api/auth/ {",
  ]),
  row("limits.api", "fail", "a rewrite leaves before the limit counts", [
    API,
    "limit_req zone=api; rewrite ^/api/(.*) /backend/$1 last; }\n location /backend/ { internal; proxy_pass http://app;",
  ]),
  row("limits.auth", "pass", "what is sent to it is counted", [
    "limit_req_zone $binary_remote_addr zone=auth",
    "map $request_method $key { POST $binary_remote_addr; default ''; } limit_req_zone $key zone=auth",
  ]),
  row("limits.auth", "fail", "what is sent to it is not counted", [
    "limit_req_zone $binary_remote_addr zone=auth",
    "map $request_method $key { GET $binary_remote_addr; default ''; } limit_req_zone $key zone=auth",
  ]),
  row("limits.auth", "pass", "another part of the API has a strict limit, too", [
    "location /api/auth/ {",
    "location /api/search/ { limit_req zone=auth; proxy_pass http://app; }\n        location /api/auth/ {",
  ]),
  row("limits.auth", "fail", "it is called as Django's views are", [
    "location /api/auth/ {\n            limit_req zone=auth burst=5;",
    "location /accounts/ {",
  ]),
  row("limits.auth", "fail", "it is called as Rails' views are, and try_files leads to the application", [
    "location /api/auth/ {\n            limit_req zone=auth burst=5;\n            proxy_pass http://app;",
    "location @app { proxy_pass http://app; }\n        location /users/sign_in { try_files /none @app;",
  ]),
  row("limits.auth", "pass", "the limit is counted before try_files leads to the application", [
    "location /api/auth/ {\n            limit_req zone=auth burst=5;\n            proxy_pass http://app;",
    "location @app { limit_req zone=api; proxy_pass http://app; }\n        location /users/sign_in { limit_req zone=auth; try_files /none @app;",
  ]),
  row(
    "limits.auth",
    "fail",
    "both are counted in one zone, whose rate is filled in",
    ["rate=10r/s", "rate=${API_RATE}"],
    [
      "limit_req zone=auth burst=5;\n            proxy_pass http://app;\n        }\n        location /admin/",
      "limit_req zone=api;\n            proxy_pass http://app;\n        }\n        location /admin/",
    ],
  ),
  row("monitoring.health", "pass", "it shares the server's limit", [
    SITE,
    `${SITE} limit_req zone=api burst=50;`,
  ]),
  // performance
  row("perf.gzip", "fail", "the whole server switches it off", [SITE, `${SITE} gzip off;`]),
  row("perf.gzip", "pass", "one location switches it off", [
    "alias /srv/shop/media/;",
    "alias /srv/shop/media/; gzip off;",
  ]),
  row("perf.gzip", "fail", "the location of the scripts switches it off", [
    "expires 1y;",
    "expires 1y; gzip off;",
  ]),
  row("perf.gzip", "pass", "the location of the scripts has them compressed beforehand", [
    "expires 1y;",
    "expires 1y; gzip off; gzip_static on;",
  ]),
  row("perf.gzip", "fail", "only HTML is compressed", [
    "gzip_types text/css application/javascript application/json image/svg+xml;",
    "",
  ]),
  row(
    "perf.gzip",
    "pass",
    "it is on in the server, and port 80 has a location for ACME",
    ["    gzip on;\n", ""],
    [SITE, `${SITE} gzip on;`],
    [PLAIN, `location /.well-known/acme-challenge/ { root /srv/acme; } location / { ${PLAIN} }`],
  ),
  row(
    "perf.body-size",
    "fail",
    "the scripts are internal, and nobody chose it",
    ["client_max_body_size 20m;", ""],
    ["proxy_pass http://app;", "try_files $uri /index.php;"],
    ["proxy_pass http://127.0.0.1:8001;", "try_files $uri /index.php;"],
    [PAGE, `${PAGE} location = /index.php { internal; fastcgi_pass unix:/run/php.sock; }`],
  ),
  row("perf.body-size", "fail", "nobody chose it", ["client_max_body_size 20m;", ""]),
  row(
    "perf.body-size",
    "pass",
    "it is chosen where uploads arrive",
    ["client_max_body_size 20m;", ""],
    [API, `client_max_body_size 10240k; ${API}`],
  ),
  // logs
  row("monitoring.request-time", "fail", "it has the time of the upstream alone", [
    '"$request_time"',
    '"$upstream_response_time"',
  ]),
  row("monitoring.request-time", "pass", "some requests are left out", [
    "access_log /var/log/nginx/access.log json;",
    "access_log /var/log/nginx/access.log json if=$is_logged;",
  ]),
  row("monitoring.json-log", "fail", "some requests are logged, and not as JSON", [
    "access_log /var/log/nginx/access.log json;",
    "access_log /var/log/nginx/access.log combined if=$is_logged;",
  ]),
  row("monitoring.json-log", "fail", "a quote is written as nginx escapes it", [
    'escape=json \'{"time"',
    '\'{"time"',
  ]),
  row("monitoring.json-log", "fail", "a value that may be missing has no quotes", [
    '"$request_time"',
    '$request_time,"upstream":$upstream_response_time',
  ]),
  row("monitoring.json-log", "pass", "numbers have no quotes", [
    '"$request_time"',
    '$request_time,"status":$status,"bytes":$body_bytes_sent,"at":$msec',
  ]),
  // headers
  row("headers.x-frame-options", "fail", "browsers ignore the value", [
    "X-Frame-Options DENY",
    'X-Frame-Options "ALLOW-FROM https://a.example"',
  ]),
  row("headers.nosniff", "fail", "browsers ignore the value", [
    "X-Content-Type-Options nosniff",
    "X-Content-Type-Options on",
  ]),
  row(
    "headers.referrer-policy",
    "fail",
    "an empty value is not sent, though an outer level has one",
    [HTTP, `${HTTP} add_header Referrer-Policy no-referrer;`],
    ["Referrer-Policy no-referrer always", 'Referrer-Policy ""'],
  ),
  row(
    "headers.hsts",
    "fail",
    "http sets it, and the server's own headers discard it",
    [HTTP, `${HTTP} add_header Strict-Transport-Security "max-age=63072000";`],
    ['add_header Strict-Transport-Security "max-age=63072000" always;', ""],
  ),
  row("headers.hsts", "pass", "headers-more sets it", [
    'add_header Strict-Transport-Security "max-age=63072000" always;',
    'more_set_headers "Strict-Transport-Security: max-age=63072000";',
  ]),
  row(
    "headers.hsts",
    "fail",
    "a map leaves the name out",
    [HTTP, `${HTTP} map $host $hsts { other.example "max-age=63072000"; default ""; }`],
    ['Strict-Transport-Security "max-age=63072000"', "Strict-Transport-Security $hsts"],
  ),
  row("headers.server-tokens", "fail", "one location says so", [
    "alias /srv/shop/static/;",
    "alias /srv/shop/static/; server_tokens on;",
  ]),
  row("headers.hidden-files", "fail", "a build is served, and nothing refuses them", [
    "location ~ /\\.(?!well-known/) { deny all; }",
    "",
  ]),
  row("headers.hidden-files", "fail", "only some are refused", [
    "location ~ /\\.(?!well-known/)",
    "location ~ /\\.ht",
  ]),
  // static files
  row("static.executables-blocked", "fail", "static files are beyond the refusal", [
    "location /django-static/ {",
    "location ^~ /django-static/ {",
  ]),
  row("static.executables-blocked", "pass", "static files have their own refusal", [
    "location /django-static/ {",
    "location ^~ /django-static/ { location ~ \\.(php|py)$ { return 404; }",
  ]),
  row("static.django-static-alias", "fail", "the slash of alias is missing", [
    "alias /srv/shop/static/;",
    "alias /srv/shop/static;",
  ]),
  row("static.media-alias", "pass", "the slash of the other alias is missing", [
    "alias /srv/shop/static/;",
    "alias /srv/shop/static;",
  ]),
  row("static.django-static-alias", "fail", "root has the folder twice", [
    "alias /srv/shop/static/;",
    "root /srv/shop/django-static;",
  ]),
  row("static.django-static-alias", "pass", "a regex location has the alias", [
    "location /django-static/ { alias /srv/shop/static/; }",
    "location ~ ^/django-static/(.*)$ { alias /srv/shop/static/$1; }",
  ]),
  row("react.try-files", "pass", "a regex location has Django's files", [
    "location /django-static/ { alias /srv/shop/static/; }",
    "location ~ ^/django-static/(.*)$ { alias /srv/shop/static/$1; }",
  ]),
  row("static.media-alias", "pass", "the application has the static files alone", [
    "alias /srv/shop/static/;",
    "proxy_pass http://app;",
  ]),
  row("static.django-static-alias", "fail", "the application has them", [
    "alias /srv/shop/static/;",
    "proxy_pass http://app;",
  ]),
  row("static.django-static-alias", "pass", "the application has the uploads alone", [
    "alias /srv/shop/media/;",
    "proxy_pass http://app;",
  ]),
  row("static.media-alias", "n/a", "an object store has the uploads", [
    "alias /srv/shop/media/;",
    "proxy_pass https://shop.s3.amazonaws.com/;",
  ]),
  // the app
  row("react.index-not-cached", "fail", "the page has no word of caching", [PAGE, ""]),
  row("react.index-not-cached", "pass", "assets fall back to it", [
    "expires 1y;\n            try_files $uri =404;",
    "expires 1y;\n            try_files $uri /index.html;",
  ]),
  row("react.assets-cached", "pass", "names have their hash between dots", [
    "location /assets/ {\n            expires 1y;",
    "location ~ ^/assets/.+\\.[0-9a-f]+\\.(js|css)$ {\n expires 1y;",
  ]),
  // validity
  row("setup.nginx-t", "fail", "a directive is newer than nginx", [SITE, `${SITE} max_headers 50;`]),
  row("setup.nginx-t", "fail", "a directive is gone", [SITE, `${SITE} ssl on;`]),
  // TLS
  row("tls.protocols", "pass", "the default of that version is right", [
    "ssl_protocols TLSv1.2 TLSv1.3;",
    "",
  ]),
  row(
    "tls.protocols",
    "pass",
    "an upstream speaks an older one",
    [HTTP, `${HTTP} proxy_ssl_protocols TLSv1.1;`],
    ["proxy_pass http://127.0.0.1:8001;", "proxy_pass https://127.0.0.1:8001;"],
  ),
  row("tls.redirect", "fail", "it leads to plain HTTP", [PLAIN, "return 301 http://shop.example/home;"]),
  row("tls.redirect", "manual", "it leads to plain HTTP of somebody else", [
    PLAIN,
    "return 301 http://elsewhere.example$request_uri;",
  ]),
  row("tls.redirect", "fail", "the front page alone is sent to HTTPS", [
    PLAIN,
    `location = / { ${PLAIN} } location / { root /srv/www; }`,
  ]),
  row("tls.redirect", "fail", "the API answers beside the redirect", [
    PLAIN,
    `location / { ${PLAIN} } location /api/ { proxy_pass http://app; }`,
  ]),
  row("tls.redirect", "pass", "ACME and monitors are answered beside the redirect", [
    PLAIN,
    `location / { ${PLAIN} } location /.well-known/ { root /srv/acme; } location = /healthz { proxy_pass http://app; }`,
  ]),
  // proxying
  row("django.proxy-headers", "fail", "X-Real-IP alone stands for both", [
    "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n    proxy_set_header X-Forwarded-Proto",
    "proxy_set_header X-Forwarded-Proto",
  ]),
  row("django.proxy-buffering", "pass", "the upgrade headers are set for all", [
    'proxy_set_header Connection "";',
    'proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "";',
  ]),
  row("websockets.read-timeout", "pass", "one list of headers serves all locations", [
    API,
    `proxy_set_header Host $host; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; ${API}`,
  ]),
  row("websockets.read-timeout", "fail", "the default is written in milliseconds", [
    "proxy_read_timeout 1h;",
    "proxy_read_timeout 60000ms;",
  ]),
  row("perf.sendfile", "n/a", "there are no files", [
    GOOD,
    "worker_processes auto; events {} http { server { listen 80; location / { proxy_pass http://127.0.0.1:8000; } } }",
  ]),
  row("headers.csp", "manual", "the application makes the pages", [
    GOOD,
    "worker_processes auto; events {} http { server { listen 80; location / { proxy_pass http://127.0.0.1:8000; } } }",
  ]),
  row("headers.csp", "fail", "a proxy in front may add it, and nginx does not", [
    GOOD,
    "events {} http { types { text/html html; } server { listen 80; set_real_ip_from 10.0.0.1; root /srv/shop/dist; } }",
  ]),
];

function row(item: string, status: Status, where: string, ...edits: readonly Edit[]): Row {
  return { item, status, where, edits, version: where.includes("that version") ? "1.28.0" : "1.26.0" };
}

function edited(edits: readonly Edit[]): string {
  return edits.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`not in the good site: ${from}`);
    return text.replaceAll(from, () => to);
  }, GOOD);
}

describe("the checklist on sites that say it in another way", () => {
  it.each(ROWS)("$item: $status where $where", ({ item, status, edits, version }) => {
    const answers = answerChecklist(treeOf(edited(edits)), { version: parseVersion(version ?? "") });
    expect(answers.find(({ id }) => id === item)?.status).toBe(status);
  });

  it("names the request that shows a failure", () => {
    const text = GOOD.replace(PAGE, "location = /index.html { add_header Cache-Control no-store; }");
    const answer = answerChecklist(treeOf(text)).find(({ id }) => id === "headers.csp");
    expect(answer).toMatchObject({ status: "fail", rules: ["add-header-inheritance"] });
    expect(answer?.reason).toContain("GET /");
  });

  it("says what to ask where no file tells", () => {
    const text = "events {} http { server { listen 80; location / { proxy_pass http://127.0.0.1:8000; } } }";
    const answer = answerChecklist(treeOf(text)).find(({ id }) => id === "headers.csp");
    expect(answer?.reason).toContain("curl");
  });

  const ALL = [
    "headers.server-tokens",
    "perf.gzip",
    "perf.keepalive-timeout",
    "perf.worker-processes",
    "limits.api",
    "limits.zone",
  ];
  ALL.push(
    "monitoring.json-log",
    "django.proxy-headers",
    "django.upstream-keepalive",
    "perf.body-size",
    "headers.csp",
  );
  it.each(ALL)("asks people for %s of a part alone", (item) => {
    const site = `server { listen 80; server_name a.example; location /api/ { proxy_pass http://app; }
      location / { root /srv/shop/frontend/dist; try_files $uri /index.html; } }`;
    expect(answerChecklist(treeOf(site)).find(({ id }) => id === item)?.status).toBe("manual");
  });

  it("has no certificate to renew where nobody speaks TLS", () => {
    const plain = "events {} http { server { listen 80; root /srv/www; } }";
    expect(answerChecklist(treeOf(plain)).find(({ id }) => id === "tls.renewal")?.status).toBe("n/a");
  });

  const TWO = `events {} http {
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_stapling on; resolver 127.0.0.1;
    log_format j escape=json '{"t":"$request_time"}'; access_log /var/log/a j;
    upstream app { server 127.0.0.1:8000; keepalive 2; }
    server { listen 80; server_name plain.example; root /srv/plain; access_log off; }
    server { listen 443 ssl; server_name free.example; ssl_certificate /etc/letsencrypt/live/f/f.pem; ssl_certificate_key k; return 204; }
    server { listen 443 ssl; server_name paid.example; ssl_certificate /etc/ssl/p.pem; ssl_certificate_key k;
      location / { proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://app; } }
  }`;
  it.each([
    ["plain.example", "tls.protocols", "n/a"],
    ["plain.example", "tls.stapling", "n/a"],
    ["plain.example", "tls.certificate", "n/a"],
    ["plain.example", "monitoring.json-log", "n/a"],
    ["plain.example", "django.upstream-keepalive", "n/a"],
    ["free.example", "tls.stapling", "n/a"],
    ["free.example", "tls.certificate", "pass"],
    ["paid.example", "tls.protocols", "pass"],
    ["paid.example", "tls.stapling", "pass"],
    ["paid.example", "monitoring.json-log", "pass"],
    ["paid.example", "django.upstream-keepalive", "pass"],
  ])("of %s, a line of http says about %s: %s", (server, item, status) => {
    const answers = answerChecklist(treeOf(TWO), { server, version: parseVersion("1.26.0") });
    expect(answers.find(({ id }) => id === item)?.status).toBe(status);
  });

  it("tells every server of an address what its default server accepts", () => {
    const text = `events {} http {
      server { listen 443 ssl; server_name old.example; ssl_protocols TLSv1 TLSv1.2; ssl_certificate c; ssl_certificate_key k; }
      server { listen 443 ssl; server_name new.example; ssl_protocols TLSv1.2 TLSv1.3; ssl_certificate c; ssl_certificate_key k; }
    }`;
    const of = (server: string, version: string) =>
      answerChecklist(treeOf(text), { server, version: parseVersion(version) }).find(
        ({ id }) => id === "tls.protocols",
      )?.status;
    expect([of("old.example", "1.26.0"), of("new.example", "1.26.0")]).toEqual(["fail", "fail"]);
    expect([of("old.example", "1.30.0"), of("new.example", "1.30.0")]).toEqual(["fail", "pass"]);
  });

  it("answers about all servers of a name, and proposes the name that was meant", () => {
    const answers = answerChecklist(treeOf(GOOD), {
      server: "shop.example",
      version: parseVersion("1.26.0"),
    });
    expect(answers.filter(({ status }) => status === "fail")).toEqual([]);
    expect(answers.find(({ id }) => id === "tls.redirect")?.status).toBe("pass");
    expect(answers.find(({ id }) => id === "headers.csp")?.status).toBe("pass");
    expect(() => answerChecklist(treeOf(GOOD), { server: "shpo.example" })).toThrow(
      "did you mean `shop.example`",
    );
  });

  it.each([
    ["shop.a.example", "pass"],
    ["SHOP.a.example.", "pass"],
    ["*.a.example", "pass"],
    ["x7.b.example", "fail"],
    ["~^X\\d\\.b\\.example$", "fail"],
  ])("answers about the server that nginx chooses for %s", (server, status) => {
    const text = `events {} http {
      server { listen 80; server_name *.a.example; server_tokens off; root /srv/a; }
      server { listen 80; server_name ~^X\\d\\.b\\.example$; root /srv/b; }
    }`;
    const answers = answerChecklist(treeOf(text), { server });
    expect(answers.find(({ id }) => id === "headers.server-tokens")?.status).toBe(status);
    expect(() => answerChecklist(treeOf(text), { server: "c.example" })).toThrow("no server is called");
  });

  it.each(["a.example", "b.example"])("names both servers of one folder, %s among them", (server) => {
    const text = `events {} http {
      server { listen 80; server_name a.example; root /srv/a; }
      server { listen 80; server_name b.example; root /srv/b; }
    }`;
    for (const item of ["headers.hidden-files", "headers.script-extensions"])
      expect(answerChecklist(treeOf(text), { server }).find(({ id }) => id === item)?.status).toBe("fail");
  });

  const IMAGE =
    "events {} http { server { listen 80; location / { root /usr/share/nginx/html; try_files $uri /index.html; } } }";
  const UNSURE = "events {} http { server { listen 80; location / { proxy_pass http://$backend; } } }";
  it.each([
    [IMAGE, "react.try-files", "pass"],
    [UNSURE, "django.proxy-headers", "fail"],
    [UNSURE, "django.proxy-buffering", "pass"],
  ])("takes the fallback for an app, and a variable for what may be one", (text, item, status) => {
    expect(answerChecklist(treeOf(text)).find(({ id }) => id === item)?.status).toBe(status);
  });

  it.each([
    ["none", "shared:A:1m", "fail"],
    ["shared:A:1m", "none", "pass"],
  ])(
    "asks the default server of an address for its session cache (%s, not %s): %s",
    (first, second, status) => {
      const server = (name: string, cache: string) =>
        `server { listen 443 ssl; server_name ${name}; ssl_session_cache ${cache}; ssl_certificate c; ssl_certificate_key k; }`;
      const text = `events {} http { ${server("a.example", first)} ${server("b.example", second)} }`;
      for (const name of ["a.example", "b.example"])
        expect(
          answerChecklist(treeOf(text), { server: name }).find(({ id }) => id === "tls.session-cache")
            ?.status,
        ).toBe(status);
    },
  );

  it.each([
    ["location ~ ^/(api|graphql)/ { limit_req zone=api; proxy_pass http://app; }", "limits.api", "pass"],
    ["location = /50x.html { internal; root /srv/errors; }", "static.media-alias", "pass"],
  ])("is not led astray by %s", (line, item, status) => {
    const text = GOOD.replace(API, "return 404;").replace(
      "location /media/",
      `${line}\n        location /media/`,
    );
    expect(answerChecklist(treeOf(text)).find(({ id }) => id === item)?.status).toBe(status);
  });

  it("fails the renewal where a pattern takes the challenge from a location with the server's root", () => {
    const text = `events {} http {
      server { listen 80; server_name a.example; root /var/www/html; location ~ /\\. { deny all; }
        location /.well-known/acme-challenge/ { } location / { return 301 https://$host$request_uri; } }
      server { listen 443 ssl; server_name a.example; ssl_certificate /etc/letsencrypt/live/a/c.pem; ssl_certificate_key k; root /srv/a; }
    }`;
    expect(answerChecklist(treeOf(text)).find(({ id }) => id === "tls.renewal")?.status).toBe("fail");
  });

  describe("of a site behind a password", () => {
    const guarded = (text: string) =>
      text
        .replace(SITE, `${SITE} auth_basic staging; auth_basic_user_file users;`)
        .replace("access_log off;\n", "access_log off; auth_basic off;\n");
    const statusOf = (text: string, item: string) =>
      answerChecklist(treeOf(guarded(text)), { version: parseVersion("1.26.0") }).find(
        ({ id }) => id === item,
      )?.status;
    const ITEMS = [
      "headers.csp",
      "headers.hsts",
      "react.index-not-cached",
      "react.assets-cached",
      "limits.api",
    ];
    ITEMS.push("limits.auth", "limits.admin", "monitoring.health");

    it.each(ITEMS)("%s is answered for those who know it", (item) => {
      expect(statusOf(GOOD, item)).toBe("pass");
    });

    it("fails what they do not get", () => {
      expect(statusOf(GOOD.replace(/add_header Content-Security-Policy.*\n/, "\n"), "headers.csp")).toBe(
        "fail",
      );
      expect(statusOf(GOOD.replace(PAGE, ""), "react.index-not-cached")).toBe("fail");
      const unlimited = GOOD.replace(
        "limit_req zone=auth burst=5;\n            proxy_pass http://app;\n        }\n        location /django",
        "proxy_pass http://app;\n        }\n        location /django",
      );
      expect(statusOf(unlimited, "limits.admin")).toBe("fail");
    });
  });

  it("reads `ON` and `Off` as nginx does", () => {
    const text = GOOD.replace("sendfile on", "sendfile ON")
      .replace("gzip on", "gzip On")
      .replace(HTTP, "server_tokens OFF;");
    const answers = answerChecklist(treeOf(text), { version: parseVersion("1.26.0") });
    expect(answers.filter(({ status }) => status === "fail")).toEqual([]);
  });
});
