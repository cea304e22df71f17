/** A line further in than `http` is in force whatever `http` says: the advice is to change it. */
import { expect, it } from "vitest";
import { reportsOf } from "./ask.ts";

const site = (http: string, server: string) =>
  `events {}\nhttp { ${http} server { listen 80; root /srv/www; ${server} } }\n`;

it.each([
  ["sendfile", site("", ""), "write `sendfile on;` in `http`"],
  ["sendfile", site("sendfile off;", ""), "write `sendfile on;` in `http`"],
  ["sendfile", site("sendfile on;", "sendfile off;"), "write `sendfile on;` in place of `sendfile off`"],
  [
    "tcp-nopush",
    site("sendfile on;", "tcp_nopush off;"),
    "write `tcp_nopush on;` in place of `tcp_nopush off`",
  ],
  [
    "server-tokens",
    site("server_tokens off;", "server_tokens on;"),
    "write `server_tokens off;` in place of `server_tokens on`",
  ],
  [
    "csp-missing",
    site("types { text/html html; } charset utf-8;", "add_header X-Frame-Options DENY;"),
    "write `add_header Content-Security-Policy \"default-src 'self'\" always;` in the server",
  ],
  [
    "csp-missing",
    site("types { text/html html; }", "location / { add_header X-Frame-Options DENY; }"),
    "write `add_header Content-Security-Policy \"default-src 'self'\" always;` in `location /`, where the headers of the server do not apply",
  ],
  [
    "csp-missing",
    site(
      "types { text/html html; }",
      "add_header Content-Security-Policy x; location / { add_header_inherit off; }",
    ),
    "write `add_header Content-Security-Policy \"default-src 'self'\" always;` in `location /`, where the headers of the server do not apply",
  ],
  [
    "csp-missing",
    site(
      "types { text/html html; }",
      "location / { add_header_inherit merge; add_header X-Frame-Options DENY; }",
    ),
    "write `add_header Content-Security-Policy \"default-src 'self'\" always;` in the server",
  ],
])("%s of `%s`: %s", (rule, text, help) => {
  expect(reportsOf(rule, text).map((report) => report.help)).toEqual([help]);
});
