import { describe, expect, it } from "vitest";
import { type SourceTree, withEdits } from "../../src/semantics/index.ts";
import { compareTrees, tellDifferences } from "../../src/site/index.ts";
import { treeOf } from "../tree.ts";

const SITE = `events {}
http {
    log_format main '$request';
    server {
        listen 80;
        server_name shop.example;
        root /srv/shop;
        add_header X-Frame-Options DENY;
        location /static/ { alias /srv/static/; }
        location ~ /\\. { deny all; }
        location ~* \\.(css|js)$ { expires 1y; }
        location /staff/ { auth_basic staff; auth_basic_user_file users; proxy_pass http://127.0.0.1:8000; }
    }
    server {
        listen 80;
        server_name other.example;
        location / { return 204; }
    }
}
`;

function edited(from: string, to: string): readonly [SourceTree, SourceTree] {
  const tree = treeOf(SITE);
  const offset = SITE.indexOf(from);
  return [tree, withEdits(tree, [{ file: "nginx.conf", offset, length: from.length, text: to }])];
}

function told(from: string, to: string): readonly string[] {
  return tellDifferences(compareTrees(...edited(from, to)).differences);
}

describe("comparing what two trees answer", () => {
  it("finds nothing where no answer can differ, and asks only servers that are written in another way", () => {
    expect(compareTrees(...edited("log_format main '$request'", "log_format main '$status'"))).toEqual({
      differences: [],
      asked: 0,
      unasked: 0,
    });
    const all = compareTrees(...edited("http {", "http { server_tokens off;"));
    const one = compareTrees(...edited("return 204", "return 200 ''"));
    expect(one.asked).toBeGreaterThan(0);
    expect(all.asked).toBeGreaterThan(one.asked);
    expect(all.differences).toEqual([]);
  });
  it("counts requests with hundreds of headers for several", () => {
    const askedWith = (count: number) => {
      const headers = Array.from({ length: count }, (_, n) => `add_header X-${n} v;`).join("\n");
      const text = `events {}\nhttp {\nserver {\nlisten 80;\n${headers}\nlocation / { return 204; }\n}\n}\n`;
      return compareTrees(treeOf(text), treeOf(text.replace("return 204", "return 200 ''"))).asked;
    };
    expect(askedWith(1_280)).toBeGreaterThan(3 * askedWith(1));
    const tree = treeOf(SITE.replace("DENY;", `DENY;${"add_header X-A b;".repeat(5_000)}`));
    const other = treeOf(tree.entry.text.replaceAll("X-A b", "X-A c"));
    const { differences, unasked } = compareTrees(tree, other, { most: 300 });
    expect([differences.length, unasked]).toEqual([1, 1]);
  });
  it("names the request that a guard no longer refuses, and says that it opens something", () => {
    const { differences } = compareTrees(...edited("location /static/", "location ^~ /static/"));
    const opened = differences.filter((each) => each.opens).map(({ request }) => request.uri);
    expect(opened).toContain("/static/.env");
    expect(tellDifferences(differences)[0]).toBe(
      "`GET http://shop.example/static/.env` gets `/srv/static/.env` instead of 403 (and 2 more)",
    );
    expect(tellDifferences(differences).join("\n")).toContain(
      "gets `/srv/static/app.js` instead of `/srv/shop/static/app.js`",
    );
    const closed = compareTrees(...edited("location ~ /\\. { deny all; }", "location ~ \\. { deny all; }"));
    expect(closed.differences.length).toBeGreaterThan(0);
    expect(closed.differences.some((each) => each.opens)).toBe(false);
  });
  it("sees a password that is no longer asked for, through the eyes of those who have none", () => {
    const { differences } = compareTrees(...edited("auth_basic staff;", "auth_basic off;"));
    expect(differences.filter((each) => each.opens).map(({ request }) => request.uri)).toContain("/staff/");
  });
  it("sees what the upstream is sent only from those who are let in", () => {
    const sentences = told(
      "proxy_pass http://127.0.0.1:8000;",
      "proxy_pass http://127.0.0.1:8000; proxy_set_header Host $host;",
    );
    expect(sentences[0]).toContain(
      "`GET http://shop.example/staff/x` from an allowed address, with a password goes with `Host: shop.example` instead of `127.0.0.1:8000` to the upstream",
    );
  });
  it("sees a header that errors carry", () => {
    expect(told("X-Frame-Options DENY;", "X-Frame-Options DENY always;")[0]).toContain(
      "with `X-Frame-Options: DENY`",
    );
  });
  it("asks whoever a new location is there for", () => {
    const { differences } = compareTrees(
      ...edited("location /static/", "location = /new { return 200 x; } location /static/"),
    );
    expect(differences.map(({ request }) => request.uri)).toContain("/new");
  });
  it("asks the inside of a server as a fragment", () => {
    const before = treeOf({ "a.conf": "location /a { return 200 a; }\n" });
    const after = treeOf({ "a.conf": "location /a { return 200 b; }\n" });
    const { differences } = compareTrees(before, after);
    expect(differences[0]?.changes).toEqual([{ part: "body", before: "a", after: "b" }]);
  });
});
