/** Configurations and requests out of a seed: small names, so that they meet. */
import fc from "fast-check";

/** What the generated text refers to. */
export interface Surroundings {
  /** The document root. */
  readonly root: string;
  /** Where the upstream listens. */
  readonly echoPort: number;
  readonly passwords: string;
}

/** One site: the servers of one port. `@LOG@` stands where a place marks itself. */
export interface Site {
  readonly text: string;
}

export interface AskedRequest {
  /** The address connected to. */
  readonly to: string;
  readonly method: string;
  readonly uri: string;
  readonly host: string | null;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Files of the document root; each holds its own name. */
export const FILES = [
  "index.html",
  "404.html",
  "50x.html",
  "a.css",
  "a/index.html",
  "a/b",
  "a/b.css",
  "a/x y.txt",
  "dir/index.html",
  "dir/main.js",
  "dir/sub/file.TXT",
  "dir/sub/index.htm",
  "app/index.html",
  "app/main.js",
  "p/a.css",
  "50%.txt",
];
export const EMPTY_FOLDERS = ["empty", "app/empty"];

const SEGMENTS = ["a", "b", "ab", "dir", "sub", "app", "p", "p-x", "empty"];
const LEAVES = [
  "",
  "index.html",
  "index.htm",
  "a.css",
  "b.css",
  "main.js",
  "file.TXT",
  "404.html",
  "none",
  "b",
  "x.php",
  "p",
  "a",
  "dir",
  "app",
  "p-x",
];

const PREFIXES = [
  "/",
  "/a",
  "/a/",
  "/a/b",
  "/a/b/",
  "/ab",
  "/app",
  "/app/",
  "/dir",
  "/dir/",
  "/dir/sub",
  "/dir/sub/",
  "/p",
  "/p/",
  "/p-x",
  "/p.y",
  "/p!",
  "/p/a",
  "/p0",
  "/empty/",
  "/index.html",
  "/404.html",
  "/a/x y.txt",
  "/\u00e9/",
];

const PATTERNS = [
  "\\.css$",
  "\\.(js|css|html)$",
  "^/a",
  "^/a/(.*)$",
  "^/(dir|app)/(?<rest>.*)$",
  "b",
  "^/dir/sub",
  "/$",
  "\\.txt$",
  "^/([^/]+)/([^/]+)$",
  "^/p",
  "x y",
];

/** Texts with variables whose values the request tells. */
const TEXTS = [
  "u=$uri",
  "$request_uri",
  "$args",
  "$is_args$args",
  "h=$host hh=$http_host",
  "$request_filename",
  "$document_root",
  "m=$m",
  "mu=$mu g=$g",
  "s=$split",
  "x=$arg_x c=$cookie_c",
  "v=$v w=$w",
  "1=$1 2=$2",
  "r=$rest",
  "$request_method $scheme $server_port $server_name $remote_addr",
  "plain",
  "",
];

const variableText = fc.constantFrom(...TEXTS);

/** `"…"`, so that spaces and braces stay in the word. */
function word(text: string): string {
  return `"${text}"`;
}

const condition = fc.oneof(
  fc.constantFrom(
    "$arg_x",
    "$arg_x = 1",
    "$arg_x != 1",
    "$uri ~ ^/a",
    "$uri ~ ^/([^/]*)/(.*)$",
    "$uri !~* \\.CSS$",
    "$request_method = POST",
    "$http_x_a ~* B",
    "$m = one",
    "$host = a.test",
    "-f $request_filename",
    "!-f $request_filename",
    "-d $request_filename",
    "!-e $request_filename",
    "$v",
    "$cookie_c = 2",
    "$is_args = ?",
  ),
);

const REPLACEMENTS = [
  "/b/$1",
  "/a/$1",
  "/dir/main.js",
  "/index.html?y=1",
  "/app/$1?z=$2",
  "/a.css?",
  "/$1x",
  "/a/x%20y.txt",
  "/\u00e9/$1",
];

const rewriteRule = fc
  .tuple(
    fc.constantFrom("^/a/(.*)$", "^/(.*)$", "^/dir/(.*)$", "^(.*)/$", "css", "^/app/([^/]*)/?(.*)$", "^"),
    fc.constantFrom(...REPLACEMENTS, "http://c.test/$1", "$scheme://$host/s$uri", "/r/$1"),
    fc.constantFrom("", "last", "break", "redirect", "permanent"),
  )
  .map(([pattern, replacement, flag]) => `rewrite ${pattern} ${replacement} ${flag};`);

const returned = fc.oneof(
  fc
    .tuple(fc.constantFrom(200, 201, 202, 403, 404, 418, 503), variableText)
    .map(([status, text]) => `return ${status} ${word(text)};`),
  fc.constantFrom(
    "return 403;",
    "return 404;",
    "return 204;",
    "return 444;",
    "return 500;",
    "return 418;",
    "return 429;",
  ),
  fc
    .tuple(
      fc.constantFrom(301, 302, 303, 307, 308),
      fc.constantFrom("/to/$1", "http://c.test$request_uri", "/x?$args", "$uri/", "https://$host:8443/"),
    )
    .map(([status, text]) => `return ${status} ${text};`),
  fc.constant("return http://c.test/;"),
);

const setRule = fc
  .tuple(
    fc.constantFrom("$v", "$w", "$args"),
    fc.constantFrom("1", "0", '""', "$uri", "$1", '"a-$arg_x"', "$v$w", "x=2"),
  )
  .filter(([name, value]) => name !== "$args" || !value.includes("$1"))
  .map(([name, value]) => `set ${name} ${value};`);

/** Directives of the rewrite module, in a server or a location. */
function rewriteRules(place: "server" | "location"): fc.Arbitrary<string> {
  const inIf = fc.oneof(
    setRule,
    rewriteRule,
    { arbitrary: returned, weight: 2 },
    fc.constant("break;"),
    ...(place === "location"
      ? [
          fc.constantFrom(
            'add_header X-If "if";',
            "expires 1h;",
            "proxy_pass http://echo;",
            "root @ROOT@/dir;",
            "error_page 404 /404.html;",
          ),
        ]
      : []),
  );
  const anIf = fc
    .tuple(condition, fc.array(inIf, { minLength: 0, maxLength: 3 }))
    .map(([test, rules]) => `if (${test}) { ${unrepeated(rules).join(" ")} }`);
  return fc
    .array(
      fc.oneof(
        { arbitrary: setRule, weight: 2 },
        { arbitrary: anIf, weight: 3 },
        { arbitrary: rewriteRule, weight: 2 },
      ),
      {
        maxLength: place === "server" ? 2 : 3,
      },
    )
    .map((rules) => rules.join("\n"));
}

/** Of directives that nginx takes once, the first; a `location-if` has few. */
function unrepeated(rules: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return rules.filter((rule) => {
    const [name = ""] = rule.split(" ");
    if (!["expires", "proxy_pass", "root", "expires"].includes(name)) return true;
    if (seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}

const headerRules = fc
  .array(
    fc.oneof(
      fc
        .tuple(
          fc.constantFrom("X-A", "X-B", "Cache-Control", "x-a"),
          fc.oneof(
            variableText,
            fc.constantFrom(
              "fix",
              "$status",
              "t=$sent_http_content_type l=$sent_http_location c=$sent_http_cache_control",
            ),
          ),
          fc.constantFrom("", "always"),
        )
        .map(([name, value, always]) => `add_header ${name} ${word(value)} ${always};`),
    ),
    { maxLength: 2 },
  )
  .map((rules) => rules.join("\n"));

const proxyHeaderRules = fc
  .array(
    fc
      .tuple(
        fc.constantFrom("Host", "X-Real-IP", "X-A", "Accept", "Connection", "X-C"),
        fc.constantFrom(
          "$host",
          "$http_host",
          "$remote_addr",
          '""',
          "$proxy_add_x_forwarded_for",
          "$proxy_host",
          '"up"',
          '"$uri"',
        ),
      )
      .map(([name, value]) => `proxy_set_header ${name} ${value};`),
    { maxLength: 2 },
  )
  .map((rules) => rules.join("\n"));

const accessRules = fc.oneof(
  { arbitrary: fc.constant(""), weight: 6 },
  fc.constantFrom(
    "deny all;",
    "allow 127.0.0.1; deny all;",
    "allow 10.0.0.0/8; deny all;",
    "deny 127.0.0.0/8;",
    "allow all;",
    "deny ::1; allow 127.0.0.0/30; deny all;",
    "satisfy any; deny all; auth_basic realm; auth_basic_user_file @PASSWORDS@;",
    "satisfy any; allow 127.0.0.1; auth_basic realm; auth_basic_user_file @PASSWORDS@;",
    "auth_basic $m; auth_basic_user_file @PASSWORDS@;",
    "auth_request /auth-yes;",
    "auth_request /auth-no;",
    "auth_request /auth-ask;",
    "satisfy any; auth_request /auth-no; auth_basic realm; auth_basic_user_file @PASSWORDS@;",
    "internal;",
  ),
);

const errorPageRules = fc
  .array(
    fc.constantFrom(
      "error_page 404 /404.html;",
      "error_page 404 =200 /index.html;",
      "error_page 403 404 @named;",
      "error_page 404 = @other;",
      "error_page 500 502 503 504 /50x.html;",
      "error_page 403 =404 /404.html;",
      "error_page 404 http://c.test/lost;",
      "error_page 418 =301 /a/;",
      "error_page 401 /dir/?login;",
      "error_page 404 = /a$uri;",
      "error_page 301 /moved;",
      "error_page 418 = @named;",
    ),
    { maxLength: 2 },
  )
  .map((rules) => rules.join("\n"));

const miscRules = fc
  .uniqueArray(
    fc.constantFrom(
      "recursive_error_pages on;",
      "proxy_intercept_errors on;",
      "absolute_redirect off;",
      "port_in_redirect off;",
      "server_name_in_redirect on;",
      "default_type text/x-any;",
      "charset utf-8;",
      "index index.htm index.html;",
      "index none /dir/main.js;",
      "index $arg_i index.html;",
      "autoindex on;",
      "expires 1h;",
      "expires -1;",
      "expires epoch;",
      "expires max;",
      "expires $exp;",
      "proxy_hide_header X-Up;",
      "proxy_pass_header X-Pad;",
      "proxy_pass_request_headers off;",
      "types { text/css css; text/x-t txt html; }",
      "proxy_redirect off;",
      "proxy_redirect http://up.test/ /other/;",
      "proxy_redirect http://up.test/ http://$host/v/;",
      "proxy_method PURGE;",
      "proxy_ignore_headers X-Accel-Redirect;",
      "set_real_ip_from 127.0.0.0/8; real_ip_header X-Forwarded-For;",
      "set_real_ip_from 127.0.0.1; set_real_ip_from 10.0.0.0/8; real_ip_header X-Forwarded-For; real_ip_recursive on;",
      "set_real_ip_from 127.0.0.1;",
    ),
    { maxLength: 3, selector: (rule) => rule.split(" ")[0] },
  )
  .map((rules) => rules.join("\n"));

interface LocationShape {
  readonly kind: "prefix" | "exact" | "noregex" | "regex" | "caseless";
  readonly name: string;
  readonly root: string;
  readonly content: string;
  readonly rewrites: string;
  readonly rest: string;
  readonly children: readonly LocationShape[];
}

const ROOTS = [
  "root @ROOT@;",
  "root @ROOT@/dir/;",
  "alias @ROOT@/;",
  "alias @ROOT@/dir/;",
  "alias @ROOT@/a;",
  "alias @ROOT@/$arg_d/;",
  "root @ROOT@/$arg_d;",
];
const PATTERN_ROOTS = ["root @ROOT@;", "alias @ROOT@/$1;", "alias @ROOT@/a.css;", "alias @ROOT@/dir/;"];

const TRY_FILES = [
  "try_files $uri $uri/ /index.html;",
  "try_files $uri =404;",
  "try_files $uri @named;",
  "try_files $uri.html $uri/index.html @other;",
  "try_files /404.html =403;",
  "try_files $uri /app/index.html?x=$uri;",
  "try_files $uri $uri/ =418;",
  "try_files $arg_f /dir/$arg_f /a/;",
  "try_files $uri @missing;",
  "try_files nothing /a/b.css;",
];

const PLAIN_PASSES = [
  "proxy_pass http://echo;",
  "proxy_pass http://127.0.0.1:@ECHO@;",
  "proxy_pass http://echo$request_uri;",
  "proxy_pass http://echo/v$uri;",
  "proxy_pass http://$up;",
];
const URI_PASSES = [
  "proxy_pass http://echo/;",
  "proxy_pass http://echo/base;",
  "proxy_pass http://echo/base/;",
  "proxy_pass http://echo/e%20f/?x=;",
];

const prefixContent = fc.oneof(
  { arbitrary: fc.constant(""), weight: 3 },
  { arbitrary: fc.constantFrom(...PLAIN_PASSES, ...URI_PASSES), weight: 4 },
  { arbitrary: fc.constantFrom(...TRY_FILES), weight: 4 },
  { arbitrary: returned, weight: 2 },
  {
    arbitrary: fc.constantFrom(
      "empty_gif;",
      "limit_except GET { deny all; }",
      "limit_except POST { allow 127.0.0.1; deny all; proxy_pass http://echo; }",
    ),
    weight: 1,
  },
);
const patternContent = fc.oneof(
  { arbitrary: fc.constant(""), weight: 3 },
  { arbitrary: fc.constantFrom(...PLAIN_PASSES), weight: 4 },
  { arbitrary: fc.constantFrom(...TRY_FILES), weight: 3 },
  { arbitrary: returned, weight: 2 },
);

const rest = fc
  .tuple(
    headerRules,
    proxyHeaderRules,
    accessRules,
    errorPageRules,
    miscRules,
    fc.tuple(fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean()),
  )
  .map(([headers, proxies, access, errors, misc, [a, b, c, d]]) =>
    [a ? headers : "", b ? proxies : "", c ? access : "", d ? errors : "", misc].join("\n"),
  );

function locations(depth: number, inside: string | null): fc.Arbitrary<readonly LocationShape[]> {
  const names = inside === null ? PREFIXES : PREFIXES.filter((name) => name.startsWith(inside));
  const children = depth === 0 ? fc.constant([]) : fc.constant(depth - 1);
  const literal = fc
    .tuple(
      fc.constantFrom<LocationShape["kind"]>("prefix", "prefix", "exact", "noregex"),
      fc.constantFrom(...(names.length > 0 ? names : [inside ?? "/"])),
    )
    .chain(([kind, name]) => shape(kind, name, ROOTS, prefixContent, kind === "exact" ? null : children));
  const pattern = fc
    .tuple(fc.constantFrom<LocationShape["kind"]>("regex", "caseless"), fc.constantFrom(...PATTERNS))
    .chain(([kind, name]) => shape(kind, name, PATTERN_ROOTS, patternContent, null));
  return fc
    .array(fc.oneof({ arbitrary: literal, weight: 3 }, { arbitrary: pattern, weight: 2 }), {
      maxLength: depth === 2 ? 8 : 3,
    })
    .map(withoutTwins);
}

function shape(
  kind: LocationShape["kind"],
  name: string,
  roots: readonly string[],
  content: fc.Arbitrary<string>,
  children: fc.Arbitrary<number | readonly never[]> | null,
): fc.Arbitrary<LocationShape> {
  const inner =
    children === null
      ? fc.constant<readonly LocationShape[]>([])
      : children.chain((depth) =>
          typeof depth === "number" ? locations(depth, name) : fc.constant<readonly LocationShape[]>([]),
        );
  return fc.record({
    kind: fc.constant(kind),
    name: fc.constant(name),
    root: fc.oneof(
      { arbitrary: fc.constant(""), weight: 2 },
      { arbitrary: fc.constantFrom(...roots), weight: 1 },
    ),
    content,
    rewrites: fc.oneof(
      { arbitrary: fc.constant(""), weight: 2 },
      { arbitrary: rewriteRules("location"), weight: 1 },
    ),
    rest,
    children: inner,
  });
}

/** nginx refuses two literal locations of one name and kind. */
function withoutTwins(shapes: readonly LocationShape[]): readonly LocationShape[] {
  const seen = new Set<string>();
  return shapes.filter(({ kind, name }) => {
    if (kind === "regex" || kind === "caseless") return true;
    const key = `${kind === "exact" ? "=" : ""}${name}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

const MODIFIERS = { prefix: "", exact: "=", noregex: "^~", regex: "~", caseless: "~*" } as const;

function printLocation({ kind, name, root, content, rewrites, rest, children }: LocationShape): string {
  const inner = children.map(printLocation).join("\n");
  return `location ${MODIFIERS[kind]} ${word(name)} { @LOG@ ${root} ${rewrites} ${content} ${rest}\n${inner} }`;
}

const NAMES = [
  ["a.test"],
  ["b.test", "www.b.test"],
  ["*.b.test"],
  [".c.test"],
  ["www.*"],
  ['"~^(?<rest>[a-z]+)\\.d\\.test$"'],
  ['""'],
  ["*.test"],
  ["c.test"],
];

const named = fc.tuple(
  fc.oneof(
    returned,
    fc.constantFrom(...PLAIN_PASSES),
    fc.constant("root @ROOT@;"),
    fc.constantFrom(...TRY_FILES),
  ),
  fc.oneof({ arbitrary: fc.constant(""), weight: 2 }, { arbitrary: rewriteRules("location"), weight: 1 }),
  rest,
);

const server = fc
  .record({
    names: fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 0, maxLength: 2 }),
    isDefault: fc.boolean(),
    addresses: fc.constantFrom<readonly string[]>(
      ["127.0.0.1:"],
      ["127.0.0.1:"],
      ["127.0.0.1:", "127.0.0.2:"],
      ["127.0.0.2:", "*:"],
      ["*:"],
      ["*:", "127.0.0.1:"],
    ),
    lax: fc.constantFrom("", "", "", "underscores_in_headers on;", "ignore_invalid_headers off;"),
    root: fc.constantFrom("root @ROOT@;", "root @ROOT@;", "root @ROOT@/app;", ""),
    rewrites: fc.oneof(
      { arbitrary: fc.constant(""), weight: 4 },
      { arbitrary: rewriteRules("server"), weight: 1 },
    ),
    ending: fc.oneof({ arbitrary: fc.constant(""), weight: 8 }, { arbitrary: returned, weight: 1 }),
    tryFiles: fc.oneof(
      { arbitrary: fc.constant(""), weight: 4 },
      { arbitrary: fc.constantFrom(...TRY_FILES), weight: 1 },
    ),
    slashes: fc.constantFrom("", "", "", "merge_slashes off;"),
    rest,
    locations: locations(2, null),
    named,
    other: named,
  })
  .map((shape) => shape);

/** Some servers on one port. */
export const site: fc.Arbitrary<Site> = fc.array(server, { minLength: 1, maxLength: 3 }).map((servers) => {
  const defaults = new Set<string>();
  const text = servers
    .map((each) => {
      const listen = each.addresses
        .map((address) => {
          const isDefault = each.isDefault && !defaults.has(address);
          if (isDefault) defaults.add(address);
          return `listen ${address}@PORT@${isDefault ? " default_server" : ""};`;
        })
        .join(" ");
      const names = each.names.length === 0 ? "" : `server_name ${each.names.flat().join(" ")};`;
      const [first, second] = [each.named, each.other].map(
        ([content, rewrites, rest]) => `@LOG@ ${rewrites} ${content} ${rest}`,
      );
      return `server { ${listen} ${names} @LOG@ ${each.slashes} ${each.lax} ${each.root}
${each.rewrites} ${each.ending} ${each.tryFiles} ${each.rest.replace("internal;", "")}
location = /auth-yes { @LOG@ return 204; } location = /auth-no { @LOG@ return 403; } location = /auth-ask { @LOG@ return 401; }
location @named { ${first} }
location @other { ${second} }
${each.locations.map(printLocation).join("\n")}
}`;
    })
    .join("\n");
  return { text };
});

/** What all sites share: definitions of variables, and the upstream. */
export function httpPreamble({ echoPort }: Surroundings): string {
  return `upstream echo { server 127.0.0.1:${echoPort}; }
map $arg_x $m { default dflt; 1 one; ~^(?<rest>t.)o $1-$rest; ~*^K(.) k$1; off off; "" none; }
map $uri $mu { / slash; ~^/a/(.*)$ a-$1; default "d $arg_x"; }
map $arg_x $exp { default off; 1 5m; 2 max; 3 epoch; 4 -1; 5 nonsense; }
map $arg_x $up { default echo; 1 127.0.0.1:${echoPort}; 2 echo/up; 3 "echo/q?z=1"; }
geo $g { default no; 127.0.0.0/8 loop; 127.0.0.1 one; ::1 six; }
split_clients "$arg_x$uri" $split { 25% quarter; 33.3% third; * rest; }
map $host $rest { default ""; }`;
}

const segment = fc.oneof(
  { arbitrary: fc.constantFrom(...SEGMENTS), weight: 8 },
  fc.constantFrom(
    ".",
    "..",
    "",
    "%2e",
    "%2E%2e",
    "x%20y.txt",
    "%C3%A9",
    "a%2Fb",
    "p%2bq",
    "a+b",
    "50%25.txt",
    "c;d",
    "%61",
    "a&b",
    "\u00e9",
  ),
);

const requestPath = fc
  .tuple(fc.array(segment, { maxLength: 3 }), fc.constantFrom(...LEAVES))
  .map(([segments, leaf]) => `/${[...segments, leaf].join("/")}`);

const query = fc.oneof(
  { arbitrary: fc.constant(""), weight: 3 },
  fc.constantFrom(
    "?",
    "?x=1",
    "?x=2&y",
    "?x=two",
    "?X=5&d=dir&f=/a.css",
    "?d=a&i=b.css",
    "?x=k%20&f=main.js",
    "?x=3#f",
    "?a=/../b",
    "?x=4",
    "?x=off",
  ),
);

export const askedRequest: fc.Arbitrary<AskedRequest> = fc
  .tuple(
    fc.oneof(
      { arbitrary: fc.constant("GET"), weight: 8 },
      fc.constantFrom("HEAD", "POST", "PUT", "OPTIONS", "DELETE"),
    ),
    requestPath,
    query,
    fc.oneof(
      {
        arbitrary: fc.constantFrom(
          "a.test",
          "b.test",
          "www.b.test",
          "x.b.test",
          "c.test",
          "y.c.test",
          "www.org",
          "abc.d.test",
          "z.test",
        ),
        weight: 8,
      },
      fc.constantFrom("A.TEST", "b.test.", "a.test:81", "other", "127.0.0.1", null),
    ),
    fc.constantFrom("127.0.0.1", "127.0.0.1", "127.0.0.1", "127.0.0.2", "127.0.0.3"),
    fc.uniqueArray(
      fc.constantFrom<readonly [string, string]>(
        ["X-A", "b"],
        ["Cookie", "c=2; d=3"],
        ["Authorization", "Basic dXNlcjpwYXNz"],
        ["Authorization", "Basic dXNlcjp3cm9uZw=="],
        ["X-Up-Status", "404"],
        ["X-Up-Status", "500"],
        ["X-Up-Status", "302"],
        ["X-Forwarded-For", "1.2.3.4"],
        ["Accept", "text/html"],
        ["X_under", "score"],
        ["TE", "trailers"],
        ["X-Up-Location", "http://up.test/l"],
        ["X-Up-Location", "http://echo/base/l"],
        ["X-Up-Location", "/rel?x"],
        ["X-Up-Status", "204"],
        ["X-Up-Status", "401"],
        ["X-Up-Accel", "/a/x%20y.txt"],
        ["X-Up-Accel", "@named"],
        ["X-Up-Accel", "/dir/../a"],
        ["X-Up-Accel", "/a/b?q"],
        ["X-Up-Type", "text/html"],
        ["X-Up-Type", "text/plain; charset=x"],
        ["X-Up-Cookie", "s=1"],
        ["X-Forwarded-For", "10.0.0.5, 10.1.1.1"],
        ["X-Real-IP", "10.0.0.5"],
      ),
      { maxLength: 3, selector: ([name]) => name },
    ),
  )
  .map(([method, path, args, host, to, headers]) => ({
    to,
    method,
    uri: latin1(path + args),
    host,
    headers,
  }));

function latin1(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}
