import { describe, expect, it } from "vitest";
import { parse } from "../../src/parser/index.ts";
import { inferContext } from "../../src/semantics/index.ts";

function contextOf(text: string): string {
  return inferContext(parse(text, "fragment.conf"));
}

describe("the context of a fragment", () => {
  it.each([
    ["events {}\nhttp {}", "main"],
    ["load_module modules/a.so;", "main"],
    ["user www-data;\nworker_processes auto;", "main"],
    ["worker_connections 10;", "events"],
    ["server { listen 80; location / {} }", "http"],
    ["upstream a { server b; }\nserver { listen 80; return 301 https://a; }", "http"],
    ["map $a $b { default 1; }", "http"],
    ["limit_req_zone $a zone=b:1m rate=1r/s;", "http"],
    ["types { text/html html; }", "location"],
    ["location / { root /srv; }", "server"],
    ["listen 443 ssl;\nserver_name a;", "server"],
    ["ssl_protocols TLSv1.2;\nssl_ciphers HIGH;", "server"],
    ["proxy_set_header Host $host;", "location"],
    ["fastcgi_param A b;\nfastcgi_param C d;", "location"],
    ["add_header X-Frame-Options DENY;", "location"],
    ["server { listen 3306; proxy_pass db; }", "stream"],
    ["server { listen 53 udp; }", "stream"],
    ["upstream db { server a:1; }\nserver { listen 1; proxy_pass db; proxy_timeout 3s; }", "stream"],
    ["server { listen 80; proxy_pass http://app; }", "http"],
    ["server { listen 25; protocol smtp; }", "mail"],
    ["server 10.0.0.1:80 weight=2;\nserver 10.0.0.2:80;\nkeepalive 8;", "upstream"],
    ["text/html html htm;\nimage/png png;", "types"],
    ["default 0;\n10.0.0.0/8 1;\n::1 1;", "geo"],
    ["~*bot 1;\n~*spider 1;", "map"],
    ["", "location"],
    ["# nothing but a comment", "location"],
  ])("of %j is %s", (text, context) => expect(contextOf(text)).toBe(context));

  it("is that of the files it includes", () => {
    const file = parse("include a.conf;", "fragment.conf");
    const included = parse("include b.conf;\nserver { listen 80; }", "a.conf");
    expect(inferContext(file, () => [included])).toBe("http");
  });
});
