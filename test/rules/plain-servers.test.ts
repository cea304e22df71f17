/** What nginx wants of servers and of buffers as a whole, and not of single directives. */
import { describe, expect, it } from "vitest";
import { lint } from "../../src/linter/index.ts";
import { RULES } from "../../src/rules/index.ts";
import { parseVersion } from "../../src/semantics/index.ts";
import { treeOf } from "../tree.ts";

const VALIDITY = RULES.filter(({ category }) => category === "validity");

function errorsIn(text: string, version = "1.22.1"): string[] {
  const { findings } = lint([treeOf(`events {}\n${text}`, "main")], {
    rules: VALIDITY,
    version: parseVersion(version),
  });
  return findings
    .filter(({ severity }) => severity === "error")
    .map(({ line, message }) => `${line}: ${message.replace(": nginx does not start.", "")}`);
}

const location = (text: string) => errorsIn(`http { server { location / {\n${text}\n} } }`);

describe("servers of stream and mail", () => {
  it("may not share an address", () => {
    const server = "server { listen 99; return a; }";
    expect(errorsIn(`stream {\n${server}\n${server}\n}`)).toEqual([
      '4: duplicate "99" address and port pair',
    ]);
    expect(errorsIn(`stream {\n${server}\nserver { listen 99 udp; return a; }\n}`)).toEqual([]);
    expect(errorsIn(`stream {\n${server}\n${server}\n}`, "1.25.5")).toEqual([]);
    expect(errorsIn("stream { server { return a;\nlisten 99;\nlisten 99; } }", "1.28.0")).toEqual([
      '4: duplicate "99" address and port pair',
    ]);
  });

  it("need an address, and someone who answers", () => {
    expect(errorsIn("stream {\nserver { return a; } }")).toEqual(['3: no "listen" is defined for server']);
    expect(errorsIn("stream {\nserver { listen 99; } }")).toEqual(["3: no handler for server"]);
    expect(errorsIn("stream {\nserver { listen 99; include x/*.conf; } }")).toEqual([
      "3: no handler for server",
    ]);
    expect(errorsIn("stream {\nserver { listen 99; js_preread x; } }")).toEqual([]);
    expect(errorsIn("stream {\nserver { listen 99; } }", "1.25.5")).toEqual([]);
  });

  it("need a protocol and someone to ask for mail", () => {
    expect(errorsIn("mail {\nauth_http 127.0.0.1:1;\nserver { listen 99; } }")).toEqual([
      "4: unknown mail protocol for server",
    ]);
    expect(errorsIn("mail {\nauth_http 127.0.0.1:1;\nserver { listen 143; } }")).toEqual([]);
    expect(errorsIn("mail {\nserver { listen 143; } }")).toEqual(['3: no "auth_http" is defined for server']);
  });

  it("need a certificate for TLS", () => {
    expect(errorsIn("stream { server {\nlisten 99 ssl;\nreturn a; } }")).toEqual([
      '3: no "ssl_certificate" is defined for the "listen ... ssl" directive',
    ]);
  });
});

describe("buffers", () => {
  it("must be more than what is busy", () => {
    expect(location("proxy_buffer_size 16k;")).toEqual([
      '3: "proxy_busy_buffers_size" must be less than the size of all "proxy_buffers" minus one buffer: 32k is more than 28k',
    ]);
    expect(location("proxy_buffer_size 16k;\nproxy_buffers 8 16k;")).toEqual([]);
    expect(location("fastcgi_buffers 1 16k;")).toEqual(['3: there must be at least 2 "fastcgi_buffers"']);
    expect(location("proxy_buffers 8 16k;\nproxy_busy_buffers_size 8k;")).toEqual([
      '4: "proxy_busy_buffers_size" must be equal to or greater than the maximum of the value of "proxy_buffer_size" and one of the "proxy_buffers"',
    ]);
  });

  it("are not judged where no server has them", () => {
    expect(errorsIn("http { proxy_buffer_size 16k; }")).toEqual([]);
    expect(errorsIn("http { proxy_buffer_size 16k;\nserver { location / { } } }")).toHaveLength(1);
  });
});
