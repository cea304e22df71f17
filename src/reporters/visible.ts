/**
 * Text of other people, made harmless for a terminal and for the log of a runner: whatever would move the cursor, change
 * colours, break a line, reorder what is read or be taken for a command is shown as an escape (`\x1b`, `\u{202e}`) instead of being sent.
 */

// C0, DEL and C1; soft hyphen and other invisible marks; line separators; directional marks, embeddings, overrides
// and isolates; tag characters; half of a surrogate pair; code points that are
// no characters.
const HARMFUL =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Surrogate}|\p{Noncharacter_Code_Point}/gu;

/** The start of `##[group]`, `##vso[…]`, `##teamcity[…]`: some runners obey it anywhere in a line of a log. */
const LOG_COMMAND = /(?<=#)#(?=[a-z]*\[)/g;
/** The start of `::error::` and the like, which GitHub's runner obeys where a line begins with it; not `fe80::a `. */
const WORKFLOW_COMMAND = /(?<=:):(?![0-9a-f]{1,4}(?![a-z-]))(?=[a-z]+(?:-[a-z]+)*(?: |::))/gi;

const PRINTABLE = /^[\u0020-\u007e]*$/;

export function visible(text: string): string {
  // Most texts; the rest of the work is not for them.
  if (PRINTABLE.test(text) && !text.includes("##") && !text.includes("::")) return text;
  return text.replace(HARMFUL, escapeOf).replace(LOG_COMMAND, escapeOf).replace(WORKFLOW_COMMAND, escapeOf);
}

/** Offsets of the characters that begin a command for a runner, in one line of source. */
export function logCommandsIn(line: string): Set<number> {
  return new Set(Array.from(line.matchAll(LOG_COMMAND), (match) => match.index));
}

export function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  switch (character) {
    case "\n":
      return "\\n";
    case "\r":
      return "\\r";
    case "\t":
      return "\\t";
  }
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
}
