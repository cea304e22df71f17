/** The long run of `npm run fuzz`: goes on where something is broken, and tells each kind once. */
import fc from "fast-check";
import { goodTexts } from "./good.ts";
import { hostileTexts } from "./hostile.ts";
import { brokenBy, type Measured } from "./invariants.ts";

/** What a run may take for each 100 KB or part of it. */
const SLOW_SECONDS = 2;
/** Texts that are made at once. */
const BATCH = 500;

export interface Figures {
  readonly runs: number;
  readonly characters: number;
  readonly slowest: number;
  /** By kind, with the shortest text that shows it. */
  readonly broken: ReadonlyMap<string, string>;
}

export function fuzz(root: string, runs: number, seed: number, tell: (line: string) => void): Figures {
  const texts = hostileTexts(goodTexts(root));
  const broken = new Map<string, string>();
  let characters = 0;
  let slowest = 0;
  for (let done = 0; done < runs; done += BATCH) {
    for (const text of fc.sample(texts, { seed: seed + done, numRuns: Math.min(BATCH, runs - done) })) {
      characters += text.length;
      let seconds = 0;
      const kinds = problemsOf(text, (lint) => {
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
    if ((done / BATCH) % 10 === 9) tell(`${done + BATCH} runs, ${broken.size} kinds broken`);
  }
  return { runs, characters, slowest, broken };
}

/** Numbers and names left out, so that one cause is one kind. */
function problemsOf(text: string, measured: Measured): string[] {
  try {
    return brokenBy(text, measured).map((problem) => problem.slice(0, 160).replace(/\d+/g, "N"));
  } catch (error) {
    return [
      error instanceof Error ? `throws ${error.stack?.split("\n").slice(0, 3).join(" ")}` : String(error),
    ];
  }
}
