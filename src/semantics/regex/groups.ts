/** What the groups of a pattern are to each other. */
import { toBytes } from "./bytes.ts";
import { childrenOf } from "./measure.ts";
import { parsePattern } from "./parse-pattern.ts";
import type { PatternNode } from "./pattern.ts";

export interface PatternGroups {
  /** How many capture groups there are. */
  readonly count: number;
  readonly names: readonly string[];
  /** Pairs of a group and one inside of it: both match the same text. */
  readonly nested: readonly (readonly [outer: number, inner: number])[];
}

/** The capture groups of a pattern; null where it cannot be read. */
export function groupsOf(text: string): PatternGroups | null {
  const parsed = parsePattern(toBytes(text), false);
  if (parsed.kind !== "pattern") return null;
  const { root, groups, names } = parsed.pattern;
  const nested: (readonly [number, number])[] = [];
  const visit = (node: PatternNode, around: readonly number[]): void => {
    const isCapture = node.type === "group" && node.index !== null;
    if (isCapture) for (const outer of around) nested.push([outer, node.index ?? 0]);
    const inside = isCapture ? [...around, node.index ?? 0] : around;
    for (const child of childrenOf(node)) visit(child, inside);
  };
  visit(root, []);
  return { count: groups, names: names.map(([name]) => name), nested };
}
