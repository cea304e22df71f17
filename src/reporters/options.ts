/** What every format is told besides the result. */
import type { Rule } from "../rules/index.ts";

export interface ReportOptions {
  /** The version of nginx-lint. */
  readonly version: string;
  /** The catalogue; formats that describe rules take titles and reasons from it. */
  readonly rules: readonly Rule[];
  /** Whether terminal colours may be used. */
  readonly color: boolean;
  /** Whether the terminal shows hyperlinks (OSC 8). */
  readonly links?: boolean;
  /** Columns of the terminal; taken between 40 and 110. */
  readonly width: number;
  /** Absolute, with `/` between its parts. Formats that anchor relative names (SARIF) name it when it is given. */
  readonly workingDirectory?: string;
  /** Shown to people; never part of a format that machines compare. */
  readonly elapsedMs?: number;
  /** Findings only: no summary, nothing for a clean run. */
  readonly quiet: boolean;
  /** The exit status that the run will end with. */
  readonly exitCode: number;
}
