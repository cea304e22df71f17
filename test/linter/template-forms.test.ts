/** Forms of template tags, each in a configuration that has nothing wrong: nothing may be said of any. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lintFiles } from "../../src/linter/index.ts";
import { parse, print } from "../../src/parser/index.ts";

const FORMS: readonly (readonly [name: string, text: string])[] = [
  [
    "set header branches",
    "location / { proxy_set_header X {% if a %}$b{% else %}$c{% endif %}; proxy_set_header Host $host; proxy_set_header X-Forwarded-Proto $scheme; proxy_pass http://u; }",
  ],
  [
    "no semicolon whole directives",
    "server { listen 80; {{ server_snippet }} location / { {{ location_snippet }} } }",
  ],
  [
    "helm",
    'server {\n  listen {{ .Values.port }};\n  {{- include "app.locations" . | nindent 2 }}\n  {{- with .Values.extra }}\n  {{- . | nindent 2 }}\n  {{- end }}\n  {{- if and (.Values.a) (eq .Values.b "x;{}") }}\n  location /a { return 204; }\n  {{- else if .Values.c }}\n  location /a { return 205; }\n  {{- end }}\n}',
  ],
  [
    "tag with quotes across lines",
    'server {\n  listen 80;\n  add_header X "{{ foo |\n     default("it\'s; {", true) }} b";\n}',
  ],
  [
    "block opener in branches on one line",
    "{% if a %}server { listen 80;{% else %}server { listen 81;{% endif %} root /x; }",
  ],
  ["go", "{{ if .A }} server { {{ else }} server { {{ end }} listen 80; }"],
  ["location name in branches", "location {% if a %}/x{% else %}/y{% endif %} { return 204; }"],
  [
    "location whole in branches without brace",
    "{% if a %}location /x{% else %}location /y{% endif %} { return 204; }",
  ],
  [
    "directive name in branch",
    "server { listen 80; {% if grpc %}grpc_pass grpc://{% else %}proxy_pass http://{% endif %}backend; }",
  ],
  [
    "same with own line",
    "server {\n listen 80;\n location / {\n  {% if grpc %}\n  grpc_pass\n  {% else %}\n  proxy_pass\n  {% endif %}\n  {{ target }};\n }\n}",
  ],
  [
    "terminators in arms",
    "server { listen 80; location / { return 301 https://x{% if p %}:{{ p }}/;{% else %}/;{% endif %} } }",
  ],
  ["upstream", "upstream a {\n  {% for h in hosts %}server {{ h }};{% endfor %}\n}"],
  [
    "upstream else",
    "upstream a {\n  {% for h in hosts %}\n  server {{ h }}{% if not loop.last %} weight=2{% endif %};\n  {% else %}\n  server 127.0.0.1:1;\n  {% endfor %}\n}",
  ],
  [
    "servers in loop with const names",
    "{% for s in servers %}\nserver { listen 80; server_name a; location / { return 204; } }\n{% endfor %}",
  ],
  [
    "two loops",
    "{% for s in servers %}\nserver { listen 80 default_server; server_name a; return 204; }\n{% endfor %}\n{% for s in others %}\nserver { listen 80 default_server; server_name a; return 204; }\n{% endfor %}",
  ],
  [
    "ERB lone with method",
    '<% if @a -%>\nserver { listen 80; <%= @x.map { |k, v| "#{k} #{v};" }.join("\\n") %> }\n<% end -%>',
  ],
  [
    "ERB multi-line code",
    "<%\n  ports = [80, 443]\n  if @extra\n    ports << 8080\n  end\n  ports.each do |p|\n-%>\nserver { listen <%= p %>; return 204; }\n<% end %>",
  ],
  [
    "ERB heredoc-like modifiers",
    'server { listen 80; <%= "root /x;" if @root %>\n <% x = if @a then 1 else 2 end %>\n <% next if @b %>\n return 204; }',
  ],
  [
    "mustache sections inline",
    "server { listen {{port}}{{#ssl}} ssl{{/ssl}}; {{^ssl}}root /x;{{/ssl}} {{#ssl}}ssl_certificate a; ssl_certificate_key b;{{/ssl}} }",
  ],
  ["partial at line", 'server {\n  {{> common}}\n  {{>location path="/x" }}\n  listen 80;\n}'],
  ["triple", 'server { listen 80; {{{raw "a;{" }}} }'],
  [
    "comment tags",
    "server { # {% if a %} ; {\n  listen 80; # {{ x }} it's\n  #{% endif %}\n  return 204;\n}",
  ],
  ["comment over lines", '# {{ managed\n   | comment("x") }}\nserver { listen 80; return 204; }'],
  [
    "dollar-brace default",
    "server { listen ${PORT:-80}; server_name ${NAME:?need a name; please}; root ${ROOT:=/x y}; }",
  ],
  [
    "double at",
    "server { listen @@PORT@@; server_name @@NAME@@ www.@@NAME@@; root @ROOT@; index %%INDEX%% __INDEX__.html; }",
  ],
  [
    "template include in go",
    'server { listen 80; {{ template "x" . }} {{ template "y" }}\n {{ block "z" . }} root /x; {{ end }} }',
  ],
  ["map in loop", "map $host $x { default 0; {% for h in hosts %}{{ h }} 1;{% endfor %} }"],
  [
    "geo",
    "geo $limited { default 1; {% for n in nets %}{{ n }} 0; 10.0.0.0/8 0;{% endfor %} {% if x %}10.0.0.0/8 1;{% endif %} }",
  ],
  ["types", "types { {% for t in types %}{{ t.mime }} {{ t.ext }};{% endfor %} text/html html; }"],
  [
    "split clients",
    "split_clients $remote_addr $v { {% for w in weights %}{{ w }}% {{ loop.index }};{% endfor %} * x; }",
  ],
  [
    "log_format with branches",
    "log_format main '$remote_addr {% if x %}$http_x {% endif %}'\n   {% if y %}\n   '\"$request\"'\n   {% endif %}\n   '$status';",
  ],
  [
    "if condition",
    'server { listen 80; if ($host {{ op }} "{{ v }}") { return 403; } if ({{ cond }}) { return 403; } }',
  ],
  ["include", "include {{ path }}/*.conf; include <%= x %>; include ${DIR}/x.conf; include __X__/y;"],
  [
    "error_page",
    "server { listen 80; error_page {{ codes | join(' ') }} {{ page }}; error_page 404 {{ x }}; location = {{ x }} { internal; } }",
  ],
  [
    "ssl tag in listen",
    "server { listen 443 {{ 'ssl' if tls }}; listen [::]:443{{ \" ssl\" if tls }}; return 204; }",
  ],
  ["listen all", "server { listen {{ listen }}; ssl_certificate a; ssl_certificate_key b; return 204; }"],
  ["try_files", "server { listen 80; location / { try_files {{ files }} {{ fallback }}; } }"],
  [
    "rewrite regex",
    "server { listen 80; rewrite ^{{ path }}(.*)$ /$1 {{ flag }}; location ~ {{ re }} { return 204; } location ~* \\.({{ exts }})$ { return 204; } }",
  ],
  [
    "jinja macro",
    "{% macro loc(p, body='') %}\nlocation {{ p }} { {{ caller() }} }\n{% endmacro %}\nserver { listen 80; {% call loc('/a') %} return 204; {% endcall %} {{ loc('/b') }} }",
  ],
  ["set block", "{% set body %} return 204; {% endset %}\nserver { listen 80; {{ body }} }"],
  [
    "whitespace control",
    "server {\n listen 80;\n {%- if a -%} root /x; {%- elif b -%} root /y; {%- else -%} root /z; {%- endif -%}\n}",
  ],
  [
    "autoescape, filter",
    "{% autoescape false %}{% filter indent(4) %}\nserver { listen 80; return 204; }\n{% endfilter %}{% endautoescape %}",
  ],
  [
    "nested branch opener in loop first/last",
    "{% for s in xs %}{% if loop.first %}server { listen 80;{% endif %} location /{{ s }} { return 204; } {% if loop.last %}}{% endif %}{% endfor %}",
  ],
  [
    "tags w/ braces",
    "server { listen 80; root {{ {'a': {'b': '/x'}}['a']['b'] }}; index {{ \"}}\" ~ '{{' }}; }",
  ],
  ["go backtick", 'server { listen 80; root {{ printf `"%s";}}` .X }}; }'],
  [
    "EJS",
    "<% if (tls) { %>\nserver { listen 443 ssl; ssl_certificate a; ssl_certificate_key b;\n<% } else { %>\nserver { listen 80;\n<% } %>\n<% names.forEach(function (n) { %> server_name <%= n %>; <% }) %>\n<%- include('part', { a: { b: 1 } }) %>\n}",
  ],
  [
    "EEx case",
    "server {\n<%= case @mode do %>\n<% :a -> %>\n  listen 80;\n<% _ -> %>\n  listen 81;\n<% end %>\n  return 204;\n}",
  ],
  [
    "terraform",
    "server {\n  listen ${port};\n  %{ if tls ~}\n  listen 443 ssl; ssl_certificate a; ssl_certificate_key b;\n  %{ else ~}\n  root /x;\n  %{ endif ~}\n  %{ for l in locs ~}\n  location ${l} { return 204; }\n  %{ endfor ~}\n}",
  ],
  [
    "nomad",
    "server { listen [[ .port ]]; [[ if .x ]] root /x; [[ else ]] root /y; [[ end ]] location ~ ^/[[:alpha:]]+$ { return 204; } }",
  ],
  [
    "consul-template",
    'upstream app { {{ range service "web" }} server {{ .Address }}:{{ .Port }};{{ else }}server 127.0.0.1:65535; # force a 502\n{{ end }} }',
  ],
  ["confd", 'upstream app {\n{{range getvs "/app/*"}}\n  server {{.}};\n{{end}}\n}'],
  [
    "puppet epp",
    "<%- | String $name, Hash $opts = {} | -%>\nserver { listen 80; server_name <%= $name %>; <% $opts.each |$k, $v| { -%> <%= $k %> <%= $v %>; <% } -%> }",
  ],
  [
    "freemarker",
    "server { listen ${port}; <#if tls> root /x; <#else> root /y; </#if> <#list names as n> server_name ${n}; </#list> }",
  ],
  [
    "dup in exclusive arms across files kinds",
    "server { listen 80; {% if a %}gzip on;{% endif %}{% if not a %}gzip off;{% endif %} root /x; }",
  ],
  [
    "default_server alt",
    "server { listen 80{% if d %} default_server{% endif %}; return 204; } server { listen 80{% if not d %} default_server{% endif %}; server_name x; return 204; }",
  ],
  ["ansible managed with comment", "{{ ansible_managed | comment }}\nserver { listen 80; return 204; }"],
  [
    "whole location from tag w/ comment",
    "server { listen 80;\n {{ locations }} # {{ x }}\n {{ a }}{{ b }} {{ c }}\n return 204; }",
  ],
  [
    "ssl cert in branch only",
    "server { listen 443 ssl; {% if le %} ssl_certificate a; ssl_certificate_key b; {% elif self %} ssl_certificate c; ssl_certificate_key d; {% endif %} return 204; }",
  ],
  [
    "proxy cache zones in branch",
    "{% if c %} proxy_cache_path /x keys_zone=z:1m; {% endif %}\nserver { listen 80; location / { {% if c %} proxy_cache z; {% endif %} proxy_set_header Host $host; proxy_set_header X-Forwarded-Proto $scheme; proxy_pass http://127.0.0.1:8000; } }",
  ],
  [
    "named location in branch",
    "server { listen 80; location / { try_files $uri @app; } {% if a %} location @app { return 204; } {% else %} location @app { return 205; } {% endif %} }",
  ],
  [
    "variable set in branch",
    "server { listen 80; {% if a %} set $x 1; {% endif %} {% if a %} add_header X $x; {% endif %} return 204; }",
  ],
  [
    "variable named by tag",
    "map $host ${{ name }} { default 0; } server { listen 80; set ${{ n }}_x 1; add_header A ${{ name }}; add_header B $undef_by_tag; return 204; }",
  ],
  [
    "limit_req zone named by tag",
    "limit_req_zone $binary_remote_addr zone={{ z }}:10m rate={{ r }}r/s; server { listen 80; location / { limit_req zone={{ z }}; return 204; } location /b { limit_req zone=api; root /x; } }",
  ],
  [
    "upstream named by tag",
    "upstream {{ n }} { server a; } server { listen 80; location / { proxy_set_header Host $host; proxy_set_header X-Forwarded-Proto $scheme; proxy_pass http://{{ n }}/; } }",
  ],
  [
    "else-if mix of server closings",
    "{% if a %}\nserver { listen 80;\n  location / { return 204; }\n}\n{% else %}\nserver { listen 81;\n  location / { return 204; }\n}\n{% endif %}",
  ],
  [
    "closers in arms",
    "server {\n  listen 80;\n{% if a %}\n  location /a { return 204; }\n}\n{% else %}\n  location /b { return 204; }\n}\n{% endif %}",
  ],
  [
    "quotes in ERB tag in string",
    'server { listen 80; add_header X "<%= @h["a"] || "b;" %>"; add_header Y \'<%= @h[\'a\'] %>\'; return 204; }',
  ],
  [
    "unbalanced quote by branch",
    'server { listen 80; add_header X {% if a %}"b"{% else %}"c"{% endif %} always; add_header Y "{% if a %}b{% else %}c" always; add_header Z "{% endif %}x"; return 204; }',
  ],
  [
    "go comment variants",
    "{{- /* a } */ -}}\n{{/* b { */}}\n{{- /*\n c ; \n*/}}\nserver { listen 80; return 204; }",
  ],
  ["handlebars comment", "{{!-- {{x}} --}}{{~!-- a --~}}\n{{! a ; { }}\nserver { listen 80; return 204; }"],
  [
    "if in go with printf quotes",
    "server { listen 80; server_name {{ range $i, $e := .Names }}{{ if $i }} {{ end }}{{ $e }}{{ end }}; return 204; }",
  ],
  [
    "recursion salt style",
    "{% macro server_config(values, key, ind='') %}\n{{ ind }}{{ key }} {\n{{ values }}\n{{ ind }}}\n{% endmacro %}\n{% for k, v in servers %}\n{{ server_config(v, k) }}\n{% endfor %}",
  ],
  [
    "django",
    "{% load static %}{% comment %} server { it's {% endcomment %}\nserver { listen 80; {% with x=1 %} root /a{{ x }}; {% endwith %} {% url 'x' %} return 204; }",
  ],
  [
    "liquid",
    "{% assign x = \"a;b\" %}{% unless tls %} server { listen 80; {% else %} server { listen 81; {% endunless %} {% case m %}{% when 'a' %} root /a; {% when 'b' %} root /b; {% endcase %} return 204; }",
  ],
  [
    "twig",
    "{% set x = {a: {b: 1}} %}{{ include('x.twig') }}\nserver { listen 80; {% block body %} root /x; {% endblock body %} return 204; }",
  ],
];

describe("forms of tags", () => {
  it.each(FORMS)("says nothing of %s", (_, text) => {
    const { findings } = lintFiles({ "site.conf.j2": text });
    expect(findings.map(({ line, ruleId, message }) => `${line} ${ruleId}: ${message}`)).toEqual([]);
  });
  it.each(FORMS)("reads %s with other line ends", (_, text) => {
    const { findings } = lintFiles({ "site.conf.j2": text.replaceAll("\n", "\r\n") });
    expect(findings).toEqual([]);
  });
});

describe("any mixture of tags", () => {
  const piece = fc.constantFrom(
    ..."{% if a %}|{% else %}|{% elif b %}|{% endif %}|{% for x in y %}|{% endfor %}|{{ x }}|{{- if .A }}|{{ end }}|<% if a %>|<% end %>|<%= x %>|{% raw %}|{% endraw %}|{#|#}|{{|}}|<%|%>|{%|%}|${A:-b}|__X__|@@Y@@|server {|location / {|}|;|listen 80;|root /a|\"|'|#|\n| |\\".split(
      "|",
    ),
  );
  it("is printed as it was written, whatever it means", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join("");
        expect(print(parse(text, "t"))).toBe(text);
      }),
      { numRuns: 2000, seed: 20 },
    );
  });
  it("is linted without a failure", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        expect(lintFiles({ "a.conf": pieces.join("") }).notifications).toEqual([]);
      }),
      { numRuns: 100, seed: 20 },
    );
  });
});
