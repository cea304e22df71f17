import { describe, expect, it } from "vitest";
import { normalizeUri } from "../../../src/semantics/index.ts";
import { escapeUri, extensionOf, unescapeRedirect } from "../../../src/semantics/request/uri.ts";

function path(raw: string, mergeSlashes = true): string {
  const uri = normalizeUri(raw, { mergeSlashes });
  return uri.kind === "uri" ? uri.path : "400";
}

describe("normalizeUri", () => {
  it.each([
    ["/", "/"],
    ["/a/b", "/a/b"],
    ["/a//b///c", "/a/b/c"],
    ["/a/./b", "/a/b"],
    ["/a/.", "/a/"],
    ["/a/..", "/"],
    ["/a/b/../c", "/a/c"],
    ["/a/%2e%2e/b", "/b"],
    ["/a/.%2e/b", "/b"],
    ["/a%2Fb", "/a/b"],
    ["/a%2F%2Fb", "/a/b"],
    ["/...", "/..."],
    ["/.a", "/.a"],
    ["/..a", "/..a"],
    ["/a%3Fb", "/a?b"],
    ["/a%23b", "/a#b"],
    ["/a%25b", "/a%b"],
    ["/a%20b", "/a b"],
    ["/%C3%A9", "/\xc3\xa9"],
    ["/a#b", "/a"],
    ["/a/.#b", "/a/"],
    ["/a?b", "/a"],
    ["/a/..?b", "/"],
    ["/a+b", "/a+b"],
  ])("reads %s as %s", (raw, expected) => {
    expect(path(raw)).toBe(expected);
  });

  it.each([
    "/..",
    "/../",
    "/a/../..",
    "/%2e%2e",
    "/..?x",
    "/..#x",
    "/%00",
    "/%",
    "/%4",
    "/%g0",
    "/a b",
    "/a\x7f",
    "a",
    "",
  ])("refuses %s", (raw) => {
    expect(path(raw)).toBe("400");
  });

  it("keeps slashes where merge_slashes is off", () => {
    expect(path("/a//b", false)).toBe("/a//b");
    expect(path("//..", false)).toBe("/");
    expect(path("/a//../b", false)).toBe("/a/b");
  });

  it("cuts the query off, and a fragment off the query", () => {
    expect(normalizeUri("/a?x=1&y#z", { mergeSlashes: true })).toMatchObject({ path: "/a", args: "x=1&y" });
    expect(normalizeUri("/a?x=%00//..", { mergeSlashes: true })).toMatchObject({ args: "x=%00//.." });
  });

  it("remembers what decides about escaping", () => {
    expect(normalizeUri("/a%20b?c", { mergeSlashes: true })).toMatchObject({ quoted: true, plus: false });
    expect(normalizeUri("/a%2Bb", { mergeSlashes: true })).toMatchObject({ quoted: true, plus: true });
    expect(normalizeUri("/a?b%20+", { mergeSlashes: true })).toMatchObject({ quoted: false, plus: false });
  });
});

describe("escaping", () => {
  it("escapes what a URI must not hold", () => {
    expect(escapeUri('/a b?c#d%e\xc3\xa9+;&"<>^`{|}\\', "uri")).toBe(
      "/a%20b%3Fc%23d%25e%C3%A9+;&%22%3C%3E%5E%60%7B%7C%7D%5C",
    );
    expect(escapeUri("/a+b;c&d", "args")).toBe("/a%2Bb%3Bc%26d");
  });

  it("undoes only the harmless part in a redirect", () => {
    expect(unescapeRedirect("/a%2Bb%20c%3Fd%26")).toBe("/a+b%20c?d%26");
    expect(unescapeRedirect("/a%2fb%c3%25")).toBe("/a/b%c3%25");
  });

  it("finds the extension as the types are asked", () => {
    expect(extensionOf("/a.b/c.tar.gz")).toBe("gz");
    expect(extensionOf("/a.b/c")).toBe("");
    expect(extensionOf("/.html")).toBe("");
  });
});
