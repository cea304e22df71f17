import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { GLOB, globCompiler } from "../../src/settings/glob.ts";

const compile = await globCompiler();

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
  ];
  it.each(cases)("%s and %s: %s", (pattern, path, matches) => {
    expect(compile(pattern)(path)).toBe(matches);
    expect(pattern).toMatch(new RegExp(GLOB));
  });

  it.each([
    "*a*a*.conf",
    "a*/a*/*a*/*a*/*.conf",
    "**/*a/**/a*a*a*b",
    "**/a/**/b/**",
    "a/***/b",
    "{a,b}{c,{d,e}}",
    "plain",
  ])("takes no time for the name that fits worst: %s", (pattern) => {
    const matches = compile(pattern);
    const paths = ["a".repeat(255), "a/".repeat(300), `${"a".repeat(255)}/`.repeat(8)];
    expect(ends(() => paths.map(matches))).toHaveLength(paths.length);
  });

  it.each([
    "a*a*a*a*a*a*a*b",
    "x/*a*b*c*/y",
    "a*a*/a*a*/a*a*",
    "**/a/**/b/**/c/**",
    "{a,aa}{a,aa}{a,aa}{a,aa}{a,aa}",
  ])("is refused where it could take for ever: %s", (pattern) => {
    expect(pattern).not.toMatch(new RegExp(GLOB));
  });

  it("is looked at without delay, whatever it is", () => {
    const pattern = new RegExp(GLOB);
    const texts = ["*", "**", "{", "a*", "a/", "**/", "*/"].map((part) => `${part.repeat(5000)}\n`);
    expect(ends(() => texts.map((text) => pattern.test(text)))).toHaveLength(texts.length);
  });
});

/** Throws where something would go on for ever: backtracking without measure does not end in this universe. */
function ends<T>(ask: () => T): T {
  return runInNewContext("ask()", { ask }, { timeout: 30_000 }) as T;
}
