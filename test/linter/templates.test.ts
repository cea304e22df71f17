/**
 * Templates, each read as the set of texts it may become. `fixtures/templates/*.conf` say themselves what is expected where
 * (`# expect: rule-id`); whatever else is found in them is wrong.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lintFiles } from "../../src/linter/index.ts";
import { parse, print } from "../../src/parser/index.ts";

const root = join(import.meta.dirname, "../../fixtures/templates");

function expected(text: string): string[] {
  return text.split("\n").flatMap((line, index) => {
    const match = /# expect: (\S+)/.exec(line);
    return match === null ? [] : [`${index + 1} ${match[1]}`];
  });
}

describe.each(readdirSync(root).sort())("%s", (name) => {
  const text = readFileSync(join(root, name), "utf8");
  it("is judged as far as it is known", () => {
    const { findings } = lintFiles({ [name]: text });
    expect(findings.map(({ line, ruleId }) => `${line} ${ruleId}`)).toEqual(expected(text));
  });
  it("is printed as it was written", () => {
    expect(print(parse(text, name))).toBe(text);
  });
});
