import { describe, expect, it } from "vitest";
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
    expect(report?.help).toContain("`location ~ /\\.` is then not asked here either");
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
