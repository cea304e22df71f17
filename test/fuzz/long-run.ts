/** The long run of `npm run fuzz`: goes on where something is broken, and tells each kind once. */
import fc from "fast-check";
import { goodTexts } from "./good.ts";
import { hostileTexts } from "./hostile.ts";
import { brokenBy, type Measured } from "./invariants.ts";

/** What a run may take for each 100 KB or part of it. */
const SLOW_SECONDS = 2;
/** Texts that are made at once. */
const BATCH = 500;
/** Of so many texts one is linted a second time, and its fixes are tried. */
const AGAIN_EVERY = 6;

export interface Figures {
  readonly runs: number;
  /** Those of them that were linted a second time. */
  readonly again: number;
  readonly characters: number;
  readonly slowest: number;
  /** By kind, with the shortest text that shows it. */
  readonly broken: ReadonlyMap<string, string>;
}

/**
 * @param runs at most.
 * @param most seconds, after which no further run is begun.
 */
export function fuzz(
  root: string,
  runs: number,
  seed: number,
  most: number,
  tell: (line: string) => void,
): Figures {
  const started = process.uptime();
  const texts = hostileTexts(goodTexts(root));
  const broken = new Map<string, string>();
  let characters = 0;
  let slowest = 0;
  let again = 0;
  let count = 0;
  for (let done = 0; count === done && done < runs; done += BATCH) {
    const numRuns = Math.min(BATCH, runs - done);
    for (const [at, text] of fc.sample(texts, { seed: batchSeed(seed, done), numRuns }).entries()) {
      if (process.uptime() - started > most) break;
      count++;
      characters += text.length;
      let seconds = 0;
      const isAgain = at % AGAIN_EVERY === 0;
      if (isAgain) again++;
      const kinds = problemsOf(text, isAgain, (lint) => {
        const before = process.cpuUsage();
        const result = lint();
        const { user, system } = process.cpuUsage(before);
        seconds = (user + system) / 1e6;
        return result;
      });
      slowest = Math.max(slowest, seconds);
      if (seconds > SLOW_SECONDS * Math.ceil((text.length + 1) / 100_000)) kinds.push("slow");
      for (const kind of kinds) {
        const known = broken.get(kind);
        if (known === undefined) tell(`${kind}\n  ${JSON.stringify(text).slice(0, 2_000)}`);
        if (known === undefined || text.length < known.length) broken.set(kind, text);
      }
    }
    if ((done / BATCH) % 10 === 9) tell(`${count} runs, ${broken.size} kinds broken`);
  }
  return { runs: count, again, characters, slowest, broken };
}

/** No batch of one seed is one of another, so that runs on several seeds add up. */
function batchSeed(seed: number, done: number): number {
  return (Math.imul(seed, 1_000_003) + done / BATCH) | 0;
}

/** Numbers and names left out, so that one cause is one kind. */
function problemsOf(text: string, again: boolean, measured: Measured): string[] {
  try {
    return brokenBy(text, again, measured).map((problem) => problem.slice(0, 160).replace(/\d+/g, "N"));
  } catch (error) {
    return [
      error instanceof Error ? `throws ${error.stack?.split("\n").slice(0, 3).join(" ")}` : String(error),
    ];
  }
}
