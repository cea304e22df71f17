/** Where something that is said of a configuration points to. */
import type { ConfigFile } from "../parser/index.ts";
import type { Statement } from "./tree.ts";

/** A part of a file. `end` is exclusive. */
export interface Range {
  readonly file: ConfigFile;
  readonly start: number;
  readonly end: number;
}

/** A statement (its name and arguments), a part of one, or a bare range. */
export type Anchor = Statement | Range;

export interface RelatedPlace {
  readonly at: Anchor;
  readonly message: string;
}

/** What nginx would refuse at start, in its words and ours. */
export interface Refusal {
  /** The cause. */
  readonly at: Anchor;
  readonly message: string;
  /** What to write, as an imperative clause without a final stop. */
  readonly help?: string;
  readonly related?: readonly RelatedPlace[];
  /** What the refusal means apart from its place and wording. */
  readonly identity?: string;
}
