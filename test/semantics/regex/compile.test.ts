import { describe, expect, it } from "vitest";
import { type CompiledPattern, compilePcre, fromBytes, toBytes } from "../../../src/semantics/regex/index.ts";

function exact(pattern: string, caseless = false): Extract<CompiledPattern, { kind: "exact" }> {
  const compiled = compilePcre(pattern, { caseless });
  if (compiled.kind !== "exact") throw new Error(`${pattern}: ${compiled.reason}`);
  return compiled;
}

function matches(pattern: string, subject: string, caseless = false): boolean {
  return exact(pattern, caseless).test(toBytes(subject));
}

describe("matching as PCRE does", () => {
  it("finds a pattern anywhere in the subject", () => {
    expect(matches("\\.css$", "/a/b.css")).toBe(true);
    expect(matches("\\.css$", "/a/b.css.map")).toBe(false);
  });

  it("lets `$` match before a newline that ends the subject, and `\\z` not", () => {
    expect(matches("^/a$", "/a\n")).toBe(true);
    expect(matches("^/a$", "/a\n\n")).toBe(false);
    expect(matches("^/a\\Z", "/a\n")).toBe(true);
    expect(matches("^/a\\z", "/a\n")).toBe(false);
  });

  it("lets `.` match all but a newline, a carriage return included", () => {
    expect(matches("^/.$", "/\r")).toBe(true);
    expect(matches("^/.$", "/\n\n")).toBe(false);
    expect(matches("(?s)^/.\\z", "/\n")).toBe(true);
  });

  it("matches bytes, not characters", () => {
    expect(matches("^/..$", "/é")).toBe(true);
    expect(matches("^/é$", "/é")).toBe(true);
    expect(matches("^/[é]$", "/é")).toBe(false);
    expect(matches("^/\\x{c3}\\xa9$", "/é")).toBe(true);
  });

  it("folds the case of ASCII letters only", () => {
    expect(matches("^/É$", "/é", true)).toBe(false);
    expect(matches("^/API[^x]$", "/apiX", true)).toBe(false);
    expect(matches("^/[[:upper:]]$", "/a", true)).toBe(true);
    expect(matches("^/[^[:^lower:]]$", "/A", true)).toBe(true);
  });

  it("ends an inline option with its group", () => {
    expect(matches("^/(?i)api$", "/API")).toBe(true);
    expect(matches("^/((?i)a|b)c$", "/Bc")).toBe(true);
    expect(matches("^/((?i)a|b)c$", "/bC")).toBe(false);
    expect(matches("^/(?i:a)b$", "/AB")).toBe(false);
    expect(matches("(?x) ^ /a # the path\n b $", "/ab")).toBe(true);
  });

  it("knows `\\h`, `\\v`, POSIX classes, a leading `]`, `\\Q…\\E`, octal and comments", () => {
    expect(matches("^\\h+$", "\t \u00a0".slice(0, 2))).toBe(true);
    expect(matches("^[[:digit:][:alpha:]_-]+$", "a1_-")).toBe(true);
    expect(matches("^[]a]+$", "]a")).toBe(true);
    expect(matches("^[^]a]+$", "bc")).toBe(true);
    expect(matches("^\\Qa.b\\E+$", "a.bb")).toBe(true);
    expect(matches("^\\057a$", "/a")).toBe(true);
    expect(matches("^/(?#comment)a$", "/a")).toBe(true);
    expect(matches("^a{x}$", "a{x}")).toBe(true);
  });

  it("never gives back what an atomic group or a possessive quantifier took", () => {
    expect(matches("^(?>a+)ab", "aaab")).toBe(false);
    expect(matches("^a++ab", "aaab")).toBe(false);
    expect(matches("^[^/]++/x$", "abc/x")).toBe(true);
    expect(exact("^(a)(?>(b)+)(c)$").exec("abbc")?.captures).toEqual(["abbc", "a", "b", "c"]);
  });

  it("captures by number and by name, in all three spellings", () => {
    const pattern = exact("^/(?<user>[a-z]+)/(?P<id>\\d+)/(?'rest'.*)?$");
    const match = pattern.exec("/ann/7/x/y");
    expect(match?.captures).toEqual(["/ann/7/x/y", "ann", "7", "x/y"]);
    expect(match && [...match.named]).toEqual([
      ["user", "ann"],
      ["id", "7"],
      ["rest", "x/y"],
    ]);
    expect(pattern.names).toEqual(["user", "id", "rest"]);
  });

  it("refers back to a group that is set", () => {
    expect(matches("^/(a|b)/\\1$", "/a/a")).toBe(true);
    expect(matches("^/(?<x>a|b)/(?P=x)\\k<x>\\g{x}\\g1\\g{-1}$", "/b/bbbbb")).toBe(true);
  });

  it("takes the empty turn of an optional group", () => {
    expect(exact("^/a(.*)?$").exec("/a")?.captures).toEqual(["/a", ""]);
    expect(exact("^/a(b)?$").exec("/a")?.captures).toEqual(["/a", undefined]);
  });

  it("runs a loop over a lookahead", () => {
    expect(matches("^((?!admin).)*$", "/shop/cart")).toBe(true);
    expect(matches("^((?!admin).)*$", "/shop/admin/x")).toBe(false);
  });

  it("matches what loops over delimited parts capture", () => {
    expect(exact("^(/[^/]+)*$").exec("/a/bc")?.captures).toEqual(["/a/bc", "/bc"]);
  });
});

describe("what JavaScript cannot tell", () => {
  it.each([
    ["a reference to a group that may be unset", "(a)?b\\1"],
    ["captures that PCRE keeps from an earlier turn", "(?:(a)|b)*"],
    ["an empty turn of a loop", "(a*)*b"],
    ["a capture in a lookbehind", "(?<=(a))b"],
    ["recursion", "a(?R)?b"],
    ["Unicode properties", "\\p{L}"],
    ["what versions read differently", "^a{,3}$"],
    ["UTF mode", "(*UTF8)^/é"],
    ["a loop that could backtrack without end", "^(a|ab|b)+$"],
    ["a pattern that PCRE refuses", "("],
    ["a group repeated zero times, which PCRE's optimiser misjudges", "(?:^a){0}b"],
  ])("says undecidable: %s", (_, pattern) => {
    expect(compilePcre(pattern, { caseless: false }).kind).toBe("undecidable");
  });
});

describe("patterns that backtrack badly", () => {
  it("answers at once where there is no capture, by automaton", () => {
    expect(matches("^(?:a+)+$", `${"a".repeat(5_000)}!`)).toBe(false);
    expect(matches("^(?:a|a)*$", "a".repeat(5_000))).toBe(true);
  });

  it("rules out a long subject before many loops share it out", () => {
    const pattern = exact("^(.*)-(.*)-(.*)-(.*)-(.*)x$");
    expect(pattern.exec("-".repeat(3_000))).toBe(null);
    expect(pattern.exec("a-b-c-d-ex")?.captures[5]).toBe("e");
  });

  it("does not begin what no automaton could cut short", () => {
    expect(matches("^(.*)/\\1x$", "ab/abx")).toBe(true);
    expect(compilePcre("^(.*)(.*)(.*)/\\1x$", { caseless: false }).kind).toBe("undecidable");
    expect(() => matches("(.*)/\\1x$", "-".repeat(40_000))).toThrow("too long");
  });
});

describe("byte strings", () => {
  it("carry UTF-8 there and back", () => {
    expect(toBytes("/é")).toBe("/\u00c3\u00a9");
    expect(fromBytes("/\u00c3\u00a9")).toBe("/é");
  });
});
