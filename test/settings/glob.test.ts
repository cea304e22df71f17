import { describe, expect, it } from "vitest";
import { matchesGlob } from "../../src/settings/glob.ts";

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
  ];
  it.each(cases)("%s and %s: %s", (pattern, path, matches) => {
    expect(matchesGlob(pattern, path)).toBe(matches);
  });
});
