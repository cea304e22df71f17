import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { directoryOf, nginxLint } from "./run.ts";

const SITE = `events {}
http {
  server {
    listen 80;
    server_name shop.example;
    root /srv/no-such-place;
    add_header X-Frame-Options DENY;
    location /static/ {
      expires 1h;
    }
    location ~* \\.css$ {
      add_header X-Style yes;
    }
    location ^~ /cart {
      proxy_set_header Host $host;
      proxy_pass http://backend;
    }
    location /only-inside { allow 10.0.0.0/8; deny all; proxy_pass http://backend; }
  }
  server { listen 443 ssl; server_name shop.example; return 204; }
}
`;

const cwd = directoryOf({ "nginx.conf": SITE });

interface Answer {
  readonly server: { readonly line: number } | null;
  readonly location: { readonly modifier: string; readonly pattern: string; readonly line: number } | null;
  readonly outcome: { readonly kind: string; readonly status: number | null; readonly target: string | null };
  readonly requestHeaders: readonly {
    readonly name: string;
    readonly value: string;
    readonly sent: string;
  }[];
  readonly trace: readonly { readonly phase: string; readonly text: string; readonly line: number | null }[];
}

function explain(...args: readonly string[]): Answer {
  const { stdout, stderr } = nginxLint(["explain", ...args, "-f", "json"], { cwd });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as Answer;
}

describe("explain", () => {
  it("tells people each step with its place, the answer, and what is lost", () => {
    const { status, stdout } = nginxLint(["explain", "http://shop.example/static/a.css", "."], { cwd });
    expect(status).toBe(0);
    expect(stdout).toContain("longest prefix: location /static/; no ^~, so regex locations");
    expect(stdout).toMatch(/location ~\* \\\.css\$ matches and serves the request +nginx\.conf:11/);
    expect(stdout).toMatch(/→ {2}file \/srv\/no-such-place\/static\/a\.css {2}root at nginx\.conf:6/);
    expect(stdout).toContain("X-Style: yes");
    expect(stdout).toMatch(/lost +X-Frame-Options \(nginx\.conf:7\)/);
    expect(stdout).toMatch(/assumed +what is at \/srv\/no-such-place\/static\/a\.css: file/);
  });

  it("gives one object for a URL", () => {
    const answer = explain("http://shop.example/cart?x=1");
    expect(answer).toMatchObject({
      version: 1,
      request: { method: "GET", scheme: "http", host: "shop.example", port: 80, uri: "/cart?x=1" },
      server: { names: ["shop.example"], listen: "80", file: "nginx.conf", line: 3 },
      location: { modifier: "^~", pattern: "/cart", file: "nginx.conf", line: 14 },
      outcome: { kind: "proxy", status: null, target: "http://backend/cart?x=1" },
    });
    expect(answer.requestHeaders).toContainEqual({
      name: "Host",
      value: "$host",
      sent: "shop.example",
      file: "nginx.conf",
      line: 15,
    });
    expect(answer.trace.map(({ text }) => text)).toContain(
      "^~ stops the regex search, so location ~* \\.css$ (line 11) is not checked",
    );
  });

  it("asks the first server for a path, and the one that the port selects for a URL", () => {
    expect(explain("/cart").server?.line).toBe(3);
    expect(explain("https://shop.example/").outcome).toMatchObject({ kind: "return", status: 204 });
  });

  it("takes method, headers, addresses and files from options", () => {
    expect(explain("/only-inside").outcome).toMatchObject({ kind: "deny", status: 403 });
    expect(explain("/only-inside", "--address", "10.0.0.5").outcome.kind).toBe("proxy");
    expect(explain("/static/x", "--missing", "/srv/no-such-place/static/x").outcome.status).toBe(404);
    expect(explain("/static/x", "--exists", "/srv/no-such-place/static/x/").outcome).toMatchObject({
      status: 301,
      target: "http://shop.example/static/x/",
    });
    expect(explain("/static/x", "--method", "put").outcome.status).toBe(405);
    expect(explain("/cart", "--header", "Host: other.example").requestHeaders).toContainEqual(
      expect.objectContaining({ name: "Host", sent: "other.example" }),
    );
    expect(explain("/", "--local", "127.0.0.1:8080").outcome).toMatchObject({ kind: "reject", status: null });
  });

  it("asks the disk where the document root is there", () => {
    const place = directoryOf({ "www/index.html": "" });
    writeFileSync(join(place, "nginx.conf"), `http { server { listen 80; root ${place}/www; } }`);
    mkdirSync(join(place, "www/empty"));
    const ask = (url: string) => {
      const { stdout } = nginxLint(["explain", url, ".", "-f", "json"], { cwd: place });
      return (JSON.parse(stdout) as Answer).outcome;
    };
    expect(ask("/")).toMatchObject({ kind: "static", status: 200, target: `${place}/www/index.html` });
    expect(ask("/nothing").status).toBe(404);
    expect(ask("/empty/").status).toBe(403);
  });

  it("answers a line of JSON for each line of standard input", () => {
    const { stdout } = nginxLint(["explain", "-", ".", "-f", "json"], {
      cwd,
      input: "/cart\n\nhttps://shop.example/\n",
    });
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Answer);
    expect(lines.map(({ outcome }) => outcome.kind)).toEqual(["proxy", "return"]);
  });

  it("skips comments, numbers bad lines and answers the others", () => {
    const { status, stdout, stderr } = nginxLint(["explain", "-", ".", "-f", "json"], {
      cwd,
      input: "# carts\n/cart\nftp://shop.example/\n/cart\n",
    });
    expect(status).toBe(2);
    expect(stdout.trimEnd().split("\n")).toHaveLength(2);
    expect(stderr).toMatch(/^nginx-lint: line 3: ftp:\/\/shop\.example\/: write a URL/);
  });

  it("does its best with a part, and says so", () => {
    const part = directoryOf({ "site.conf": "location / { return 200 hi; }\nlocation /x {\n" });
    const { status, stdout } = nginxLint(["explain", "/", "site.conf"], { cwd: part });
    expect(status).toBe(0);
    expect(stdout).toMatch(/→ {2}200 "hi"/);
    expect(stdout).toMatch(/missing +site\.conf:2: /);
    expect(stdout).toContain("only a part of the configuration is known");
  });

  it("refuses what it cannot use", () => {
    const wrong = (...args: readonly string[]) => {
      const { status, stderr } = nginxLint(["explain", ...args], { cwd });
      return [status, stderr];
    };
    expect(wrong()[0]).toBe(2);
    expect(wrong("shop.example")).toEqual([
      2,
      "nginx-lint: shop.example: write a URL (https://example.com/path) or a path (/path)\n",
    ]);
    expect(wrong("/", "--header", "x")[1]).toContain("write 'Name: value'");
    expect(wrong("/", "nowhere")[0]).toBe(2);
    expect(wrong("/", "-f", "sarif")[1]).toContain("stylish, json");
  });
});

describe("explain of a configuration that nginx refuses", () => {
  const broken = directoryOf({
    "nginx.conf":
      "events {}\nhttp {\n  server {\n    listen 80;\n    include more.conf;\n    nosuch on;\n  }\n}\n",
    "more.conf": "keepalive_timeout soon;\nreturn 200 ok;\n",
  });

  it("says so first, with nginx's first reason", () => {
    const { stdout } = nginxLint(["explain", "http://a.example/", "."], { cwd: broken });
    const [, second] = stdout.split("\n");
    expect(second).toMatch(/refused {2}nginx will not start: invalid value "soon" in "keepalive_timeout"/);
    expect(stdout).toContain("and 1 more");
    expect(stdout).toContain('200 "ok"');
  });

  it("has the reasons in a field of their own, and the first in the trace", () => {
    const { stdout } = nginxLint(["explain", "http://a.example/", ".", "-f", "json"], { cwd: broken });
    const answer: unknown = JSON.parse(stdout);
    expect(answer).toMatchObject({
      refusals: [
        { ruleId: "directive-arguments", file: "more.conf", line: 1 },
        { ruleId: "unknown-directive", file: "nginx.conf", line: 6 },
      ],
      trace: [{ phase: "start", file: "more.conf", line: 1 }, { phase: "server" }, {}, {}],
      outcome: { status: 200 },
    });
  });

  it("says nothing of the kind where nginx starts", () => {
    const fine = directoryOf({ "nginx.conf": "events {}\nhttp { server { listen 80; return 200 ok; } }\n" });
    const { stdout } = nginxLint(["explain", "http://a.example/", ".", "-f", "json"], { cwd: fine });
    expect(JSON.parse(stdout)).toMatchObject({ refusals: [], trace: [{ phase: "server" }, {}, {}] });
  });
});

describe("explain's flags for what no file tells", () => {
  const whole = directoryOf({
    "nginx.conf": `events {}
http {
  server {
    listen 80;
    client_max_body_size 1m;
    proxy_intercept_errors on;
    error_page 500 502 = @down;
    location / { proxy_cookie_path / /app/; proxy_pass http://127.0.0.1:8000; }
    location @down { return 503 sorry; }
  }
}
`,
  });
  const ask = (...args: readonly string[]) =>
    JSON.parse(
      nginxLint(["explain", "http://a.example/x", ".", "-f", "json", ...args], { cwd: whole }).stdout,
    ) as {
      readonly outcome: { readonly kind: string; readonly status: number | null };
      readonly responseHeaders: readonly { readonly name: string; readonly sent: string }[];
    };

  it("takes the upstream's status and headers", () => {
    const fine = ask("--upstream-status", "201", "--upstream-header", "Set-Cookie: s=1; Path=/");
    expect(fine.outcome).toMatchObject({ kind: "proxy", status: 201 });
    expect(fine.responseHeaders).toMatchObject([{ name: "Set-Cookie", sent: "s=1; Path=/app/" }]);
    expect(ask("--upstream-status", "500").outcome).toMatchObject({ kind: "return", status: 503 });
    expect(ask("--upstream-status", "down").outcome).toMatchObject({ kind: "return", status: 503 });
    expect(ask().outcome).toMatchObject({ kind: "proxy", status: null });
  });

  it("takes the size of a body, and Host twice", () => {
    expect(ask("--method", "POST", "--body-size", "2m").outcome).toMatchObject({
      kind: "error",
      status: 413,
    });
    expect(ask("--method", "POST", "--body-size", "1m").outcome).toMatchObject({ kind: "proxy" });
    const twice = ask("--header", "Host: a.example", "--header", "Host: b.example");
    expect(twice.outcome).toMatchObject({ kind: "reject", status: 400 });
  });

  it("refuses what is no status, header or size", () => {
    for (const args of [
      ["--upstream-status", "99"],
      ["--upstream-header", "nonsense"],
      ["--body-size", "much"],
    ]) {
      const { status, stderr } = nginxLint(["explain", "http://a.example/x", ".", ...args], { cwd: whole });
      expect(status).toBe(2);
      expect(stderr).toContain(args[0]);
    }
  });

  it("says once that a version is newer than what is known", () => {
    const { stderr } = nginxLint(["explain", "-", ".", "--nginx-version", "1.99.0"], {
      cwd: whole,
      input: "http://a.example/a\nhttp://a.example/b\n",
    });
    expect(stderr.match(/is newer than/g)).toHaveLength(1);
  });

  it("tells which parts of the answer a client chooses", () => {
    const folder = directoryOf({
      "nginx.conf": `events {}
http {
  map $arg_tone $tone { default light; dark dark; }
  server {
    listen 80;
    server_name shop.example;
    location /go { return 302 https://$arg_host/; }
    location /app/ {
      add_header X-Tone $tone;
      proxy_set_header Host $http_host;
      proxy_set_header X-Path $uri;
      proxy_pass http://127.0.0.1:8000;
    }
  }
}
`,
    });
    const asked = ["explain", "--attacker", "http://shop.example/app/", "."];
    const text = nginxLint(asked, { cwd: folder }).stdout.replace(/\s+/g, " ");
    expect(text).toContain("Host to the upstream: `$http_host` by any client (header host)");
    expect(text).toContain("X-Path to the upstream: `$uri` by any client (path), with line ends");
    expect(text).toContain("X-Tone: `$tone`, one of your texts, by any client (argument tone)");
    const { attacker } = JSON.parse(nginxLint([...asked, "-f", "json"], { cwd: folder }).stdout);
    expect(attacker.map(({ name }: { name: string }) => name)).toEqual(["Host", "X-Path", "X-Tone"]);
    const redirect = nginxLint(["explain", "--attacker", "http://shop.example/go", "-f", "json"], {
      cwd: folder,
    });
    expect(JSON.parse(redirect.stdout).attacker).toMatchObject([
      { what: "redirect", parts: [{ chosenBy: "operator" }, { text: "$arg_host", chosenBy: "client" }, {}] },
    ]);
    expect(explain("/cart")).not.toHaveProperty("attacker");
  });
});

it("says that nginx will not start, whatever a comment says", () => {
  const cwd = directoryOf({
    "nginx.conf":
      "# nginx-lint-disable\nevents {}\nhttp {\n  server {\n    listen 80;\n    gzipp on;\n  }\n}\n",
  });
  expect(nginxLint(["explain", "/", "."], { cwd }).stdout).toContain("nginx will not start");
});
