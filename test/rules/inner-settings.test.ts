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
])("%s of `%s`: %s", (rule, text, help) => {
  expect(reportsOf(rule, text).map((report) => report.help)).toEqual([help]);
});
