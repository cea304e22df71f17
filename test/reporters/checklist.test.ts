import { describe, expect, it } from "vitest";
import type { Answer } from "../../src/checklist/index.ts";
import { checklistHtml, checklistJson, checklistMarkdown, checklistText } from "../../src/reporters/index.ts";

const failing: Answer = {
  id: "headers.csp",
  chapter: "Security headers",
  title: "Content-Security-Policy is sent with the page",
  status: "fail",
  reason: "add-header-inheritance for *.a_b.example: GET /<x>, `add_header` *twice*",
  rules: ["add-header-inheritance"],
  places: [
    { file: "conf.d/my_site.conf", line: 7, column: 1, endLine: 7, endColumn: 2, offset: 0, length: 1 },
  ],
};

describe("the checklist as text", () => {
  it("keeps to the width of the terminal", async () => {
    const text = await checklistText([failing], { color: false, width: 50 });
    expect(text.split("\n").filter((line) => line.length > 50)).toEqual([]);
    expect(text).toContain("conf.d/my_site.conf:7");
  });
});

describe("the checklist as Markdown", () => {
  it("shows names, requests and places as they are written", () => {
    const line = checklistMarkdown([failing])
      .split("\n")
      .find((each) => each.startsWith("- [ ]"));
    expect(line).toBe(
      "- [ ] Content-Security-Policy is sent with the page **fails** — add-header-inheritance for \\*.a\\_b.example: GET /\\<x\\>, `add_header` \\*twice\\* · `conf.d/my_site.conf:7`",
    );
  });
});

it("the checklist as Markdown holds no markup of others", () => {
  const reason = "for `<img src=x>``` www.evil.example";
  expect(checklistMarkdown([{ ...failing, reason }])).toContain(
    "for \\`\\<img src=x\\>\\`\\`\\` www\\.evil.example",
  );
});

describe("the checklist as a page", () => {
  it("links the rules and shows the request", async () => {
    const html = await checklistHtml([failing], { version: "1" });
    expect(html).toContain("add-header-inheritance</a> for *.a_b.example: GET /&lt;x&gt;");
    expect(html).toContain("<code>add_header</code>");
  });
});

it("says in every format what it is not about, and what it rests on", async () => {
  const asides = {
    besides: ["a/nginx.conf", "b.conf", "c.conf", "d.conf"],
    problems: ["x.conf cannot be read: <b>"],
    notes: [{ level: "note", message: "edge is assumed to be true", file: ".nginx-lint.yaml", line: 2 }],
  } as const;
  const markdown = checklistMarkdown([failing], asides);
  expect(markdown).toContain(
    "> not answered about: a/nginx.conf, b.conf, c.conf and 1 more (name what is meant)",
  );
  expect(markdown).toContain("> x.conf cannot be read: \\<b\\>");
  expect(markdown).toContain("> .nginx-lint.yaml:2: edge is assumed to be true");
  const html = await checklistHtml([failing], { version: "1", asides });
  expect(html).toContain(
    "<p>not answered about: a/nginx.conf, b.conf, c.conf and 1 more (name what is meant)</p>",
  );
  expect(html).toContain("x.conf cannot be read: &lt;b&gt;");
  expect(JSON.parse(checklistJson([failing], asides))).toMatchObject({
    notAnsweredAbout: asides.besides,
    errors: asides.problems,
    notes: asides.notes,
  });
});
