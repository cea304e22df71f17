import { describe, expect, it } from "vitest";
import { checkPcre } from "../../../src/semantics/regex/index.ts";

describe("patterns that PCRE refuses", () => {
  it.each([
    ["/a(b", "missing closing parenthesis", 4],
    ["/a)b", "unmatched closing parenthesis", 2],
    ["*.php", "quantifier does not follow a repeatable item", 0],
    ["a**", "quantifier does not follow a repeatable item", 2],
    ["^*", "quantifier does not follow a repeatable item", 1],
    ["a{4,2}", "numbers out of order in {} quantifier", 5],
    ["a{70000}", "number too big in {} quantifier", 7],
    ["[a-z", "missing terminating ] for character class", 4],
    ["[z-a]", "range out of order in character class", 3],
    ["[\\w-z]", "invalid range in character class", 3],
    ["[[:foo:]]", "unknown POSIX class name", 3],
    ["[:alpha:]", "POSIX named classes are supported only within a class", 0],
    ["a\\", "\\ at end of pattern", 2],
    ["\\i", "unrecognized character follows \\", 1],
    ["/.*\\php", "unknown property after \\P or \\p", 6],
    ["(?q)", "unrecognized character after (? or (?-", 2],
    ["(?<=a+)b", "lookbehind assertion is not fixed length", 0],
    ["(?<n>a)(?<n>b)", "two named subpatterns have the same name (PCRE2_DUPNAMES not set)", 12],
    ["(a)\\2", "reference to non-existent subpattern", 4],
    ["(?<1a>b)", "subpattern name must start with a non-digit", 3],
    ["(?#never closed", "missing ) after (?# comment", 15],
  ])("%s: %s", (pattern, message, offset) => {
    expect(checkPcre(pattern)).toMatchObject({ ok: false, message, offset });
  });

  it("are told in nginx's words", () => {
    expect(checkPcre("^/a(b")).toMatchObject({
      nginxMessage: 'pcre2_compile() failed: missing closing parenthesis in "^/a(b"',
    });
    expect(checkPcre("é)b")).toMatchObject({
      offset: 1,
      nginxMessage: 'pcre2_compile() failed: unmatched closing parenthesis in "é)b" at ")b"',
    });
  });
});

describe("patterns that PCRE takes", () => {
  it.each([
    "a{x}",
    "a{",
    "[]abc]",
    "\\_\\-\\/",
    "(?=a)*",
    "a(?#x)*",
    "\\Q[(\\E",
    "(?i)",
    "a|",
    "()",
    "x{0,65535}",
    "\\8(1)".slice(2),
  ])("%s", (pattern) => {
    expect(checkPcre(pattern)).toMatchObject({ ok: true });
  });
});

describe("where versions of PCRE differ", () => {
  it.each([
    "a{,3}",
    "a{ 1 }",
    "(?<=a|b(c|de))x",
    "\\x",
    "(*UTF8)é",
    "(?<name_that_is_longer_than_thirty_two_chars>a)",
  ])("%s is not judged", (pattern) => {
    expect(checkPcre(pattern).ok).toBe("unknown");
  });
});
