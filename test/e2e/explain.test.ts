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
    expect(stdout).toContain("longest prefix: location /static/; no ^~, so regexes are");
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
      "^~ stops the regex search, so location ~* \\.css$ (line 11) is not asked",
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
    expect(wrong("/", "-f", "sarif")[1]).toContain("stylish or json");
  });
});
