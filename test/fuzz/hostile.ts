/** Texts that are configurations, nearly ones, and none at all: fragments of the grammar, mutations, templates, odd bytes. */
import fc from "fast-check";

const NAMES = ["a", "app", "static", "api", "uri", "args", "host", "x", "_", "scheme"];
const VALUES = [
  "on",
  "off",
  "80",
  "443 ssl",
  "/",
  "/a/",
  "^~",
  "~",
  "~*",
  "=",
  "@n",
  "\\.php$",
  "^/(a|b)+$",
  "(?=.*a)b",
  "[a-f]{3,9}",
  "$uri",
  "$uri/",
  "=404",
  "$x",
  "$v1",
  '"$v1$v1"',
  "${HOST}",
  "{{ x }}",
  "10.0.0.0/8",
  "all",
  "30d",
  "1m",
  "404",
  "301",
  "/index.html",
  "http://app",
  "http://app/",
  "https://$host$request_uri",
  "unix:/s",
  "last",
  "break",
  "always",
  "Host",
  "X-A",
  "text/css",
  "css",
  '"a b"',
  "'",
  '"',
  "\\",
  "a\\;b",
  "é",
  "\u2028",
  "\0",
  "50%",
  "*",
  "default",
  "~^/a(.*)$",
  "$1",
  "a.example",
  "~^(?<n>.+)$",
  "*.example",
  "[::1]:80",
  "99999",
  "-1",
  "1e9",
  "",
];
const SIMPLE = [
  "listen",
  "server_name",
  "root",
  "alias",
  "index",
  "try_files",
  "return",
  "rewrite",
  "set",
  "proxy_pass",
  "proxy_set_header",
  "add_header",
  "error_page",
  "expires",
  "access_log",
  "log_format",
  "error_log",
  "allow",
  "deny",
  "auth_basic",
  "satisfy",
  "internal",
  "ssl_protocols",
  "ssl_certificate",
  "fastcgi_pass",
  "fastcgi_param",
  "include",
  "gzip",
  "autoindex",
  "stub_status",
  "limit_req",
  "limit_req_zone",
  "proxy_cache_path",
  "proxy_cache",
  "client_max_body_size",
  "default_type",
  "break",
  "server",
  "resolver",
  "auth_request",
  "sub_filter",
  "add_header_inherit",
  "listn",
  "prox_pass",
  "default",
  "env",
  "load_module",
];
const BLOCKS = [
  "http",
  "server",
  "location",
  "location ~",
  "location =",
  "location ^~ /a",
  "if ($uri ~ a)",
  "if ($x)",
  "upstream app",
  "events",
  "stream",
  "map $uri $x",
  "map $x $v1",
  "geo $x",
  "split_clients $uri $x",
  "types",
  "limit_except GET",
  "mail",
  "content_by_lua_block",
  "foo",
];
const TAGS = [
  "{% if a %}",
  "{% else %}",
  "{% endif %}",
  "{% for x in y %}",
  "{% endfor %}",
  "<% if a %>",
  "<% end %>",
  "{{- if .a }}",
  "{{ end }}",
  "# nginx-lint-disable",
  "# nginx-lint-enable",
  "# nginx-lint-disable-next-line syntax -- x",
  "# configuration file /etc/nginx/a.conf:",
  "#",
];
const PIECES = [
  ...VALUES,
  ...TAGS,
  "{",
  "}",
  ";",
  "\n",
  " ",
  "\t",
  "\r\n",
  "{\n",
  "}\n",
  ";\n",
  "#",
  "\ufeff",
  "\ud800",
  "(",
  ")",
  "{2000}",
  "((",
  "[[",
];

const word = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...VALUES) },
  { weight: 2, arbitrary: fc.constantFrom(...NAMES) },
  { weight: 1, arbitrary: fc.string({ maxLength: 8, unit: "binary" }) },
);
const gap = fc.constantFrom(" ", " ", " ", "\t", "\n", " # c\n", "\r\n  ");
const words = fc.array(fc.tuple(gap, word), { maxLength: 4 }).map((pairs) => pairs.flat().join(""));
const end = fc.constantFrom(";\n", ";\n", ";\n", ";", "\n", "");

const { item } = fc.letrec<{ item: string; line: string; block: string }>((tie) => ({
  line: fc.tuple(fc.constantFrom(...SIMPLE), words, end).map((parts) => parts.join("")),
  block: fc
    .tuple(
      fc.constantFrom(...BLOCKS),
      words,
      fc.array(tie("item"), { maxLength: 6 }),
      fc.constantFrom("}\n", "}\n", "}\n", "}", "\n", "}}"),
    )
    .map(([name, rest, inside, close]) => `${name}${rest} {\n${inside.join("")}${close}`),
  item: fc.oneof(
    { maxDepth: 4 },
    { weight: 5, arbitrary: tie("line") },
    { weight: 4, arbitrary: tie("block") },
    { weight: 1, arbitrary: fc.constantFrom(...TAGS).map((tag) => `${tag}\n`) },
  ),
}));

/** A few of something many times, seldom very many: what grows faster than its text shows. */
const times = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 2, max: 6 }) },
  { weight: 1, arbitrary: fc.integer({ min: 7, max: 60 }) },
);
const repeated = fc
  .tuple(item, times)
  .map(([text, times]) => Array.from({ length: times }, (_, n) => text.replaceAll("/a", `/a${n}`)).join(""));

type Change = readonly [at: number, cut: number, piece: string];

/** Cuts, inserts and moves pieces. */
function mutated(text: string, changes: readonly Change[]): string {
  let now = text;
  for (const [at, cut, piece] of changes) {
    const from = Math.floor(at * now.length);
    now = now.slice(0, from) + piece + now.slice(from + cut);
  }
  return now;
}

/** What a regex may read in two ways where it comes again and again. */
const PUMPS = [
  "a",
  "a.",
  "a,",
  "a=",
  "1",
  "1d ",
  " ",
  "/",
  "/a",
  "../",
  "-",
  "--",
  "_",
  ":",
  "#",
  "$a",
  "${a}",
  "%2f",
  "\r\n",
];
const LINES = [
  "# c\r\n",
  "\r\n",
  " \n",
  "{{# x\n",
  "% then\n",
  "<% a %>\r\n",
  "---\r\n",
  "a b;\r\n",
  '# "\n',
];

interface Pump {
  /** Where, from 0 to 1 of the text. */
  readonly at: number;
  /** What is repeated: as a word in the place of another, or as it is where a line begins. */
  readonly piece: string;
  readonly times: number;
  readonly end: string;
  readonly isWord: boolean;
}

/** A short text again and again in one place. */
function pumpedUp(text: string, { at, piece, times, end, isWord }: Pump): string {
  const from = Math.floor(at * text.length);
  if (!isWord) {
    const line = text.lastIndexOf("\n", from) + 1;
    return text.slice(0, line) + piece.repeat(times) + end + text.slice(line);
  }
  const word = /(?<=\s)[^\s;{}]+/g;
  word.lastIndex = from;
  const found = word.exec(text);
  if (found === null) return text + piece.repeat(times) + end;
  const long = `"${(piece.repeat(times) + end).replace(/["\\]/g, "\\$&")}"`;
  return text.slice(0, found.index) + long + text.slice(found.index + found[0].length);
}

const pump: fc.Arbitrary<Pump> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  piece: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...PUMPS) },
    { weight: 2, arbitrary: fc.constantFrom(...LINES) },
    { weight: 2, arbitrary: fc.constantFrom(...VALUES, ...TAGS) },
    { weight: 3, arbitrary: fc.string({ minLength: 1, maxLength: 4 }) },
  ),
  times: fc.oneof(
    { weight: 2, arbitrary: fc.integer({ min: 30, max: 300 }) },
    { weight: 1, arbitrary: fc.integer({ min: 300, max: 1_500 }) },
  ),
  end: fc.constantFrom("", "!", "x", "/", "\n"),
  isWord: fc.boolean(),
});

/** @param good configurations to start from */
export function hostileTexts(good: readonly string[]): fc.Arbitrary<string> {
  const change: fc.Arbitrary<Change> = fc.tuple(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.oneof(
      { weight: 3, arbitrary: fc.constant(0) },
      { weight: 2, arbitrary: fc.integer({ min: 1, max: 30 }) },
    ),
    fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...PIECES) }, { weight: 1, arbitrary: item }),
  );
  const piece = fc.oneof({ weight: 3, arbitrary: item }, { weight: 1, arbitrary: repeated });
  const server = fc
    .oneof(
      { weight: 3, arbitrary: fc.array(piece, { maxLength: 3 }) },
      { weight: 1, arbitrary: fc.array(piece, { maxLength: 8 }) },
    )
    .map((items) => items.join(""));
  return fc.oneof(
    {
      weight: 3,
      arbitrary: server.map((inside) => `events {}\nhttp {\nserver {\nlisten 80;\n${inside}}\n}\n`),
    },
    { weight: 2, arbitrary: server.map((inside) => `events {}\nhttp {\n${inside}}\n`) },
    { weight: 1, arbitrary: server },
    {
      weight: 1,
      arbitrary: fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => pieces.join("")),
    },
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.constantFrom(...good), fc.array(change, { minLength: 1, maxLength: 6 }))
        .map(([text, changes]) => mutated(text, changes)),
    },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.oneof(fc.constantFrom(...good), server), pump)
        .map(([text, each]) => pumpedUp(text, each)),
    },
  );
}
