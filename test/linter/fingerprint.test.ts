import { describe, expect, it } from "vitest";
import { fingerprint } from "../../src/linter/fingerprint.ts";
import { parse } from "../../src/parser/index.ts";

/** The fingerprint of a rule's finding at the first place where `needle` stands. */
function at(
  text: string,
  needle: string,
  more: { file?: string; rule?: string; identity?: string } = {},
): string {
  const file = parse(text, more.file ?? "nginx.conf");
  const offset = text.indexOf(needle);
  if (offset === -1) throw new Error(`no ${needle}`);
  const identity = more.identity === undefined ? {} : { identity: more.identity };
  return fingerprint({ ruleId: more.rule ?? "a-rule", file, offset, ...identity });
}

const text = `http {
  server {
    server_name a.example;
    location / { root /srv/a; index index.html; }
    location /x { root /srv/a; }
  }
  server {
    server_name b.example;
    location / { root /srv/a; }
  }
}
`;
const original = at(text, "root /srv/a");

describe("a fingerprint", () => {
  it("is thirty-two hex digits, the same on every machine", () => {
    expect(original).toMatch(/^[0-9a-f]{32}$/);
    expect(fingerprint({ ruleId: "r", file: parse("a b;\n", "f"), offset: 0 })).toBe(
      "c6b015dd75e056d017c59bac0f51fd94",
    );
  });

  it("survives moved lines, new indentation, comments and quotes", () => {
    expect(at(`# a comment\n\n${text.replaceAll("  ", "\t")}`, "root /srv/a")).toBe(original);
    expect(at(text.replace("root /srv/a", 'root # why\n   "/srv/a"'), "root #")).toBe(original);
  });

  it("survives reordered directives and servers", () => {
    const reordered = `http {
      server { location / { root /srv/a; } server_name b.example; }
      server { location /x { root /srv/a; } location / { index index.html; root /srv/a; } server_name a.example; }
    }`;
    expect(
      fingerprint({
        ruleId: "a-rule",
        file: parse(reordered, "nginx.conf"),
        offset: reordered.lastIndexOf("root"),
      }),
    ).toBe(original);
  });

  it("changes with the rule, the file, the path and the values", () => {
    const others = [
      at(text, "root /srv/a", { rule: "another" }),
      at(text, "root /srv/a", { file: "conf.d/a.conf" }),
      at(text, "root /srv/a; }\n  }\n  server"),
      at(text, "root /srv/a; }\n  }\n}"),
      at(text.replace("/srv/a", "/srv/b"), "root"),
      at(text, "location /"),
      at(text.replace("/srv/a", '"/srv/a x"'), "root"),
      at(text.replace("/srv/a", "/srv/a x"), "root"),
    ];
    expect(new Set([original, ...others]).size).toBe(others.length + 1);
  });

  it("cannot be given to another place by a few characters", () => {
    // Of the multiplications that these were once made of, anybody can compute a text that ends in a wanted state.
    const forged = `http { server { server_name a.example;
      location /old { alias /a/; }
      location /files拺慑옷죽쭱봂 { alias /b/; }
    } }`;
    const of = (needle: string) => at(forged, needle, { rule: "alias-traversal" });
    expect(of("location /files")).not.toBe(of("location /old"));
    expect(at("a b;\n", "a", { identity: '["x"' })).not.toBe(at("a b;\n", "a", { identity: "x" }));
  });

  it("is the same for a file however its path is written", () => {
    expect(at(text, "root", { file: "./conf.d\\a.conf" })).toBe(at(text, "root", { file: "conf.d/a.conf" }));
  });

  it("is made of the identity alone where a report gives one", () => {
    const named = at(text, "root", { identity: "x" });
    expect(at(text.replace("/srv/a", "/srv/b"), "location", { identity: "x" })).toBe(named);
    expect(at(text, "root", { identity: "y" })).not.toBe(named);
  });

  it("points into the block where no directive stands", () => {
    expect(at("http { # here\n}\n", "# here")).toBe(at("http {\n\n # here\n}\n", "# here"));
  });
});
