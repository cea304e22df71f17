import { describe, expect, it } from "vitest";
import { matchLocation } from "../../../src/semantics/index.ts";
import { serverWith } from "./configure.ts";

/** Which of the locations takes the URI, as it is written; `301 …` for the redirect of nginx's own. */
function taker(text: string, uri: string): string {
  const match = matchLocation(serverWith(text), uri);
  if (match.kind === "location") return match.location.title.replace("location ", "");
  return match.kind === "redirect" ? `301 ${match.location.pattern}` : match.kind;
}

describe("matchLocation", () => {
  it("takes the exact location before all others", () => {
    const text = "location = /a {} location /a {} location ~ /a {}";
    expect(taker(text, "/a")).toBe("= /a");
    expect(taker(text, "/ab")).toBe("~ /a");
  });

  it("takes the longest prefix, wherever it stands", () => {
    const text = "location /a/ {} location / {} location /a/b {} location /b {}";
    expect(taker(text, "/a/bc")).toBe("/a/b");
    expect(taker(text, "/a/c")).toBe("/a/");
    expect(taker(text, "/c")).toBe("/");
  });

  it("prefers the first matching regex to the prefix", () => {
    const text = "location /a {} location ~ x {} location ~* \\.CSS$ {} location ~ css$ {}";
    expect(taker(text, "/a.css")).toBe("~* \\.CSS$");
    expect(taker(text, "/a.html")).toBe("/a");
  });

  it("asks no regex of the level behind ^~", () => {
    const text = "location ^~ /a {} location ~ css {}";
    expect(taker(text, "/a.css")).toBe("^~ /a");
    expect(taker(text, "/b.css")).toBe("~ css");
  });

  it("prefers a nested regex to an outer one", () => {
    const text = "location /a { location ~ css {} } location ~ css$ {}";
    expect(taker(text, "/a/x.css")).toBe("~ css");
  });

  it("asks a nested regex also inside ^~", () => {
    expect(taker("location ^~ /a { location ~ css {} }", "/a/x.css")).toBe("~ css");
  });

  it("asks the outer regexes in spite of a nested ^~", () => {
    const text = "location /a { location ^~ /a/b {} } location ~ css$ {}";
    expect(taker(text, "/a/b/x.css")).toBe("~ css$");
    expect(taker(text.replace("location /a {", "location ^~ /a {"), "/a/b/x.css")).toBe("^~ /a/b");
  });

  it("searches inside a matching regex", () => {
    const text = "location ~ ^/a { location ~ css {} } location ~ css {}";
    expect(taker(text, "/a/x.css")).toBe("~ css");
    expect(taker(text, "/a/x.js")).toBe("~ ^/a");
  });

  it("falls back to the server", () => {
    expect(taker("location /a {}", "/b")).toBe("server");
  });

  it("never finds a named location", () => {
    expect(taker("location @a {} location / {}", "/@a")).toBe("/");
  });

  it("redirects to a passing prefix with a slash before any regex", () => {
    const text = "location /p/ { proxy_pass http://b; } location ~ p {}";
    expect(taker(text, "/p")).toBe("301 /p/");
    expect(taker(text, "/p/")).toBe("~ p");
    expect(taker(`location = /p {} ${text}`, "/p")).toBe("= /p");
    expect(taker(`location /p {} ${text}`, "/p")).toBe("~ p");
    expect(taker("location /p/ { root /x; }", "/p")).toBe("server");
  });

  it("redirects in a nested level, too", () => {
    expect(taker("location /a/ { location /a/p/ { fastcgi_pass b:1; } }", "/a/p")).toBe("301 /a/p/");
  });

  it("does not redirect for a pass inside if", () => {
    expect(taker("location /p/ { if ($a) { proxy_pass http://b; } }", "/p")).toBe("server");
  });

  it("finds the redirect among names that begin alike", () => {
    const others = "location /p-x {} location /p.y {} location /p! {} location /p0 {}";
    expect(taker(`${others} location /p/ { proxy_pass http://b; }`, "/p")).toBe("301 /p/");
    expect(taker(`${others} location = /p/ { proxy_pass http://b; }`, "/p")).toBe("301 /p/");
  });

  it("compares bytes, not characters", () => {
    expect(taker("location /é {}", "/\xc3\xa9t\xc3\xa9")).toBe("/é");
    expect(taker("location ~ ^/.{2}$ {}", "/\xc3\xa9")).toBe("~ ^/.{2}$");
  });

  it("says what a regex captured", () => {
    const match = matchLocation(serverWith("location ~ ^/(?<x>[a-z]+)/(\\d+) {}"), "/ab/12");
    expect(match).toMatchObject({ kind: "location", captures: ["/ab/12", "ab", "12"] });
    expect(match.kind === "location" && match.named.get("x")).toBe("ab");
  });

  it("is undecided behind a pattern that cannot be decided", () => {
    const text = "location /a {} location ~ ^/(?(?=x)y|z) {}";
    const match = matchLocation(serverWith(text), "/a");
    expect(match).toMatchObject({ kind: "undecided", otherwise: { pattern: "/a" } });
    expect(taker(text.replace("/a", "= /a"), "/a")).toBe("= /a");
    expect(taker(text.replace("/a", "^~ /a"), "/a")).toBe("^~ /a");
  });

  it("records each decision", () => {
    const { steps } = matchLocation(
      serverWith("location /a {} location ~ x {} location ~ y {} location ~ z {}"),
      "/ay",
    );
    expect(steps.map((step) => [step.kind, "location" in step ? step.location?.pattern : null])).toEqual([
      ["prefix", "/a"],
      ["regex", "x"],
      ["regex", "y"],
    ]);
  });
});
