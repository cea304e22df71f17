/**
 * What nginx and we are known to disagree about, each with its reason. A disagreement that is not here fails the tests,
 * and so does one that is here too often.
 */
import type { Finding } from "../../../src/linter/index.ts";

export interface Disagreement {
  /** What nginx says where it refuses and we do not. */
  readonly nginx?: RegExp;
  /** What we say where nginx starts. */
  readonly we?: RegExp;
  readonly reason: string;
}

export const DISAGREEMENTS: readonly Disagreement[] = [];

/** Of directives of third parties, only what nginx refuses and we do not. */
export const THIRD_PARTY: readonly Disagreement[] = [
  {
    nginx: /./,
    reason: "modules of others read their arguments by rules of their own, which are theirs to change",
  },
];

/** The least share of verdicts that agree. */
export const LEAST_AGREEMENT = { mutants: 0.995, matrix: 0.995, thirdParty: 0.95 };

/** Why they disagree here; null where nobody knows. */
export function explanationOf(
  known: readonly Disagreement[],
  refusal: string | null,
  error: Finding | null,
): string | null {
  const entry = known.find(({ nginx, we }) =>
    refusal === null ? we?.test(error?.message ?? "") : nginx?.test(refusal),
  );
  return entry?.reason ?? null;
}
