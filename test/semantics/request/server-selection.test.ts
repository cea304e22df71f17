import { describe, expect, it } from "vitest";
import { normalizeHost, selectServer } from "../../../src/semantics/index.ts";
import { configure } from "./configure.ts";

/** The `# name` comment would be lost: servers are told apart by `set $id`. */
function chosen(text: string, host: string | null, address: string | null = "127.0.0.1", port = 80): string {
  const selection = selectServer(configure(text), { address, port, host });
  if (selection.kind !== "server") return selection.kind;
  return selection.server.context.last("set")?.args[1] ?? "?";
}

const server = (id: string, rest: string) => `server { ${rest} set $id ${id}; }`;

describe("selectServer", () => {
  it("takes the first server where no name fits", () => {
    const text = server("a", "listen 80; server_name a;") + server("b", "listen 80; server_name b;");
    expect(chosen(text, "b")).toBe("b");
    expect(chosen(text, "c")).toBe("a");
    expect(chosen(text, null)).toBe("a");
  });

  it("takes the default_server where no name fits", () => {
    const text = server("a", "listen 80; server_name a;") + server("b", "listen 80 default_server;");
    expect(chosen(text, "c")).toBe("b");
  });

  it("prefers exact to *.name to name.* to regex, and the longer wildcard", () => {
    const text = [
      server("default", "listen 80;"),
      server("regex", "listen 80; server_name ~^www\\.;"),
      server("tail", "listen 80; server_name www.example.*;"),
      server("longtail", "listen 80; server_name www.example.org.*;"),
      server("head", "listen 80; server_name *.example.com;"),
      server("longhead", "listen 80; server_name *.b.example.com;"),
      server("exact", "listen 80; server_name www.b.example.com;"),
    ].join("");
    expect(chosen(text, "www.b.example.com")).toBe("exact");
    expect(chosen(text, "x.b.example.com")).toBe("longhead");
    expect(chosen(text, "www.example.com")).toBe("head");
    expect(chosen(text, "example.com")).toBe("default");
    expect(chosen(text, "www.example.net")).toBe("tail");
    expect(chosen(text, "www.example.org.uk")).toBe("longtail");
    expect(chosen(text, "www.other.net")).toBe("regex");
  });

  it("reads .example.com as the name itself and all below it", () => {
    const text = server("default", "listen 80;") + server("dot", "listen 80; server_name .example.com;");
    expect(chosen(text, "example.com")).toBe("dot");
    expect(chosen(text, "a.b.example.com")).toBe("dot");
    expect(chosen(text, "badexample.com")).toBe("default");
  });

  it("ignores .example.com entirely where example.com is taken already", () => {
    const text =
      server("default", "listen 80;") +
      server("exact", "listen 80; server_name example.com;") +
      server("dot", "listen 80; server_name .example.com;");
    expect(chosen(text, "example.com")).toBe("exact");
    expect(chosen(text, "a.example.com")).toBe("default");
  });

  it("ignores the case of names and the trailing dot and port of Host", () => {
    const text = server("default", "listen 80;") + server("a", "listen 80; server_name A.Example;");
    expect(chosen(text, "a.eXample.:8080")).toBe("a");
  });

  it("makes a pattern case-insensitive only by a capital letter in it", () => {
    const text = server("default", "listen 80;") + server("a", "listen 80; server_name ~^WWW;");
    expect(chosen(text, "www.x")).toBe("a");
  });

  it("prefers a specific address to the wildcard", () => {
    const text =
      server("any", "listen 80; server_name a;") + server("local", "listen 127.0.0.1:80; server_name b;");
    expect(chosen(text, "a")).toBe("local");
    expect(chosen(text, "a", "10.0.0.1")).toBe("any");
    expect(chosen(text, "a", null)).toBe("any");
  });

  it("keeps IPv6 and IPv4 apart unless ipv6only=off", () => {
    expect(chosen(server("a", "listen [::]:80;"), "a")).toBe("refused");
    expect(chosen(server("a", "listen [::]:80 ipv6only=off;"), "a")).toBe("a");
    expect(chosen(server("a", "listen [::]:80;"), "a", "::1")).toBe("a");
    expect(chosen(server("a", "listen [0:0::1]:80;"), "a", "[::1]")).toBe("a");
  });

  it("finds the port in a range, and refuses others", () => {
    const text = server("a", "listen 8000-8010;");
    expect(chosen(text, "a", "127.0.0.1", 8005)).toBe("a");
    expect(chosen(text, "a", "127.0.0.1", 80)).toBe("refused");
  });

  it("counts a name only at the addresses of its server", () => {
    const text =
      server("a", "listen 80;") + server("b", "listen 81; server_name b;") + server("c", "listen 81;");
    expect(chosen(text, "b")).toBe("a");
    expect(chosen(text, "x", "127.0.0.1", 81)).toBe("b");
  });

  it("answers an empty name to a request without Host", () => {
    const text = server("a", "listen 80; server_name a;") + server("none", 'listen 80; server_name "";');
    expect(chosen(text, null)).toBe("none");
  });

  it("speaks TLS on every server of an address where one says so", () => {
    const text = server("a", "listen 443 ssl; server_name a;") + server("b", "listen 443; server_name b;");
    const selection = selectServer(configure(text), { address: null, port: 443, host: "b" });
    expect(selection).toMatchObject({ kind: "server", tls: true });
  });

  it("refuses a Host that is none", () => {
    for (const host of ["a b", "a/b", "a..b", ":80", ".", ""]) expect(normalizeHost(host)).toBeNull();
    expect(normalizeHost("[::1]:80")).toBe("[::1]");
  });
});
