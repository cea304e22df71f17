/** How V8 is to treat large trees. Its flags are set while they are read: the heap's next limit follows from the last collection. */

/** Characters of some sixty sites: looking at them takes longer than getting ready for that. */
const MUCH_TEXT = 50_000;
const LARGE_TEXT = 3 * 1024 * 1024;

/** What to call with the characters that are read so far, again and again: sets V8's flags once. */
export function readiness(): (characters: number) => void {
  let set = 0;
  return (characters) => {
    if (set === 0 && characters > MUCH_TEXT) {
      takeTime();
      set = 1;
    }
    if (set === 1 && characters > LARGE_TEXT) {
      saveMemory();
      set = 2;
    }
  };
}

/**
 * V8 would let the heap of a large tree grow to several times of what is in it before it looks for garbage, and write machine code,
 * of some kilobytes, for every pattern that is tried twice.
 */
function saveMemory(): void {
  const { setFlagsFromString } = process.getBuiltinModule("node:v8");
  setFlagsFromString("--heap-growing-percent=50");
  setFlagsFromString("--regexp-tier-up-ticks=100");
}

/**
 * V8 11 (Node 20) would spend a third of the processor's time on optimising code that is over before that pays, and
 * collect garbage in small bites; later ones wait by themselves. For a small tree it is not worth loading `node:v8`.
 */
function takeTime(): void {
  if (!process.versions.v8.startsWith("11.")) return;
  const { setFlagsFromString } = process.getBuiltinModule("node:v8");
  setFlagsFromString("--interrupt-budget=1200000");
  setFlagsFromString("--semi-space-growth-factor=16");
}
