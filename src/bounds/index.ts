export { Bounds, type BoundsInputs, isKernels, type Refusal, realPathOf, slashed } from "./bounds.ts";
export { readBeginning, readRegularFile, readStandardInput, Unreadable } from "./read.ts";
