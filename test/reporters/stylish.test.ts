import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import type { SourceFile } from "../../src/linter/index.ts";
import { textWidth } from "../../src/reporters/columns.ts";
import { formatReport, formatSummary } from "../../src/reporters/index.ts";
import { clean, finding, hostile, options, ordinary, region, regionAt, resultOf } from "./sample.ts";

async function lines(
  result: Parameters<typeof formatReport>[1],
  rest: Partial<typeof options> = {},
): Promise<string[]> {
  return (await formatReport("stylish", result, { ...options, ...rest })).split("\n");
}

/** The source line and the line of carets under it. */
async function shown(
  file: SourceFile,
  offset: number,
  length: number,
  width = 80,
): Promise<[string, string]> {
  const all = await lines(resultOf([finding(regionAt(file, offset, length))], [file]), { width });
  const at = all.findIndex((line) => /^ +\d+ \|/.test(line));
  return [all[at]!.replace(/^.*?\| /, ""), all[at + 1]!.replace(/^.*?\| /, "")];
}

const conf = (text: string): SourceFile => ({ name: "x.conf", text });

describe("stylish", () => {
  it("shows cause, source, proof and cure of a finding", async () => {
    const all = await lines(ordinary);
    expect(all.slice(0, 10)).toEqual([
      "nginx.conf",
      "  8:5    warning  location-shadowed  Requests for `location /django-static/` end",
      "                  up in `location ~* \\.(js|css|…)$`.",
      "    8 |     location ~* \\.(js|css|woff|woff2|ttf|eot|ico)$ {",
      "      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
      "      request  GET /django-static/admin/css/base.css",
      "      gets     /var/www/myapp/django-static/admin/css/base.css  (line 9)",
      "      meant    /var/www/django-static/admin/css/base.css        (line 6)",
      "      see      line 5: loses the request",
      "      fix      write `location ^~ /django-static/ {` (`--fix=unsafe` does it)",
    ]);
  });

  it("sums up with counts, suppressed findings and time", async () => {
    expect(await formatSummary(ordinary, { ...options, elapsedMs: 31.4 })).toBe(
      "  suppressed  metrics-unprotected at nginx.conf:15 (by line 14)\n3 problems (1 error, 1 warning, 1 info) in 1 file · 1 fixable with --fix, 1 more with --fix=unsafe · 1 suppressed · 31 ms",
    );
    expect(await formatSummary(clean, { ...options, elapsedMs: 1234 })).toBe(
      "✓ No problems in 1 file · 1.2 s",
    );
    const nothing = { ...clean, files: [], summary: { ...clean.summary, files: 0 } };
    expect(await formatSummary(nothing, options)).toBe("Nothing was linted");
  });

  it("leads from the rule's name to its page where the terminal shows links", async () => {
    const [, first = ""] = await lines(ordinary, { links: true });
    const url = "https://github.com/nginx-lint/nginx-lint/blob/main/docs/rules/location-shadowed.md";
    expect(first).toContain(`\u001b]8;;${url}\u001b\\location-shadowed\u001b]8;;\u001b\\`);
    expect((await lines(ordinary)).join("")).not.toContain("\u001b");
  });

  it("has no tick where something could not be read, or a rule failed", async () => {
    const failed = { level: "error", message: "rule x failed on nginx.conf: y" } as const;
    expect(await formatSummary({ ...clean, notifications: [failed] }, options)).toBe(
      "Incomplete (1 error); no problems in what was linted",
    );
    expect(await formatSummary({ ...ordinary, notifications: [failed] }, options)).toMatch(
      /^3 problems .* · incomplete · 1 suppressed$/m,
    );
  });

  it("says what settings took away and by which line, and what was left out", async () => {
    const off = (message: string, line: number) =>
      ({ level: "note", kind: "configuration", message, file: ".nginx-lint.yaml", line }) as const;
    const notifications = [
      off("`syntax` is off", 2),
      off("no finding fails the run", 5),
      { level: "warning", message: "a.conf is not read" } as const,
      ...Array.from({ length: 12 }, (_, index) => off(`x${index}`, 10 + index)),
    ];
    expect(await formatSummary({ ...clean, notifications }, { ...options, width: 110 })).toBe(
      `  settings  .nginx-lint.yaml: \`syntax\` is off (line 2), no finding fails the run (line 5), x0 (line 10), x1
            (line 11), x2 (line 12), x3 (line 13), x4 (line 14), x5 (line 15), x6 (line 16), x7 (line 17) and
            4 more
  warning   a.conf is not read
✓ No problems in 1 file`,
    );
  });

  it("counts apart what a comment suppresses and what the baseline knows", async () => {
    const known = { ...ordinary, baseline: { left: 1, gone: [], unseen: 0 } };
    known.summary = { ...known.summary, suppressed: 3 };
    expect(await formatSummary(known, options)).toMatch(/ · 2 suppressed · 1 known$/);
  });

  it("ends with the summary, and without it when quiet", async () => {
    expect((await lines(ordinary)).at(-2)).toMatch(/^3 problems/);
    expect((await lines(ordinary, { quiet: true })).join("\n")).not.toMatch(/problems/);
    expect(await formatReport("stylish", clean, { ...options, quiet: true })).toBe("");
  });

  it.each([40, 60, 80, 110])("is never wider than %i columns", async (width) => {
    for (const line of await lines(ordinary, { width })) {
      // The summary is one line that people also grep for.
      if (!/^\d+ problem/.test(line)) expect(textWidth(line), line).toBeLessThanOrEqual(width);
    }
  });

  it("says the same with colour as without", async () => {
    const coloured = await formatReport("stylish", ordinary, { ...options, color: true });
    expect(coloured).not.toBe(await formatReport("stylish", ordinary, options));
    expect(stripVTControlCharacters(coloured)).toBe(await formatReport("stylish", ordinary, options));
  });

  it("names another file by its name and the place that includes a file", async () => {
    const file = conf("a;\n");
    const other = { ...regionAt(conf("x\ny\n"), 2, 1), file: "other.conf", message: "set there" };
    const all = await lines(
      resultOf(
        [finding(region(file, "a"), { related: [other], includeChain: [{ file: "nginx.conf", line: 7 }] })],
        [file],
      ),
    );
    expect(all[0]).toBe("x.conf  included from nginx.conf:7");
    expect(all).toContainEqual(expect.stringContaining("see  other.conf:2: set there"));
  });

  it("lists some of many related places and counts the rest", async () => {
    const file = conf("a;\n");
    const related = Array.from({ length: 20 }, () => ({ ...region(file, "a"), message: "here" }));
    const all = await lines(resultOf([finding(region(file, "a"), { related })], [file]));
    expect(all.filter((line) => line.includes("line 1: here"))).toHaveLength(8);
    expect(all.join("\n")).toContain("12 more places");
  });
});

describe("the underlined source line", () => {
  it("expands tabs in the line and under it alike", async () => {
    expect(await shown(conf("\tif\t(x) {\n"), 4, 3)).toEqual(["    if  (x) {", "        ^^^"]);
  });

  it("counts wide characters as two columns and marks as none", async () => {
    expect(await shown(conf("日本 e\u0301 x;\n"), 6, 1)).toEqual(["日本 e\u0301 x;", "       ^"]);
    expect(await shown(conf("👩‍👩‍👧 x;\n"), "👩‍👩‍👧 ".length, 1)).toEqual(["👩‍👩‍👧 x;", "   ^"]);
  });

  it("puts a caret behind the end of a line where something is missing", async () => {
    expect(await shown(conf("listen 80\nroot /;\n"), 9, 0)).toEqual(["listen 80", "         ^"]);
  });

  it("shows the first line of a range of several", async () => {
    expect(await shown(conf("server {\r\n  listen 80;\r\n}\r\n"), 0, 24)).toEqual(["server {", "^^^^^^^^"]);
  });

  it("cuts a long line on both sides of the place", async () => {
    const text = `${"a".repeat(5000)} HERE ${"b".repeat(5000)}\n`;
    const [line, mark] = await shown(conf(text), 5001, 4, 60);
    expect(line).toMatch(/^…a+ HERE b+…$/);
    expect(line.slice(mark.indexOf("^"), mark.lastIndexOf("^") + 1)).toBe("HERE");
    expect(line.length).toBeLessThanOrEqual(60);
    expect(line.length).toBeGreaterThan(45);
  });

  it("keeps the start of a place that is longer than the line", async () => {
    const [line, mark] = await shown(conf(`server_name ${"n".repeat(300)};\n`), 12, 300, 60);
    expect(line).toMatch(/server_name n+…$|…\S* n+…$|…n+…$/);
    expect(line[mark.indexOf("^")]).toBe("n");
    expect(mark.length).toBeLessThanOrEqual(line.length);
  });

  it("shows escapes in their width, commands for a runner among them", async () => {
    expect(await shown(conf("\u001b ##[group]x HERE\n"), 13, 4)).toEqual([
      "\\x1b #\\x23[group]x HERE",
      "                   ^^^^",
    ]);
  });

  it("is left out where the place does not lie in the text", async () => {
    const all = await lines(
      resultOf([finding({ ...regionAt(conf("a;\n"), 0, 1), offset: 99 })], [conf("a;\n")]),
    );
    expect(all.join("\n")).not.toContain("|");
  });
});

it("sends a terminal nothing of a hostile configuration but visible text", async () => {
  for (const format of ["stylish", "compact", "github", "markdown"] as const) {
    const text = await formatReport(format, hostile, options);
    expect(text, format).not.toMatch(
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u180e\u200b\u2028-\u202e\u2066-\u2069\ufff9\u{e0000}-\u{e007f}]/u,
    );
    expect(text, format).not.toMatch(/^\s*(?:::(?!warning file=|error title=)|##\[)/m);
  }
  expect(await formatReport("stylish", hostile, options)).toContain("\\x1b[2J");
});
