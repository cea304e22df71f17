/** The configurations of `docs/side-by-side.md`: the left ones have the findings that the page names, the right ones none. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { defaultPolicy, lint } from "../../src/linter/index.ts";
import { treeOf } from "../tree.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/side-by-side.md"), "utf8");

const chapters = page
  .split(/^## /m)
  .slice(1)
  .map((text) => {
    const [left = "", right = ""] = [...text.matchAll(/```nginx\n([\s\S]*?)```/g)].map(([, block]) => block);
    const named = [...text.matchAll(/\]\(rules\/([\w-]+)\.md\)/g)].map(([, id = ""]) => id);
    return { name: text.slice(0, text.indexOf("\n")), left, right, named };
  });

/** The ids of what is found by default, with `http` around the text. */
function found(text: string): readonly string[] {
  const whole = `worker_processes auto;\nevents {}\nhttp {\ninclude mime.types;\ndefault_type application/octet-stream;\nssl_protocols TLSv1.2 TLSv1.3;\n${text}}\n`;
  const { findings } = lint([treeOf(whole)], { policy: defaultPolicy });
  return [...new Set(findings.map(({ ruleId }) => ruleId))];
}

describe("two configurations side by side", () => {
  it("are there for most chapters", () => {
    expect(chapters.length).toBeGreaterThanOrEqual(8);
  });

  it.each(chapters)("$name: the left one has what is named", ({ left, named }) => {
    expect(found(left)).toEqual(expect.arrayContaining(named));
    expect(named.length).toBeGreaterThan(0);
  });

  it.each(chapters)("$name: the right one has nothing", ({ right }) => {
    expect(found(right)).toEqual([]);
  });
});
