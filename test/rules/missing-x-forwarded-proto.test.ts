/** What the user says about the proxy in front (`assume.edge`). */
import { describe, expect, it } from "vitest";
import { fixTrees, lint } from "../../src/linter/index.ts";
import type { Report } from "../../src/rules/index.ts";
import { treeOf } from "../tree.ts";
import { reportsOf } from "./ask.ts";

const ID = "missing-x-forwarded-proto";

function reported(headers: string, edge: boolean | undefined, listen = "80"): Report[] {
  const text = `events {}
http {
    server {
        listen ${listen};
        server_name shop.example;
        location / {
            ${headers}
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`;
  return reportsOf(ID, text, { assume: edge === undefined ? {} : { edge } });
}

const HOST = "proxy_set_header Host $host;";
const SCHEME = "proxy_set_header X-Forwarded-Proto $scheme;";
const PASSED_ON = "proxy_set_header X-Forwarded-Proto $http_x_forwarded_proto;";

describe("with another proxy in front", () => {
  it("is sure that $scheme is http for ever", () => {
    expect(reported(SCHEME, false)).toMatchObject([
      { help: expect.stringContaining("$http_x_forwarded_proto") },
    ]);
    expect(reported(SCHEME, false)[0]?.severity).toBeUndefined();
  });

  it("lets the header of that proxy pass", () => {
    expect(reported(PASSED_ON, false, "443 ssl")).toEqual([]);
    expect(reported(HOST, false)).toMatchObject([{ severity: "info", confidence: "low" }]);
  });
});

describe("at the edge", () => {
  it("takes no header from clients, without a TLS listener either", () => {
    expect(reported(PASSED_ON, true)).toMatchObject([{ message: expect.stringContaining("client sent") }]);
  });

  it("trusts $scheme", () => {
    expect(reported(SCHEME, true)).toEqual([]);
  });
});

describe("the message", () => {
  it("says where the header was set, which line discards it, and what follows", () => {
    const text = `events {}
http {
    server {
        listen 443 ssl;
        proxy_set_header X-Forwarded-Proto $scheme;
        location /ws/ {
            proxy_set_header Upgrade $http_upgrade;
            proxy_pass http://127.0.0.1:8000/chat;
        }
        location /app/ {
            proxy_set_header X-Other 1;
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`;
    const found = reportsOf(ID, text);
    expect(found.map(({ message }) => message)).toEqual([
      "`proxy_set_header X-Other 1` discards the headers of the outer level, so `location /app/` passes requests to the application without `X-Forwarded-Proto` (it was set at line 5): it takes HTTPS for plain http (endless redirects, insecure cookies), or trusts whatever a client sends in that header.",
    ]);
    expect(found[0]?.witness).toEqual({ kind: "header", value: "X-Forwarded-Proto: https" });
  });

  it("is one for a server whose locations all have sets of their own", () => {
    const locations = ["/", "/api/", "/admin/"].map(
      (path) => `location ${path} { proxy_set_header Host $host; proxy_pass http://127.0.0.1:8000; }`,
    );
    const server = (rest: string) => `server { listen 443 ssl; server_name shop.example; ${rest} }`;
    const found = reportsOf(ID, `events {} http { ${server(locations.join(" "))} }`);
    expect(found.map(({ message }) => message)).toEqual([
      "`location /`, `location /api/` and `location /admin/` pass requests to the application without `X-Forwarded-Proto`: it takes HTTPS for plain http (endless redirects, insecure cookies), or trusts whatever a client sends in that header.",
    ]);
    expect(found[0]?.help).toContain("in each of these places");
    expect(found[0]?.related).toHaveLength(2);
  });

  it("threatens with no endless redirects where plain HTTP is sent to HTTPS", () => {
    const text = `events {} http {
      server { listen 80; server_name shop.example; return 301 https://$host$request_uri; }
      server { listen 443 ssl; server_name shop.example; location / { proxy_pass http://127.0.0.1:8000; } }
    }`;
    const [found] = reportsOf(ID, text);
    expect(found?.message).not.toContain("endless");
    expect(found?.message).toContain("cookies without `Secure`");
  });
});

it("leaves no warning for after its fix: what else the application is not told is said at once", () => {
  const tree = treeOf(`events {}
http {
    server {
        listen 443 ssl;
        server_name shop.example;
        ssl_certificate a.pem;
        ssl_certificate_key a.key;
        location / {
            proxy_pass http://shop_app:8000;
        }
    }
}
`);
  // `forwarded-header-passthrough` remarks on what is told no header of the request only then.
  const before = lint([tree]).findings.map(({ ruleId }) => ruleId);
  expect(before).toContain("missing-proxy-headers");
  const fixOnly = new Set(["missing-x-forwarded-proto"]);
  const { trees, applied } = fixTrees([tree], { level: "unsafe", fixOnly });
  expect(applied.map(({ ruleId }) => ruleId)).toEqual(["missing-x-forwarded-proto"]);
  const after = lint(trees).findings.map(({ ruleId }) => ruleId);
  expect(after.filter((id) => !before.includes(id) && id !== "forwarded-header-passthrough")).toEqual([]);
});
