/** Security advisories of nginx: which releases they are about, and whether a configuration holds what they need. */
import { push } from "../../lists/index.ts";
import type { Model } from "../model.ts";
import { compareVersions, parseVersion, type Version } from "../version.ts";
import { ADVISORIES } from "./advisories.generated.ts";
import type { Cause } from "./cause.ts";
import * as connections from "./connections.ts";
import * as contents from "./contents.ts";
import * as scripts from "./scripts.ts";

export interface Advisory {
  /** `CVE-2026-42945`, or the release whose change log tells of a crash. */
  readonly id: string;
  readonly severity: "high" | "medium" | "low";
  /** Both ends belong to a range. */
  readonly vulnerable: readonly (readonly [first: Version, last: Version])[];
  /** The first release of each branch with the fix. */
  readonly fixed: readonly Version[];
  readonly precondition: Precondition;
  /** A noun phrase: what an attacker gets. */
  readonly what: string;
}

/** What has to stand in a configuration; `version`: nobody knows more than the release. */
export type Precondition = keyof typeof PRECONDITIONS | "version";

interface Test {
  /** `exact`: the very lines that the bug needs. `feature`: what it needs is in use, as it is in many trees. */
  readonly kind: "exact" | "feature";
  readonly causes: (model: Model) => Iterable<Cause>;
}

function exact(causes: Test["causes"]): Test {
  return { kind: "exact", causes };
}

function feature(causes: Test["causes"]): Test {
  return { kind: "feature", causes };
}

const PRECONDITIONS = {
  "rewrite-args-capture": exact(scripts.rewriteThenCapture),
  "rewrite-nested-captures": exact(scripts.rewriteOverlappingCaptures),
  "alias-rewrite-filename": exact(scripts.rewriteThenFilename),
  "map-captures": exact(scripts.mapChangesCapture),
  "subrequest-captures": exact(scripts.subrequestReadsCapture),
  "dav-alias": exact(contents.davBelowAlias),
  "charset-utf8": exact(contents.recodesUtf8),
  "ssi-aio": exact(contents.ssiWithAio),
  "ssi-unbuffered": exact(contents.ssiWithoutBuffers),
  "proxied-short-uri": exact(contents.proxiedUriShorter),
  "large-headers-http2": exact(contents.largeHeadersToHttp2),
  "http2-set-body": exact(contents.bodySetForHttp2),
  "tls-sessions": exact(connections.sharesSessions),
  "ocsp-resolver": exact(connections.asksOcspResponder),
  "stream-ocsp": exact(connections.streamAsksOcsp),
  mp4: feature(contents.mp4Answers),
  "scgi-uwsgi": feature(contents.scgiOrUwsgi),
  proxy: feature(contents.proxies),
  "upstream-tls": feature(contents.upstreamsOverTls),
  resolver: feature(contents.resolves),
  http3: feature(connections.speaksHttp3),
  "http3-buffered": feature(connections.http3Buffered),
  http2: feature(connections.speaksHttp2),
  spdy: feature(connections.speaksSpdy),
  tls: feature(connections.speaksTls),
  "ticket-rotation": feature(connections.rotatesTicketKeys),
  "mail-cram": feature(connections.mailWithCram),
  "mail-auth-http": feature(connections.mailAuthHttp),
  "mail-smtp": feature(connections.mailSmtp),
  "mail-starttls": feature(connections.mailStartTls),
} satisfies Record<string, Test>;

/** Advisories with the same precondition, which a configuration holds. */
export interface Concern {
  readonly precondition: Precondition;
  /** `exact`: the very lines that the bug needs. `feature`: what it needs is in use. `version`: only the release is known. */
  readonly kind: Test["kind"] | "version";
  /** Newest first; at least one. */
  readonly advisories: readonly Advisory[];
  /** The places; empty for `version`. */
  readonly causes: readonly Cause[];
  /** Releases with all the fixes, one a branch. */
  readonly fixed: readonly Version[];
}

/** The advisories that a configuration has to do with under its version; without one, those of every release. */
export function advisoriesFor(model: Model): readonly Concern[] {
  const { version } = model;
  const byKey = new Map<Precondition, Advisory[]>();
  for (const advisory of allAdvisories()) {
    if (version !== null && !isVulnerable(advisory, version)) continue;
    push(byKey, advisory.precondition, advisory);
  }
  const concerns: Concern[] = [];
  for (const [precondition, advisories] of byKey) {
    const fixed = () => releasesWithAll(advisories, version);
    if (precondition === "version") {
      if (version !== null)
        concerns.push({ precondition, kind: "version", advisories, causes: [], fixed: fixed() });
      continue;
    }
    const { kind, causes } = PRECONDITIONS[precondition];
    // What half of all trees have is no news without a version.
    if (version === null && kind === "feature") continue;
    const found = [...causes(model)];
    if (found.length > 0) concerns.push({ precondition, kind, advisories, causes: found, fixed: fixed() });
  }
  return concerns;
}

/** Whether a release has the bug: it is within a range, and its own branch has not got the fix. */
export function isVulnerable({ vulnerable, fixed }: Advisory, version: Version): boolean {
  const isWithin = vulnerable.some(
    ([first, last]) => compareVersions(version, first) >= 0 && compareVersions(version, last) <= 0,
  );
  const isMended = fixed.some(
    (fix) => fix.major === version.major && fix.minor === version.minor && compareVersions(version, fix) >= 0,
  );
  return isWithin && !isMended;
}

/** Of the releases that fix one of them, those in which all are fixed; the first of each branch, none older than `since`. */
function releasesWithAll(advisories: readonly Advisory[], since: Version | null): readonly Version[] {
  const candidates = advisories
    .flatMap(({ fixed }) => fixed)
    .filter(
      (release) =>
        (since === null || compareVersions(release, since) > 0) &&
        advisories.every((advisory) => !isVulnerable(advisory, release)),
    )
    .sort(compareVersions);
  return candidates.filter(
    ({ major, minor }, at) =>
      candidates.findIndex((other) => other.major === major && other.minor === minor) === at,
  );
}

let advisories: readonly Advisory[] | undefined;

/** All that are known, the newest first. */
export function allAdvisories(): readonly Advisory[] {
  advisories ??= ADVISORIES.trim().split("\n").map(readAdvisory);
  return advisories;
}

function readAdvisory(line: string): Advisory {
  const [id = "", severity = "", vulnerable = "", fixed = "", precondition = "", what = ""] = line.split("|");
  if (severity !== "high" && severity !== "medium" && severity !== "low") throw new TypeError(line);
  if (!isPrecondition(precondition)) throw new TypeError(`no such precondition: ${precondition}`);
  return {
    id,
    severity,
    precondition,
    what,
    vulnerable: vulnerable.split(" ").map((range) => {
      const [first = "", last = first] = range.split("-");
      return [release(first), release(last)] as const;
    }),
    fixed: fixed.split(" ").map(release),
  };
}

function isPrecondition(key: string): key is Precondition {
  return key === "version" || Object.hasOwn(PRECONDITIONS, key);
}

function release(text: string): Version {
  const version = parseVersion(text);
  if (version === null) throw new TypeError(`not a version: ${text}`);
  return version;
}
