/** One mistake is one finding, at the place where a person would mend it, and the rest of the file is still read. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { errorsIn } from "../oracle/validity/errors.ts";
import { Dice, mutate } from "../oracle/validity/mutate.ts";

const folder = join(import.meta.dirname, "../oracle/validity/good");
const goods = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));

const ROUNDS = 60;

describe.each([
  "drop ;",
  "drop {",
  "drop }",
  "double }",
  "double {",
  "drop quote",
  "double ;",
  "; for {",
  "{ for ;",
])("%s", (kind) => {
  const dice = new Dice(kind.length);
  const counts: number[] = [];
  const many: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const mutant = mutate(dice.pick(goods), kind, dice);
    // A block on one line has no indentation to go by, and Lua without its braces is anything.
    if (mutant === null || (kind === "drop {" && /\{.*\}$|_by_lua_block/.test(mutant.change))) continue;
    const errors = errorsIn(mutant.text, "1.28.3");
    if (errors.length === 0) continue;
    counts.push(errors.length);
    if (errors.length > 2)
      many.push([mutant.change, ...errors.map(({ line, message }) => `${line}: ${message}`)].join("\n"));
  }

  it("is one finding as a rule", () => {
    const ones = counts.filter((count) => count === 1).length;
    expect(counts.length).toBeGreaterThan(ROUNDS / 4);
    expect(ones / counts.length).toBeGreaterThan(0.8);
  });

  it("is hardly ever more than two", () => {
    expect(many.length, many.join("\n\n")).toBeLessThanOrEqual(1);
  });
});
