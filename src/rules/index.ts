/** The catalogue: one line a rule. */

import metricsUnprotected from "./access/metrics-unprotected.ts";
import spaMissingTryFiles from "./routing/spa-missing-try-files.ts";
import type { Rule } from "./rule.ts";
import missingSuppressionReason from "./suppressions/missing-suppression-reason.ts";
import unknownRule from "./suppressions/unknown-rule.ts";
import unusedSuppression from "./suppressions/unused-suppression.ts";
import tlsDeprecatedProtocols from "./tls/tls-deprecated-protocols.ts";
import missingInclude from "./validity/missing-include.ts";
import syntax from "./validity/syntax.ts";

export type {
  Assumptions,
  Category,
  Confidence,
  Detail,
  Edit,
  Fix,
  OptionSchema,
  Place,
  Preset,
  Range,
  RelatedPlace,
  Report,
  Rule,
  RuleContext,
  RuleDocs,
  Severity,
  Witness,
} from "./rule.ts";
export { defineRule } from "./rule.ts";
export { missingSuppressionReason, unknownRule, unusedSuppression };

/** All rules, by chapter. */
export const RULES: readonly Rule[] = [
  // validity
  syntax,
  missingInclude,
  // tls
  tlsDeprecatedProtocols,
  // routing
  spaMissingTryFiles,
  // access
  metricsUnprotected,
  // suppressions
  unusedSuppression,
  unknownRule,
  missingSuppressionReason,
];
