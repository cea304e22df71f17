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
  {
    nginx: /invalid parameter "purger=/,
    reason: "NGINX Plus takes it, and a version does not tell which of the two it is",
  },
  { nginx: /invalid parameter "least_time"/, reason: "NGINX Plus takes it, and so does nginx since 1.31.0" },
  {
    nginx: /unknown "(?:time_iso8601_ms|upstream_last_addr)" variable/,
    reason: "NGINX Plus has it, and a version does not tell which of the two it is",
  },
  { we: /^"max_headers" came with nginx 1\.29\.8/, reason: "Debian ported it back to its 1.22" },
  { nginx: /invalid parameter "setfib=/, reason: "other systems take it" },
  { nginx: /a duplicate listen 127\.0\.0\.1:8099/, reason: "names are not resolved" },
  { nginx: /the duplicate "geoip_city" variable/, reason: "not every nginx has the module that defines it" },
  {
    we: /^directive `[\d.]+%` is not terminated/,
    reason:
      "`split_clients` drops what stands behind the second word, also the next entry after a forgotten `;`",
  },
];

/** Of directives of third parties. */
export const THIRD_PARTY: readonly Disagreement[] = [
  { nginx: /^Using \d+KiB of shared memory for nchan/, reason: "nchan says nothing of what it refuses" },
  {
    nginx: /"nchan_redis_\w+" directive (?:url is invalid|invalid CIDR)/,
    reason: "URLs of Redis are read loosely",
  },
  {
    nginx: /"nchan_redis_\w+" directive (?:invalid value, must be a non-negative|unable to parse IP address)/,
    reason: "numbers that are too large for any use are not counted",
  },
  { we: /^invalid variable name/, reason: "nchan reads some values, with a `$` at their end, as plain text" },
];

/** The least share of verdicts that agree. */
export const LEAST_AGREEMENT = { mutants: 0.995, matrix: 0.995, thirdParty: 0.995 };

/**
 * The least share of refusals where our first finding is at nginx's line, or where the parser found the place of the
 * mistake; and of those that get one finding.
 */
export const LEAST_LIKE_NGINX = { atItsLine: 0.96, withOneFinding: 0.85 };

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
