/** Regular expressions as nginx uses them: PCRE's verdict on a pattern, matching, and patterns as languages. */
export { fromBytes, toBytes } from "./bytes.ts";
export { checkPcre, type PatternCheck } from "./check.ts";
export { type CompiledPattern, compilePcre, lazyPattern, type PatternMatch } from "./compile.ts";
