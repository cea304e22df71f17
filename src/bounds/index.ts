export {
  Bounds,
  type BoundsInputs,
  HAS_NAMES_FOR_SAME,
  isDirectoryAt,
  isKernels,
  MOST_LINKS,
  type Refusal,
  realPathOf,
  slashed,
  strayLink,
} from "./bounds.ts";
export { readBeginning, readRegularFile, readStandardInput, Unreadable } from "./read.ts";
