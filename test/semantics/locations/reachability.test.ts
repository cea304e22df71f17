import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Configuration, matchLocation } from "../../../src/semantics/index.ts";
import { neverMeets, unreachableLocations } from "../../../src/semantics/locations/reachability.ts";
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
