/** Buffers of an upstream whose sizes do not fit together (the merge functions of proxy, fastcgi, uwsgi and scgi). */

import type { Refusal } from "../anchor.ts";
import type { Configuration } from "../configuration.ts";
import { effective } from "../effective.ts";
import type { Context, Statement } from "../tree.ts";
import { parseSize } from "../values/index.ts";

const FAMILIES = ["proxy", "fastcgi", "uwsgi", "scgi"] as const;
const PARTS = [
  "buffer_size",
  "buffers",
  "busy_buffers_size",
  "temp_file_write_size",
  "max_temp_file_size",
] as const;

/** The default of a buffer: a memory page, 4k on the machines of most people. */
const PAGE = 4096;

/** What a temporary file may grow to where nothing says so. */
const DEFAULT_MOST = 1024 ** 3;

/** Looked at in every server and location, with what they inherit; each directive is told once. */
export function buffersThatDoNotFit(configuration: Configuration): Refusal[] {
  const isWritten = (family: string) =>
    PARTS.some((part) => configuration.all(`${family}_${part}`).length > 0);
  const families = FAMILIES.filter(isWritten);
  if (families.length === 0) return [];
  const refusals = new Map<Statement, Refusal>();
  for (const { block: context } of configuration.statements) {
    if (context === null || !isJudged(context)) continue;
    for (const family of families) {
      const report = misfit(context, family);
      if (report !== null && !refusals.has(report.at)) refusals.set(report.at, report);
    }
  }
  return [...refusals.values()];
}

function isJudged({ kind }: Context): boolean {
  return kind === "server" || kind === "location" || kind === "location-if" || kind === "limit_except";
}

function misfit(context: Context, family: string): (Refusal & { readonly at: Statement }) | null {
  // Where nothing is set, all is as around it.
  const isInherited = context.parent !== null && isJudged(context.parent);
  if (isInherited && !PARTS.some((part) => context.has(`${family}_${part}`))) return null;
  const [bufferSize, buffers, busySize, writeSize, mostSize] = PARTS.map((part) =>
    effective(context, `${family}_${part}`),
  );
  const parts = [bufferSize, buffers, busySize, writeSize, mostSize];
  const culprit = parts.map((part) => part?.statements.at(-1)).filter((each) => each !== undefined);
  // What an outer part sets that cannot be read may make it right again.
  if (culprit.length === 0 || parts.some((part) => part?.uncertain)) return null;
  const sizeOf = (statement: Statement | undefined, at: number): number | null => {
    const parsed = parseSize(statement?.args[at] ?? "");
    return parsed.ok ? parsed.value : null;
  };
  const written = (part: typeof bufferSize, at: number, unset: number): number =>
    part?.statements.length === 0 ? unset : (sizeOf(part?.statements.at(-1), at) ?? Number.NaN);
  const count = written(buffers, 0, 8);
  const each = written(buffers, 1, PAGE);
  const largest = Math.max(written(bufferSize, 0, PAGE), each);
  const busy = written(busySize, 0, 2 * largest);
  const write = written(writeSize, 0, 2 * largest);
  const most = written(mostSize, 0, DEFAULT_MOST);
  const [buffersAt, busyAt, sizeAt, writeAt, mostAt] = [
    buffers,
    busySize,
    bufferSize,
    writeSize,
    mostSize,
  ].map((part) => part?.statements.at(-1));
  const name = (part: string) => `"${family}_${part}"`;
  const complain = (at: Statement | undefined, message: string, help: string) =>
    at === undefined ? null : { at, message: `${message}: nginx does not start.`, help };
  if (count < 2) return complain(buffersAt, `there must be at least 2 ${name("buffers")}`, "write 2 or more");
  const maximum = `the maximum of the value of ${name("buffer_size")} and one of the ${name("buffers")}`;
  if (busy < largest) {
    return complain(
      busyAt,
      `${name("busy_buffers_size")} must be equal to or greater than ${maximum}`,
      `make it ${inWords(largest)} or more`,
    );
  }
  if (busy > (count - 1) * each) {
    return complain(
      busyAt ?? sizeAt ?? buffersAt,
      `${name("busy_buffers_size")} must be less than the size of all ${name("buffers")} minus one buffer: ${inWords(busy)} is more than ${inWords((count - 1) * each)}`,
      `write \`${family}_buffers\` with more or larger buffers, or a smaller \`${family}_busy_buffers_size\``,
    );
  }
  if (write < largest) {
    return complain(
      writeAt,
      `${name("temp_file_write_size")} must be equal to or greater than ${maximum}`,
      `make it ${inWords(largest)} or more`,
    );
  }
  if (most !== 0 && most < largest) {
    return complain(
      mostAt,
      `${name("max_temp_file_size")} must be equal to zero to disable temporary files usage or must be equal to or greater than ${maximum}`,
      `write \`0\`, or ${inWords(largest)} or more`,
    );
  }
  return null;
}

function inWords(bytes: number): string {
  return bytes % 1024 === 0 ? `${bytes / 1024}k` : `${bytes}`;
}
