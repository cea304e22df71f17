/** What rules tell the checklist beside their findings. */
import type { Anchor, Context } from "../semantics/index.ts";

/** What the checklist asks for and a finding would be too much for. */
export interface Unmet {
  readonly at: Anchor;
  /** What a reviewer sees, such as `GET /.env is not refused`. */
  readonly why: string;
  /** The rule that most often reports such a case: where it does, that one is named, and this place is not. */
  readonly owner?: string;
  /** Default: all of the rule's. */
  readonly items?: readonly string[];
  readonly concerns?: readonly Context[];
}

export interface Untold {
  readonly at: Anchor;
  /** What to run, or where to look. */
  readonly reason: string;
  readonly items?: readonly string[];
  readonly concerns?: readonly Context[];
}
