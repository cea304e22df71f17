import { describe, expect, it } from "vitest";
import type { Answer } from "../../src/checklist/index.ts";
import { checklistHtml, checklistMarkdown, checklistText } from "../../src/reporters/index.ts";

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
