/** Indented JSON in which every character that a terminal or a script would act on is escaped. */
import type { Notification } from "../linter/index.ts";

/**
 * As `visible` has it: `##[` may begin a command for a runner. JSON.stringify escapes C0 and half surrogate pairs itself; the last
 * ones here are tag characters.
 */
const UNSAFE =
  /(?<=#)#(?=[a-z]*\[)|[\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;

/** Ends with a line break; without indentation it is one line. */
export function jsonText(value: unknown, indentation = 2): string {
  const text = JSON.stringify(value, null, indentation);
  return `${text.replace(UNSAFE, escaped)}\n`;
}

/** Each of its units by its number. */
function escaped(text: string): string {
  return Array.from(
    { length: text.length },
    (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`,
  ).join("");
}

/** What a report in JSON says of a note. */
export function noteOf({ level, message, file, line }: Notification) {
  return {
    level,
    message,
    ...(file !== undefined && { file }),
    ...(line !== undefined && { line }),
  };
}
