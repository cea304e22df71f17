import { expect, it } from "vitest";
import { Configuration, Model } from "../../src/semantics/index.ts";
import { treeOf } from "../tree.ts";

function cachingOf(text: string) {
  const model = new Model(new Configuration(treeOf(`http { server { ${text} } }`)), null);
  return model.servers[0]?.top.caching ?? null;
}

it("takes nginx's key for a proxy where none is written", () => {
  expect(cachingOf("proxy_cache c; proxy_pass http://app;")?.key).toBe("$scheme$proxy_host$request_uri");
});

it("knows no key for FastCGI where none is written", () => {
  expect(cachingOf("fastcgi_cache c; fastcgi_pass app;")?.key).toBeNull();
});

it("sees nothing where the cache is off, or belongs to another family", () => {
  expect(cachingOf("proxy_cache off; proxy_pass http://app;")).toBeNull();
  expect(cachingOf("proxy_cache c; uwsgi_pass app;")).toBeNull();
});

it("reads what is ignored, hidden and left out", () => {
  const caching = cachingOf(
    "proxy_cache c; proxy_ignore_headers Set-Cookie Vary; proxy_hide_header Set-Cookie; proxy_no_cache $http_authorization; proxy_pass http://app;",
  );
  expect([...(caching?.ignored.keys() ?? [])]).toEqual(["set-cookie", "vary"]);
  expect([...(caching?.hidden ?? [])]).toEqual(["set-cookie"]);
  expect(caching?.exceptions.map(({ name }) => name)).toEqual(["proxy_no_cache"]);
});
