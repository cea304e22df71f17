/** Leads places of edited texts back to the texts as they were. */
import { firstNotBefore, groupBy } from "../lists/index.ts";
import type { ConfigFile } from "../parser/index.ts";
import type { FindingEdit } from "./finding.ts";

/** What an edit replaced: offsets in the text before it, and behind it. */
interface Replaced {
  readonly before: { readonly start: number; readonly end: number };
  readonly after: { readonly start: number; readonly end: number };
}

export class EditTrail {
  readonly #files = new Map<string, { readonly first: ConfigFile; readonly rounds: Replaced[][] }>();

  /**
   * Notes edits that are made at once.
   * @param fileOf the files as they are before them
   */
  add(edits: readonly FindingEdit[], fileOf: (name: string) => ConfigFile | undefined): void {
    for (const [name, some] of groupBy(edits, ({ file }) => file)) {
      const first = this.#files.get(name)?.first ?? fileOf(name);
      if (first === undefined) continue;
      const known = this.#files.get(name) ?? { first, rounds: [] };
      this.#files.set(name, known);
      let shift = 0;
      const sorted = [...some].sort((a, b) => a.offset - b.offset);
      known.rounds.push(
        sorted.map(({ offset: start, length, text }) => {
          const moved = start + shift;
          shift += text.length - length;
          return {
            before: { start, end: start + length },
            after: { start: moved, end: moved + text.length },
          };
        }),
      );
    }
  }

  /**
   * The line, 1-based, at which what stands at an offset now stood in the first text of its file: of a text that an edit
   * brought, the line of the edit. Null where the file was not edited.
   */
  firstLine(name: string, offset: number): number | null {
    const known = this.#files.get(name);
    if (known === undefined) return null;
    const at = known.rounds.reduceRight(offsetBefore, offset);
    return known.first.position(at).line;
  }
}

function offsetBefore(offset: number, round: readonly Replaced[]): number {
  const edit = round[firstNotBefore(round, ({ after }) => after.start <= offset) - 1];
  if (edit === undefined) return offset;
  const { before, after } = edit;
  return offset < after.end ? before.start : before.end + (offset - after.end);
}
