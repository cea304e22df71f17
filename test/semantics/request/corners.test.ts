/** Corners that `test/oracle/corners` asks nginx about, kept where no nginx is needed. */
import { describe, expect, it } from "vitest";
import {
  parseVersion,
  type Request,
  type Simulation,
  type SimulationOptions,
  simulate,
} from "../../../src/semantics/index.ts";
import { configure } from "./configure.ts";

type Options = Omit<SimulationOptions, "configuration" | "version"> & { readonly version?: string };

/** A file of 10 bytes, changed at the start of 2015, is at every path. */
function ask(inside: string, request: Partial<Request>, { version, ...options }: Options = {}): Simulation {
  return simulate(
    { host: "a.example", uri: "/a.txt", ...request },
    {
      configuration: configure(`server { listen 80; server_name a.example; ${inside} }`),
      files: () => "file",
      details: () => ({ size: 10, modified: 1_420_070_400 }),
      version: version === undefined ? null : parseVersion(version),
      ...options,
    },
  );
}

const withHeaders = (...headers: readonly (readonly [string, string])[]) => ({ headers });
const statusOf = (simulation: Simulation) => simulation.outcome.status;
const headersOf = (simulation: Simulation) =>
  simulation.responseHeaders.map(({ name, value }) => `${name}: ${value}`);
const sentBy = (simulation: Simulation) =>
  simulation.requestHeaders.map(({ name, value }) => `${name}: ${value}`);

describe("conditional requests", () => {
  const ETAG = '"54a48e00-a"';

  it.each([
    ["If-None-Match", ETAG, 304],
    ["If-None-Match", `W/${ETAG}, "x"`, 304],
    ["If-None-Match", '"x"', 200],
    ["If-None-Match", "*", 304],
    ["If-Match", ETAG, 200],
    ["If-Match", '"x"', 412],
    ["If-Match", "*", 200],
    ["If-Modified-Since", "Thu, 01 Jan 2015 00:00:00 GMT", 304],
    ["If-Modified-Since", "Fri, 02 Jan 2015 00:00:00 GMT", 200],
    ["If-Modified-Since", "nonsense", 200],
    ["If-Unmodified-Since", "Thu, 01 Jan 2015 00:00:00 GMT", 200],
    ["If-Unmodified-Since", "Wed, 31 Dec 2014 00:00:00 GMT", 412],
  ])("%s: %s gets %i", (name, value, status) => {
    expect(statusOf(ask("root /srv;", withHeaders([name, value])))).toBe(status);
  });

  it("compares dates as `if_modified_since` says", () => {
    const later = withHeaders(["If-Modified-Since", "Fri, 02 Jan 2015 00:00:00 GMT"]);
    expect(statusOf(ask("root /srv; if_modified_since before;", later))).toBe(304);
    expect(statusOf(ask("root /srv; if_modified_since off;", later))).toBe(200);
  });

  it("has no ETag under `etag off`, and none in a return", () => {
    const tagged = withHeaders(["If-Match", ETAG]);
    expect(statusOf(ask("root /srv; etag off;", tagged))).toBe(412);
    expect(statusOf(ask("return 200 text;", tagged))).toBe(412);
    expect(statusOf(ask("return 200 text;", withHeaders(["If-None-Match", "*"])))).toBe(304);
  });

  it("asks where the file is not at hand", () => {
    const open = ask("root /srv;", withHeaders(["If-None-Match", '"x"']), { details: () => undefined });
    expect(open.certain).toBe(false);
    expect(open.assumptions).toMatchObject([{ question: { kind: "freshness", answers: ["200", "304"] } }]);
  });

  it("leaves what an upstream answers alone", () => {
    const passed = ask("location / { proxy_pass http://up; }", withHeaders(["If-None-Match", "*"]), {
      upstream: () => ({ status: 200 }),
    });
    expect(statusOf(passed)).toBe(200);
  });
});

describe("ranges", () => {
  const range = (text: string) => withHeaders(["Range", text]);

  it.each([
    ["bytes=0-3", 206, "Content-Range: bytes 0-3/10"],
    ["bytes=-2", 206, "Content-Range: bytes 8-9/10"],
    ["bytes=5-", 206, "Content-Range: bytes 5-9/10"],
    ["bytes=8-99", 206, "Content-Range: bytes 8-9/10"],
    ["bytes=100-", 416, "Content-Range: bytes */10"],
    ["bytes=x", 416, "Content-Range: bytes */10"],
    ["items=0-1", 200, null],
    ["bytes=0-9,0-9", 200, null],
  ])("%s gets %i", (text, status, header) => {
    const answer = ask("root /srv;", range(text));
    expect(statusOf(answer)).toBe(status);
    expect(headersOf(answer).find((each) => each.startsWith("Content-Range")) ?? null).toBe(header);
  });

  it("knows `max_ranges` and If-Range", () => {
    expect(statusOf(ask("root /srv; max_ranges 0;", range("bytes=0-1")))).toBe(200);
    expect(statusOf(ask("root /srv; max_ranges 1;", range("bytes=0-1,3-4")))).toBe(200);
    expect(statusOf(ask("root /srv;", withHeaders(["Range", "bytes=0-1"], ["If-Range", '"x"'])))).toBe(200);
  });

  it("keeps headers that were added before a part was refused", () => {
    const refused = ask("root /srv; add_header X-A a; error_page 416 /a.txt;", range("bytes=50-"));
    expect(headersOf(refused)).toContain("X-A: a");
  });
});

describe("what is refused before any location", () => {
  it.each([
    [{ method: "TRACE" }, 405],
    [{ method: "CONNECT" }, 405],
    [{ method: "get" }, 400],
    [{ uri: "/%zz" }, 400],
    [{ uri: `/${"x".repeat(9000)}` }, 414],
    [withHeaders(["X-Long", "x".repeat(9000)]), 400],
    [withHeaders(["Host", "b.example"]), 400],
    [withHeaders(["Authorization", "a"], ["Authorization", "b"]), 400],
    [withHeaders(["X", "a"], ["X", "b"]), 200],
    [withHeaders(["Content-Length", "x"]), 400],
    [withHeaders(["Transfer-Encoding", "gzip"]), 501],
    [withHeaders(["Transfer-Encoding", "chunked"], ["Content-Length", "1"]), 400],
  ])("%j gets %i", (request, status) => {
    expect(statusOf(ask("return 200;", request))).toBe(status);
  });

  it("counts headers where it is told to", () => {
    const many = withHeaders(["A", "1"], ["B", "2"]);
    expect(statusOf(ask("max_headers 2; return 200;", many))).toBe(400);
    expect(statusOf(ask("max_headers 3; return 200;", many))).toBe(200);
  });

  it("answers with an error page", () => {
    const refused = ask("error_page 400 = /bad; location = /bad { return 200 page; } return 204;", {
      uri: "/..",
    });
    expect(statusOf(refused)).toBe(204);
    const page = ask("error_page 405 /bad; location = /bad { return 200 page; }", { method: "TRACE" });
    expect(page.outcome).toMatchObject({ kind: "return", status: 405, body: "page" });
  });

  it("measures bodies where the location is known", () => {
    const text =
      "client_max_body_size 10; error_page 413 = @n; location /big { client_max_body_size 0; return 200; } location / { return 201; } location @n { return 202; }";
    const body = (length: string, uri = "/") => ({
      uri,
      method: "POST",
      ...withHeaders(["Content-Length", length]),
    });
    expect(statusOf(ask(text, body("10")))).toBe(201);
    expect(statusOf(ask(text, body("11")))).toBe(202);
    expect(statusOf(ask(text, body("11", "/big")))).toBe(200);
    expect(statusOf(ask("location / { return 200; }", body("1048577")))).toBe(413);
  });
});

describe("versions", () => {
  const host = (name: string, version: string) => statusOf(ask("return 200;", { host: name }, { version }));

  it.each([
    "user@a.example",
    "a.example:x",
    "a.example:65536",
    "a.example#x",
    "a.example\\x",
    "a|b",
    "[::1]x",
  ])("Host %s is refused since 1.29.4", (name) => {
    expect(host(name, "1.29.3")).toBe(200);
    expect(host(name, "1.29.4")).toBe(400);
  });

  it.each(["a.example:80", "a.example.", "[::1]:80", "a_b", "a~b", "a%74b", "a.example:"])(
    "Host %s is fine",
    (name) => {
      expect(host(name, "1.22.1")).toBe(200);
      expect(host(name, "1.31.4")).toBe(200);
    },
  );

  const pass = "location / { fastcgi_pass 127.0.0.1:9000; }";

  it("sends HTTP_HOST of its own since 1.29.5", () => {
    const asked = { host: "A.example:81" };
    expect(sentBy(ask(pass, asked, { version: "1.29.4" }))).toEqual(["HTTP_HOST: A.example:81"]);
    expect(sentBy(ask(pass, asked, { version: "1.29.5" }))).toEqual(["HTTP_HOST: a.example:81"]);
  });

  it("joins repeated headers since 1.23.0", () => {
    const asked = withHeaders(["X", "1"], ["X", "2"], ["Cookie", "a=1"], ["Cookie", "b=2"]);
    expect(sentBy(ask(pass, asked, { version: "1.22.1" }))).toHaveLength(5);
    expect(sentBy(ask(pass, asked, { version: "1.23.0" })).slice(1)).toEqual([
      "HTTP_X: 1, 2",
      "HTTP_COOKIE: a=1; b=2",
    ]);
  });

  it("drops Proxy-Connection since 1.31.0, and always has a Host since 1.31.4", () => {
    const proxy = 'location / { proxy_set_header Host ""; proxy_pass http://127.0.0.1:8000; }';
    const asked = withHeaders(["Proxy-Connection", "x"]);
    expect(sentBy(ask(proxy, asked, { version: "1.29.8" }))).toEqual(["Proxy-Connection: x"]);
    expect(sentBy(ask(proxy, asked, { version: "1.31.3" }))).toEqual([]);
    expect(sentBy(ask(proxy, asked, { version: "1.31.4" }))).toEqual(["Host: 127.0.0.1:8000"]);
  });
});

describe("upstreams", () => {
  const upstream = (...headers: readonly (readonly [string, string])[]) => ({
    upstream: () => ({ status: 200, headers }),
  });

  it("changes Location by pattern, and cookies by path, domain and flag", () => {
    const text = `location / { proxy_pass http://up; proxy_redirect ~^http://in/(.*)$ /out/$1; proxy_cookie_path /a /b;
      proxy_cookie_domain up.example $host; proxy_cookie_flags s secure samesite=lax; }`;
    const answer = ask(
      text,
      {},
      upstream(["Location", "http://in/x"], ["Set-Cookie", "s=1; Path=/a/c; Domain=.up.example"]),
    );
    expect(headersOf(answer)).toEqual([
      "Location: http://a.example/out/x",
      "Set-Cookie: s=1; Path=/b/c; Domain=.a.example; Secure; SameSite=lax".replace("=lax", "=Lax"),
    ]);
  });

  it("keeps the method as it is written, and counts a body of its own", () => {
    const answer = ask('location / { proxy_method purge; proxy_set_body "abc"; proxy_pass http://up; }', {});
    expect(answer.outcome.method).toBe("purge");
    expect(sentBy(answer)).toContain("Content-Length: 3");
  });

  it("has no `$proxy_host` outside of `proxy_pass`, and no `$upstream_…` without an upstream", () => {
    expect(ask('return 200 "[$proxy_host$upstream_addr]";', {}).outcome.body).toBe("[]");
    const answer = ask(
      "add_header X $upstream_http_y; location / { proxy_pass http://up; }",
      {},
      upstream(["Y", "z"]),
    );
    expect(headersOf(answer)).toEqual(["Y: z", "X: z"]);
  });

  it("asks memcached with GET and HEAD, tunnels with CONNECT, gRPC with an authority", () => {
    const memcached = "set $memcached_key $uri; location / { memcached_pass 127.0.0.1:11211; }";
    expect(statusOf(ask(memcached, { method: "POST" }))).toBe(405);
    expect(statusOf(ask("location / { tunnel_pass; }", {}, { version: "1.31.0" }))).toBe(405);
    const grpc = ask("location / { grpc_pass 127.0.0.1:50051; }", withHeaders(["TE", "trailers"]));
    expect(sentBy(grpc)).toEqual([":authority: 127.0.0.1:50051", "TE: trailers"]);
  });

  it("answers itself where nobody does", () => {
    const text =
      "error_page 502 = @down; location / { proxy_pass http://up; } location @down { return 503 later; }";
    expect(statusOf(ask(text, {}, { upstream: () => ({ status: 502, unreachable: true }) }))).toBe(503);
  });
});

describe("cookies of nginx's own", () => {
  it("gives one to clients without", () => {
    const text = "userid on; userid_name u; userid_expires max; userid_flags secure; return 200;";
    expect(headersOf(ask(text, {}))).toContain(
      "Set-Cookie: u=$uid_set; expires=Thu, 31-Dec-37 23:55:55 GMT; path=/; secure",
    );
    expect(headersOf(ask(text, withHeaders(["Cookie", "u=fwAAAVs4Y2N1dHR0AwMEAg=="]))).join()).not.toContain(
      "Set-Cookie",
    );
  });
});

describe("what is not modelled", () => {
  it("is said, and the answer is not certain", () => {
    const answer = ask("ssi on; root /srv;", {});
    expect(answer.certain).toBe(false);
    expect(answer.trace.at(-1)).toMatchObject({ kind: "unmodelled" });
  });
});

describe("targets beyond ASCII", () => {
  it("are readable in the outcome", () => {
    expect(ask("return 301 /é;", {}).outcome.target).toBe("http://a.example/é");
  });
});
