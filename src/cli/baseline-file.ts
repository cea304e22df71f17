/** Baselines on disk, and what is said about them. */
import { relative } from "node:path";
import { Unreadable } from "../bounds/index.ts";
import { type Baseline, BaselineError, type BaselineUse, parseBaseline } from "../linter/index.ts";
import { visible } from "../reporters/index.ts";
import { UsageError } from "./usage-error.ts";

/** A finding takes some 300 bytes, and a run keeps 50,000 of them. */
export const LARGEST_BASELINE = 32 * 1024 * 1024;

/**
 * Reads a baseline.
 * @param path absolute.
 * @param by the place in the settings that names it; empty where the command line does.
 * @throws {UsageError} where there is none, or no valid one.
 */
export async function readBaseline(
  path: string,
  read: (path: string) => Uint8Array | Promise<Uint8Array>,
  by = "",
): Promise<Baseline> {
  const shown = relative(process.cwd(), path) || ".";
  let text: string;
  try {
    text = Buffer.from(await read(path)).toString("utf8");
  } catch (error) {
    if (error instanceof Unreadable) throw new UsageError(`${by}the baseline ${shown} ${error.message}`);
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    const hints: Readonly<Record<string, string>> = {
      ENOENT: `there is no such file; --write-baseline ${shown} writes one`,
      EACCES: "permission denied",
      EISDIR: "it is a directory",
    };
    const hint = hints[code] ?? code;
    throw new UsageError(`${by}cannot read the baseline ${shown}: ${hint}`);
  }
  try {
    return parseBaseline(text, shown);
  } catch (error) {
    if (error instanceof BaselineError) throw new UsageError(error.message);
    throw error;
  }
}

/** So many gone entries are named; the rest is counted. */
const MOST_NAMED = 20;

/** Of a line about one of them: somebody else may have written it. */
const LONGEST_LINE = 500;

/**
 * What became of a baseline, for standard error.
 * @param strange how many files it is about, where the run has none of them; else 0.
 */
export function baselineNews({ left, gone }: BaselineUse, path: string, strange: number): string {
  const shown = relative(process.cwd(), path) || ".";
  if (strange > 0) {
    const none = strange === 1 ? "its only file is not" : `none of its ${strange} files is`;
    return `${visible(`${shown}: ${none} in this run; was it written from another folder?`)}\n`;
  }
  const total = gone.reduce((sum, { count }) => sum + count, 0);
  const known = left === 1 ? "1 known finding is left" : `${left} known findings are left`;
  if (total === 0) return `${visible(`${shown}: ${known}`)}\n`;
  const lines = gone.slice(0, MOST_NAMED).map(({ file, rule, count, message }) => {
    const line = `  gone  ${file}  ${rule}  ${count > 1 ? `(${count}×) ` : ""}${message}`;
    return line.length <= LONGEST_LINE ? line : `${line.slice(0, LONGEST_LINE)}…`;
  });
  const rest = gone.length > MOST_NAMED ? [`  and ${gone.length - MOST_NAMED} more`] : [];
  const advice = `--baseline ${shown} --write-baseline ${shown} drops them`;
  const news = [
    `${shown}: ${known}, ${total} ${total === 1 ? "is" : "are"} gone; ${advice}`,
    ...lines,
    ...rest,
  ];
  return news.map((line) => `${visible(line)}\n`).join("");
}
