/** The commented settings file that `nginx-lint init` writes. */

import type { Preset } from "../rules/index.ts";
import { SCHEMA_URL } from "./schema.ts";

/** What was seen of the tree that the file is for. */
export interface TreeFacts {
  /** Presets that fit what the tree serves, beside `recommended`. */
  readonly presets: readonly Preset[];
  /** Where linting starts, as people here would write it; none where there are only fragments. */
  readonly entries: readonly string[];
  /** What is installed, or what the tree tells; null: unknown. */
  readonly nginxVersion: string | null;
  /** Some server listens with TLS. */
  readonly tls: boolean;
  /** Some server sends or proxies responses (a tree of `upstream`s alone has none). */
  readonly servers: number;
  /** URI prefixes at which single-page apps seem to live. */
  readonly spa: readonly string[];
  /** URIs that seem to export metrics. */
  readonly metricsPaths: readonly string[];
  /** Absolute includes lead to files that only the server has: where they lie here, or null. */
  readonly root: string | null;
  /** Files that others maintain (globs). */
  readonly vendored: readonly string[];
}

/** A settings file in YAML that says what fits the tree and offers, as comments, what might. */
export function initialSettings(facts: TreeFacts): string {
  const { presets, entries, nginxVersion, tls, servers, spa, metricsPaths, root, vendored } = facts;
  const lines: string[] = [
    `# yaml-language-server: $schema=${SCHEMA_URL}`,
    "# Settings of nginx-lint. `nginx-lint --print-config` shows what applies, and where each value comes from.",
    ...beginnings(entries),
    "",
    "# recommended: real bugs and holes. Beside it: security (hardening), django-react (a whole deployment checklist),",
    "# strict (everything). Settings files of your own can stand here, too (./base.yaml).",
    ...(presets.length === 0
      ? ["extends: recommended"]
      : [
          "# A single-page app and an application behind it were seen here, so the deployment checklist applies.",
          `extends: [${["recommended", ...presets].join(", ")}]`,
        ]),
    "",
    "# The version that runs these files. Without it, findings that depend on the version are only informative.",
    nginxVersion === null ? '# nginxVersion: "1.28.0"' : `nginxVersion: ${JSON.stringify(nginxVersion)}`,
    "",
    "# The folder that stands for / when absolute includes (/etc/nginx/…) are followed.",
    root === null ? "# root: ./rootfs" : `root: ${JSON.stringify(root)}`,
    "",
    vendored.length === 0
      ? "# Files whose findings are nobody's business here."
      : "# Others maintain these; what is found there counts unless this line does.",
    `# exclude: ${JSON.stringify(vendored.length === 0 ? ["vendor/**"] : vendored)}`,
    "",
    "# What the files cannot show.",
    ...assumptions(tls, servers, spa, metricsPaths),
    "",
    "# One rule: off, info, warning or error; with options: [warning, { option: value }].",
    "# `nginx-lint rules` lists them, `nginx-lint rule ID` explains one.",
    "# rules:",
    "#   unused-suppression: info",
    "",
    "# Other rules and assumptions for some files.",
    "# overrides:",
    "#   - files: sites-enabled/internal-*.conf",
    "#     assume: { edge: false }",
    "",
    "# The least severity that makes a run fail: error, warning, info or never.",
    "failOn: warning",
    "",
    "# `# nginx-lint-disable-next-line RULE -- reason` suppresses one finding; must it say why?",
    "# suppressions:",
    "#   requireReason: true",
    "",
    "# Many findings at first? `nginx-lint --write-baseline nginx-lint-baseline.json` notes them; with this line, only",
    "# new ones count.",
    "# baseline: nginx-lint-baseline.json",
  ];
  return `${lines.join("\n")}\n`;
}

function beginnings(entries: readonly string[]): string[] {
  if (entries.length === 0) {
    return [
      "# There is no nginx.conf here: files are read as parts, and rules that need the whole keep silent.",
    ];
  }
  // A comment ends with its line, whatever a file is called.
  const names = entries.map((name) => name.replace(/\p{C}|\p{Zl}|\p{Zp}/gu, "?"));
  if (names.length === 1) return [`# Linting starts at ${names[0]}.`];
  return ["# These are read as whole configurations:", ...names.map((name) => `#   ${name}`)];
}

function assumptions(
  tls: boolean,
  servers: number,
  spa: readonly string[],
  metricsPaths: readonly string[],
): string[] {
  const behind = servers > 0 && !tls;
  const said: string[] = [];
  if (behind)
    said.push("  # No server here listens with TLS, so something in front seems to end it.", "  edge: false");
  if (spa.length > 0) said.push("  # Single-page apps live at these URIs.", `  spa: ${JSON.stringify(spa)}`);
  if (metricsPaths.length > 0) {
    said.push("  # These export metrics.", `  metricsPaths: ${JSON.stringify(metricsPaths)}`);
  }
  const offered = [
    ...(behind ? [] : ["#   edge: false            # another proxy in front terminates TLS"]),
    ...(spa.length > 0 ? [] : ["#   spa: [/]               # URI prefixes of single-page apps"]),
    ...(metricsPaths.length > 0 ? [] : ["#   metricsPaths: [/stats] # further URIs that export metrics"]),
    "#   hsts: elsewhere        # a CDN sends Strict-Transport-Security",
  ];
  return [said.length > 0 ? "assume:" : "# assume:", ...said, ...offered];
}
