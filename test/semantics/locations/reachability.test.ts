import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Configuration, matchLocation } from "../../../src/semantics/index.ts";
import {
  coverageByExamples,
  isChosenForExample,
  meetsByExample,
} from "../../../src/semantics/locations/by-example.ts";
import {
  languageOfLocation,
  neverMeets,
  unreachableLocations,
} from "../../../src/semantics/locations/reachability.ts";
import {
  literalLocations,
  plainExample,
  prefixCoverage,
  remembersCoverage,
} from "../../../src/semantics/regex/index.ts";
import { treeOf } from "../../tree.ts";

const segment = fc.constantFrom("a", "b", "ab", "a.b");
const path = fc.array(segment, { minLength: 0, maxLength: 2 }).map((parts) => `/${parts.join("/")}`);
const pattern = fc.constantFrom(
  "^/a",
  "^/(a|b)",
  "b$",
  "\\.b$",
  "^/a/b",
  "^/[ab]/",
  "/a",
  "^/a(?!/)",
  "^/$",
  "a",
  "^/ab?$",
  "^a",
  "^/a/.*\\.b$",
  "^/a/(.*)\\.(b|a)$",
  "^/A/.*\\.B$",
  "\\.(a|b)$",
);
const location: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(fc.constantFrom("", "^~ ", "= "), path, fc.constantFrom("", "/")).map(([modifier, uri, end]) => {
    return `${modifier}${uri === "/" ? uri : uri + end}`;
  }),
  fc.tuple(fc.constantFrom("~", "~*"), pattern).map(([modifier, text]) => `${modifier} "${text}"`),
);

/** All short URIs over the letters that the patterns speak of, normalised. */
function* uris(): Generator<string> {
  const parts = ["a", "b", "ab", "a.b", "c", "A", "B.b"];
  yield "/";
  for (const first of parts) {
    yield `/${first}`;
    yield `/${first}/`;
    for (const second of parts) {
      yield `/${first}/${second}`;
      yield `/${first}/${second}/`;
      yield `/${first}/${second}/b`;
    }
  }
}

function serverWith(locations: readonly string[], nested: readonly string[]): Configuration {
  // nginx refuses `/a` beside `^~ /a`.
  const unique = [...new Map(locations.map((text) => [text.replace(/^\^~ /, ""), text])).values()];
  const blocks = unique.map((text, index) => {
    const inner = index === 0 && /^(\^~ )?\//.test(text) ? nested.map((each) => `location ${each} { }`) : [];
    return `location ${text} { ${inner.join(" ")} }`;
  });
  return new Configuration(treeOf(`server { ${blocks.join("\n")} }`, "http"));
}

describe("locations that no request reaches", () => {
  it("are never chosen by the location search", () => {
    const nested = fc.array(
      fc.tuple(fc.constantFrom("~", "~*"), pattern).map(([modifier, text]) => `${modifier} "${text}"`),
      { maxLength: 2 },
    );
    fc.assert(
      fc.property(fc.array(location, { minLength: 1, maxLength: 6 }), nested, (locations, inner) => {
        const configuration = serverWith(locations, [...new Set(inner)]);
        const server = configuration.servers[0]!;
        const unreachable = unreachableLocations(server);
        for (const uri of uris()) {
          const match = matchLocation(server, uri);
          if (match.kind !== "location") continue;
          expect(unreachable.has(match.location)).toBe(false);
          if (!match.location.isRegex) continue;
          for (const step of match.steps)
            if (step.kind === "prefix") expect(neverMeets(match.location, step.location)).toBe(false);
        }
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it.each([
    ["~ \\.(php|py)$", "~ ^/media/.*\\.php$"],
    ["~* ^/MEDIA/", "~ ^/media/.*\\.(php|py)$"],
    ["~* ^/media/.*\\.(PHP|py)$", "~ ^/media/(.*)\\.php$"],
    ["~ ^/media/.*p$", "~ ^/media/index\\.php$"],
  ])("are found behind %s: %s", (first, second) => {
    const server = serverWith([first, second], []).servers[0]!;
    const [, location] = server.locations;
    expect([...unreachableLocations(server).keys()]).toEqual([location]);
  });

  it.each([
    ["~ \\.(css|js)$", "~ ^/media/.*\\.php$"],
    ["~ ^/Media/.*$", "~ ^/media/.*\\.php$"],
    ["~ \\.xphp$", "~ ^/media/.*\\.php$"],
    ["~ ^/media/.*\\.gz$", "~ ^/media/.*\\.tar\\.gz$|^/b"],
  ])("are not those behind %s: %s", (first, second) => {
    expect([...unreachableLocations(serverWith([first, second], []).servers[0]!).keys()]).toEqual([]);
  });
});

describe("examples", () => {
  it.each([
    ["\\.(php|asp)$", ".php"],
    ["^/api/v[12]/", "/api/v1/"],
    ["/\\.(?!well-known)", "/."],
    ["^/(?<lang>[a-z]{2})/(.*)$", "/xx/"],
    ["^/\\d+/\\w+\\.html$", "/0/x.html"],
    ["(a)\\1", null],
  ])("of %s: %s", (text, example) => {
    expect(plainExample(text, false)).toBe(example);
  });

  it("tell what automata tell", () => {
    let told = 0;
    fc.assert(
      fc.property(fc.array(location, { minLength: 2, maxLength: 6 }), (locations) => {
        const server = serverWith(locations, []).servers[0]!;
        const level = server.locations;
        const literal = level.filter(({ isRegex }) => !isRegex);
        const prefixes = literal.filter(({ isPrefix }) => isPrefix).map(({ pattern: text }) => text);
        const exact = literal.filter(({ isExact }) => isExact).map(({ pattern: text }) => text);
        for (const regex of level.filter(({ isRegex }) => isRegex)) {
          const language = languageOfLocation(regex);
          if (language === null) continue;
          const byAutomaton = remembersCoverage(language, literalLocations(["/", ...prefixes], exact));
          for (const [prefix, coverage] of coverageByExamples(regex, level) ?? []) {
            told++;
            expect(`${regex.pattern} ${prefix} ${coverage}`).toBe(
              `${regex.pattern} ${prefix} ${byAutomaton.get(prefix)}`,
            );
          }
          for (const prefix of literal.filter(({ isPrefix }) => isPrefix)) {
            if (meetsByExample(regex, prefix))
              expect(prefixCoverage(language, prefix.pattern)).not.toBe("disjoint");
          }
          if (isChosenForExample(regex, 0)) expect(unreachableLocations(server).has(regex)).toBe(false);
        }
      }),
      { seed: 11, numRuns: 500 },
    );
    expect(told).toBeGreaterThan(200);
  });
});
