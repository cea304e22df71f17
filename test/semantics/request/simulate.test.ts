import { describe, expect, it } from "vitest";
import {
  type FileState,
  parseVersion,
  type Request,
  type Simulation,
  type SimulationOptions,
  simulate,
  simulateAll,
} from "../../../src/semantics/index.ts";
import { configure } from "./configure.ts";

type Options = Omit<SimulationOptions, "configuration" | "files"> & {
  readonly files?: Record<string, FileState>;
};

/** Asks the inside of one server; paths that are not listed are missing. */
function ask(inside: string, request: Partial<Request> | string, options: Options = {}): Simulation {
  const { files, ...rest } = options;
  const configuration = configure(`server { listen 80; server_name a.example; ${inside} }`);
  const asked = typeof request === "string" ? { uri: request } : request;
  return simulate(
    { host: "a.example", uri: "/", ...asked },
    { ...rest, configuration, files: (path) => files?.[path] ?? "missing" },
  );
}

const outcome = (...args: Parameters<typeof ask>) => ask(...args).outcome;
const headers = (simulation: Simulation) =>
  simulation.responseHeaders.map(({ name, value }) => `${name}: ${value}`);
const sent = (simulation: Simulation) =>
  simulation.requestHeaders.map(({ name, value }) => `${name}: ${value}`);

describe("the rewrite phase", () => {
  it("answers a return before access is asked", () => {
    expect(outcome("location /x { deny all; return 200 secret; }", "/x")).toMatchObject({
      kind: "return",
      status: 200,
      body: "secret",
    });
    expect(outcome("location /x { deny all; rewrite ^ /y break; }", "/x")).toMatchObject({
      kind: "deny",
      status: 403,
    });
  });

  it("runs the server's directives before any location, wherever they stand", () => {
    expect(
      outcome("location / { return 200 a; } return 301 https://$host$request_uri;", "/b?c"),
    ).toMatchObject({
      kind: "redirect",
      status: 301,
      target: "https://a.example/b?c",
    });
  });

  it("searches again after a rewrite, ten times at most", () => {
    const text = "location /a { rewrite ^/a(.*) /b$1; } location /b { return 200 $uri; }";
    expect(outcome(text, "/ax")).toMatchObject({ body: "/bx" });
    expect(outcome("location / { rewrite ^(.*)$ $1x; }", "/")).toMatchObject({ kind: "error", status: 500 });
  });

  it("tests variables in if", () => {
    const test = (condition: string, request: Partial<Request> = {}) =>
      outcome(`if (${condition}) { return 200 yes; } return 200 no;`, { uri: "/", ...request }).body;
    expect(test("$arg_x", { uri: "/?x=0" })).toBe("no");
    expect(test("$arg_x", { uri: "/?x=00" })).toBe("yes");
    expect(test("$request_method = POST", { method: "POST" })).toBe("yes");
    expect(test("$http_user_agent ~* bot", { headers: [["User-Agent", "Robot"]] })).toBe("yes");
    expect(test("$http_user_agent !~ Bot", { headers: [["User-Agent", "robot"]] })).toBe("yes");
    expect(test("$cookie_id != 1", { headers: [["Cookie", "a=2; id=1"]] })).toBe("no");
  });

  it("tests files in if", () => {
    const text = "root /r; if (!-f $request_filename) { rewrite ^ /index.html break; } ";
    expect(outcome(text, "/a", { files: { "/r/index.html": "file" } })).toMatchObject({
      target: "/r/index.html",
    });
    expect(outcome(text, "/a", { files: { "/r/a": "file" } })).toMatchObject({ target: "/r/a" });
  });

  it("loses try_files and keeps the proxy inside a taken if", () => {
    const text = "root /r; location / { try_files $uri /f; if ($arg_x) { set $y 1; } }";
    expect(outcome(text, "/a?x=1")).toMatchObject({ kind: "error", status: 404 });
    expect(outcome("location / { proxy_pass http://b; if ($arg_x) { set $y 1; } }", "/a?x=1")).toMatchObject({
      kind: "proxy",
      target: "http://b/a?x=1",
    });
  });

  it("clears captures where a pattern does not match", () => {
    expect(outcome("location ~ ^/(.*) { if ($uri ~ nothing) { } return 200 [$1]; }", "/a")).toMatchObject({
      body: "[]",
    });
  });

  it("keeps the query, adds to it, or drops it", () => {
    const text = (to: string) => `location /a { rewrite ^ ${to} last; } location /b { return 200 $args; }`;
    expect(outcome(text("/b"), "/a?x")).toMatchObject({ body: "x" });
    expect(outcome(text("/b?y"), "/a?x")).toMatchObject({ body: "y&x" });
    expect(outcome(text("/b?y?"), "/a?x")).toMatchObject({ body: "y" });
  });
});

describe("the access phase", () => {
  it("takes the first rule that fits", () => {
    const text = "location / { allow 10.0.0.0/8; deny all; empty_gif; }";
    expect(outcome(text, { address: "10.0.0.5" })).toMatchObject({ kind: "return", status: 200 });
    expect(outcome(text, "/")).toMatchObject({ kind: "deny", status: 403 });
    expect(outcome(text, { address: "2001:db8::1" })).toMatchObject({ kind: "deny" });
    expect(outcome("allow 10.0.0.0/8; location / { empty_gif; }", "/")).toMatchObject({ status: 200 });
  });

  it("asks for a password", () => {
    const simulation = ask("auth_basic x; auth_basic_user_file f; location / { empty_gif; }", "/");
    expect(simulation.outcome).toMatchObject({ kind: "auth", status: 401 });
    expect(headers(simulation)).toContain('WWW-Authenticate: Basic realm="x"');
  });

  it("opens with one gate under satisfy any", () => {
    const text =
      "satisfy any; allow 10.0.0.0/8; deny all; auth_basic x; auth_basic_user_file f; location / { empty_gif; }";
    expect(outcome(text, { address: "10.0.0.5" })).toMatchObject({ status: 200 });
    expect(outcome(text, "/")).toMatchObject({ kind: "auth", status: 401 });
  });

  it("follows auth_request where its location answers by itself", () => {
    const text = (status: number) =>
      `location / { auth_request /auth; empty_gif; } location /auth { internal; return ${status}; }`;
    expect(outcome(text(204), "/")).toMatchObject({ status: 200 });
    expect(outcome(text(403), "/")).toMatchObject({ kind: "deny", status: 403 });
    expect(outcome(text(404), "/")).toMatchObject({ kind: "error", status: 500 });
  });

  it("believes a trusted proxy's header", () => {
    const text = "set_real_ip_from 0.0.0.0/0; location / { allow 10.0.0.5; deny all; empty_gif; }";
    expect(outcome(text, { headers: [["X-Real-IP", "10.0.0.5"]] })).toMatchObject({ status: 200 });
    expect(outcome(text, "/")).toMatchObject({ kind: "deny" });
  });

  it("hides an internal location", () => {
    expect(outcome("location / { internal; empty_gif; }", "/")).toMatchObject({ kind: "deny", status: 404 });
  });
});

describe("files", () => {
  it("maps root and alias", () => {
    const files = { "/r/a/x": "file", "/s/x": "file", "/t/y": "file" } as const;
    expect(outcome("location /a/ { root /r/; }", "/a/x", { files })).toMatchObject({ target: "/r/a/x" });
    expect(outcome("location /a/ { alias /s/; }", "/a/x", { files })).toMatchObject({ target: "/s/x" });
    expect(outcome("location ~ ^/(.)/x$ { alias /t/y; }", "/a/x", { files })).toMatchObject({
      target: "/t/y",
    });
    expect(
      outcome("location /a { alias /s/sub/; }", "/a../x", { files: { "/s/sub/../x": "file" } }),
    ).toMatchObject({
      target: "/s/sub/../x",
    });
  });

  it("redirects a directory and answers its index", () => {
    const files = { "/r/d": "directory", "/r/d/": "directory", "/r/d/index.html": "file" } as const;
    expect(outcome("root /r;", "/d?x", { files })).toMatchObject({
      kind: "redirect",
      target: "http://a.example/d/?x",
    });
    expect(outcome("root /r;", "/d/", { files })).toMatchObject({
      kind: "static",
      target: "/r/d/index.html",
    });
    expect(outcome("root /r; index none;", "/d/", { files })).toMatchObject({ status: 403 });
    expect(outcome("root /r;", "/e/", { files })).toMatchObject({ status: 404 });
  });

  it("tries files in turn, then the fallback", () => {
    const text =
      "root /r; location / { try_files $uri $uri/ /index.html; } location = /index.html { expires -1; }";
    const simulation = ask(text, "/dashboard", { files: { "/r/index.html": "file" } });
    expect(simulation.outcome).toMatchObject({ target: "/r/index.html" });
    expect(headers(simulation)).toContain("Cache-Control: no-cache");
    expect(outcome("root /r; location / { try_files $uri =404; }", "/x")).toMatchObject({ status: 404 });
    expect(
      outcome("root /r; location / { try_files $uri @b; } location @b { return 200 b; }", "/x").body,
    ).toBe("b");
    expect(outcome("root /r; location / { try_files $uri @c; }", "/x")).toMatchObject({ status: 500 });
  });
});

describe("error pages", () => {
  it("keeps the status of the error, or takes another", () => {
    const files = { "/r/404.html": "file" } as const;
    expect(outcome("root /r; error_page 404 /404.html;", "/x", { files })).toMatchObject({
      kind: "static",
      status: 404,
      target: "/r/404.html",
    });
    expect(outcome("root /r; error_page 404 =200 /404.html;", "/x", { files })).toMatchObject({
      status: 200,
    });
    expect(outcome("root /r; error_page 404 = @b; location @b { return 418 b; }", "/x")).toMatchObject({
      status: 418,
    });
    expect(outcome("root /r; error_page 404 https://b.example/;", "/x")).toMatchObject({
      kind: "redirect",
      status: 302,
      target: "https://b.example/",
    });
  });

  it("asks once unless recursive", () => {
    const text =
      "error_page 404 /a; error_page 403 /b; location /a { return 403; } location /b { return 200 b; } location /x { return 404; }";
    expect(outcome(text, "/x")).toMatchObject({ status: 403, kind: "return" });
    expect(outcome(`recursive_error_pages on; ${text}`, "/x")).toMatchObject({ status: 403, body: "b" });
  });
});

describe("upstreams", () => {
  it("replaces the URI as proxy_pass says", () => {
    const target = (inside: string, uri: string) => outcome(inside, uri).target;
    expect(target("location /a/ { proxy_pass http://b; }", "/a//x%20y?q")).toBe("http://b/a//x%20y?q");
    expect(target("location /a/ { proxy_pass http://b/; }", "/a/x%20y?q")).toBe("http://b/x%20y?q");
    expect(target("location /a { proxy_pass http://b/c; }", "/a/x")).toBe("http://b/c/x");
    expect(target("location /a { proxy_pass http://b/c/; }", "/a/x")).toBe("http://b/c//x");
    expect(target("location /a { proxy_pass http://b/c$uri; }", "/a/x?q")).toBe("http://b/c/a/x");
    expect(target("location /a { proxy_pass http://$host; }", "/a/./x?q")).toBe("http://a.example/a/./x?q");
    expect(target("location /a { rewrite ^/a/(.*) /z/$1 break; proxy_pass http://b/c; }", "/a/x?q")).toBe(
      "http://b/z/x?q",
    );
    expect(target("location ~ ^/a { proxy_pass http://b; }", "/a/x")).toBe("http://b/a/x");
  });

  it("sends what is set, nginx's own, then the client's", () => {
    const simulation = ask("location / { proxy_pass http://b:81; }", {
      uri: "/",
      headers: [
        ["Accept", "x"],
        ["TE", "y"],
      ],
    });
    expect(sent(simulation)).toEqual(["Host: b:81", "Connection: close", "Accept: x"]);
    const set = ask(
      'location / { proxy_set_header Host $host; proxy_set_header Accept ""; proxy_pass http://b; }',
      {
        uri: "/",
        headers: [
          ["Accept", "x"],
          ["X-Y", "z"],
        ],
      },
    );
    expect(sent(set)).toEqual(["Host: a.example", "Connection: close", "X-Y: z"]);
  });

  it("loses all inherited headers to one of its own", () => {
    const simulation = ask(
      "proxy_set_header X-A a; location / { proxy_set_header X-B b; proxy_pass http://b; }",
      "/",
    );
    expect(sent(simulation)).not.toContain("X-A: a");
  });

  it("takes an error of the upstream where told to", () => {
    const text =
      "error_page 502 /e; location / { proxy_pass http://b; proxy_intercept_errors on; } location /e { return 200 e; }";
    expect(outcome(text, "/", { upstream: () => ({ status: 502 }) })).toMatchObject({
      kind: "return",
      status: 502,
      body: "e",
    });
    expect(outcome(text, "/", { upstream: () => ({ status: 503 }) })).toMatchObject({
      kind: "proxy",
      status: 503,
    });
  });

  it("follows X-Accel-Redirect", () => {
    const text = "location / { proxy_pass http://b; } location /f/ { internal; alias /r/; }";
    const upstream = () => ({ status: 200, headers: [["X-Accel-Redirect", "/f/x"]] }) as const;
    expect(outcome(text, "/", { upstream, files: { "/r/x": "file" } })).toMatchObject({
      kind: "static",
      target: "/r/x",
    });
  });
});

describe("headers of the answer", () => {
  it("adds headers to good statuses, and to all with always", () => {
    const text =
      "add_header X-A a; add_header X-B b always; location / { return 404; } location /ok { return 200 ok; }";
    expect(headers(ask(text, "/"))).toEqual(["Content-Type: text/html", "X-B: b"]);
    expect(headers(ask(text, "/ok"))).toEqual(["Content-Type: text/plain", "X-A: a", "X-B: b"]);
  });

  it("loses all inherited headers to one of its own, unless merged", () => {
    const text = "add_header X-A a; location / { add_header X-B b; return 204; }";
    expect(headers(ask(text, "/"))).toEqual(["X-B: b"]);
    expect(headers(ask(`add_header_inherit merge; ${text}`, "/"))).toEqual(["X-A: a", "X-B: b"]);
  });

  it("sends Expires and Cache-Control beside add_header", () => {
    const text = "location / { expires 1h; add_header Cache-Control public; return 200 x; }";
    expect(headers(ask(text, "/"))).toEqual([
      "Content-Type: text/plain",
      "Expires: 1h",
      "Cache-Control: max-age=3600",
      "Cache-Control: public",
    ]);
  });
});

describe("variables of the answer", () => {
  it("know its status and the headers that are there", () => {
    const text = `location / { add_header X-S "$status $sent_http_content_type" always; return 404; }
      location /j { default_type application/json; expires $e; return 200 x; }`;
    const configuration = configure(
      `map $sent_http_content_type $e { default off; application/json 1h; } server { listen 80; ${text} }`,
    );
    expect(headers(simulate({ uri: "/" }, { configuration }))).toContain("X-S: 404 text/html");
    expect(headers(simulate({ uri: "/j" }, { configuration }))).toContain("Cache-Control: max-age=3600");
  });
});

describe("variables", () => {
  const body = (definition: string, text: string, request: Partial<Request> = {}) =>
    simulate(
      { host: "a.example", uri: "/", ...request },
      { configuration: configure(`${definition} server { listen 80; return 200 "${text}"; }`) },
    ).outcome.body;

  it("evaluates a map: literal in any case, then patterns in order, then default", () => {
    const map = "map $arg_x $y { default d; A a; ~b(.) $1; ~*^C c; }";
    expect(body(map, "$y", { uri: "/?x=a" })).toBe("a");
    expect(body(map, "$y", { uri: "/?x=bz" })).toBe("z");
    expect(body(map, "$y", { uri: "/?x=cc" })).toBe("c");
    expect(body(map, "$y", { uri: "/?x=e" })).toBe("d");
    expect(body("map $host $y { hostnames; *.example e; }", "$y")).toBe("e");
  });

  it("keeps the first value of a map for the request", () => {
    const configuration = configure(
      "map $uri $y { / root; /b b; } server { listen 80; set $z $y; location / { rewrite ^ /b last; } location /b { return 200 $y; } }",
    );
    expect(simulate({ uri: "/" }, { configuration }).outcome.body).toBe("root");
  });

  it("evaluates geo by the most special network", () => {
    const geo = "geo $y { default d; 10.0.0.0/8 a; 10.1.0.0/16 b; }";
    expect(body(geo, "$y", { address: "10.1.2.3" })).toBe("b");
    expect(body(geo, "$y", { address: "10.2.2.3" })).toBe("a");
    expect(body(geo, "$y")).toBe("d");
  });

  it("takes back what geo deletes: one line of the same network", () => {
    const lines = "10.0.0.0/8 a; 10.0.0.0/8 b; 10.1.0.0/16 c; delete 10.0.0.0/8;";
    const at = (geo: string) => body(`geo $y { default d; ${geo} }`, "$y", { address: "10.2.2.3" });
    expect(at(lines)).toBe("b");
    expect(at(`${lines} delete 10.9.9.9/8;`)).toBe("d");
    expect(at(`${lines} delete 10.0.0.0/9; delete 11.0.0.0/8;`)).toBe("b");
  });

  it("keeps values from outside symbolic", () => {
    expect(body("", "$request_id-$uri")).toBe("$request_id-/");
  });
});

describe("open questions", () => {
  it("are assumed, listed and enumerated", () => {
    const configuration = configure("server { listen 80; root /r; try_files $uri /index.html; }");
    const all = simulateAll({ uri: "/x" }, { configuration });
    expect(all.map(({ outcome: { target } }) => target)).toContain("/r/x");
    expect(all.map(({ outcome: { target } }) => target)).toContain("/r/index.html");
    expect(all[0]?.certain).toBe(false);
    expect(all[0]?.assumptions[0]?.question.text).toBe("what is at /r/x");
  });

  it("makes a condition from outside one", () => {
    const configuration = configure(
      "server { listen 80; if ($geoip_country_code = DE) { return 451; } return 200 x; }",
    );
    const all = simulateAll({ uri: "/" }, { configuration });
    expect(all.map(({ outcome: { status } }) => status)).toEqual([200, 451]);
  });
});

describe("before any phase", () => {
  it("answers plain HTTP on a TLS port with 400, by its error page where there is one", () => {
    const text = "server { listen 443 ssl; error_page 497 https://$host$request_uri; }";
    const configuration = configure(text);
    const request = { host: "a.example", uri: "/x", local: { port: 443 } };
    expect(simulate(request, { configuration }).outcome).toMatchObject({
      target: "https://a.example/x",
      status: 302,
    });
    expect(simulate(request, { configuration: configure("server { listen 443 ssl; }") }).outcome.status).toBe(
      400,
    );
  });

  it("shakes hands with the server of the SNI name", () => {
    const text = `server { listen 443 ssl; ssl_reject_handshake on; }
      server { listen 443 ssl; server_name a.example; merge_slashes off; return 200 $uri; }
      server { listen 443 ssl; server_name b.example; ssl_verify_client on; return 200 b; }`;
    const configuration = configure(text);
    const answer = (host: string, sni?: string) =>
      simulate(
        { scheme: "https", host, uri: "//x", ...(sni === undefined ? {} : { sni }) },
        { configuration },
      ).outcome;
    expect(answer("a.example")).toMatchObject({ body: "//x" });
    expect(answer("c.example")).toMatchObject({ kind: "reject", status: null });
    expect(answer("b.example", "a.example")).toMatchObject({ kind: "reject", status: 421 });
    expect(answer("b.example")).toMatchObject({ kind: "deny", status: 400 });
  });

  it("refuses where nothing listens", () => {
    expect(
      simulate({ uri: "/", scheme: "https" }, { configuration: configure("server { listen 80; }") }).outcome,
    ).toMatchObject({ kind: "reject", status: null });
  });

  it("drops the default Connection header of newer versions", () => {
    const simulation = ask("location / { proxy_pass http://b; }", "/", { version: parseVersion("1.29.7") });
    expect(sent(simulation)).toEqual(["Host: b"]);
  });
});

describe("what nginx was found to do otherwise", () => {
  it("asks the upstream for the new URI once `set $args` has been used", () => {
    const text = "location / { set $args x; proxy_pass http://b; }";
    expect(outcome(text, "/a%20b//c?y")).toMatchObject({ target: "http://b/a%20b/c?x" });
  });

  it("sends no charset with 301 and 302", () => {
    expect(headers(ask("charset utf-8; return 301 /x;", "/"))).toContain("Content-Type: text/html");
    expect(headers(ask("charset utf-8; return 307 /x;", "/"))).toContain(
      "Content-Type: text/html; charset=utf-8",
    );
  });

  it("has no page, and so no type, for some statuses", () => {
    expect(headers(ask("return 418;", "/"))).toEqual([]);
  });

  it("answers 500 for the index of an alias that is a file", () => {
    const files = { "/r/a.css": "file" } as const;
    expect(outcome("location ~ ^/a/ { alias /r/a.css; }", "/a/", { files })).toMatchObject({ status: 500 });
    expect(outcome("root /r;", "/a.css/", { files })).toMatchObject({ status: 404 });
  });

  it("keeps the captures of a server name until a location captures", () => {
    const configuration = configure(
      'server { listen 80; server_name "~^(.+)\\.test$"; location / { return 200 $1; } location ~ ^/(x) { return 200 $1; } }',
    );
    const body = (uri: string) => simulate({ uri, host: "abc.test" }, { configuration }).outcome.body;
    expect(body("/")).toBe("abc");
    expect(body("/x")).toBe("x");
  });

  it("adds a WWW-Authenticate each time it asks", () => {
    const text = "auth_basic x; auth_basic_user_file f; error_page 401 /login; location / { empty_gif; }";
    const asked = headers(ask(text, "/")).filter((header) => header.startsWith("WWW-"));
    expect(asked).toHaveLength(2);
  });

  it("remembers a refusal under satisfy any through an error page", () => {
    const text = `location / { satisfy any; auth_basic x; auth_basic_user_file f; auth_request /auth; error_page 500 /e; }
      location = /auth { return 404; } location = /e { empty_gif; }`;
    expect(outcome(text, "/")).toMatchObject({ status: 401 });
  });

  it("shares variables with the subrequest of auth_request, but sends no headers for it", () => {
    const text = `location / { auth_request /auth; add_header X-V $v; add_header X-M $m; empty_gif; }
      location = /auth { set $v set; add_header X-M $m always; return 204; }`;
    const configuration = configure(
      `map $uri $m { /auth auth; default main; } server { listen 80; ${text} }`,
    );
    expect(headers(simulate({ uri: "/" }, { configuration }))).toEqual([
      "Content-Type: image/gif",
      "X-V: set",
      "X-M: main",
    ]);
  });

  it("loses the connection with the subrequest", () => {
    const text = "location / { auth_request /auth; empty_gif; } location = /auth { return 444; }";
    expect(outcome(text, "/")).toMatchObject({ kind: "reject", status: null });
  });

  it("takes GET and HEAD alone for a picture of nginx's own", () => {
    expect(outcome("location / { empty_gif; }", { method: "POST" })).toMatchObject({ status: 405 });
  });

  it("makes a URL of an upstream's Location only where it changes it", () => {
    const upstream = (location: string) => () => ({
      status: 302,
      headers: [["Location", location]] as const,
    });
    const sentTo = (location: string) =>
      headers(ask("location /a/ { proxy_pass http://b/c/; }", "/a/x", { upstream: upstream(location) })).at(
        -1,
      );
    expect(sentTo("/z")).toBe("Location: /z");
    expect(sentTo("http://b/c/z")).toBe("Location: http://a.example/a/z");
    expect(sentTo("http://other/")).toBe("Location: http://other/");
  });

  it("hands the default proxy_redirect of an outer location down", () => {
    const text = "location /a/ { proxy_pass http://b/c/; location /a/b/ { proxy_pass http://d/; } }";
    const upstream = () => ({ status: 302, headers: [["Location", "http://b/c/z"]] as const });
    expect(headers(ask(text, "/a/b/x", { upstream }))).toContain("Location: http://a.example/a/z");
  });

  it("shows the type without its charset to what is sent behind it", () => {
    const inside = "root /srv; charset utf-8; add_header X-Type $sent_http_content_type;";
    const files = { "/srv/index.html": "file" } as const;
    expect(headers(ask(inside, "/index.html", { files }))).toEqual([
      "Content-Type: text/html; charset=utf-8",
      "X-Type: text/html",
    ]);
  });

  it("keeps type and cookies of the answer that leads elsewhere", () => {
    const text = "location / { proxy_pass http://b; } location /f { internal; return 200 x; }";
    const upstream = () => ({
      status: 200,
      headers: [
        ["X-Accel-Redirect", "/f"],
        ["Content-Type", "text/x; charset=y"],
        ["Set-Cookie", "z"],
        ["X-Lost", "l"],
      ] as const,
    });
    expect(headers(ask(text, "/", { upstream })).sort()).toEqual([
      "Content-Type: text/x; charset=y",
      "Set-Cookie: z",
    ]);
    expect(headers(ask(text.replace("200 x", "404"), "/", { upstream }))).toContain(
      "Content-Type: text/html; charset=y",
    );
  });

  it("keeps the Location of a redirect that an error page answers", () => {
    const text = "location = /a { error_page 301 /b; return 301 /c; } location /b { proxy_pass http://b; }";
    expect(headers(ask(text, "/a"))).toContain("Location: http://a.example/c");
  });
});

describe("variables of themselves", () => {
  it("leaves a root of $document_root open instead of following it for ever", () => {
    expect(outcome("root $document_root$document_root/a;", "/x").kind).toBe("static");
  });
  it("leaves a map of itself open", () => {
    const configuration = configure(
      "map $b $a { default $b; } map $a $b { default $a$a; } server { listen 80; return 200 $a; }",
    );
    const { outcome } = simulate({ host: "x", uri: "/" }, { configuration, files: () => "missing" });
    expect(outcome.status).toBe(200);
  });
});
