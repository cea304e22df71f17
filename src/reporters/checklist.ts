/** The answered checklist: for people, as Markdown to paste, and as JSON. */

import type { Answer, Status } from "../checklist/index.ts";
import type { Notification } from "../linter/index.ts";
import { append, groupBy } from "../lists/index.ts";
import { wrap } from "./columns.ts";
import { jsonText, noteOf } from "./json-text.ts";
import type { ReportOptions } from "./options.ts";
import { visible } from "./visible.ts";

export const MARKS: Readonly<Record<Status, string>> = { pass: "✓", fail: "✗", "n/a": "–", manual: "?" };

/** `31 of 38 pass`, and how many nobody can answer from the files. */
export function scoreOf(answers: readonly Answer[]): string {
  const count = (status: Status) => answers.filter((answer) => answer.status === status).length;
  const [passed, failed] = [count("pass"), count("fail")];
  return `${passed} of ${passed + failed} pass · ${failed} fail · ${count("manual")} to check by hand · ${count("n/a")} not applicable`;
}

/** What the answers are not about, what they rest on, and what was not read or looked at for them. */
export interface ChecklistAsides {
  /** Names of configurations that were found beside the one that is answered about. */
  readonly besides: readonly string[];
  /** Each may be what an item is about. */
  readonly problems: readonly string[];
  readonly notes: readonly Notification[];
}

const NO_ASIDES: ChecklistAsides = { besides: [], problems: [], notes: [] };

/** So many names are written out; the rest is counted. */
const MOST_BESIDES = 3;
const MOST_ASIDES = 50;

/** In sentences, what matters most first; safe to print. */
export function asidesInWords({ besides, problems, notes }: ChecklistAsides): string[] {
  const more = besides.length - MOST_BESIDES;
  const names = besides.slice(0, MOST_BESIDES).join(", ") + (more > 0 ? ` and ${more} more` : "");
  const lines = [
    ...(besides.length === 0 ? [] : [`not answered about: ${names} (name what is meant)`]),
    ...problems,
    ...notes.map(
      ({ file, line, message }) => `${file === undefined ? "" : `${file}:${line ?? 1}: `}${message}`,
    ),
  ].map(visible);
  const rest = lines.length - MOST_ASIDES;
  return rest > 0 ? [...lines.slice(0, MOST_ASIDES), `and ${rest} more that is to be known`] : lines;
}

/** The places of an answer; of more than `most` the first, and how many there are besides. */
export function placesOf(
  { places, hasMore }: Answer,
  most: number,
  write: (place: string) => string,
): string {
  const lines = [...new Set(places.map(({ file, line }) => `${file}:${line}`))];
  const shown = lines.slice(0, most).map(write).join(", ");
  if (lines.length <= most) return hasMore === true ? `${shown} and more` : shown;
  const more = lines.length - most;
  return `${shown} and ${hasMore === true ? `more than ${more}` : more} more`;
}

/** Before what is said of an item. */
const MARGIN = "      ";
const NARROWEST = 40;

/** `color` and `width` are the terminal's, as for other reports. */
export async function checklistText(
  answers: readonly Answer[],
  { color, width }: Pick<ReportOptions, "color" | "width">,
): Promise<string> {
  const { Chalk } = await import("chalk");
  const chalk = new Chalk({ level: color ? 1 : 0 });
  const paint: Readonly<Record<Status, (text: string) => string>> = {
    pass: chalk.green,
    fail: chalk.red,
    "n/a": chalk.dim,
    manual: chalk.yellow,
  };
  const columns = Math.max(NARROWEST, width);
  const lines: string[] = [];
  for (const [chapter, group] of groupBy(answers, ({ chapter }) => chapter)) {
    lines.push(chalk.bold(chapter));
    for (const answer of group) {
      const { status, title } = answer;
      const reason = visible(answer.reason);
      const [first = "", ...rest] = wrap(title, columns - 4, columns - 4).map((line) =>
        status === "n/a" ? chalk.dim(line) : line,
      );
      lines.push(`  ${paint[status](MARKS[status])} ${first}`);
      append(
        lines,
        rest.map((line) => `    ${line}`),
      );
      const where = status === "fail" ? placesOf(answer, 3, visible) : "";
      const note = [reason, where].filter((text) => text !== "").join(" · ");
      const room = columns - MARGIN.length;
      for (const line of note === "" ? [] : wrap(note, room, room)) lines.push(MARGIN + chalk.dim(line));
    }
    lines.push("");
  }
  append(lines, wrap(scoreOf(answers), columns, columns));
  return `${lines.join("\n")}\n`;
}

/** A list of tasks, for tickets and job summaries. */
export function checklistMarkdown(answers: readonly Answer[], asides = NO_ASIDES): string {
  const lines = ["## nginx checklist", "", scoreOf(answers), ""];
  const said = asidesInWords(asides);
  append(
    lines,
    said.map((line) => `> ${escaped(line)}  `),
  );
  if (said.length > 0) lines.push("");
  for (const [chapter, group] of groupBy(answers, ({ chapter }) => chapter)) {
    lines.push(`### ${chapter}`, "");
    for (const answer of group) {
      const { status, title } = answer;
      const reason = visible(answer.reason);
      const box = status === "pass" ? "x" : " ";
      const where = status === "fail" ? placesOf(answer, 3, (place) => code(visible(place))) : "";
      const said = [status === "pass" || status === "fail" ? "" : status, reason].filter(
        (text) => text !== "",
      );
      const note = [said.join(": "), where].filter((text) => text !== "").join(" · ");
      lines.push(
        `- [${box}] ${escaped(title)}${status === "fail" ? " **fails**" : ""}${note === "" ? "" : ` — ${escaped(note)}`}`,
      );
    }
    lines.push("");
  }
  return `${lines.join("\n").trimEnd()}\n`;
}

/**
 * Version 1: `{ version, items: [{ id, chapter, title, status, reason, rules, places, hasMore? }], notAnsweredAbout, errors, notes }`.
 */
export function checklistJson(
  answers: readonly Answer[],
  { besides, problems, notes }: ChecklistAsides = NO_ASIDES,
): string {
  const items = answers.map(({ places, hasMore, ...answer }) => ({
    ...answer,
    places: places.map(({ file, line, column }) => ({ file, line, column })),
    ...(hasMore === true ? { hasMore } : {}),
  }));
  return jsonText({
    version: 1,
    items,
    notAnsweredAbout: besides,
    errors: problems,
    notes: notes.map(noteOf),
  });
}

function code(text: string): string {
  return `\`${text.replaceAll("`", "'")}\``;
}

/** Text as it is, and what stands between single backticks as code: Markdown pairs longer runs of them in its own way. */
function escaped(text: string): string {
  return text
    .replace(/[\r\n]+/g, " ")
    .split(/((?<!`)`[^`]+`(?!`))/)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/[\\*_[\]<>|#~`]|(?<=www)\./gi, "\\$&")))
    .join("");
}
