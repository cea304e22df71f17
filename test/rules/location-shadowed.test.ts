import { describe, expect, it } from "vitest";
import { Configuration, simulate } from "../../src/semantics/index.ts";
import { treeOf } from "../tree.ts";
import { reportsOf as ask } from "./ask.ts";

describe("location-shadowed", () => {
  const reportsOf = (text: string) => ask("location-shadowed", treeOf(text, "http"));

  it("names the request, both files and the repair", () => {
    const [report] = reportsOf(`server {
      location /django-static/ { alias /srv/django/; }
      location ~* \\.(css|js)$ { root /srv/app; }
    }`);
    expect(report?.witness?.value).toBe("GET /django-static/admin/css/base.css");
    expect(report?.details?.map(({ label, text }) => `${label} ${text}`)).toEqual([
      "request GET /django-static/admin/css/base.css",
      "gets /srv/app/django-static/admin/css/base.css",
      "meant /srv/django/admin/css/base.css",
    ]);
    expect(report?.help).toBe("write `location ^~ /django-static/ {`");
  });

  it("warns that `^~` also keeps a denial from being asked", () => {
    const [report] = reportsOf(`server {
      location /static/ { alias /srv/django/; }
      location ~ /\\. { deny all; }
      location ~* \\.css$ { root /srv/app; }
    }`);
    expect(report?.help).toBe(
      "write `location ^~ /static/ {`, and nest a copy of `location ~ /\\.` in it, because `^~` stops nginx from checking it",
    );
  });

  it("makes one finding for each pair of locations", () => {
    const reports = reportsOf(`server {
      location /a/ { alias /srv/a/; }
      location /b/ { alias /srv/b/; }
      location ~* \\.css$ { root /srv/app; }
      location ~* \\.js$ { root /srv/app; }
    }`);
    expect(reports.length).toBe(4);
    expect(new Set(reports.map(({ identity }) => identity)).size).toBe(4);
  });
});

it("speaks of no header that `add_header_inherit merge` keeps", () => {
  const text = (mode: string) => `server {
    add_header_inherit ${mode};
    location /app/ {
      root /srv;
      add_header X-Robots-Tag noindex;
      location ~* \\.css$ { add_header_inherit ${mode}; add_header X-Served-By edge; }
    }
  }`;
  expect(ask("location-shadowed", text("merge"))).toEqual([]);
});

/** The text with the fixes of all findings in it, and what becomes of requests in both. */
function mended(text: string) {
  const edits = ["guard-comes-too-late", "location-shadowed"]
    .flatMap((rule) => ask(rule, text))
    .flatMap(({ fix }) => fix?.edits ?? []);
  const after = edits
    .toSorted((a, b) => b.offset - a.offset)
    .reduce(
      (old, { offset, length, text: part }) => old.slice(0, offset) + part + old.slice(offset + length),
      text,
    );
  const answers = (config: string) => {
    const configuration = new Configuration(treeOf(config));
    return (uri: string) => {
      const { outcome } = simulate({ uri, host: "shop.example" }, { configuration, files: () => "file" });
      return `${outcome.kind} ${outcome.status ?? ""} ${outcome.target ?? ""}`.replace(/ +/g, " ").trim();
    };
  };
  return { edits, after, asWritten: answers(text), asMended: answers(after) };
}

describe("the fix of location-shadowed", () => {
  it("carries along what refuses", () => {
    const { asWritten, asMended } = mended(`server {
    root /srv/shop;
    location ~* \\.(php|asp)$ {
        deny all;
    }
    location ~ /\\. { deny all; }
    location ~* \\.(sql|bak)$ {
        return 404;
    }
    location /django-static/ {
        alias /srv/django/;
    }
    location ~* \\.(css|js)$ { root /srv/shop; expires 1y; }
}
`);
    expect(asWritten("/django-static/admin/css/base.css")).toBe(
      "static 200 /srv/shop/django-static/admin/css/base.css",
    );
    expect(asMended("/django-static/admin/css/base.css")).toBe("static 200 /srv/django/admin/css/base.css");
    for (const uri of ["/django-static/.env", "/django-static/dump.sql", "/django-static/x.php", "/a.css"])
      expect(asMended(uri)).toBe(asWritten(uri));
  });

  it("runs the scripts behind a password, and sends none as text", () => {
    const { asWritten, asMended } = mended(`server {
    root /srv/www;
    location /private/ { auth_basic members; auth_basic_user_file /etc/users; }
    location ~ \\.php$ {
        fastcgi_pass unix:/run/php.sock;
    }
}
`);
    expect(asWritten("/private/report.php")).toMatch(/^fastcgi/);
    expect(asMended("/private/report.php")).toMatch(/^auth/);
    expect(asMended("/private/a.txt")).toBe(asWritten("/private/a.txt"));
    expect(asMended("/index.php")).toBe(asWritten("/index.php"));
  });

  it.each([
    [
      "a script would be sent as text from an alias",
      "location /pma/ { alias /usr/share/pma/; } location ~ \\.php$ { fastcgi_pass unix:/p; }",
    ],
    [
      "the copy would come from another file",
      "location /s/ { alias /srv/s/; } include deny.conf; location ~ \\.css$ { root /srv/a; }",
    ],
    [
      "a pattern for paths may be meant to win",
      "location /bbb { root /srv/b; } location ~ /thumbs/ { root /srv/thumbs; }",
    ],
  ])("is not offered where %s", (_, text) => {
    const reports = ask("location-shadowed", {
      "nginx.conf": `server { root /srv/www; ${text} }`,
      "deny.conf": "location ~ /\\. { deny all; }",
    });
    expect(reports.map(({ fix }) => fix)).toEqual([undefined]);
  });

  it("leaves the tree as it was before but for the requests that are lost", () => {
    const { asWritten, asMended } = mended(`server {
    root /srv/www;
    location /static/ { alias /srv/static/; }
    location ~* \\.(css|js)$ { root /srv/app; }
    location ~* \\.woff2$ { add_header Access-Control-Allow-Origin *; }
    location ~ ^/(static|media)/private/ { return 403; }
}
`);
    expect(asMended("/static/private/x")).toBe(asWritten("/static/private/x"));
    expect(asMended("/static/app.css")).toBe("static 200 /srv/static/app.css");
  });
});

it.each([
  [
    "folder and headers are the same",
    "location /admin { try_files $uri /admin/index.php?$args; } location ~* \\.(js|css|png)$ { expires max; }",
  ],
  [
    "a pattern names the prefix",
    "location /media/ { alias /srv/media/; } location ~* ^/(media|files)/.*\\.(jpg|png)$ { root /srv/cache; }",
  ],
  [
    "a pattern names a part of it",
    "location /media/ { alias /srv/m/; } location ~ /media/.*\\.jpg$ { root /srv/c; }",
  ],
])("is silent where %s", (_, text) => {
  expect(ask("location-shadowed", `server { root /srv/site; ${text} }`)).toEqual([]);
});

it("does not take an extension for the name of a folder", () => {
  const text = "server { location /css/ { alias /srv/c/; } location ~* \\.(css|js)$ { root /srv/app; } }";
  expect(ask("location-shadowed", text)).toHaveLength(1);
});
