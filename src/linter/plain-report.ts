/** Reports as plain data: they hold on to no tree, and can be moved when a text changes before them. */

import { moved, type TextChange } from "../parser/index.ts";
import type { Anchor, Edit, Report, Rule } from "../rules/index.ts";
import { type IncludeChain, Statement } from "../semantics/index.ts";
import type { FindingEdit, FindingFix } from "./finding.ts";

/** A part of a file, by the file's name. `end` is exclusive. */
export interface Spot {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

export interface PlainReport
  extends Pick<Report, "message" | "help" | "severity" | "confidence" | "witness" | "identity"> {
  readonly rule: Rule;
  readonly at: Spot;
  /** The includes that led there, innermost first. */
  readonly chain: readonly Spot[];
  readonly related: readonly { readonly at: Spot; readonly message: string }[];
  readonly details: readonly { readonly label: string; readonly text: string; readonly at?: Spot }[];
  readonly fix: FindingFix | null;
  /** Known once it was a finding. */
  fingerprint: string | null;
}

/** The characters a place covers: of a statement, its words without the block. */
export function spotOf(place: Anchor): Spot {
  if (!(place instanceof Statement)) return { file: place.file.name, start: place.start, end: place.end };
  const { directive, file } = place;
  return {
    file: file.name,
    start: directive.start,
    end: directive.args.at(-1)?.end ?? directive.name.end,
  };
}

export function plainReport(
  rule: Rule,
  { at, related, details, fix, concerns: _, ...said }: Report,
): PlainReport {
  return {
    ...said,
    rule,
    at: spotOf(at),
    chain: at instanceof Statement && at.chain !== null ? chainOf(at.chain) : NONE,
    related: related?.map((place) => ({ at: spotOf(place.at), message: place.message })) ?? NONE,
    details:
      details?.map(({ label, text, at: place }) =>
        place === undefined ? { label, text } : { label, text, at: spotOf(place) },
      ) ?? NONE,
    fix: fix === undefined ? null : { ...fix, edits: fix.edits.map(plainEdit) },
    fingerprint: null,
  };
}

const NONE: readonly never[] = [];

function plainEdit({ file, offset, length, text }: Edit): FindingEdit {
  return { file: file.name, offset, length, text };
}

function chainOf(chain: IncludeChain): Spot[] {
  const links: Spot[] = [];
  for (let link: IncludeChain | null = chain; link !== null; link = link.outer)
    links.push(spotOf(link.include));
  return links;
}

/**
 * The reports where they stand in the changed files; null where one of them cannot be kept, because the change goes through a
 * place that it speaks of, or its words name a line that is another one now.
 */
export function movedReports(
  reports: readonly PlainReport[],
  changes: ReadonlyMap<string, TextChange>,
): readonly PlainReport[] | null {
  if (reports.length === 0 || changes.size === 0) return reports;
  const movesLines = [...changes.values()].some((change) => change.movesLines);
  const all: PlainReport[] = [];
  for (const report of reports) {
    if (movesLines && namesLines(report)) return null;
    const now = movedReport(report, changes);
    if (now === null) return null;
    all.push(now);
  }
  return all;
}

function movedReport(report: PlainReport, changes: ReadonlyMap<string, TextChange>): PlainReport | null {
  if (!isTouched(report, changes)) return report;
  const { fix } = report;
  const at = movedSpot(report.at, changes);
  const chain = movedSpots(report.chain, changes);
  const related = movedPlaces(report.related, changes);
  const details = movedPlaces(report.details, changes);
  const edits = fix === null ? NONE : movedEdits(fix.edits, changes);
  if (at === null || chain === null || related === null || details === null || edits === null) return null;
  return { ...report, at, chain, related, details, fix: fix === null ? null : { ...fix, edits } };
}

/** The same report stays as it is where none of its files changed. */
function isTouched(
  { at, chain, related, details, fix }: PlainReport,
  changes: ReadonlyMap<string, TextChange>,
): boolean {
  if (changes.size === 0) return false;
  const isIn = (spot: { readonly file: string } | undefined) => spot !== undefined && changes.has(spot.file);
  return (
    isIn(at) ||
    chain.some(isIn) ||
    related.some((place) => isIn(place.at)) ||
    details.some((place) => isIn(place.at)) ||
    (fix?.edits.some(isIn) ?? false)
  );
}

export function movedSpot(spot: Spot, changes: ReadonlyMap<string, TextChange>): Spot | null {
  const change = changes.get(spot.file);
  if (change === undefined) return spot;
  const now = moved(change, spot.start, spot.end);
  return now === null ? null : { file: spot.file, start: now[0], end: now[1] };
}

function movedSpots(spots: readonly Spot[], changes: ReadonlyMap<string, TextChange>): Spot[] | null {
  const all: Spot[] = [];
  for (const spot of spots) {
    const now = movedSpot(spot, changes);
    if (now === null) return null;
    all.push(now);
  }
  return all;
}

function movedPlaces<P extends { readonly at?: Spot }>(
  places: readonly P[],
  changes: ReadonlyMap<string, TextChange>,
): P[] | null {
  const all: P[] = [];
  for (const place of places) {
    const now = place.at === undefined ? undefined : movedSpot(place.at, changes);
    if (now === null) return null;
    all.push(now === undefined ? place : { ...place, at: now });
  }
  return all;
}

function movedEdits(
  edits: readonly FindingEdit[],
  changes: ReadonlyMap<string, TextChange>,
): FindingEdit[] | null {
  const all: FindingEdit[] = [];
  for (const edit of edits) {
    const { file, offset, length } = edit;
    const now = movedSpot({ file, start: offset, end: offset + length }, changes);
    if (now === null || now.end - now.start !== length) return null;
    all.push({ ...edit, offset: now.start });
  }
  return all;
}

/** Whether the words of a report count lines. */
function namesLines({ message, help, identity, related, details }: PlainReport): boolean {
  const texts = [message, help, identity, ...related.map((place) => place.message)];
  return [...texts, ...details.map(({ text }) => text)].some(
    (text) => text !== undefined && /\blines? \d/.test(text),
  );
}
