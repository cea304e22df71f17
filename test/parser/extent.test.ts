import { describe, expect, it } from "vitest";
import { extentOf, parse, reparse } from "../../src/parser/index.ts";

const ALL = Number.POSITIVE_INFINITY;

describe("the extent of a text", () => {
  it("is all of it where there is room", () => {
    const text = "user a;\nevents {}\n";
    expect(extentOf(text, ALL).end).toBe(text.length);
    expect(extentOf(text, extentOf(text, ALL).weight)).toEqual(extentOf(text, ALL));
    expect(extentOf("", 0)).toEqual({ weight: 0, end: 0 });
  });

  it.each([
    ["a directive", "gzip on;\n"],
    ["a block", "server { listen 80; }\n"],
    ["a block on several lines", "server {\n    listen 80;\n}\n"],
    ["a brace that closes nothing", "}\n"],
    ["a comment", "# a comment; with { signs }\n"],
    ["a quoted word", "return 200 'a; b { c';\n"],
    ["words", "server_name a b c d\n"],
  ])("ends with a line: %s", (_, text) => {
    const { weight } = extentOf(text, ALL);
    const many = text.repeat(200);
    const { end } = extentOf(many, weight * 100);
    expect(many[end - 1]).toBe("\n");
    expect(end / text.length).toBeCloseTo(100, 0);
  });

  it("takes a block of Lua for one word, however long it is", () => {
    const lua = `content_by_lua_block {\n${'local x = { "}" }\n'.repeat(1_000)}}\n`;
    expect(extentOf(lua, 50).end).toBe(lua.length);
    expect(extentOf(`${lua}gzip on;\n`, extentOf(lua, ALL).weight).end).toBe(lua.length);
  });

  it("counts the words of a long list twice", () => {
    const list = `server_name ${"a\n".repeat(10_000)};\n`;
    expect(extentOf(list, ALL).weight).toBeGreaterThan(1.8 * 10_000);
    const lines = "server_name a;\n".repeat(10_000);
    expect(extentOf(lines, ALL).weight).toBe(10_000 * extentOf("server_name a;\n", ALL).weight);
  });

  it("does not take a forgotten quote for a string to the end", () => {
    const text = `root "/a;\n${"gzip on;\n".repeat(1_000)}`;
    expect(extentOf(text, 500).end).toBeLessThan(text.length / 2);
  });
});

describe("a text that is read in part", () => {
  const text = "http {\n    server {\n        listen 80;\n        server_name a\n            b;\n    }\n}\n";
  const cut = (before: string) => parse(text, "a.conf", text.indexOf(before));

  it("is told once, and its open blocks are no mistakes", () => {
    const file = cut("        server_name");
    expect(file.problems.map(({ code, start }) => [code, start])).toEqual([["cut", file.readTo]]);
    expect(file.text).toBe(text);
    expect(file.items.map((item) => item.end)).toEqual([file.readTo]);
  });

  it("may end inside of a directive", () => {
    const file = cut("            b;");
    expect(file.problems.map(({ code }) => code)).toEqual(["cut"]);
  });

  it("is read as far as before when something in it changes", () => {
    const file = cut("    }\n");
    const now = reparse(file, text.replace("listen 80", "listen 8080"));
    expect(now.readTo).toBe(file.readTo + 2);
    expect(now.problems.map(({ code }) => code)).toEqual(["cut"]);
  });
});
