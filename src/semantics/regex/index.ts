/**
 * Regular expressions as nginx uses them: PCRE's verdict on a pattern, matching, and patterns as languages. A build of PCRE
 * itself would match, but could not tell whether one pattern takes all requests of another, or name one that it does not.
 */

export { type Attack, attackOn } from "./backtracking.ts";
export { type ByteSet, complement, fromBytes, hasByte, setOf, toBytes } from "./bytes.ts";
export { checkPcre, type PatternCheck } from "./check.ts";
export { type CompiledPattern, compilePcre, lazyPattern, type PatternMatch, SlowMatch } from "./compile.ts";
export { groupsOf, type PatternGroups } from "./groups.ts";
export {
  bounded,
  type Coverage,
  differenceOf,
  includesUri,
  isDisjoint,
  isEmptyLanguage,
  isSubset,
  type LiteralLocations,
  languageOf,
  literalLocations,
  prefixCoverage,
  remembersCoverage,
  type Undecidable,
  type UriLanguage,
  unionOf,
  urisOf,
} from "./language.ts";
export { Memo } from "./memo.ts";
export { plainExample } from "./plain-example.ts";
export { type Sample, sampleOf, TextLanguage } from "./text-language.ts";
export { requestTarget, type UriWitness, type WitnessHints, witnessOf } from "./witness.ts";
