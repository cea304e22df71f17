/** Regular expressions as nginx uses them: PCRE's verdict on a pattern, matching, and patterns as languages. */
export { fromBytes, toBytes } from "./bytes.ts";
export { checkPcre, type PatternCheck } from "./check.ts";
export { type CompiledPattern, compilePcre, lazyPattern, type PatternMatch } from "./compile.ts";
export {
  type Coverage,
  decide,
  includes,
  intersection,
  isDisjoint,
  isEmpty,
  isSubset,
  type LiteralLocations,
  languageOf,
  literalLocations,
  minus,
  prefixCoverage,
  remembersCoverage,
  type Undecidable,
  type UriLanguage,
  union,
  urisOf,
} from "./language.ts";
export { requestTarget, type UriWitness, type WitnessHints, witness } from "./witness.ts";
