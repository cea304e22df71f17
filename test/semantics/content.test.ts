import { describe, expect, it } from "vitest";
import { contentStatement } from "../../src/semantics/content.ts";
import { handlerOf, simulate } from "../../src/semantics/index.ts";
import { configure } from "./request/configure.ts";

/** What `handlerOf` and a simulated request say of one location. */
function answers(inside: string) {
  const configuration = configure(`server { listen 80; location /a/ { root /srv; ${inside} } }`);
  const { outcome } = simulate({ uri: "/a/x.mp4" }, { configuration, files: () => "file" });
  const [location] = configuration.servers[0]?.locations ?? [];
  if (location === undefined) throw new TypeError("no location");
  return [handlerOf(location.context).kind, outcome.kind, outcome.by?.name ?? null];
}

describe("the content handler of a location", () => {
  it("is the last one written", () => {
    expect(answers("proxy_pass http://127.0.0.1:9; stub_status;")).toEqual([
      "module",
      "return",
      "stub_status",
    ]);
    expect(answers("stub_status; proxy_pass http://127.0.0.1:9;")).toEqual(["pass", "proxy", "proxy_pass"]);
    expect(answers("empty_gif; fastcgi_pass 127.0.0.1:9;")).toEqual(["pass", "fastcgi", "fastcgi_pass"]);
  });

  it("sends files where it only sends them in another way", () => {
    expect(answers("mp4;")).toEqual(["static", "static", "root"]);
    expect(answers("proxy_pass http://127.0.0.1:9; flv;")).toEqual(["static", "static", "root"]);
    expect(answers("flv; proxy_pass http://127.0.0.1:9;")).toEqual(["pass", "proxy", "proxy_pass"]);
  });

  it("is the module's, for rules and for requests", () => {
    for (const directive of [
      "nchan_publisher",
      "nchan_subscriber",
      "push_stream_publisher",
      "rtmp_stat all",
    ]) {
      expect(answers(`${directive};`)).toEqual(["module", "unknown", directive.split(" ")[0]]);
    }
  });

  it("is looked for once, not by each request", () => {
    const configuration = configure("server { listen 80; location = /a { return 204; } location = /b { } }");
    const { context } = configuration.servers[0] ?? {};
    if (context === undefined) throw new TypeError("no server");
    simulate({ uri: "/" }, { configuration });
    Object.defineProperty(context, "statements", {
      get: () => expect.fail("looked through again"),
    });
    expect(contentStatement(context)).toBeNull();
  });
});
