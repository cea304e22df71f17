import { push } from "../../lists/index.ts";
import {
  type Advisory,
  advisoriesFor,
  type Concern,
  formatVersion,
  type Statement,
  type Version,
} from "../../semantics/index.ts";
import { defineRule, type Preset, type Report, type Severity } from "../rule.ts";
import { listOf, shortListOf } from "../wording.ts";
import { WORK_AROUNDS } from "./work-arounds.ts";

/** Known vulnerabilities of nginx, where the configuration holds what they need. */
export default defineRule({
  id: "advisory",
  category: "advisories",
  severity: "warning",
  confidence: "medium",
  presets: ["recommended", "security"],
  docs: {
    summary: "A known vulnerability of nginx whose preconditions this configuration meets",
    why: "Most advisories of nginx need something in the configuration: a `rewrite` with captures of a certain kind, an HTTP/3 listener, `mp4`, `alias` below WebDAV. The rule reports an advisory only where a request can get to such lines, names them, the releases with the fix, and a workaround until you upgrade.\n\nGive the release you run with `--nginx-version` (or in the settings): then everything that this release is vulnerable to is judged, including what only needs HTTP/2, HTTP/3 or a resolver, and a last finding lists the CVEs of which nothing but the release is known. Without a version the rule tells only of lines that are themselves the precondition, as `info`.\n\nPackages of distributions often carry a fix under an older number (Debian's 1.22.1-9+deb12u3, for instance): check the change log of the package before you upgrade, then suppress the finding with that as its reason.\n\nThe table behind the rule is a copy of nginx's own list with the preconditions added. An advisory without a CVE number, `crash-1.29.4`, is a crash that the change log of that release tells of.",
    bad: `server {
    listen 80;
    location /shop/ {
        rewrite ^/shop/(.*) /index.php?from=old;
        set $page $1;
        proxy_pass http://127.0.0.1:8000;
    }
}
`,
    good: `server {
    listen 80;
    location /shop/ {
        rewrite ^/shop/(?<page>.*) /index.php?from=old;
        proxy_set_header X-Page $page;
        proxy_pass http://127.0.0.1:8000;
    }
}
`,
    references: [
      "https://nginx.org/en/security_advisories.html",
      "https://nginx.org/en/CHANGES",
      "https://github.com/nginx/nginx/commit/2046b45aa",
    ],
  },
  check({ model, configuration, version, report }) {
    const byPlace = new Map<Statement, Concern[]>();
    for (const concern of advisoriesFor(model)) {
      const [at] = concern.causes[0] ?? [];
      if (at === undefined) {
        const [first] = configuration.statements;
        if (version !== null && first !== undefined && !configuration.fragment)
          report(ofVersion(concern, first, version));
        continue;
      }
      push(byPlace, at, concern);
    }
    for (const [at, concerns] of byPlace) report(ofPlace(at, concerns, version));
  },
});

function ofPlace(at: Statement, concerns: readonly Concern[], version: Version | null): Report {
  const advisories = concerns.flatMap((concern) => concern.advisories);
  const workArounds = concerns.flatMap(({ precondition }) => WORK_AROUNDS[precondition] ?? []);
  const told = new Set([at]);
  const related: { at: Statement; message: string }[] = [];
  for (const [first, ...others] of concerns.flatMap(({ causes }) => causes)) {
    if (!told.has(first)) related.push({ at: first, message: "the same" });
    told.add(first);
    for (const other of others) {
      if (!told.has(other)) related.push({ at: other, message: "is part of it" });
      told.add(other);
    }
  }
  return {
    at,
    message: `${subject(concerns, version)} is vulnerable here (${listOf(advisories.map(({ id }) => id))}): ${shortListOf(texts(advisories))}.`,
    help: [upgrade(concerns), listOf(workArounds)].filter((text) => text !== "").join("; until then "),
    severity: version === null ? "info" : severityOf(advisories),
    presets: presetsOf(concerns, version),
    related,
    identity: `advisory ${advisories.map(({ id }) => id).join(" ")}`,
  };
}

function ofVersion(concern: Concern, at: Statement, version: Version): Report {
  const ids = concern.advisories.map(({ id }) => id);
  return {
    at,
    message: `nginx ${formatVersion(version)} has ${listOf(ids)}, whatever the configuration says: ${shortListOf(texts(concern.advisories))}.`,
    help: upgrade([concern]),
    severity: "info",
    presets: ["security"],
    identity: `advisory ${ids.join(" ")}`,
  };
}

function texts(advisories: readonly Advisory[]): readonly string[] {
  return [...new Set(advisories.map(({ what }) => what))];
}

/** `nginx 1.28.0`, or `nginx before 1.30.1 (mainline: 1.31.0)`. */
function subject(concerns: readonly Concern[], version: Version | null): string {
  if (version !== null) return `nginx ${formatVersion(version)}`;
  const releases = releasesIn(concerns);
  const [oldest = "", newest = oldest] = releases;
  return newest === oldest ? `nginx before ${oldest}` : `nginx before ${oldest} (mainline: ${newest})`;
}

function upgrade(concerns: readonly Concern[]): string {
  return `upgrade to ${releasesIn(concerns).join(" or ")}, or to a package that carries the fix`;
}

/** The releases in which all is mended, a stable one and one of mainline; of several concerns those that come last. */
function releasesIn(concerns: readonly Concern[]): readonly string[] {
  const last = concerns.map(({ fixed }) => fixed).reduce((a, b) => (newest(a) < newest(b) ? b : a));
  return last.slice(-2).map(formatVersion);
}

function newest(releases: readonly Version[]): number {
  const { major, minor, patch } = releases.at(-1) ?? { major: 0, minor: 0, patch: 0 };
  return (major * 1000 + minor) * 1000 + patch;
}

function severityOf(advisories: readonly Advisory[]): Severity {
  if (advisories.some(({ severity }) => severity === "high")) return "error";
  return advisories.some(({ severity }) => severity === "medium") ? "warning" : "info";
}

/** The default preset speaks of lines that are the bug, and of the worst bugs of the release that is run. */
function presetsOf(concerns: readonly Concern[], version: Version | null): readonly Preset[] {
  const isPlain = concerns.some(
    ({ kind, advisories }) =>
      (kind === "exact" && advisories.some(({ severity }) => severity !== "low")) ||
      (version !== null && advisories.some(({ severity }) => severity === "high")),
  );
  return isPlain ? ["recommended", "security"] : ["security"];
}
