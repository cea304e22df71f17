import { describe, expect, it } from "vitest";
import { couldBeNginx, looksLikeNginx } from "../../src/loader/nginx-text.ts";
import { withoutComments } from "../../src/loader/without-comments.ts";

describe("a text for nginx is known", () => {
  it.each([
    "server {\n  listen 80;\n}\n",
    "# comment\nupstream app {\n  server a;\n}\n",
    "location ~ \\.php$ {\n}\n",
    "proxy_set_header Host $host;\n",
    "  add_header X-A b;\n",
    "server\n{\n}\n",
    "server {\n  listen 80\n  root /srv\n}\n",
    "include snippets/a.conf;\n",
    "{% if tls %}\nserver {\n  listen 443 ssl;\n}\n{% endif %}\n",
    "deny 192.0.2.1;\ndeny all;\n",
    "limit_req_zone $binary_remote_addr zone=a:1m rate=1r/s;\n",
    "map $http_upgrade $connection_upgrade {\n  default upgrade;\n}\n",
    '"server" { "listen" 8098; }\n',
    "'add_header' X-A b;\n",
    "server # a\n{ }\n",
    `${"# comment\n".repeat(30_000)}server { listen 80; }\n`,
    `# it's {"a\nserver { listen 80; }\n`,
  ])("%j", (text) => expect(looksLikeNginx(text)).toBe(true));
});

describe("a text for another program is known", () => {
  it.each([
    ["supervisor", "; comment\n[program:app]\ncommand=/usr/bin/app\nlisten 80;\n"],
    ["systemd", "[Unit]\nDescription=x\n"],
    ["PHP-FPM", "[www]\nuser = www-data\nlisten = /run/php.sock\n"],
    ["Apache", "<VirtualHost *:80>\n  ServerName a\n</VirtualHost>\n"],
    ["Apache", "ServerRoot /etc/apache2\nListen 80\n<Directory />\nDeny from all\n</Directory>\n"],
    ["fontconfig", '<?xml version="1.0"?>\n<fontconfig></fontconfig>\n'],
    ["BIND", 'options {\n  listen-on { any; };\n};\nzone "a" { type master; };\ninclude "/etc/bind/b";\n'],
    ["logrotate", "/var/log/nginx/*.log {\n  daily\n  rotate 14\n}\n"],
    ["redis", "bind 127.0.0.1\nport 6379\n"],
    ["ntp", "server 0.pool.ntp.org iburst\n"],
    ["dhcpd", "subnet 10.0.0.0 netmask 255.0.0.0 {\n  option routers 10.0.0.1;\n}\nallow booting;\n"],
    ["HAProxy", "frontend a\n  bind *:80\n  default_backend b\nlisten stats\n"],
    ["Prosody", 'VirtualHost "a"\n  ssl = { key = "a" };\n'],
    ["keepalived", "vrrp_instance a {\n  state MASTER\n  interface eth0\n}\n"],
    ["rsyslog", 'module(load="imuxsock")\n*.* /var/log/all\n'],
    ["syslog-ng", "source s { system(); };\nlog { source(s); };\n"],
    ["dovecot", "protocols = imap\nservice imap {\n  vsz_limit = 1G\n}\n"],
    ["nothing", ""],
    ["BIND", 'include "/etc/bind/a";\ninclude "/etc/bind/b";\n'],
    ["BIND", "server 192.0.2.1 {\n  bogus yes;\n};\n"],
    ["dhcpd", 'include "/etc/dhcp/a";\nallow booting;\n'],
    ["JSON", '{"server": {"listen": 80}}\n'],
    ["PHP", "return ['server' => ['listen' => 80]];\n"],
    ["shell", "f() {\n  local a;\n}\n"],
    ["comments", "# server {\n# listen 80;\n"],
  ])("%s: %j", (_, text) => {
    expect(looksLikeNginx(text)).toBe(false);
    expect(couldBeNginx(text)).toBe(false);
  });
});

describe("a text that only nginx's table knows", () => {
  it.each([
    "autoindex on;\nroot html;\n",
    "merge_slashes off;\n",
    `'autoindex' on;\n${"# comment\n".repeat(50_000)}`,
    "autoindex on;\n".repeat(30_000),
  ])("may be nginx's: %#", (text) => {
    expect(looksLikeNginx(text)).toBe(false);
    expect(couldBeNginx(text)).toBe(true);
  });

  it.each(["autoindex on\n", "autoindex on;\nbogus 1;\n", "autoindex {\n}\n", "autoindex;\n"])(
    "is not nginx's where anything else is in it: %j",
    (text) => expect(couldBeNginx(text)).toBe(false),
  );
});

describe("a text without its comments", () => {
  it.each([
    ["a b; # c\nd;", "a b; \nd;"],
    ["a#b c; #", "a#b c; "],
    ["'a' 'b # c' \"d\";", "a 'b # c' \"d\";"],
    ["\"a\" { 'b' c; }", "a { b c; }"],
    ['"a b" c;', '"a b" c;'],
    ['a "b\\"# c"; "d" e;', 'a "b\\"# c"; d e;'],
    ["a ${b}#c d; # e", "a ${b}#c d; "],
    ['it"s "open # a\n"b" c;', 'it"s "open # a\n"b" c;'],
    ['a "b # c\nd;', 'a "b \nd;'],
  ])("%j", (text, rest) => expect(withoutComments(text, 1_000)).toBe(rest));

  it("is looked at as far as wanted", () => {
    expect(withoutComments("# a\nb c;\nd e;\n", 4)).toBe("\nb c");
  });

  it("is found in linear time", () => {
    const started = performance.now();
    for (const text of ["\"a' ", "' \\", "# a\n", "a;", "${", '"a" '].map((each) => each.repeat(500_000)))
      withoutComments(text, Number.POSITIVE_INFINITY);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
