import { describe, expect, it } from "vitest";
import { type ContextKind, didYouMean, suggestDirective } from "../../../src/semantics/index.ts";

const TYPOS: readonly [typo: string, context: ContextKind, meant: string][] = [
  ["lisen", "server", "listen"],
  ["server_nane", "server", "server_name"],
  ["servername", "server", "server_name"],
  ["proxy_passs", "location", "proxy_pass"],
  ["proxy-pass", "location", "proxy_pass"],
  ["proxypass", "location", "proxy_pass"],
  ["proxy_set_headers", "location", "proxy_set_header"],
  ["proxy_header_set", "location", "proxy_set_header"],
  ["header_add", "location", "add_header"],
  ["add_headers", "server", "add_header"],
  ["retrun", "location", "return"],
  ["rewite", "server", "rewrite"],
  ["try_file", "location", "try_files"],
  ["tryfiles", "location", "try_files"],
  ["aliass", "location", "alias"],
  ["rooot", "server", "root"],
  ["idnex", "server", "index"],
  ["gzipp", "http", "gzip"],
  ["gzip_type", "http", "gzip_types"],
  ["acces_log", "http", "access_log"],
  ["error_logs", "main", "error_log"],
  ["error_pages", "server", "error_page"],
  ["worker_process", "main", "worker_processes"],
  ["worker_connection", "events", "worker_connections"],
  ["keepalive_timout", "http", "keepalive_timeout"],
  ["client_max_body", "server", "client_max_body_size"],
  ["ssl_certficate", "server", "ssl_certificate"],
  ["ssl_certificate_keys", "server", "ssl_certificate_key"],
  ["ssl_protocol", "server", "ssl_protocols"],
  ["ssl_cipher", "server", "ssl_ciphers"],
  ["limit_rec_zone", "http", "limit_req_zone"],
  ["fastcgi_params", "location", "fastcgi_param"],
  ["upsteam", "http", "upstream"],
  ["locaton", "server", "location"],
  ["sever", "http", "server"],
  ["autoidex", "location", "autoindex"],
  ["expire", "location", "expires"],
  ["auth_basic_user_fil", "location", "auth_basic_user_file"],
  ["set_real_ip_form", "http", "set_real_ip_from"],
  ["includ", "http", "include"],
  ["usr", "main", "user"],
];

describe("suggestions for unknown directives", () => {
  it.each(TYPOS)("takes %s in %s for %s", (typo, context, meant) => {
    expect(suggestDirective(typo, context)).toBe(meant);
  });

  it("prefers what may stand in the context", () => {
    expect(suggestDirective("servr", "upstream")).toBe("server");
    expect(suggestDirective("hsh", "upstream")).toBe("hash");
  });

  it("stays silent where nothing is near", () => {
    expect(suggestDirective("completely_different", "http")).toBeNull();
    expect(suggestDirective("xy", "http")).toBeNull();
  });
});

describe("didYouMean", () => {
  it("counts a swap of neighbours as one slip", () => {
    expect(didYouMean("ab_dc", ["ab_cd", "ab_xx"])).toBe("ab_cd");
  });
  it("never suggests the name itself", () => {
    expect(didYouMean("root", ["root"])).toBeNull();
  });
  it("lets the handicap decide between equals", () => {
    const candidates = [
      { name: "zonea", handicap: 0.5 },
      { name: "zoneb", handicap: 0 },
    ];
    expect(didYouMean("zonec", candidates)).toBe("zoneb");
  });
});
