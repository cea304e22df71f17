import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { compileGlob, Effort, misunderstood } from "../../src/settings/glob.ts";

const compile = (pattern: string) => compileGlob(pattern, new Effort());

describe("a glob", () => {
  const cases: [pattern: string, path: string, matches: boolean][] = [
    ["*.conf", "nginx.conf", true],
    ["*.conf", "conf.d/a.conf", true],
    ["./conf.d/*.conf", "conf.d/a.conf", true],
    ["conf.d/*.conf", "conf.d/b/a.conf", false],
    ["conf.d/*.conf", "x/conf.d/a.conf", false],
    ["conf.d/**/*.conf", "conf.d/a.conf", true],
    ["conf.d/**/*.conf", "conf.d/b/c/a.conf", true],
    ["**/a.conf", "a.conf", true],
    ["conf.d/**", "conf.d/b/a.conf", true],
    ["conf.d/**", "conf.d", false],
    ["conf.d/", "conf.d/b/a.conf", true],
    ["/nginx.conf", "nginx.conf", true],
    ["/nginx.conf", "x/nginx.conf", false],
    ["**", "x/nginx.conf", true],
    ["site?.conf", "site1.conf", true],
    ["site?.conf", "site/.conf", false],
    ["site[12].conf", "site2.conf", true],
    ["site[!12].conf", "site2.conf", false],
    ["site[!12].conf", "site3.conf", true],
    ["{a,b*}/x.{conf,tmpl}", "bc/x.tmpl", true],
    ["{a,b}/x.{conf,tmpl}", "c/x.conf", false],
    ["a.conf", "aXconf", false],
    ["a+(b).conf", "a+(b).conf", true],
    ["a[z-a]", "az", false],
    ["a{b", "a{b", true],
    ["a}{b,c", "a}{b,c", true],
    ["a|b", "a", false],
    ["a|b", "a|b", true],
    ["!a", "b", false],
    ["!a", "!a", true],
    ["a[!b]c", "a/c", false],
    ["*", ".hidden/.nginx.conf", true],
    ["a/**", "a/b/../c", false],
    ["{a,b{c,d/**}}/x", "bd/e/f/x", true],
    ["{a}", "{a}", true],
    ["a**b", "acb", true],
    ["a**b", "a/b", false],
    ["**/x/**/*.conf", "a/x/b/c.conf", true],
    ["[]-]", "-", true],
    ["[^a-c]", "b", false],
  ];
  it.each(cases)("%s and %s: %s", (pattern, path, matches) => {
    expect(compile(pattern)(path)).toBe(matches);
  });

  const same = `{${"a,aa,".repeat(100)}a}`;
  it.each([
    "*a*a*.conf",
    "a*a*a*a*a*a*a*b",
    "**/*a/**/a*a*a*b",
    "**/a/**/b/**/c/**/d/**",
    `${"**/".repeat(300)}b`,
    `${"*a".repeat(200)}b`,
    `${same.repeat(8)}*b`,
    `${"{a,".repeat(2_000)}${"}".repeat(2_000)}b`,
    "[!a]*[!b]*[!c]*[!d]*x",
    "plain",
  ])("takes no time for the name that fits worst: %.40s", (pattern) => {
    const matches = compile(pattern);
    const paths = ["a".repeat(255), "a/".repeat(300), `${"a".repeat(255)}/`.repeat(8)];
    expect(ends(() => paths.map(matches))).toHaveLength(paths.length);
  });

  it("that costs too much matches nothing, and says so", () => {
    const effort = new Effort(1_000);
    const matches = compileGlob("*.conf", effort);
    expect([matches("a.conf"), effort.isSpent]).toEqual([true, false]);
    expect([matches(`${"a".repeat(2_000)}.conf`), effort.isSpent]).toEqual([false, true]);
    expect(matches("a.conf")).toBe(false);
  });
});

/** Throws where something would go on for ever: backtracking without measure does not end in this universe. */
function ends<T>(ask: () => T): T {
  return runInNewContext("ask()", { ask }, { timeout: 10_000 }) as T;
}

it("tells what people mean by patterns that would match nothing", () => {
  for (const pattern of ["{1..n}", "a{a..c}b", "x/{..}", "!a", "../a", "a/../b", "..", "./../a", "a\\..\\b"])
    expect([pattern, misunderstood(pattern)]).toEqual([pattern, expect.any(String)]);
  for (const pattern of ["{a,b..c}", "a..b", "a!b", "[!a]", "./a", "...", "a{b}c", ".a/b", "{1,2}"])
    expect([pattern, misunderstood(pattern)]).toEqual([pattern, null]);
});
