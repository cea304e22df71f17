export type { Encoding } from "./encoding.ts";
export { type LoadInputs, type LoadProblem, type LoadResult, load, type WritableFile } from "./load.ts";
