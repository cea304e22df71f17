/**
 * SARIF 2.1.0 (OASIS), as GitHub code scanning and other viewers take it. Section numbers in the comments are those of
 * the standard. The same result and options give the same bytes.
 */

import type {
  Artifact,
  Invocation,
  Log,
  Result,
  Notification as SarifNotification,
  Suppression,
} from "sarif";
import type { Finding, FindingEdit, LintResult, Notification, Region, SourceFile } from "../linter/index.ts";
import { groupBy } from "../lists/index.ts";
import { isRooted } from "../semantics/index.ts";
import { HOMEPAGE } from "./catalogue.ts";
import { jsonText } from "./json-text.ts";
import type { ReportOptions } from "./options.ts";
import { type Position, positionsIn } from "./positions.ts";
import { LEVELS } from "./sarif-levels.ts";
import { ruleDescriptor } from "./sarif-rules.ts";
import { visible } from "./visible.ts";
import { fixEffect, fullMessage, uniqueFingerprints } from "./wording.ts";

const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
const ROOT = "SRCROOT";
/** Longer texts are left out: a snippet is for reading. */
const LONGEST_SNIPPET = 2000;
/** Places named in a message; all of them are related locations. */
const MOST_LINKS = 8;

export async function sarif(result: LintResult, options: ReportOptions): Promise<string> {
  const everything = [...result.findings, ...result.suppressed];
  const ids = [...options.rules.map((rule) => rule.id), ...everything.map((finding) => finding.ruleId)];
  const ruleIds = [...new Set(ids)].sort();
  const run: Run = {
    options,
    sources: new Map(result.files.map((file, index) => [file.name, { file, index, at: lazily(file) }])),
    ruleIndex: new Map(ruleIds.map((id, index) => [id, index])),
    withSuppressions: result.suppressed.length > 0,
    withBaseline: everything.some((finding) => finding.baselineState !== undefined),
  };
  const fingerprints = uniqueFingerprints(everything);
  const lineHashes = await lineHashesOf(everything, run);
  const log = {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "nginx-lint",
            version: options.version,
            semanticVersion: options.version,
            informationUri: HOMEPAGE,
            rules: ruleIds.map((id) => ruleDescriptor(id, options.rules)),
          },
        },
        automationDetails: { id: "nginx-lint/" },
        invocations: [invocation(result, run)],
        originalUriBaseIds: { [ROOT]: rootOf(options.workingDirectory) },
        columnKind: "utf16CodeUnits",
        artifacts: await Promise.all(result.files.map((file) => artifact(file, run))),
        results: everything.map((finding, index) =>
          resultObject(finding, run, {
            "nginxLint/v1": fingerprints[index] ?? "",
            ...(lineHashes[index] && { "nginxLintLine/v1": lineHashes[index] }),
          }),
        ),
      },
    ],
  } satisfies Log;
  return jsonText(log);
}

interface Source {
  readonly file: SourceFile;
  /** Among the artifacts. */
  readonly index: number;
  readonly at: (offset: number) => Position;
}

interface Run {
  readonly options: ReportOptions;
  readonly sources: ReadonlyMap<string, Source>;
  readonly ruleIndex: ReadonlyMap<string, number>;
  /** All results of a run say whether they are suppressed, or none does (3.27.23). */
  readonly withSuppressions: boolean;
  readonly withBaseline: boolean;
}

function invocation({ notifications }: LintResult, run: Run): Invocation {
  const { exitCode } = run.options;
  const settings = notifications.filter(({ kind }) => kind === "configuration");
  return {
    executionSuccessful: exitCode === 0 || exitCode === 1,
    exitCode,
    toolExecutionNotifications: notifications
      .filter(({ kind }) => kind === undefined)
      .map((notification) => notificationObject(notification, run)),
    ...(settings.length > 0 && {
      toolConfigurationNotifications: settings.map((notification) => notificationObject(notification, run)),
    }),
  };
}

function notificationObject({ level, message, file, line }: Notification, run: Run): SarifNotification {
  return {
    level,
    message: { text: messageText(message) },
    ...(file !== undefined && {
      locations: [
        {
          physicalLocation: {
            artifactLocation: artifactLocation(file, run),
            ...(line !== undefined && { region: { startLine: line } }),
          },
        },
      ],
    }),
  };
}

function rootOf(workingDirectory: string | undefined) {
  const description = { text: "The directory that nginx-lint was run in." };
  return workingDirectory
    ? { uri: `${fileUri(workingDirectory).replace(/(?<!\/)\/+$/, "")}/`, description }
    : { description };
}

async function artifact(file: SourceFile, run: Run): Promise<Artifact> {
  // A replacement character may stand for bytes that were no UTF-8: such a text has not the file's hash.
  const hash = file.text.includes("\ufffd") ? null : await sha256(file.text);
  return {
    location: artifactLocation(file.name, run),
    roles: ["analysisTarget"],
    sourceLanguage: "nginx",
    mimeType: "text/plain",
    ...(hash && { hashes: { "sha-256": hash } }),
  };
}

function resultObject(finding: Finding, run: Run, partialFingerprints: Record<string, string>): Result {
  const { ruleId, severity, confidence, witness, fix, related, includeChain } = finding;
  return {
    ruleId,
    ruleIndex: run.ruleIndex.get(ruleId),
    level: LEVELS[severity],
    message: { text: messageWithLinks(finding) },
    locations: [{ physicalLocation: physicalLocation(finding, run, true) }],
    ...(related.length + includeChain.length > 0 && {
      relatedLocations: [
        ...related.map((place, index) => ({
          id: index + 1,
          physicalLocation: physicalLocation(place, run, false),
          message: { text: messageText(place.message) },
        })),
        ...includeChain.map((place, index) => ({
          id: related.length + index + 1,
          physicalLocation: {
            artifactLocation: artifactLocation(place.file, run),
            region: { startLine: place.line },
          },
          message: { text: index === 0 ? "included here" : "which is included here" },
        })),
      ],
    }),
    partialFingerprints,
    ...(run.withSuppressions && { suppressions: suppressionsOf(finding, run) }),
    ...(run.withBaseline && { baselineState: finding.baselineState ?? "new" }),
    ...(fix && {
      fixes: [
        {
          description: { text: messageText(`${fix.description} (${fixEffect(fix)})`) },
          artifactChanges: artifactChanges(fix.edits, run),
        },
      ],
    }),
    properties: {
      confidence,
      ...(witness && { witness: { kind: witness.kind, value: witness.value } }),
      ...(fix && { fixIsSafe: fix.safe }),
    },
  };
}

function suppressionsOf({ suppression }: Finding, run: Run): Suppression[] {
  if (!suppression) return [];
  const { kind, reason, file, line } = suppression;
  return [
    {
      kind: kind === "inSource" ? "inSource" : "external",
      status: "accepted",
      ...(reason && { justification: visible(reason) }),
      ...(file !== undefined && {
        location: {
          physicalLocation: {
            artifactLocation: artifactLocation(file, run),
            ...(line !== undefined && { region: { startLine: line } }),
          },
        },
      }),
    },
  ];
}

/** The sentences, the witness, and a link to each related place (3.11.6). */
function messageWithLinks(finding: Finding): string {
  const { witness, related } = finding;
  let text = messageText(fullMessage(finding));
  if (witness) text += ` For example: ${messageText(witness.value)}`;
  if (related.length === 0) return text;
  const links = related.slice(0, MOST_LINKS).map((place, index) => {
    const name = place.file === finding.file ? `line ${place.line}` : `${visible(place.file)}:${place.line}`;
    return `[${linkText(name)}](${index + 1}) (${messageText(place.message)})`;
  });
  const more = related.length - links.length;
  return `${text}\nSee ${links.join(", ")}${more > 0 ? ` and ${more} more` : ""}.`;
}

/**
 * What must not be read as a link or a placeholder is escaped (3.11.5, 3.11.6). Other brackets and braces stay as they
 * are, although the standard would have all braces doubled: GitHub shows messages as they are written.
 */
function messageText(text: string): string {
  return visible(text)
    .split("]")
    .map((part, at, parts) => (parts[at + 1]?.startsWith("(") ? part.replaceAll("[", "\\[") : part))
    .join("]")
    .replace(/\{(\d+)\}/g, "{{$1}}");
}

function linkText(text: string): string {
  return text.replace(/[\\[\]]/g, "\\$&").replace(/\{(\d+)\}/g, "{{$1}}");
}

function physicalLocation(region: Region, run: Run, withContext: boolean) {
  const text = run.sources.get(region.file)?.file.text;
  const context = withContext && text !== undefined ? contextRegion(text, region) : null;
  return {
    artifactLocation: artifactLocation(region.file, run),
    region: regionObject(region, text),
    ...(context && { contextRegion: context }),
  };
}

function regionObject(region: Region, text: string | undefined) {
  const snippet = text?.slice(region.offset, region.offset + region.length) ?? "";
  return {
    startLine: region.line,
    startColumn: region.column,
    endLine: region.endLine,
    endColumn: region.endColumn,
    charOffset: region.offset,
    charLength: region.length,
    ...(snippet !== "" && snippet.length <= LONGEST_SNIPPET && { snippet: { text: snippet } }),
  };
}

/** The whole lines of the region. */
function contextRegion(text: string, region: Region) {
  const start = region.offset - (region.column - 1);
  const newline = text.indexOf("\n", region.offset + region.length);
  const end = newline < 0 ? text.length : newline;
  if (start < 0 || end - start > LONGEST_SNIPPET || end - start <= region.length) return null;
  return {
    startLine: region.line,
    endLine: region.endLine,
    snippet: { text: text.slice(start, end) },
  };
}

function artifactChanges(edits: readonly FindingEdit[], run: Run) {
  return [...groupBy(edits, (edit) => edit.file)].map(([file, changes]) => {
    const at = run.sources.get(file)?.at;
    return {
      artifactLocation: artifactLocation(file, run),
      replacements: changes.map(({ offset, length, text: inserted }) => {
        const start = at?.(offset);
        const end = at?.(offset + length);
        return {
          deletedRegion: {
            ...(start &&
              end && {
                startLine: start.line,
                startColumn: start.column,
                endLine: end.line,
                endColumn: end.column,
              }),
            charOffset: offset,
            charLength: length,
          },
          ...(inserted !== "" && { insertedContent: { text: inserted } }),
        };
      }),
    };
  });
}

/** Most files have no fix: their lines are not looked for. */
function lazily(file: SourceFile): (offset: number) => Position {
  let positions: ReturnType<typeof positionsIn> | undefined;
  return (offset) => {
    positions ??= positionsIn(file.text);
    return positions(offset);
  };
}

function artifactLocation(name: string, run: Run) {
  const index = run.sources.get(name)?.index;
  return { ...locationUri(name, run.options.workingDirectory), ...(index !== undefined && { index }) };
}

/** Relative names hang on the root; names outside of it are given whole where the root is known. */
function locationUri(
  name: string,
  workingDirectory: string | undefined,
): { uri: string; uriBaseId?: string } {
  if (isRooted(name)) return { uri: fileUri(name) };
  const parts = name.split("/").filter((part) => part !== "." && part !== "");
  if (parts[0] === ".." && workingDirectory) {
    const path = workingDirectory.split("/").filter((part) => part !== "");
    for (const part of parts) {
      if (part === "..") path.pop();
      else path.push(part);
    }
    return { uri: fileUri(`/${path.join("/")}`) };
  }
  return { uri: parts.map(uriPart).join("/"), uriBaseId: ROOT };
}

function fileUri(path: string): string {
  const rooted = path.startsWith("/") ? path : `/${path.replaceAll("\\", "/")}`;
  return `file://${rooted.split("/").map(uriPart).join("/")}`;
}

/** Half surrogate pairs, which no URI can hold, become replacement characters. */
function uriPart(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd"));
}

/** A hash of each finding's first line without its indentation; empty where it cannot be had. */
async function lineHashesOf(findings: readonly Finding[], run: Run): Promise<string[]> {
  const hashes = new Map<string, Promise<string | null>>();
  const result: string[] = [];
  for (const finding of findings) {
    const text = run.sources.get(finding.file)?.file.text;
    if (text === undefined) {
      result.push("");
      continue;
    }
    const newline = text.indexOf("\n", finding.offset);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(Math.max(0, finding.offset - finding.column + 1), end).trim();
    const hash = hashes.get(line) ?? sha256(line);
    hashes.set(line, hash);
    result.push((await hash)?.slice(0, 16) ?? "");
  }
  return result;
}

/** Hex; null where the platform has no Web Crypto (a page without https). */
async function sha256(text: string): Promise<string | null> {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle) return null;
  const digest = await subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
