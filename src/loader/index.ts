export { type LoadInputs, type LoadProblem, type LoadResult, load } from "./load.ts";
