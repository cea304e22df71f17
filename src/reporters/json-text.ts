/** Indented JSON in which every character that a terminal or a script would act on is escaped. */

/** `##[` may begin a command for a runner. JSON.stringify escapes C0 and half surrogate pairs itself. */
const UNSAFE = /(?<=#)#(?=[a-z]*\[)|[\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** Ends with a line break; without indentation it is one line. */
export function jsonText(value: unknown, indentation = 2): string {
  const text = JSON.stringify(value, null, indentation);
  return `${text.replace(UNSAFE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)}\n`;
}
