/** The tree of a PCRE pattern, with inline options already applied: folded sets, `.` and `$` as they mean where they stand. */
import type { ByteSet } from "./bytes.ts";

export type PatternNode =
  /** One byte out of a set. */
  | { readonly type: "set"; readonly set: ByteSet }
  | { readonly type: "sequence"; readonly items: readonly PatternNode[] }
  | { readonly type: "alternation"; readonly branches: readonly PatternNode[] }
  /** A group; `index` is its capture number. */
  | {
      readonly type: "group";
      readonly index: number | null;
      readonly atomic: boolean;
      readonly body: PatternNode;
    }
  | {
      readonly type: "repeat";
      readonly body: PatternNode;
      readonly min: number;
      /** `Infinity` without an upper bound. */
      readonly max: number;
      readonly mode: "greedy" | "lazy" | "possessive";
    }
  | {
      readonly type: "look";
      readonly behind: boolean;
      readonly negative: boolean;
      readonly body: PatternNode;
    }
  | { readonly type: "position"; readonly at: Position }
  | { readonly type: "reference"; readonly group: number; readonly caseless: boolean }
  /** Something that PCRE accepts and that nothing here can follow. */
  | { readonly type: "opaque"; readonly reason: string };

/**
 * - `start`, `end`: of the subject;
 * - `last-line-end`: the end, or before a newline that is the last byte (`$`);
 * - `line-start`, `line-end`: `^` and `$` under `(?m)`.
 */
export type Position =
  | "start"
  | "end"
  | "last-line-end"
  | "line-start"
  | "line-end"
  | "word-boundary"
  | "no-word-boundary";

/** A pattern that PCRE accepts. */
export interface Pattern {
  readonly root: PatternNode;
  /** How many capture groups there are. */
  readonly groups: number;
  /** Names of groups and their numbers, in order of appearance. */
  readonly names: readonly (readonly [name: string, group: number])[];
}
