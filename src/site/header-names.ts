/** Response headers that matter here; all names in lower case, as HTTP does not tell cases apart. */

/** Headers by which a browser protects its user, or lets other sites in. */
export const SECURITY_HEADERS: ReadonlySet<string> = new Set([
  "strict-transport-security",
  "content-security-policy",
  "content-security-policy-report-only",
  "x-frame-options",
  "x-content-type-options",
  "referrer-policy",
  "permissions-policy",
  "feature-policy",
  "cross-origin-opener-policy",
  "cross-origin-embedder-policy",
  "cross-origin-resource-policy",
  "x-permitted-cross-domain-policies",
  "x-xss-protection",
]);

/** Without these the page itself is open to attack. */
export const PAGE_GUARDS: ReadonlySet<string> = new Set([
  "strict-transport-security",
  "content-security-policy",
]);

/**
 * Headers that a browser takes once: sent twice, the second is ignored, the whole is invalid, or both hold at once.
 * Not those that are lists (`Link`, `Set-Cookie`, `Vary`, `Cache-Control`).
 */
export const SINGLE_HEADERS: ReadonlySet<string> = new Set([
  ...SECURITY_HEADERS,
  "access-control-allow-origin",
  "access-control-allow-credentials",
  "access-control-max-age",
]);

export function isCorsHeader(name: string): boolean {
  return name.startsWith("access-control-");
}
