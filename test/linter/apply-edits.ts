import type { FindingEdit } from "../../src/linter/index.ts";

/** The text with the edits made, for tests of one file. */
export function applyEdits(text: string, edits: readonly FindingEdit[]): string {
  let result = text;
  for (const edit of [...edits].sort((a, b) => b.offset - a.offset)) {
    result = result.slice(0, edit.offset) + edit.text + result.slice(edit.offset + edit.length);
  }
  return result;
}
