/** What a run did not count or look at, and who said so: no report of it may look as if there were nothing. */

import type { Finding, LintResult, Notification } from "../linter/index.ts";
import { groupBy } from "../lists/index.ts";
import type { Severity } from "../rules/index.ts";
import { visible } from "./visible.ts";

/** One line of it. The text is safe for a terminal. */
export interface Remark {
  readonly label: "suppressed" | "settings" | "warning" | "note";
  readonly text: string;
}

/** So many of a kind are named, the gravest first; the rest is counted. */
const MOST_NAMED = 10;

const GRAVITY: Record<Severity, number> = { error: 0, warning: 1, info: 2 };

/** What comments silenced, what settings switched off, and what was not read. */
export function remarks({ suppressed, notifications }: LintResult): Remark[] {
  const found: Remark[] = [];
  const silenced = suppressed
    .filter(({ suppression }) => suppression?.kind === "inSource")
    .sort((a, b) => GRAVITY[a.severity] - GRAVITY[b.severity]);
  if (silenced.length > 0) found.push({ label: "suppressed", text: listed(silenced.map(silencedText)) });
  const settings = notifications.filter(({ kind }) => kind === "configuration");
  for (const [file, words] of groupBy(settings, (notification) => notification.file)) {
    const from = file === undefined ? "" : `${visible(file)}: `;
    found.push({ label: "settings", text: `${from}${listed(words.map(settingText))}` });
  }
  for (const { level, kind, message } of notifications) {
    if (level === "error" || kind === "configuration") continue;
    found.push({ label: level, text: visible(message) });
  }
  return found;
}

function silencedText({ ruleId, file, line, suppression }: Finding): string {
  const by = suppression?.line;
  const where = by === undefined || by === line ? "" : ` (by line ${by})`;
  return `${visible(ruleId)} at ${visible(file)}:${line}${where}`;
}

function settingText({ message, line }: Notification): string {
  return `${visible(message)}${line === undefined ? "" : ` (line ${line})`}`;
}

function listed(texts: readonly string[]): string {
  const more = texts.length - MOST_NAMED;
  const named = texts.slice(0, MOST_NAMED).join(", ");
  return more > 0 ? `${named} and ${more} more` : named;
}
