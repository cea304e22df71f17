/** Line ends as nginx takes them: white space that ends no comment, unless there is a line feed. */
import { describe, expect, it } from "vitest";
import { lint } from "../../src/linter/index.ts";
import { treeOf } from "../tree.ts";

const SITE = "events {}\nhttp {\n  server {\n    listen 80;\n    return 404;\n    gzipp on;\n  }\n}\n";

function told(text: string): string[] {
  const { findings } = lint([treeOf({ "nginx.conf": text })]);
  return findings
    .filter(({ ruleId }) => ["syntax", "unknown-directive"].includes(ruleId))
    .map(({ ruleId, severity, line, column }) => `${ruleId} ${severity} ${line}:${column}`);
}

describe("line ends", () => {
  it("may be CRLF, and stay no part of words", () => {
    expect(told(SITE.replaceAll("\n", "\r\n"))).toEqual(told(SITE));
    expect(told(SITE.replaceAll(";\n", " # why\n;\n").replaceAll("\n", "\r\n"))).toEqual([
      "unknown-directive error 8:5",
    ]);
  });

  it("may be carriage returns alone, which end words and no lines", () => {
    expect(told(SITE.replaceAll("\n", "\r"))).toEqual(["unknown-directive error 1:64"]);
  });

  it("that are carriage returns end no comment, and what looks like a line of its own is told", () => {
    const swallowed = (comment: string) => told(SITE.replace("return 404;", comment));
    expect(swallowed("return 404; # x\rdeny all;\n")).toEqual([
      "syntax warning 5:21",
      "unknown-directive error 7:5",
    ]);
    expect(swallowed("return # x\r  if ($x) {\n 404;")[0]).toBe("syntax warning 5:18");
    expect(told("events {}\n# sites\rhttp {\r  server { listen 80; }\r}\r")).toEqual(["syntax warning 2:9"]);
    // Comments that go on, and line ends that were doubled.
    for (const comment of ["# x\r# deny all;", "# x\r\r", "# x\r and so on", "# x\r\n"])
      expect(swallowed(`return 404; ${comment}\n`).filter((each) => each.startsWith("syntax"))).toEqual([]);
  });

  it("by the million are looked through once", () => {
    expect(told(`${SITE}#${"\r".repeat(2_000_000)}${"\r a".repeat(500_000)}`)).toEqual(told(SITE));
  });
});
