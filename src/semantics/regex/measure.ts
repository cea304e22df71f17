/** Questions about the tree of a pattern: what is in it, how wide and how large it is. */
import { greatest, least } from "../../lists/index.ts";
import { type ByteSet, rangesOf } from "./bytes.ts";
import type { PatternNode } from "./pattern.ts";

/** Whether some node of the tree passes the test. */
export function contains(node: PatternNode, test: (node: PatternNode) => boolean): boolean {
  return test(node) || childrenOf(node).some((child) => contains(child, test));
}

export function childrenOf(node: PatternNode): readonly PatternNode[] {
  switch (node.type) {
    case "sequence":
      return node.items;
    case "alternation":
      return node.branches;
    case "group":
    case "repeat":
    case "look":
      return [node.body];
    default:
      return [];
  }
}

/** The fewest and most bytes that a node can match; null where a reference or the like makes it unknown. */
export function widthOf(node: PatternNode): { min: number; max: number } | null {
  switch (node.type) {
    case "set":
      return { min: 1, max: 1 };
    case "position":
    case "look":
      return { min: 0, max: 0 };
    case "reference":
    case "opaque":
      return null;
    case "group":
      return widthOf(node.body);
    case "repeat": {
      const body = widthOf(node.body);
      if (body === null) return null;
      return { min: body.min * node.min, max: body.max === 0 ? 0 : body.max * node.max };
    }
    case "sequence":
    case "alternation": {
      const widths: { min: number; max: number }[] = [];
      for (const child of childrenOf(node)) {
        const width = widthOf(child);
        if (width === null) return null;
        widths.push(width);
      }
      if (node.type === "sequence")
        return widths.reduce((sum, width) => ({ min: sum.min + width.min, max: sum.max + width.max }), {
          min: 0,
          max: 0,
        });
      return {
        min: least(widths.map((width) => width.min)),
        max: greatest(widths.map((width) => width.max)),
      };
    }
  }
}

/** How often PCRE writes out the body of a repeat. */
export function copiesOf({ body, min, max }: Extract<PatternNode, { type: "repeat" }>): number {
  if (body.type === "set") return 1;
  return Math.max(1, min, max === Number.POSITIVE_INFINITY ? 1 : max);
}

function isOneByte(set: ByteSet): boolean {
  const [first, ...more] = rangesOf(set);
  return first !== undefined && first[0] === first[1] && more.length === 0;
}

/** An upper estimate of the bytes that PCRE compiles a node to. */
export function compiledSize(node: PatternNode): number {
  const inside = childrenOf(node).reduce((sum, child) => sum + compiledSize(child), 0);
  switch (node.type) {
    case "set":
      return isOneByte(node.set) ? 4 : 36;
    case "sequence":
      return inside;
    case "alternation":
      return inside + 4 * (node.branches.length + 1);
    case "repeat":
      // A single byte or class carries its counts with it.
      return node.body.type === "set" ? inside + 12 : (inside + 12) * (copiesOf(node) + 1);
    default:
      return inside + 12;
  }
}
