import type { ConfigFile } from "../parser/index.ts";
import { type Anchor, Statement } from "../semantics/index.ts";

/** The characters a place covers: of a statement, its words without the block. */
export function rangeOf(place: Anchor): { file: ConfigFile; start: number; end: number } {
  if (!(place instanceof Statement)) return place;
  const { directive, file } = place;
  return { file, start: directive.start, end: directive.args.at(-1)?.end ?? directive.name.end };
}
