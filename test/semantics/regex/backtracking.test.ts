import { describe, expect, it } from "vitest";
import { attackOn } from "../../../src/semantics/regex/index.ts";

const isUriByte = (byte: number) => byte > 0 && byte !== 0x3f;

function attack(pattern: string): string | null {
  const found = attackOn(pattern, false, isUriByte);
  return found === null ? null : `${found.start} ${found.pump} ${found.end}`;
}

describe("finds a text that takes exponential time", () => {
  it.each([
    ["^/(a+)+$", "/a a !"],
    ["^/(a|a)*$", "/a aa !"],
    ["^/(a*)*$", "/a a !"],
    ["^/([a-z0-9]+-?)+$", "/a a !"],
    ["^/(?=a)(a+)+$", "/a a !"],
    ["^/(foo|bar|foobar)+$", "/f oofoobarf !"],
    // Nothing is tried where the byte is not there that every match has.
    ["(x+x+)+y", "x xx !y"],
    ["^/(.*)*x", "/a a \n\nx"],
    ["^/(\\d+|\\w+)+\\.php$", "/0 0 !.ph"],
  ])("%s", (pattern, expected) => {
    expect(attack(pattern)).toBe(expected);
  });
});

describe("finds none", () => {
  it.each([
    ["where a turn can be read in one way only", "^/[a-z0-9]+(-[a-z0-9]+)*-?$"],
    ["where turns end with a byte of their own", "^/(?:[a-z0-9-]+\\.)+[a-z]+$"],
    ["where the work grows with a power of the length", "^/(.*)/(.*)/(.*)$"],
    ["where the pattern matches at once", "^/(a+)+"],
    ["in an atomic group", "^/((?>a+))+$"],
    ["behind a possessive quantifier", "^/(a++)+$"],
    ["where the loop is bounded to a few turns", "^/(?:a+){1,2}$"],
    ["where a reference cannot be followed", "^/(a)(\\1+)+$"],
    ["without a loop", "\\.(css|js)$"],
  ])("%s: %s", (_, pattern) => {
    expect(attack(pattern)).toBeNull();
  });

  it("after one end, where a reference cannot be followed whatever the end", () => {
    const asked = new Set<number>();
    const isSendable = (byte: number) => asked.add(byte) !== undefined && isUriByte(byte);
    expect(attackOn("^/(a+)+\\1$", false, isSendable)).toBeNull();
    expect(["!", "~", "|"].filter((end) => asked.has(end.charCodeAt(0)))).toEqual(["!"]);
  });

  it("with bytes that cannot be sent", () => {
    expect(attackOn("^(\\n+)+$", false, (byte) => byte !== 0x0a)).toBeNull();
  });
});
