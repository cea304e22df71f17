/**
 * What nginx and we are known to disagree about, each with its reason. A disagreement that is not here fails the tests,
 * and so does one that is here too often.
 */
import type { Finding } from "../../../src/linter/index.ts";

interface Disagreement {
  /** What nginx says where it refuses and we do not. */
  readonly nginx?: RegExp;
  /** What we say where nginx starts. */
  readonly we?: RegExp;
  readonly reason: string;
}

export const DISAGREEMENTS: readonly Disagreement[] = [
  {
    nginx:
      /invalid (?:parameter|value|number of|return code|character|location modifier|session cache|URL|flush|port|"[^"]*" parameter)|the invalid "|directive invalid value|"threads" parameter|duplicate default map|already defined/,
    reason: "arguments that a directive reads by rules of its own, not all of which are written down here",
  },
  { nginx: /unknown "[^"]*" variable/, reason: "variables are looked up by a rule that is not here yet" },
  {
    nginx:
      /duplicate "[^"]*" address and port pair|no handler for server|unknown mail protocol|no "(?:listen|ssl_certificate)" is defined|no servers/,
    reason: "what blocks of stream and mail, and upstreams, must hold is not judged yet",
  },
  {
    nginx: /unknown log format escaping|syslog/,
    reason: "parameters of logs are not judged yet",
  },
];

/** The least share of verdicts that agree. */
export const LEAST_AGREEMENT = { mutants: 0.93 };

/** Why they disagree here; null where nobody knows. */
export function explanationOf(refusal: string | null, error: Finding | null): string | null {
  const entry = DISAGREEMENTS.find(({ nginx, we }) =>
    refusal === null ? we?.test(error?.message ?? "") : nginx?.test(refusal),
  );
  return entry?.reason ?? null;
}
