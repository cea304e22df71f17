import { describe, expect, it } from "vitest";
import { lookupDirective, patternAt } from "../../../src/semantics/directives/index.ts";
import {
  argumentProblem,
  parseBoundedNumber,
  parseCacheValidCode,
  parseCidr,
  parseEndpoint,
  parseErrorPageCode,
  parseFlag,
  parseIpv4,
  parseIpv6,
  parseMilliseconds,
  parseNumber,
  parseOffset,
  parseRate,
  parseReturnCode,
  parseSeconds,
  parseSize,
  parseTryFilesCode,
} from "../../../src/semantics/values/index.ts";

type Answer = { ok: true; value: unknown } | { ok: false; reason: string };
const value = (answer: Answer) => (answer.ok ? answer.value : null);
const reason = (answer: Answer) => (answer.ok ? null : answer.reason);

describe("times", () => {
  it.each([
    ["30", 30_000],
    ["30s", 30_000],
    ["500ms", 500],
    ["1s500ms", 1_500],
    ["1m30s", 90_000],
    ["1h 30m", 5_400_000],
    ["1w1d", 691_200_000],
    ["1m30", 90_000],
    ["s1", 1_000],
    ["0", 0],
  ])("reads %s as %d milliseconds", (text, milliseconds) => {
    expect(value(parseMilliseconds(text))).toBe(milliseconds);
  });

  it.each(["", "s", "1x", "-1", "1.5s", "1s1m", "1m1m", "1y", "1M", "1 d", "$t", "on", "10 ms x"])(
    "refuses %j as milliseconds",
    (text) => expect(parseMilliseconds(text).ok).toBe(false),
  );

  it("reads months and years, but no milliseconds, where seconds are kept", () => {
    expect(value(parseSeconds("1y"))).toBe(31_536_000);
    expect(value(parseSeconds("1M"))).toBe(2_592_000);
    expect(value(parseSeconds("1y1M1d"))).toBe(34_214_400);
    expect(parseSeconds("1ms").ok).toBe(false);
  });

  it("refuses what does not fit into 63 bits", () => {
    expect(parseSeconds("9223372036854775807").ok).toBe(true);
    expect(parseSeconds("9223372036854775808").ok).toBe(false);
    expect(parseMilliseconds("9223372036854775807").ok).toBe(false);
  });
});

describe("sizes", () => {
  it("reads k and m in any case", () => {
    expect(value(parseSize("8k"))).toBe(8192);
    expect(value(parseSize("10M"))).toBe(10_485_760);
    expect(value(parseSize("512"))).toBe(512);
  });
  it("knows gigabytes only where nginx reads an offset", () => {
    expect(parseSize("1g").ok).toBe(false);
    expect(value(parseOffset("1g"))).toBe(1_073_741_824);
  });
  it.each(["", "k", "1kb", "1.5m", "-1", "1 k", "10 m"])("refuses %j", (text) => {
    expect(parseSize(text).ok).toBe(false);
    expect(parseOffset(text).ok).toBe(false);
  });
});

describe("numbers, flags and codes", () => {
  it("takes digits only", () => {
    expect(value(parseNumber("0042"))).toBe(42);
    for (const text of ["", "-1", "+1", "1.0", "0x10", "9223372036854775808"])
      expect(parseNumber(text).ok, text).toBe(false);
  });
  it("says which bounds nginx would name", () => {
    expect(reason(parseBoundedNumber("10", 1, 9))).toBe("value must be between 1 and 9");
    expect(reason(parseBoundedNumber("0", 1, null))).toBe("value must be equal to or greater than 1");
    expect(value(parseBoundedNumber("9", 1, 9))).toBe(9);
  });
  it("compares flags without case", () => {
    expect(value(parseFlag("ON"))).toBe(true);
    expect(value(parseFlag("off"))).toBe(false);
    expect(parseFlag("yes").ok).toBe(false);
  });
  it("knows the ranges of codes", () => {
    expect(value(parseReturnCode("999"))).toBe(999);
    expect(parseReturnCode("1000").ok).toBe(false);
    expect(value(parseErrorPageCode("404"))).toBe(404);
    for (const text of ["200", "600", "499", "x"]) expect(parseErrorPageCode(text).ok, text).toBe(false);
    expect(parseCacheValidCode("99").ok).toBe(false);
    expect(parseTryFilesCode("404").ok).toBe(true);
  });
  it("reads rates a second and a minute", () => {
    expect(value(parseRate("10r/s"))).toBe(10);
    expect(value(parseRate("30r/m"))).toBe(0.5);
    for (const text of ["0r/s", "10r/h", "r/s", "1.5r/s", ""]) expect(parseRate(text).ok, text).toBe(false);
  });
});

describe("addresses", () => {
  it("reads IPv4 as nginx does", () => {
    expect(parseIpv4("10.0.0.1")).toEqual([10, 0, 0, 1]);
    for (const text of ["10.0.0", "10.0.0.256", "a.b.c.d", "255.255.255.255"])
      expect(parseIpv4(text), text).toBeNull();
  });
  it("reads IPv6 as nginx does", () => {
    expect(parseIpv6("::1")).toEqual([...new Array(15).fill(0), 1]);
    expect(parseIpv6("::")).toEqual(new Array(16).fill(0));
    expect(parseIpv6("2001:db8::")?.slice(0, 4)).toEqual([0x20, 0x01, 0x0d, 0xb8]);
    expect(parseIpv6("::ffff:10.0.0.1")?.slice(-6)).toEqual([0xff, 0xff, 10, 0, 0, 1]);
    for (const text of ["1:2:3:4:5:6:7", "1::2::3", "12345::", "g::", "", ":", "1.2.3.4"]) {
      expect(parseIpv6(text), text).toBeNull();
    }
  });
  it("reads CIDR blocks and notices host bits", () => {
    expect(value(parseCidr("10.0.0.0/8"))).toEqual({
      family: "ipv4",
      bytes: [10, 0, 0, 0],
      prefix: 8,
      hostBits: false,
    });
    expect(value(parseCidr("10.1.0.0/8"))).toMatchObject({ bytes: [10, 0, 0, 0], hostBits: true });
    expect(value(parseCidr("fe80::/10"))).toMatchObject({ family: "ipv6", prefix: 10, hostBits: false });
    expect(value(parseCidr("0.0.0.0/0"))).toMatchObject({ prefix: 0 });
    for (const text of ["10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/a", "localhost", "300.0.0.0/8"]) {
      expect(parseCidr(text).ok, text).toBe(false);
    }
  });
  it("reads what listen takes", () => {
    const listen = (text: string) => parseEndpoint(text, { listen: true });
    expect(value(listen("80"))).toMatchObject({ host: "*", port: 80 });
    expect(value(listen("8000-8010"))).toMatchObject({ host: "*", port: 8000, lastPort: 8010 });
    expect(value(listen("*:80"))).toMatchObject({ kind: "ipv4", host: "*", port: 80 });
    expect(value(listen("127.0.0.1"))).toMatchObject({ kind: "ipv4", port: null });
    expect(value(listen("[::]:443"))).toMatchObject({ kind: "ipv6", host: "::", port: 443 });
    expect(value(listen("localhost:80"))).toMatchObject({ kind: "name" });
    expect(value(listen("unix:/run/x.sock"))).toEqual({ kind: "unix", path: "/run/x.sock", uri: null });
    expect(reason(listen("70000"))).toBe("invalid port");
    expect(reason(listen("0"))).toBe("invalid port");
    expect(reason(listen("8010-8000"))).toBe("invalid port range");
    expect(reason(listen("1.1.1.1:x"))).toBe("invalid port");
    expect(reason(listen(":80"))).toBe("no host");
    expect(reason(listen("http://x"))).toBe("invalid host");
    expect(reason(listen("[::1"))).toBe("invalid host");
    expect(reason(listen("[zz]:80"))).toBe("invalid IPv6 address");
    expect(reason(listen("unix:"))).toBe("no path in the unix domain socket");
    expect(reason(listen(`unix:/${"x".repeat(107)}`))).toBe("too long path in the unix domain socket");
  });
  it("splits the URI off an upstream's address", () => {
    const upstream = (text: string) => parseEndpoint(text, { uri: true });
    expect(value(upstream("backend:8080/api"))).toMatchObject({
      kind: "name",
      host: "backend",
      port: 8080,
      uri: "/api",
    });
    expect(value(upstream("[::1]:80/x"))).toMatchObject({ host: "::1", uri: "/x" });
    expect(value(upstream("unix:/run/app.sock:/uri"))).toMatchObject({ path: "/run/app.sock", uri: "/uri" });
    expect(value(upstream("a?b:c"))).toMatchObject({ host: "a", uri: "?b:c" });
  });
});

describe("arguments against the directive table", () => {
  const problem = (name: string, ...args: string[]) => {
    const values = lookupDirective(name)![0]!.values!;
    return (
      args
        .map((arg, index) => argumentProblem(patternAt(values, index)!, arg))
        .find((answer) => answer !== null) ?? null
    );
  };
  it("accepts what is right", () => {
    expect(problem("gzip", "on")).toBeNull();
    expect(problem("ssl_protocols", "TLSv1.2", "tlsv1.3")).toBeNull();
    expect(problem("client_max_body_size", "2g")).toBeNull();
    expect(problem("directio", "off")).toBeNull();
    expect(problem("add_header", "X-A", "b", "always")).toBeNull();
    expect(problem("limit_rate", "$rate")).toBeNull();
    expect(problem("worker_processes", "auto")).toBeNull();
    expect(problem("worker_priority", "-5")).toBeNull();
    expect(problem("limit_except", "get", "POST")).toBeNull();
    expect(problem("allow", "all")).toBeNull();
    expect(problem("proxy_store_access", "user:rw", "all:r")).toBeNull();
  });
  it("refuses what is wrong", () => {
    expect(problem("gzip", "yes")).toContain("on");
    expect(problem("ssl_protocols", "TLSv1.4")).toBe("invalid value");
    expect(problem("proxy_buffer_size", "1g")).toBe("invalid value");
    expect(problem("add_header", "X-A", "b", "alway")).toBe("invalid parameter");
    expect(problem("gzip_comp_level", "10")).toBe("value must be between 1 and 9");
    expect(problem("keepalive_timeout", "1y")).toBe("invalid value");
    expect(problem("set", "x", "y")).toBe("invalid variable name");
    expect(problem("limit_except", "FETCH")).toBe("invalid method");
    expect(problem("deny", "10.0.0.0/40")).toBe("invalid parameter");
    expect(problem("proxy_buffers", "0", "4k")).toBe("invalid value");
    expect(problem("satisfy", "some")).toBe("invalid value");
    expect(problem("proxy_buffers", "4", "0")).toBe("invalid value");
    expect(problem("connection_pool_size", "64")).toBe("the pool size must be no less than 112");
    expect(problem("request_pool_size", "700")).toBe("the pool size must be a multiple of 16");
    expect(problem("gzip_window", "3k")).toBe("must be 512, 1k, 2k, 4k, 8k, 16k, or 32k");
    expect(problem("http2_streams_index_size", "700")).toBe("must be a power of two");
  });
});
