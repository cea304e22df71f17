/** An nginx version, for questions of birth, removal and changed defaults. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** The newest release that the facts in this folder know (nginx's change log). */
const MAINLINE: Version = { major: 1, minor: 31, patch: 4 };

/**
 * Reads `1.24`, `1.24.0` or `mainline`. `1.24` means the newest patch of 1.24.
 * Returns null where the text is no version.
 */
export function parseVersion(text: string): Version | null {
  if (text === "mainline") return MAINLINE;
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?$/.exec(text.trim());
  if (!match) return null;
  return {
    major: Number(match[1]),
    minor: Number(match[2]),
    patch: match[3] === undefined ? Number.POSITIVE_INFINITY : Number(match[3]),
  };
}

/** Whether a version came after what the facts in this folder know; of `1.32` without a patch, whether the branch did. */
export function isNewerThanKnown(version: Version): boolean {
  const { patch } = version;
  return compareVersions({ ...version, patch: Number.isFinite(patch) ? patch : 0 }, MAINLINE) > 0;
}

/** Whether nginx has had such a version, or may before long: `9.9` is a slip. */
export function isConceivable({ major, minor, patch }: Version): boolean {
  const isCounted = minor < 100 && (patch < 100 || patch === Number.POSITIVE_INFINITY);
  return isCounted && (major === 0 ? minor > 0 : major <= MAINLINE.major);
}

/** Negative, zero or positive as `a` is older than, the same as or newer than `b`. */
export function compareVersions(a: Version, b: Version): number {
  return a.major - b.major || a.minor - b.minor || (a.patch === b.patch ? 0 : a.patch - b.patch);
}

/**
 * Whether `version` is at least `since` (`"1.27.3"`); `"unknown"` without a version.
 * Stable branches count by number, as nginx cuts 1.28 from 1.27.
 */
export function isSince(version: Version | null, since: string): boolean | "unknown" {
  if (version === null) return "unknown";
  const bound = parseVersion(since);
  if (bound === null) throw new TypeError(`not a version: ${since}`);
  return compareVersions(version, bound) >= 0;
}

export function formatVersion(version: Version): string {
  const patch = Number.isFinite(version.patch) ? `.${version.patch}` : "";
  return `${version.major}.${version.minor}${patch}`;
}
