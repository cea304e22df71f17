/** What is advised for a lifetime: followed to the letter, it leaves one `Cache-Control`. */
import { expect, it } from "vitest";
import { reportsOf } from "./ask.ts";

const app = (http: string, server: string) => `events {}
http {
    types { text/html html; application/javascript js; }
    ${http}
    server { listen 80; root /srv/shop/frontend/dist; location / { try_files $uri /index.html; } ${server} }
}
`;
const own = (server: string) =>
  app("", server).replace(
    "root /srv/shop/frontend/dist; location / {",
    "location / { root /srv/shop/frontend/dist;",
  );
const MAP = "map $sent_http_content_type $life { default";
const ASSETS = "location /assets/ { try_files $uri =404; }";

it.each([
  ["spa-index-cached", app("expires 1h;", ""), "send the page with `expires -1;`"],
  [
    "spa-index-cached",
    app(`${MAP} 1d; } expires $life;`, ""),
    "let `map $sent_http_content_type $life` give `-1` for the page",
  ],
  [
    "spa-index-cached",
    app(`${MAP} max-age=86400; } add_header Cache-Control $life;`, ""),
    'let `map $sent_http_content_type $life` give `"no-cache"` for the page',
  ],
  [
    "spa-index-cached",
    app("add_header Cache-Control max-age=86400;", ""),
    'write `location = /index.html { add_header Cache-Control "no-cache"; }`',
  ],
  ["static-assets-not-cached", app("expires 1h;", ASSETS), "write `expires 1y;` here"],
  [
    "static-assets-not-cached",
    app("", "location /assets/ { add_header Cache-Control no-cache always; }"),
    'write `add_header Cache-Control "public, max-age=31536000, immutable" always;` in place of `add_header Cache-Control no-cache always`',
  ],
  [
    "static-assets-not-cached",
    app("add_header Cache-Control no-cache; add_header X-Frame-Options DENY;", ASSETS),
    'write `add_header Cache-Control "public, max-age=31536000, immutable";` in `location /assets/`, and repeat the other `add_header` lines there',
  ],
  [
    "static-assets-not-cached",
    app("add_header Cache-Control no-store;", ""),
    'write `location /assets/ { try_files $uri =404; add_header Cache-Control "public, max-age=31536000, immutable"; }`',
  ],
  // A location beside would look for the files elsewhere.
  [
    "spa-index-cached",
    own("expires 1h;"),
    "send the page with `expires -1;` in a separate `location = /index.html`, nested in `location /`",
  ],
  [
    "static-assets-not-cached",
    own("expires 1h;"),
    "write `location /assets/ { try_files $uri =404; expires 1y; }`, nested in `location /`",
  ],
  [
    "spa-fallback-for-assets",
    own(""),
    "write `location /assets/ { try_files $uri =404; }`, nested in `location /`",
  ],
  // It has a location of its own.
  [
    "spa-index-cached",
    app("", "location = /index.html { expires 12h; }"),
    "write `expires -1;` in place of `expires 12h`",
  ],
  [
    "spa-index-cached",
    app("", 'location = /index.html { add_header Cache-Control "max-age=3600"; }'),
    'write `add_header Cache-Control "no-cache";` in place of `add_header Cache-Control "max-age=3600"`',
  ],
])("%s of `%s`: %s", (rule, text, help) => {
  expect(reportsOf(rule, text).map(({ help: given = "" }) => given.slice(0, help.length))).toEqual([help]);
});
