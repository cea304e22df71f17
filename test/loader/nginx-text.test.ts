import { describe, expect, it } from "vitest";
import { looksLikeNginx } from "../../src/loader/nginx-text.ts";

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
  ])("%s: %j", (_, text) => expect(looksLikeNginx(text)).toBe(false));
});
