import fc from "fast-check";
import stringWidth from "string-width";
import { expect, it } from "vitest";
import { textWidth, wrap } from "../../src/reporters/columns.ts";
import { visible } from "../../src/reporters/visible.ts";

it("breaks between words and keeps them all", () => {
  expect(wrap("one two three four", 7, 10)).toEqual(["one two", "three four"]);
});

it("moves a word that does not fit beside a label to the next line, whole", () => {
  expect(wrap("location", 3, 10)).toEqual(["", "location"]);
});

it("cuts a word that is longer than any line", () => {
  expect(wrap("aaaaaaaaaa b", 4, 4)).toEqual(["aaaa", "aaaa", "aa b"]);
});

it("cuts a path after a slash", () => {
  expect(wrap("/etc/nginx/sites-enabled/example.conf", 20, 20)).toEqual([
    "/etc/nginx/",
    "sites-enabled/",
    "example.conf",
  ]);
});

it("loses no character, whatever the text and the width", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 2, max: 30 }), (text, width) => {
      const shown = visible(text);
      const lines = wrap(shown, width, width);
      expect(lines.join("").replaceAll(" ", "")).toBe(shown.replaceAll(" ", ""));
      for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width);
    }),
  );
});

it("has string-width's columns", () => {
  for (const text of ["größe", "日本語", "ﾊﾝｶｸ", "𗀀", "e\u0301", "👩‍👩‍👧", "🇩🇪", "❤️", "❤", "☰", "→ … ─"]) {
    expect(textWidth(text), text).toBe(stringWidth(text));
  }
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const shown = visible(text);
      expect(textWidth(shown)).toBe(stringWidth(shown));
    }),
  );
});

it("shows what a terminal would act on as escapes", () => {
  expect(visible("a\u001b[1m\n\u202e\ud800")).toBe("a\\x1b[1m\\n\\u{202e}\\u{d800}");
  const plain = "größe 日本 👩‍👩‍👧 [::]:80 ::1 and fe80::a or ::ffff:10.0.0.1 at http://[2001:db8::b]/";
  expect(visible(plain)).toBe(plain);
});

it("shows what a runner would obey as escapes", () => {
  expect(visible("::stop-commands::x")).toBe(":\\x3astop-commands::x");
  expect(visible("x::add-mask::y")).toBe("x:\\x3aadd-mask::y");
  expect(visible("##[group]x ##vso[task]")).toBe("#\\x23[group]x #\\x23vso[task]");
});
