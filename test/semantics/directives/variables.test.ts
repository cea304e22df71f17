import { describe, expect, it } from "vitest";
import { lookupVariable, variableNames } from "../../../src/semantics/index.ts";

describe("built-in variables", () => {
  it("knows those of the core and of modules", () => {
    for (const name of [
      "host",
      "request_uri",
      "proxy_add_x_forwarded_for",
      "ssl_server_name",
      "upstream_cache_status",
      "slice_range",
    ]) {
      expect(lookupVariable(name), name).toMatchObject({ prefix: false, edition: "open-source" });
    }
    expect(lookupVariable("nosuch")).toBeUndefined();
  });

  it("knows the families of names by their prefix", () => {
    expect(lookupVariable("http_x_forwarded_proto")?.name).toBe("http_");
    expect(lookupVariable("arg_page")?.name).toBe("arg_");
    expect(lookupVariable("cookie_sessionid")?.name).toBe("cookie_");
    expect(lookupVariable("upstream_http_etag")?.name).toBe("upstream_http_");
    expect(lookupVariable("sent_trailer_x")?.name).toBe("sent_trailer_");
    expect(lookupVariable("proxy_protocol_tlv_alpn")?.name).toBe("proxy_protocol_tlv_");
    expect(lookupVariable("jwt_claim_sub")?.edition).toBe("plus");
    expect(lookupVariable("arg_")).toBeUndefined();
  });

  it("does not mind the case, as nginx does not", () => {
    expect(lookupVariable("HOST")?.name).toBe("host");
  });

  it("keeps http and stream apart", () => {
    expect(lookupVariable("ssl_preread_server_name", "stream")).toBeDefined();
    expect(lookupVariable("ssl_preread_server_name")).toBeUndefined();
    expect(lookupVariable("http_host", "stream")).toBeUndefined();
    expect(variableNames("stream")).toContain("session_time");
  });

  it("knows since when", () => {
    expect(lookupVariable("http3")?.since).toBe("1.25.0");
    expect(lookupVariable("host")?.since).toBeNull();
  });
});
