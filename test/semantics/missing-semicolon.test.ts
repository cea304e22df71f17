/** Lines whose `;` is missing, so that nginx reads the next line as more arguments. */
import { describe, expect, it } from "vitest";
import { lint } from "../../src/linter/index.ts";
import { RULES } from "../../src/rules/index.ts";
import { Configuration } from "../../src/semantics/index.ts";
import { treeOf } from "../tree.ts";

const VALIDITY = RULES.filter(({ category }) => category === "validity");

function errorsIn(text: string): string[] {
  const { findings } = lint([treeOf(text, "main")], { rules: VALIDITY });
  return findings
    .filter(({ severity }) => severity === "error")
    .map(({ line, message }) => `${line}: ${message}`);
}

const main = (text: string) => `events {}\n${text}\n`;
const http = (text: string) => main(`http {\n${text}\n}`);
const server = (text: string) => http(`server {\n${text}\n}`);
const location = (text: string) => server(`location / {\n${text}\n}`);
const upstream = (text: string) => http(`upstream u {\n${text}\n}`);

/** The line of the mistake, the directive on it, and the text. */
const MISTAKES: readonly [line: number, directive: string, text: string][] = [
  [4, "listen", server("listen 80\nserver_name a.example;")],
  [4, "listen", server("listen 80 default_server\nroot /srv;\nindex x.html;")],
  [4, "listen", server("listen 80 # every address\n# names\nserver_name a.example;")],
  [4, "listen", server("listen 80\nlocation / {\nreturn 404;\n}")],
  [4, "server_name", server("server_name a.example\nlocation / {\nreturn 404;\n}")],
  [4, "root", server("root /srv\nindex index.html;")],
  [4, "return", server("return 301 https://a.example\nroot /srv;")],
  [4, "error_page", server("error_page 404 /404.html\nroot /srv;")],
  [4, "access_log", server("access_log /var/log/a.log\nerror_log /var/log/e.log;")],
  [4, "ssl_protocols", server("ssl_protocols TLSv1.2 TLSv1.3\nssl_ciphers HIGH;")],
  [4, "client_max_body_size", server("client_max_body_size 8m\nkeepalive_timeout 5s;")],
  [5, "proxy_pass", location("proxy_pass http://127.0.0.1:8000\nproxy_set_header Host $host;")],
  [
    5,
    "proxy_set_header",
    location("proxy_set_header Host $host\nproxy_set_header X-A $host;\nproxy_pass http://127.0.0.1;"),
  ],
  [5, "add_header", location("add_header X-A b always\nadd_header X-C d;")],
  [5, "deny", location("deny all\nreturn 403;")],
  [5, "expires", location("expires 30d\nlog_not_found off;")],
  [3, "gzip", http("gzip on\ngzip_vary on;")],
  [3, "sendfile", http("sendfile on\nserver {\nlisten 80;\n}")],
  [3, "include", http("include mime.types\ndefault_type text/plain;")],
  [4, "server", upstream("server 127.0.0.1:1\nserver 127.0.0.1:2;")],
  [1, "worker_processes", "worker_processes auto\nevents {\n}\n"],
  [3, "worker_connections", "events {\n\nworker_connections 64\nmulti_accept on;\n}\n"],
  [4, "a", http("map $uri $x {\na 1\nb 2;\n}")],
  [3, "listen", main("stream {\nserver { listen 99\nproxy_pass 127.0.0.1:1; } }")],
];

/** What nginx takes as it is written, whatever was meant. */
const RIGHT: readonly string[] = [
  server("server_name a.example\nb.example;"),
  server("server_name a.example\nroot\nindex;"),
  server("index index.html\nroot /srv;"),
  server("listen\n80\ndefault_server;"),
  server("listen 80\nproxy_protocol\nhttp2\nreuseport;"),
  server("return 404\ninternal;"),
  http("gzip_types text/css\ngzip\ntext/plain;"),
  http("log_format x '$uri'\n'$host'\naccess_log;"),
  http("add_header X-A\nb\nalways;"),
  http("types {\ntext/html html\ntext/css css;\n}"),
  location("try_files $uri\n/index.html\nroot\n=404;"),
  location("proxy_set_header\nserver\nlocation;\nproxy_pass http://127.0.0.1;"),
  location('add_header X-A\n"expires";'),
];

describe("a line without its semicolon", () => {
  it.each(MISTAKES)("is one mistake: line %i, %s", (line, directive, text) => {
    expect(errorsIn(text)).toEqual([`${line}: directive \`${directive}\` is not terminated by \`;\``]);
  });

  it.each(RIGHT)("is none where nginx reads on: %j", (text) => {
    expect(errorsIn(text)).toEqual([]);
  });

  it("is found line after line", () => {
    expect(errorsIn(server("listen 80\nroot /srv\nautoindex on\netag off;"))).toEqual([
      "4: directive `listen` is not terminated by `;`",
      "5: directive `root` is not terminated by `;`",
      "6: directive `autoindex` is not terminated by `;`",
    ]);
  });

  it("leaves what it swallowed to the model", () => {
    const text = location("proxy_pass http://127.0.0.1:8000\nproxy_set_header Host $host;");
    const [only] = new Configuration(treeOf(text)).servers;
    const block = only?.context.last("location")?.block;
    expect(block?.last("proxy_pass")?.args).toEqual(["http://127.0.0.1:8000"]);
    expect(block?.last("proxy_set_header")?.args).toEqual(["Host", "$host"]);
  });

  it("leaves a block that it swallowed to the rules", () => {
    const text = server(
      "listen 80\nlocation / {\nproxy_set_header Host $host;\nproxy_pass http://127.0.0.1:8000;\n}",
    );
    const ids = lint([treeOf(text, "main")]).findings.map(({ ruleId }) => ruleId);
    expect(ids).toContain("missing-x-forwarded-proto");
  });

  it("does not hide the header on the next line", () => {
    const headers = "proxy_set_header X-Forwarded-Proto $scheme;\nproxy_set_header Host $host;";
    const text = location(`proxy_pass http://127.0.0.1:8000\n${headers}`);
    const { findings } = lint([treeOf(text, "main")]);
    const ids = findings.flatMap(({ ruleId, severity }) => (severity === "info" ? [] : [ruleId]));
    expect(ids).not.toContain("missing-x-forwarded-proto");
    expect(ids).toContain("syntax");
  });
});
