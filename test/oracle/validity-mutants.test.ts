/**
 * Configurations that are right, and the same with one mistake: does nginx start, and do we say so? A few hundred of
 * them; thousands with NGINX_ORACLE=full.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isSince, parseVersion } from "../../src/semantics/index.ts";
import { Agreement } from "./validity/agreement.ts";
import { LEAST_AGREEMENT, LEAST_LIKE_NGINX } from "./validity/disagreements.ts";
import { errorsIn } from "./validity/errors.ts";
import { BINARIES, isFull, startJudge } from "./validity/judges.ts";
import { Dice, KINDS, mutate } from "./validity/mutate.ts";

const folder = join(import.meta.dirname, "validity/good");
/** By name; a first line such as `# since 1.25.1` names the first version that takes it. */
const goods = new Map(
  readdirSync(folder)
    .sort()
    .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
);
const PER_KIND = Number(process.env.NGINX_MUTANTS ?? (isFull ? 400 : 20));

describe.skipIf(BINARIES.length === 0).each(BINARIES)("configurations, to %s", (binary) => {
  const nginx = startJudge(binary);
  const right = [...goods].filter(([, text]) => {
    const [, since] = /^# since ([0-9.]+)$/m.exec(text) ?? [];
    return since === undefined || isSince(parseVersion(nginx.version), since) === true;
  });

  it.each(right)("%s is right", (_, text) => {
    const { refusal, isMachine } = nginx.ask(text);
    if (!isMachine) expect(refusal).toBeNull();
    expect(errorsIn(text, nginx.version).map(({ line, message }) => `${line}: ${message}`)).toEqual([]);
  });

  it("with one mistake are refused where nginx refuses them", () => {
    const agreement = new Agreement("mutants", binary);
    // Those of which nginx here lacks a module say nothing.
    const able = right.filter(([, text]) => nginx.ask(text).refusal === null);
    const others = able.map(([, text]) => text).join("");
    for (const [index, kind] of KINDS.entries()) {
      const dice = new Dice(4_000 + index);
      for (let turn = 0; turn < PER_KIND; turn++) {
        const [name, good] = dice.pick(able);
        const mutant = mutate(good, kind, dice, others);
        if (mutant === null) continue;
        const verdict = nginx.ask(mutant.text);
        const errors = errorsIn(mutant.text, nginx.version);
        agreement.count(`${name}, ${kind}: ${mutant.change}`, verdict, errors);
      }
    }
    const { lines, unexplained, share } = agreement.close();
    console.log(lines.join("\n"));
    if (process.env.NGINX_REPORT) writeFileSync(process.env.NGINX_REPORT, agreement.report());
    expect(unexplained).toEqual([]);
    expect(share).toBeGreaterThanOrEqual(LEAST_AGREEMENT.mutants);
    const { atItsLine, withOneFinding } = agreement.likeness();
    console.log(`  at nginx's line or the parser's: ${atItsLine}, with one finding: ${withOneFinding}`);
    expect(atItsLine).toBeGreaterThanOrEqual(LEAST_LIKE_NGINX.atItsLine);
    expect(withOneFinding).toBeGreaterThanOrEqual(LEAST_LIKE_NGINX.withOneFinding);
  });
});
