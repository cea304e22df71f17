import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLinter, lintFiles, type TextOptions } from "../../src/linter/index.ts";

const ALL: TextOptions = { presets: ["strict"] };

const START: Readonly<Record<string, string>> = {
  "nginx.conf": `# The whole
events {}
http {
    include mime.types;
    server_tokens off;
    limit_req_zone $binary_remote_addr zone=api:10m rate=10r/s;
    log_format short '$remote_addr "$request" $status';
    map $http_upgrade $connection_upgrade { default upgrade; '' close; }
    add_header X-Frame-Options SAMEORIGIN;
    add_header Strict-Transport-Security "max-age=31536000";
    upstream app { server 127.0.0.1:8000; }

    server {
        listen 80 default_server;
        server_name _;
        return 444;
    }
    include sites/*.conf;
}
`,
  "sites/app.conf": `# The application
server {
    listen 443 ssl;
    server_name app.example;  # the name
    ssl_certificate app.pem;
    ssl_certificate_key app.key;
    root /srv/app/build;
    include snippets/headers.conf;

    location / { try_files $uri /index.html; }
    # Its interface
    location /api/ {
        proxy_pass http://app/;
        proxy_set_header Host $host;
    }
    location ~* \\.(js|css)$ {
        add_header Cache-Control "public";
        expires 30d;
    }
    location /static/ { alias /srv/app/static; autoindex on; }
}
`,
  "sites/shop.conf": `server {
    listen 80;
    server_name shop.example www.shop.example;
    if ($host = www.shop.example) { return 301 http://shop.example$request_uri; }
    include snippets/headers.conf;
    set $backend 127.0.0.1:9000;
    location / { proxy_pass http://127.0.0.1:9000; }
    location /status { stub_status; }
    location ~ \\.php { fastcgi_pass unix:/run/php.sock; include fastcgi_params; }
    location /old { return 301 http://app.example/new; }
}
server {
    listen 9000;  # inner
    server_name inner;
    location /files/ { root /srv; error_log off; }
}
`,
  "snippets/headers.conf": `add_header X-Content-Type-Options nosniff;
access_log /var/log/nginx/access.log short;
`,
};

/** Lines to write somewhere. Some do not fit everywhere, and some are wrong. */
const LINES = [
  "",
  "# a remark",
  "    # nginx-lint-disable-next-line -- known",
  "    location /new/ { add_header X-New 1; }",
  "    listen 8443 ssl;",
  "    listen 80 default_server;",
  "    server_name shop.example;",
  "    server_name app.example;",
  "    server_tokens on;",
  "    return 301 https://$host$request_uri;",
  "    set $filled 1;",
  "    add_header X-Filled $filled;",
  "    limit_req zone=api;",
  "    limit_req zone=none;",
  "    proxy_set_header X-Forwarded-For $remote_addr;",
  "    proxy_pass http://127.0.0.1:9000;",
  "    root /srv/other;",
  "    ssl_protocols TLSv1 TLSv1.2;",
  "    auth_basic secret;",
  "    error_page 404 @gone;",
  "    location @gone { return 404; }",
  "    unknwon_directive on;",
  "    expires 1d",
  "    gzip on;",
  "}",
  "server { listen 81; server_name more.example; location / { autoindex on; } }",
  "    listen {{ port }};",
];

const edit = fc.record({
  file: fc.nat(),
  line: fc.nat(),
  text: fc.constantFrom(...LINES),
  kind: fc.constantFrom("insert", "insert", "insert", "delete", "remark", "remark", "again", "blank"),
});

type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

function edited(files: ReadonlyMap<string, string>, { file, line, text, kind }: Edit): Map<string, string> {
  const names = [...files.keys()];
  const name = names[file % names.length] ?? "";
  const lines = (files.get(name) ?? "").split("\n");
  const at = line % lines.length;
  const here = lines[at] ?? "";
  if (kind === "insert") lines.splice(at, 0, text);
  else if (kind === "delete") lines.splice(at, 1);
  else if (kind === "again") lines.splice(at, 0, here);
  else if (kind === "blank") lines[at] = ` ${here}`;
  else lines[at] = here.includes("#") ? here.replace(/#.*/, `# remark ${line}`) : `${here} # ${line}`;
  return new Map(files).set(name, lines.join("\n"));
}

describe("a linter that remembers", () => {
  it("says of an edited tree what is said of one that was never seen", () => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 3, maxLength: 10 }), (edits) => {
        const linter = createLinter(ALL);
        let files = new Map(Object.entries(START));
        expect(linter.lintFiles(files)).toEqual(lintFiles(files, ALL));
        for (const each of edits) {
          files = edited(files, each);
          expect(JSON.stringify(linter.lintFiles(files))).toBe(JSON.stringify(lintFiles(files, ALL)));
        }
      }),
      { seed: 11, numRuns: 12 },
    );
  }, 120_000);
});
