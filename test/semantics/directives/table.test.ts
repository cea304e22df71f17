import { describe, expect, it } from "vitest";
import {
  acceptsCount,
  type ContextKind,
  defaultIn,
  directiveIn,
  directiveNames,
  directivesIn,
  inheritanceOf,
  lookupDirective,
  parseVersion,
  patternAt,
} from "../../../src/semantics/index.ts";

describe("the directive table", () => {
  it("decodes every line to facts that make sense", () => {
    for (const name of directiveNames()) {
      for (const facts of lookupDirective(name)!) {
        expect(facts.name).toBe(name);
        expect(facts.module, name).not.toBe("");
        expect(facts.contexts.join(), name).not.toBe("");
        expect(facts.arity.min, name).toBeLessThanOrEqual(facts.arity.max);
        expect(facts.opens === null || facts.block !== "none", name).toBe(true);
      }
    }
  });

  it("knows directives of every family, and none that nobody has", () => {
    for (const name of [
      "user",
      "use",
      "proxy_pass",
      "preread_buffer_size",
      "imap_auth",
      "rtmp",
      "content_by_lua_block",
    ]) {
      expect(lookupDirective(name), name).toBeDefined();
    }
    expect(lookupDirective("prox_pass")).toBeUndefined();
    expect(lookupDirective("constructor")).toBeUndefined();
  });

  it("tells the server of http, stream and mail and that of an upstream apart", () => {
    expect(directiveIn("server", "http")?.opens).toBe("server");
    expect(directiveIn("server", "stream")?.opens).toBe("stream-server");
    expect(directiveIn("server", "mail")?.opens).toBe("mail-server");
    expect(directiveIn("server", "upstream")?.block).toBe("none");
    expect(directiveIn("server", "stream-upstream")?.module).toBe("ngx_stream_upstream_module");
    expect(directiveIn("server", "location")).toBeUndefined();
  });

  it("allows in `if` what nginx allows there", () => {
    expect(directiveIn("add_header", "location-if")).toBeDefined();
    expect(directiveIn("add_header", "server-if")).toBeUndefined();
    expect(directiveIn("return", "server-if")).toBeDefined();
    expect(directiveIn("try_files", "location-if")).toBeUndefined();
    expect(directiveIn("proxy_pass", "limit_except")).toBeDefined();
  });

  it("counts arguments by the bits of the command tables", () => {
    const count = (name: string, n: number) => acceptsCount(lookupDirective(name)![0]!.arity, n);
    expect([0, 1, 2, 3].map((n) => count("rewrite", n))).toEqual([false, false, true, true]);
    expect([0, 1, 9].map((n) => count("server_name", n))).toEqual([false, true, true]);
    expect([0, 1].map((n) => count("internal", n))).toEqual([true, false]);
    expect([1, 2, 3].map((n) => count("js_import", n))).toEqual([true, false, true]);
  });

  it("says how values are read", () => {
    const values = (name: string) => lookupDirective(name)![0]!.values!;
    expect(values("gzip")[0]).toMatchObject({ kind: "flag" });
    expect(values("gzip_comp_level")[0]).toMatchObject({ kind: "number", min: 1, max: 9 });
    expect(values("satisfy")[0]).toMatchObject({ kind: "enum", literals: ["all", "any"] });
    expect(patternAt(values("ssl_protocols"), 3)?.literals).toContain("TLSv1.3");
    expect(values("keepalive_timeout").map(({ kind }) => kind)).toEqual(["msec", "sec"]);
    expect(patternAt(values("proxy_buffers"), 2)).toBeUndefined();
    expect(lookupDirective("listen")![0]!.values).toBeNull();
  });

  it("knows what is new, what is gone and what replaces it", () => {
    expect(directiveIn("add_header_inherit", "server")).toMatchObject({
      since: "1.29.3",
      edition: "open-source",
    });
    expect(directiveIn("resolver", "upstream")?.since).toBe("1.27.3");
    expect(directiveIn("resolver", "http")?.since).toBeNull();
    expect(directiveIn("server_name", "stream-server")?.since).toBe("1.25.5");
    expect(directiveIn("ssl", "server")).toMatchObject({
      deprecated: "1.15.0",
      removed: "1.25.1",
      instead: "listen ... ssl",
    });
    expect(directiveIn("http2_push", "location")).toMatchObject({ deprecated: "1.25.1", removed: null });
    expect(directiveIn("spdy_headers_comp", "server")?.removed).toBe("1.9.5");
  });

  it("knows NGINX Plus and third parties as such", () => {
    expect(lookupDirective("auth_jwt")![0]!.edition).toBe("plus");
    expect(lookupDirective("zone_sync")![0]!.edition).toBe("plus");
    expect(lookupDirective("more_set_headers")![0]!.edition).toBe("third-party");
    expect(lookupDirective("upload_store")![0]!.exact).toBe(false);
    expect(lookupDirective("sticky")!.map(({ edition }) => edition)).toContain("third-party");
  });

  it("knows the kinds of inheritance", () => {
    expect(inheritanceOf("root")).toBe("single");
    expect(inheritanceOf("alias")).toBe("single");
    expect(inheritanceOf("proxy_set_header")).toBe("list");
    expect(inheritanceOf("error_page")).toBe("list");
    expect(inheritanceOf("access_log")).toBe("list");
    expect(inheritanceOf("allow")).toBe("list");
    expect(inheritanceOf("types")).toBe("list");
    expect(inheritanceOf("add_header")).toBe("merge");
    expect(inheritanceOf("try_files")).toBe("none");
    expect(inheritanceOf("proxy_pass")).toBe("none");
    expect(inheritanceOf("listen")).toBe("none");
  });

  it("knows what may be repeated", () => {
    const repeatable = (name: string) => lookupDirective(name)![0]!.repeatable;
    for (const name of [
      "add_header",
      "listen",
      "server_name",
      "log_format",
      "error_page",
      "rewrite",
      "env",
      "allow",
    ]) {
      expect(repeatable(name), name).toBe(true);
    }
    for (const name of [
      "root",
      "gzip",
      "client_max_body_size",
      "proxy_pass",
      "try_files",
      "keepalive_timeout",
      "user",
    ]) {
      expect(repeatable(name), name).toBe(false);
    }
  });

  it("knows the defaults of a version", () => {
    const at = (name: string, context: ContextKind, version: string) =>
      defaultIn(directiveIn(name, context)!, parseVersion(version));
    expect(at("ssl_protocols", "server", "1.22")).toBe("TLSv1 TLSv1.1 TLSv1.2");
    expect(at("ssl_protocols", "server", "1.26.3")).toBe("TLSv1 TLSv1.1 TLSv1.2 TLSv1.3");
    expect(at("ssl_protocols", "server", "mainline")).toBe("TLSv1.2 TLSv1.3");
    expect(at("proxy_http_version", "location", "1.28")).toBe("1.0");
    expect(at("keepalive", "upstream", "1.28")).toBeNull();
    expect(defaultIn(directiveIn("client_max_body_size", "http")!, null)).toBe("1m");
  });

  it("takes what only newer versions take", () => {
    expect(directiveIn("proxy_http_version", "location")?.values?.[0]?.literals).toEqual(["1.0", "1.1", "2"]);
    expect(acceptsCount(directiveIn("keepalive", "upstream")!.arity, 2)).toBe(true);
  });

  it("lists what a context may hold", () => {
    expect(directivesIn("upstream")).toContain("least_conn");
    expect(directivesIn("upstream")).not.toContain("root");
    expect(directivesIn("map")).toEqual(["include"]);
  });
});
