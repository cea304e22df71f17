export { type LeftOut, type LoadInputs, type LoadProblem, type LoadResult, load } from "./load.ts";
