/** The line of source that a finding points into, cut to size, with the place underlined. */
import type { Region, SourceFile } from "../linter/index.ts";
import { graphemes, graphemeWidth } from "./columns.ts";
import { escapeOf, logCommandsIn, visible } from "./visible.ts";

/** How much of a line is looked at, in UTF-16 units before and after the place: some files are one line of megabytes. */
const REACH = 200;
const TAB = 4;
/** Columns before a place that is itself too long to be shown whole. */
const CONTEXT = 6;
const ELLIPSIS = "…";
const PLAIN = /^[\u0020-\u007e]$/;

export interface Excerpt {
  /** One line, safe for a terminal, at most as wide as asked. */
  readonly text: string;
  /** Columns before the underline. */
  readonly indent: number;
  /** Columns of the underline; at least 1. */
  readonly length: number;
}

/** One character as it is shown. */
interface Cell {
  readonly text: string;
  readonly width: number;
  /** UTF-16 units from the start of the part of the line that is looked at. */
  readonly start: number;
  readonly end: number;
}

/** The first line of the region. Null where the region does not lie in the file's text. */
export function excerpt(file: SourceFile, region: Region, width: number): Excerpt | null {
  const { text } = file;
  const { offset, length, column } = region;
  if (offset < 0 || offset > text.length || column < 1) return null;
  const lineStart = Math.max(0, offset - (column - 1));
  const from = boundary(text, Math.max(lineStart, offset - REACH));
  const to = boundary(text, lineEnd(text, offset, offset + REACH));
  const markEnd = Math.min(to, offset + Math.max(1, length));

  const line = cells(text.slice(from, markEnd) + text.slice(markEnd, to).trimEnd());
  const before = line.filter((cell) => cell.end <= offset - from);
  const upToEnd = line.filter((cell) => cell.start < markEnd - from);
  const markStart = columnsOf(before);
  const markLength = columnsOf(upToEnd) - markStart;
  return cutToWidth(line, markStart, markLength, from > lineStart, width);
}

/** Cuts a line that is too wide on both sides, so that the place stays in sight with some of what is around it. */
function cutToWidth(
  line: readonly Cell[],
  markStart: number,
  markLength: number,
  cutBefore: boolean,
  width: number,
): Excerpt {
  const total = columnsOf(line);
  const context = Math.max(CONTEXT, Math.floor((width - markLength) / 2));
  const wish = total + (cutBefore ? 1 : 0) <= width ? 0 : Math.min(markStart - context, total - width + 1);
  let skipped = 0;
  let first = 0;
  while (skipped < wish) skipped += line[first++]?.width ?? 1;

  const cut = cutBefore || skipped > 0;
  let out = cut ? ELLIPSIS : "";
  let used = cut ? 1 : 0;
  const indent = used + markStart - skipped;
  for (let i = first; i < line.length; i++) {
    const cell = line[i];
    if (!cell) break;
    const last = i === line.length - 1;
    if (used + cell.width > (last ? width : width - 1)) {
      out += ELLIPSIS;
      used++;
      break;
    }
    out += cell.text;
    used += cell.width;
  }
  return { text: out.trimEnd(), indent, length: Math.max(1, Math.min(markLength, used - indent)) };
}

function cells(line: string): Cell[] {
  const result: Cell[] = [];
  const commands = logCommandsIn(line);
  let start = 0;
  let column = 0;
  for (const grapheme of graphemes(line)) {
    const end = start + grapheme.length;
    let text = grapheme;
    let width = 1;
    if (grapheme === "\t") {
      width = TAB - (column % TAB);
      text = " ".repeat(width);
    } else if (commands.has(start) || !PLAIN.test(grapheme)) {
      text = commands.has(start) ? escapeOf(grapheme) : visible(grapheme);
      width = text === grapheme ? graphemeWidth(grapheme) : text.length;
    }
    result.push({ text, width, start, end });
    column += width;
    start = end;
  }
  return result;
}

function columnsOf(cellList: readonly Cell[]): number {
  return cellList.reduce((sum, cell) => sum + cell.width, 0);
}

/** Where the line that holds `offset` ends, not further than `limit`; without its line break. */
function lineEnd(text: string, offset: number, limit: number): number {
  const newline = text.slice(offset, limit).indexOf("\n");
  const end = newline < 0 ? Math.min(limit, text.length) : offset + newline;
  return end > offset && text[end - 1] === "\r" ? end - 1 : end;
}

/** The offset, moved back where it would cut a surrogate pair. */
function boundary(text: string, offset: number): number {
  const code = text.charCodeAt(offset);
  return code >= 0xdc00 && code <= 0xdfff ? Math.max(0, offset - 1) : offset;
}
