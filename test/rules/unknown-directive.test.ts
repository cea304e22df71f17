import { describe, expect, it } from "vitest";
import { lint } from "../../src/linter/index.ts";
import { treeOf } from "../tree.ts";

const inHttp = (text: string) => `events {}\nhttp {\n${text}\n}\n`;
const inServer = (text: string) => inHttp(`server {\n${text}\n}`);
const inLocation = (text: string) => inServer(`location / {\n${text}\n}`);

const TYPOS: readonly [line: string, meant: string, around: (text: string) => string][] = [
  ["lisen 80;", "listen", inServer],
  ["sever_name a.example;", "server_name", inServer],
  ["servername a.example;", "server_name", inServer],
  ["loaction / { }", "location", inServer],
  ["rooot /srv;", "root", inServer],
  ["idnex index.html;", "index", inServer],
  ["proxy_pas http://127.0.0.1;", "proxy_pass", inLocation],
  ["proxypass http://127.0.0.1;", "proxy_pass", inLocation],
  ["proxy_set_headers Host $host;", "proxy_set_header", inLocation],
  ["proxy_read_timout 5s;", "proxy_read_timeout", inLocation],
  ["add_headers X-A b;", "add_header", inLocation],
  ["try_file $uri =404;", "try_files", inLocation],
  ["retrun 404;", "return", inLocation],
  ["rewite ^/a /b;", "rewrite", inLocation],
  ["alais /srv/;", "alias", inLocation],
  ["expire 1d;", "expires", inLocation],
  ["denny all;", "deny", inLocation],
  ["alow all;", "allow", inLocation],
  ["error_pages 404 /404.html;", "error_page", inServer],
  ["acces_log off;", "access_log", inHttp],
  ["gzip_type text/css;", "gzip_types", inHttp],
  ["sendfil on;", "sendfile", inHttp],
  ["keepalive_timout 5s;", "keepalive_timeout", inHttp],
  ["client_max_body 1m;", "client_max_body_size", inHttp],
  ["sever { }", "server", inHttp],
  ["upsteam u { server 127.0.0.1; }", "upstream", inHttp],
  ["ssl_certficate a.pem;", "ssl_certificate", inServer],
  ["ssl_protocol TLSv1.2;", "ssl_protocols", inServer],
  ["fastcgi_params A b;", "fastcgi_param", inLocation],
  ["limit_rec zone=a;", "limit_req", inLocation],
  ["auth_basic_user_fil x;", "auth_basic_user_file", inLocation],
  ["worker_process 2;", "worker_processes", (text) => `${text}\nevents {}\n`],
  ["worker_connection 64;", "worker_connections", (text) => `events {\n${text}\n}\n`],
  ["includ mime.types;", "include", inHttp],
];

describe("a misspelt directive", () => {
  it.each(TYPOS)("%s is assumed to be %s", (line, meant, around) => {
    const { findings } = lint([treeOf(around(line), "main")]);
    const errors = findings.filter(({ ruleId }) => ruleId === "unknown-directive");
    expect(errors.map(({ help }) => help)).toEqual([`did you mean \`${meant}\`?`]);
  });
});

const OTHERS: readonly [line: string, around: (text: string) => string][] = [
  ["app_protect_enable on;", inHttp],
  ["app_protect_policy_file /etc/app_protect/conf/shop.json;", inLocation],
  ["app_protect_dos_enable on;", inServer],
  ["modsecurity on;", inServer],
  ["ssl_dyn_rec_enable on;", inHttp],
  ["ipscrub_period_seconds 3600;", inHttp],
  ["js_content main.hello;", inLocation],
];

describe("a directive of a module that does not come with nginx", () => {
  it.each(OTHERS)("%s is known", (line, around) => {
    const { findings } = lint([treeOf(around(line), "main")]);
    expect(findings.filter(({ ruleId }) => ruleId === "unknown-directive")).toEqual([]);
  });
});
