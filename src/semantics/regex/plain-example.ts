/** A text that a pattern is likely to match, read off its letters: many times cheaper than a witness out of an automaton. */
import { type ByteSet, hasByte, rangesOf, toBytes } from "./bytes.ts";
import { Memo } from "./memo.ts";
import { parsePattern, spendOnReading } from "./parse-pattern.ts";
import type { PatternNode } from "./pattern.ts";

/**
 * A byte string made of the first branch of each alternation, of repeats as short as they can be, and without a look at what
 * stands around it. So it may not match: ask the pattern. Null where a part of the pattern has no letters.
 */
export function plainExample(pattern: string, caseless: boolean): string | null {
  return examples.get(`${caseless}${pattern}`, () => {
    spendOnReading(pattern);
    const parsed = parsePattern(toBytes(pattern), caseless);
    return parsed.kind === "pattern" ? exampleOf(parsed.pattern.root) : null;
  });
}

const examples = new Memo<string | null>(500);

function exampleOf(node: PatternNode): string | null {
  switch (node.type) {
    case "set":
      return byteOf(node.set);
    case "sequence":
      return joined(node.items);
    case "alternation": {
      const [first] = node.branches;
      return first === undefined ? null : exampleOf(first);
    }
    case "group":
      return exampleOf(node.body);
    case "repeat":
      if (node.min === 0) return "";
      if (node.min > LONGEST) return null;
      return exampleOf(node.body)?.repeat(node.min) ?? null;
    case "look":
    case "position":
      return "";
    case "reference":
    case "opaque":
      return null;
  }
}

function joined(items: readonly PatternNode[]): string | null {
  let text = "";
  for (const item of items) {
    const part = exampleOf(item);
    if (part === null) return null;
    text += part;
    if (text.length > LONGEST) return null;
  }
  return text;
}

/** Bytes of an example, at most. */
const LONGEST = 200;

/** A byte of a set that a name may have, where there is one. */
function byteOf(set: ByteSet): string | null {
  for (const char of LIKELY) if (hasByte(set, char.charCodeAt(0))) return char;
  const [first] = rangesOf(set);
  return first === undefined ? null : String.fromCharCode(first[0]);
}

/** `x` first, since few patterns speak of it; small letters before the rest. */
const LIKELY = "xabcdefghijklmnopqrstuvwyz0123456789/.-_";
