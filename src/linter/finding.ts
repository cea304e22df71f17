/** A finding as it leaves the linter: plain data, ready for any format. */
import type { Confidence, Severity } from "../rules/index.ts";

/** A region of a file; line and column are 1-based, columns in UTF-16 units, the end exclusive. */
export interface Region {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** UTF-16 offsets into the file's text. */
  readonly offset: number;
  readonly length: number;
}

export interface RelatedFinding extends Region {
  readonly message: string;
}

export interface FindingDetail {
  readonly label: string;
  readonly text: string;
  readonly at?: { readonly file: string; readonly line: number };
}

export interface FindingEdit {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

export interface FindingFix {
  readonly description: string;
  readonly safe: boolean;
  readonly edits: readonly FindingEdit[];
  /** What else it changes, as sentences; absent where that was not looked for. */
  readonly changes?: readonly string[];
}

/** Why a finding does not count. */
export interface Suppression {
  readonly kind: "inSource" | "baseline";
  readonly reason?: string;
  readonly file?: string;
  readonly line?: number;
}

export interface Finding extends Region {
  readonly ruleId: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** What happens, as sentences. */
  readonly message: string;
  /** What to write. */
  readonly help?: string;
  readonly related: readonly RelatedFinding[];
  readonly witness?: { readonly kind: "request" | "uri" | "header" | "value"; readonly value: string };
  readonly details: readonly FindingDetail[];
  /** Where the file is included, innermost first. */
  readonly includeChain: readonly { readonly file: string; readonly line: number }[];
  readonly fix?: FindingFix;
  /** Survives moved lines: made of rule, directive path and values. Hex. */
  readonly fingerprint: string;
  readonly suppression?: Suppression;
  readonly baselineState?: "new" | "unchanged";
}

/** A file that was read, for reporters that show or hash sources. */
export interface SourceFile {
  readonly name: string;
  readonly text: string;
}

/**
 * Something about the run itself, not about a configuration: an `error` made it incomplete (an unreadable path, a rule
 * that failed), a `warning` or a `note` says what was left out.
 */
export interface Notification {
  readonly level: "error" | "warning" | "note";
  readonly message: string;
  /** What settings took away (a rule that is off, files that do not count), with the line that says so. */
  readonly kind?: "configuration";
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
}

/** Findings of a rule that no report holds, since there are too many. */
export interface Omitted {
  readonly ruleId: string;
  /** As they count. */
  readonly kind: Severity | "suppressed";
  readonly count: number;
}

/** Everything a reporter gets. */
export interface LintResult {
  /** Sorted by file, line, column, rule. Suppressed findings stand apart. */
  readonly findings: readonly Finding[];
  readonly suppressed: readonly Finding[];
  /** Findings that are counted in the summary and stand nowhere: of a million nobody reads more than the first. */
  readonly omitted: readonly Omitted[];
  readonly files: readonly SourceFile[];
  readonly notifications: readonly Notification[];
  /** What became of the baseline; null without one. */
  readonly baseline: BaselineUse | null;
  readonly summary: {
    readonly files: number;
    readonly errors: number;
    readonly warnings: number;
    readonly infos: number;
    readonly suppressed: number;
  };
}

/** Findings alike: one line of a baseline file. */
export interface BaselineEntry {
  readonly file: string;
  readonly rule: string;
  readonly fingerprint: string;
  /** How many findings share this fingerprint. */
  readonly count: number;
  /** For people who read the file; not compared. */
  readonly message: string;
}

/** What a run found out about its baseline. */
export interface BaselineUse {
  /** Findings of this run that the baseline knows. */
  readonly left: number;
  /** Entries (with how many of them) that no finding answers to any more, though rule and file were looked at. */
  readonly gone: readonly BaselineEntry[];
  /** How many known findings this run could not meet: their file or rule was not looked at. */
  readonly unseen: number;
}
