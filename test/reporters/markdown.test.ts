import { expect, it } from "vitest";
import { formatReport } from "../../src/reporters/index.ts";
import { clean, finding, hostile, NGINX_CONF, options, ordinary, region, resultOf } from "./sample.ts";

it("is a heading, the counts and a table, the worst first", async () => {
  const lines = (await formatReport("markdown", ordinary, options)).split("\n");
  expect(lines[0]).toBe("## nginx-lint");
  expect(lines[2]).toBe("**3 problems (1 error, 1 warning, 1 info)** in 1 file · 1 suppressed");
  const rows = lines.filter((line) => line.startsWith("| ")).slice(2);
  expect(rows.map((row) => row.match(/error|warning|note/)?.[0])).toEqual(["error", "warning", "note"]);
});

it("keeps code as code", async () => {
  const text = await formatReport("markdown", ordinary, options);
  expect(text).toContain("Requests for <code>location /django-static/</code> end up in <code>location");
});

it("says so when there is nothing", async () => {
  expect(await formatReport("markdown", clean, options)).toContain("✅ **No problems** in 1 file");
});

it("stays below the size that GitHub takes", async () => {
  const many = Array.from({ length: 5000 }, () =>
    finding(region(NGINX_CONF, "server"), { message: "x".repeat(300) }),
  );
  const text = await formatReport("markdown", resultOf(many), options);
  expect(text.length).toBeLessThan(1024 * 1024);
  expect(text).toContain("4800 more problems");
});

it("leaves nothing in hostile text that is markup", async () => {
  const text = await formatReport("markdown", hostile, options);
  const row = text.split("\n").find((line) => line.startsWith("| ⚠️"))!;
  // Five bars make four cells; all else in the cells is letters, entities and our own tags.
  expect(row.match(/\|/g)).toHaveLength(5);
  const cells = row.replace(/<\/?(?:code|br)>/g, "").replace(/\[[a-z-]+\]\(https:[^)]*\)/, "");
  expect(
    cells
      .replace(/^\| ⚠️/, "")
      .replaceAll(" | ", "")
      .replace(/ \|$/, ""),
  ).toMatch(/^(?:[\p{L}\p{N} .,;/-]|&#\d+;)*$/u);
});
