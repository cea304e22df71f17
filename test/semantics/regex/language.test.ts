import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bounded,
  compilePcre,
  differenceOf,
  includesUri,
  isDisjoint,
  isEmptyLanguage,
  isSubset,
  languageOf,
  literalLocations,
  prefixCoverage,
  remembersCoverage,
  toBytes,
  type UriLanguage,
  unionOf,
  urisOf,
  witnessOf,
} from "../../../src/semantics/regex/index.ts";

function language(pattern: string, caseless = false): UriLanguage {
  const made = languageOf(pattern, { caseless });
  if (made.kind !== "language") throw new Error(`${pattern}: ${made.reason}`);
  return made.language;
}

describe("the URIs a prefix shares with a pattern", () => {
  it.each([
    ["/static/", "\\.(css|js)$", "some"],
    ["/static/", "^/api/", "disjoint"],
    ["/api/v1/", "^/api/", "all"],
    ["/api", "^/api/", "some"],
    ["/", "^/", "all"],
    ["/", "", "all"],
    ["/a", "/\\.(?!well-known)", "some"],
    ["/.well-known/", "^/\\.(?!well-known/)", "disjoint"],
    ["/.well-known/", "/\\.(?!well-known/)", "some"],
    ["/.git/", "/\\.(?!well-known/)", "all"],
    ["/app/", "^/(?!api|static).*", "all"],
    ["/api/", "^/(?!api|static).*", "disjoint"],
    ["/x.min.js", "(?<!\\.min)\\.js$", "some"],
    ["/x/", "\\bx\\b", "all"],
    ["/xy/", "^/x\\b", "disjoint"],
    ["/a//b", "^/", "impossible"],
    ["/files/", "[^/]$", "some"],
    // The only URIs that `$` and `.` do not reach hold a newline, and those do not count.
    ["/a/", "^/a/.*$", "all"],
  ])("location %s, pattern %s: %s", (prefix, pattern, expected) => {
    expect(prefixCoverage(language(pattern), prefix)).toBe(expected);
  });

  it("has URIs with `//` where slashes are not merged", () => {
    const made = languageOf("^/", { caseless: false, mergeSlashes: false });
    expect(made.kind === "language" && prefixCoverage(made.language, "/a//b")).toBe("all");
  });

  it("folds case as the pattern asks", () => {
    expect(prefixCoverage(language("^/API/", true), "/api/")).toBe("all");
    expect(prefixCoverage(language("^/API/", false), "/api/")).toBe("disjoint");
  });
});

describe("the URIs for which a prefix is remembered", () => {
  const locations = literalLocations(["/", "/a/", "/a/b/", "/a/c/", "/x/"], ["/a/", "/x/y"]);

  it("leaves out longer prefixes and exact locations", () => {
    const coverage = remembersCoverage(language("^/a/[^bc]"), locations);
    expect(Object.fromEntries(coverage)).toEqual({
      "/": "disjoint",
      "/a/": "some", // `/a/b` is not taken, `/a/d` is
      "/a/b/": "disjoint",
      "/a/c/": "disjoint",
      "/x/": "disjoint",
    });
  });

  it("finds all taken when the rest belongs to others", () => {
    expect(remembersCoverage(language("^/a/([^bc]|[bc]($|[^/]))"), locations).get("/a/")).toBe("all");
    expect(remembersCoverage(language("^/x/y$"), locations).get("/x/")).toBe("disjoint");
  });
});

describe("set operations", () => {
  it("prove a later pattern unreachable behind earlier ones", () => {
    const earlier = bounded(() => unionOf(language("\\.php$"), language("^/api/")));
    expect(earlier !== "undecidable" && isSubset(language("^/api/.*\\.php$"), earlier)).toBe(true);
    expect(earlier !== "undecidable" && isSubset(language("\\.php"), earlier)).toBe(false);
  });

  it("take away what others win", () => {
    const left = differenceOf(
      urisOf({ prefixes: ["/api"] }),
      urisOf({ prefixes: ["/api/"], exact: ["/api"] }),
    );
    expect(isEmptyLanguage(left)).toBe(false);
    expect(includesUri(left, "/apis")).toBe(true);
    expect(isDisjoint(left, language("^/api(/|$)"))).toBe(true);
    expect(isEmptyLanguage(differenceOf(left, language("^/api[^/]")))).toBe(true);
  });
});

describe("witnesses", () => {
  it.each([
    ["/static/", "\\.(css|js)$", "/static/admin/css/base.css"],
    ["/django-static/", "\\.(js|css)$", "/django-static/admin/css/base.css"],
    ["/socket.io/", "\\.js$", "/socket.io/socket.io.js"],
    ["/api/", "\\.json$", "/api/schema.json"],
    ["/media/", "\\.(gif|jpe?g)$", "/media/uploads/photo.jpg"],
    ["/docs/", "\\.(djvu|odt)$", "/docs/file.odt"],
    ["/user/", "^/user/\\d+$", "/user/1"],
    ["/x/", "wp-admin", "/x/wp-admin"],
    ["/site", "\\.git", "/site/.git/config"],
  ])("under %s for %s: %s", (prefix, pattern, uri) => {
    expect(witnessOf(language(pattern), { prefix })?.uri).toBe(uri);
  });

  it("prefer the samples given", () => {
    const found = witnessOf(language("\\.js$"), { prefix: "/assets/", samples: ["/assets/index.js"] });
    expect(found?.uri).toBe("/assets/index.js");
  });

  it("belong to the prefix itself, not to a longer one", () => {
    const locations = literalLocations(["/a", "/a/"], ["/a"]);
    expect(witnessOf(language("^/a"), { prefix: "/a", locations })?.uri).toBe("/aa");
  });

  it("are encoded for the request line", () => {
    expect(witnessOf(language("^/a b\\?é$"))).toMatchObject({ uri: "/a b?é", target: "/a%20b%3F%C3%A9" });
  });

  it("are null where there is no URI", () => {
    expect(witnessOf(language("^/a//b"))).toBe(null);
    expect(witnessOf(language("^api"))).toBe(null);
    expect(witnessOf(language("\\n"))).toBe(null);
  });
});

describe("long lists of words", () => {
  it("stay one small automaton", () => {
    const words = Array.from({ length: 400 }, (_, at) => `bot${(at * 7919) % 1000}x`);
    const made = language(`(${words.join("|")})`, true);
    expect(includesUri(made, "/a/BOT919X/b")).toBe(true);
    expect(includesUri(made, "/a/bot3x/b")).toBe(words.includes("bot3x"));
  });
});

describe("what is no regular language, or too large a one", () => {
  it.each(["^/(a)\\1", "^/(?>a|ab)c", "^/a++b", "^/(?:a{1,300}){1,300}$", "(a|b)*a(a|b){14}", "("])(
    "%s is undecidable",
    (pattern) => {
      expect(languageOf(pattern, { caseless: false }).kind).toBe("undecidable");
    },
  );
});

describe("the automaton and the translation agree", () => {
  const atom = fc.constantFrom(
    ...["a", "b", "/", "\\.", ".", "[^/]", "[ab]", "\\w", "\\d", "1", "\\b", "^", "$", "(?i)", "-"],
  );
  const quantifier = fc.constantFrom("", "", "", "*", "+", "?", "{2}", "{1,2}", "*?");
  const { pattern } = fc.letrec<{ pattern: string; piece: string; group: string }>((tie) => ({
    pattern: fc
      .array(fc.oneof({ depthSize: "small", maxDepth: 3 }, tie("piece"), tie("group")), {
        minLength: 1,
        maxLength: 4,
      })
      .map((parts) => parts.join("")),
    piece: fc
      .tuple(atom, quantifier)
      .map(([part, count]) => (/^(\\b|\^|\$|\(\?i\))$/.test(part) ? part : part + count)),
    group: fc
      .tuple(
        fc.constantFrom("(?:", "(", "(?=", "(?!", "(?<!"),
        tie("pattern"),
        tie("pattern"),
        fc.boolean(),
        quantifier,
      )
      .map(([open, left, right, both, count]) => `${open}${left}${both ? `|${right}` : ""})${count}`),
  }));
  const segment = fc.constantFrom("a", "b", "ab", "a.b", "1", "A-b", ".a", "é", "a.css");
  const uri = fc
    .tuple(fc.array(segment, { maxLength: 4 }), fc.boolean())
    .map(([segments, slash]) => `/${segments.join("/")}${slash && segments.length > 0 ? "/" : ""}`);

  it("on every URI, for every pattern both can follow", () => {
    let compared = 0;
    fc.assert(
      fc.property(
        pattern,
        fc.boolean(),
        fc.array(uri, { minLength: 5, maxLength: 10 }),
        (text, caseless, uris) => {
          const made = languageOf(text, { caseless });
          const compiled = compilePcre(text, { caseless });
          if (made.kind === "undecidable" || compiled.kind === "undecidable") return;
          compared++;
          for (const one of uris) {
            const bytes = toBytes(one);
            expect([one, includesUri(made.language, bytes)]).toEqual([one, compiled.test(bytes)]);
          }
          const found = witnessOf(made.language);
          if (found !== null) expect([found.uri, compiled.test(found.bytes)]).toEqual([found.uri, true]);
        },
      ),
      { seed: 20_250, numRuns: 800 },
    );
    expect(compared).toBeGreaterThan(200);
  });
});
