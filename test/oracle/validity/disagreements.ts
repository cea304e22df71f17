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

export const DISAGREEMENTS: readonly Disagreement[] = [
  { nginx: /must have 2 captures/, reason: "captures of `fastcgi_split_path_info` are not counted yet" },
  { nginx: /_max_temp_file_size" must be equal to zero/, reason: "not compared with the buffers yet" },
  { nginx: /_temp_path" directive invalid value/, reason: "levels of temporary paths are not read yet" },
  { nginx: /in "index" directive is invalid/, reason: "an empty name of an index is not refused yet" },
  { nginx: /invalid network "/, reason: "networks of `geoip_proxy` are not read yet" },
  { nginx: /"userid_mark" directive value must be/, reason: "the mark's letter is not read yet" },
  { nginx: /eval_pv|\(eval \d+\)/, reason: "the Perl of `perl` and `perl_set` is not compiled" },
  { nginx: /parser error/, reason: "a style sheet is a file" },
  { nginx: /zero size shared memory zone "\$/, reason: "a zone named like a variable is taken for one" },
];

/** Of directives of third parties, only what nginx refuses and we do not. */
export const THIRD_PARTY: readonly Disagreement[] = [
  {
    nginx: /./,
    reason: "modules of others read their arguments by rules of their own, which are theirs to change",
  },
];

/** The least share of verdicts that agree. */
export const LEAST_AGREEMENT = { mutants: 0.995, matrix: 0.98, thirdParty: 0.94 };

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
