import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readSuppressions } from "../../src/linter/suppressions.ts";
import { parse } from "../../src/parser/index.ts";
import { loadSettings, SettingsError } from "../../src/settings/index.ts";
import { folderOf, rules } from "./folder.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/settings.md"), "utf8");

function blocks(language: string): string[] {
  return [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].flatMap(([, name, text]) =>
    name === language ? [text ?? ""] : [],
  );
}

describe("docs/settings.md", () => {
  it("shows settings that are valid", async () => {
    expect(blocks("yaml")).toHaveLength(2);
    for (const text of blocks("yaml")) {
      const folder = folderOf({ ".nginx-lint.yaml": text });
      const mistakes = await loadSettings(".nginx-lint.yaml", rules, folder).then(
        () => [],
        (error: unknown) => (error instanceof SettingsError ? error.problems : [error]),
      );
      expect(mistakes).toEqual([]);
    }
  });

  it("shows suppressions that are read as such", () => {
    const [text = ""] = blocks("nginx");
    const { comments, stray } = readSuppressions(parse(text, "example"), (id) =>
      rules.some((rule) => rule.id === id),
    );
    expect(stray).toEqual([]);
    expect(comments.flatMap(({ strangers }) => strangers)).toEqual([]);
    expect(comments.map(({ verb, rules, reason }) => [verb, rules.length, reason !== null])).toEqual([
      ["disable-next-line", 1, true],
      ["disable-line", 1, true],
      ["disable", 2, true],
      ["enable", 0, false],
    ]);
  });
});
