/** Small servers that guard the file `/m` in some way, or seem to. */
import fc from "fast-check";

/** What stands before and in a `server`, apart from its `listen`; `@ROOT@` and `@PASSWORDS@` are paths. */
export interface AccessSite {
  readonly top: string;
  readonly inside: string;
}

/** Who asks: an address, and headers that guess. */
export interface Visitor {
  readonly address: string;
  readonly headers: readonly (readonly [string, string])[];
}

const some = (lines: readonly string[], most: number) =>
  fc
    .subarray([...lines], { maxLength: most })
    .chain((chosen) => fc.shuffledSubarray(chosen, { minLength: chosen.length }));

const ADDRESSES = [
  "allow 10.0.0.0/8;",
  "allow 192.168.1.7;",
  "allow all;",
  "allow 0.0.0.0/0;",
  "allow 2001:db8:ffff::/48;",
  "deny 10.1.0.0/16;",
  "deny 203.0.113.0/24;",
  "deny 0.0.0.0/0;",
  "deny ::/0;",
  "deny all;",
];
const PASSWORDS = [
  'auth_basic "m";',
  "auth_basic $realm;",
  "auth_basic $reversed;",
  "auth_basic off;",
  "auth_basic_user_file @PASSWORDS@;",
];
const SUBREQUESTS = ["auth_request /yes;", "auth_request /no;", "auth_request /never;", "auth_request off;"];
const PAGES = [
  "error_page 403 = @app;",
  "error_page 401 = @app;",
  "error_page 403 =200 /page;",
  "error_page 401 403 /page;",
  "error_page 403 @guarded;",
];
const CONDITIONS = [
  'if ($remote_addr !~ "^10\\.") { return 403; }',
  "if ($friend = 0) { return 403; }",
  "if ($blocked) { return 403; }",
  'if ($http_x_token != "5f2c") { return 401; }',
  'if ($http_x_token = "") { return 401; }',
  "if ($http_x_token != $unset) { return 403; }",
  "if ($known = 0) { return 403; }",
  'if ($http_user_agent !~ "^Prometheus") { return 403; }',
  "if ($request_method != POST) { return 403; }",
  'if ($arg_key = "") { return 404; }',
];

/** One or two lines of a kind, seldom of all kinds. */
const guards = fc
  .tuple(
    fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 3, arbitrary: some(ADDRESSES, 3) }),
    fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 2, arbitrary: some(PASSWORDS, 5) }),
    fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: some(SUBREQUESTS, 1) }),
    fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 2, arbitrary: some(CONDITIONS, 2) }),
    fc.constantFrom("", "", "", "satisfy any;", "satisfy all;"),
  )
  .map(([addresses, passwords, subrequests, conditions, satisfy]) =>
    [...addresses, ...single(passwords), ...subrequests, ...conditions, satisfy].join(" "),
  );

/** `auth_basic` stands once. */
function single(lines: readonly string[]): readonly string[] {
  const realm = lines.find((line) => line.startsWith("auth_basic "));
  return lines.filter((line) => !line.startsWith("auth_basic ") || line === realm);
}

const location = fc
  .tuple(
    guards,
    fc.constantFrom(
      "",
      "",
      "",
      "",
      "rewrite ^ /inner last;",
      "rewrite ^ /m break;",
      "limit_except POST { deny all; }",
      "limit_except GET { deny all; }",
      "try_files /none @app;",
      "try_files $uri =404;",
      "return 403;",
      "return 302 /page;",
      "internal;",
    ),
    fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: some(PAGES, 1) }),
  )
  .map(([guarding, more, pages]) => `${guarding} ${more} ${pages.join(" ")}`);

const TOP = `
map $remote_addr $realm { default off; 10.0.0.1 m; }
map $remote_addr $reversed { default m; 10.0.0.1 off; }
map $http_x_token $known { default 0; 5f2c 1; }
geo $friend { default 0; 10.0.0.0/8 1; }
geo $blocked { ranges; default 0; 10.0.0.0-10.255.255.255 1; }
`;

export const accessSite: fc.Arbitrary<AccessSite> = fc
  .tuple(
    fc.oneof({ weight: 2, arbitrary: fc.constant("") }, { weight: 1, arbitrary: guards }),
    location,
    fc.option(location),
    fc.oneof({ weight: 1, arbitrary: fc.constant("") }, { weight: 1, arbitrary: guards }),
    fc.constantFrom("", "", "", "set_real_ip_from 0.0.0.0/0; set_real_ip_from ::/0;"),
  )
  .map(([server, place, nested, app, realIp]) => ({
    top: TOP,
    inside: `
root @ROOT@;
${realIp}
${server}
location /m {
    ${place}
    ${nested === null ? "" : `location = /m { ${nested} }`}
}
location = /inner { ${app} }
location @app { ${app} }
location @guarded { deny all; }
location = /page { allow all; auth_basic off; auth_request off; return 200 page; }
location = /yes { auth_request off; return 204; }
location = /no { auth_request off; return 403; }
location = /never { auth_request off; return 401; }
location = /unset { set $unset x; return 204; }
`,
  }));

/** Nobody whom a list of these sites names, save by a network of half of the world. */
export const visitor: fc.Arbitrary<Visitor> = fc.record({
  address: fc.constantFrom(
    "203.0.113.200",
    "198.51.100.9",
    "8.8.4.4",
    "151.101.1.1",
    "2001:db8::9",
    "2a00:1450::5",
  ),
  headers: some(
    ["X-Token: x", "Authorization: Basic eDp4", "User-Agent: curl/8", "Referer: https://example.com/"],
    4,
  ).map((lines) => lines.map((line) => line.split(": ") as [string, string])),
});
