/** How V8 is to treat large trees. */
import { lengthOf } from "../linter/index.ts";
import type { SourceTree } from "../semantics/index.ts";

const LARGE_TEXT = 3 * 1024 * 1024;

/**
 * V8 would let the heap of a large tree grow to several times of what is in it before it looks for garbage, and write machine code,
 * of some kilobytes, for every pattern that is tried twice.
 */
export function saveMemory(trees: readonly SourceTree[]): void {
  if (lengthOf(trees) <= LARGE_TEXT) return;
  const { setFlagsFromString } = process.getBuiltinModule("node:v8");
  setFlagsFromString("--heap-growing-percent=50");
  setFlagsFromString("--regexp-tier-up-ticks=100");
}

/**
 * V8 11 (Node 20) would spend a third of the processor's time on optimising code that is over before that pays, and
 * collect garbage in small bites; later ones wait by themselves. For a small tree it is not worth loading `node:v8`.
 */
export function takeTime(): void {
  if (!process.versions.v8.startsWith("11.")) return;
  const { setFlagsFromString } = process.getBuiltinModule("node:v8");
  setFlagsFromString("--interrupt-budget=1200000");
  setFlagsFromString("--semi-space-growth-factor=16");
}
