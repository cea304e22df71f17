/** Conditional requests and ranges: the filters that make 304, 412, 206 and 416 of an answer with status 200. */
import { effective } from "../effective.ts";
import { fromBytes } from "../regex/index.ts";
import { parseNumber } from "../values/index.ts";
import { isSince } from "../version.ts";
import { mayCompress, takesGzip } from "./compression.ts";
import type { Exchange, Signal } from "./exchange.ts";
import type { Header, Outcome } from "./outcome.ts";
import { addHeaders, typeOfUri } from "./response.ts";
import { readable } from "./variables.ts";

/** What is known of the answer that the conditions are about. */
interface Entity {
  /** Seconds since 1970; null: the answer has no Last-Modified. */
  readonly modified: number | null;
  /** Null: the answer has no ETag. */
  readonly etag: string | null;
  /** Null: no part of it can be asked for. */
  readonly size: number | null;
}

/** The answer as it is sent in the end; a signal where a status of its own takes over. */
export function applyConditions(exchange: Exchange, outcome: Outcome): Outcome | Signal {
  if (exchange.subrequest || outcome.status !== 200) return outcome;
  if (outcome.kind !== "return" && outcome.kind !== "static") return outcome;
  const conditions = CONDITIONS.filter((name) => exchange.header(name) !== null);
  const hasRange = exchange.header("range") !== null;
  if (conditions.length === 0 && !hasRange) return outcome;
  const entity = entityOf(exchange, outcome);
  if (entity === "unknown") return askInstead(exchange, outcome, conditions);
  const status = conditionStatus(exchange, entity);
  if (status === 412) {
    exchange.note("response", "412: the answer is not the one that the client wants to change");
    return refused(exchange, outcome, "a condition of the request does not hold");
  }
  if (status === 304) {
    exchange.note("response", "304: the client has the answer already");
    return answered(exchange, outcome, 304);
  }
  const type = exchange.contentType ?? typeOfUri(exchange);
  const isVaried = mayCompress(exchange, {
    status: 200,
    type: type === null ? null : readable(type),
    length: entity.size,
  });
  exchange.isVaried ||= isVaried;
  const isCompressed = isVaried && takesGzip(exchange);
  if (entity.size === null || isCompressed || changesLength(exchange)) return outcome;
  return applyRange(exchange, outcome, entity, entity.size);
}

/** Filters after which nobody knows how long the answer is: no part of it can be asked for. */
function changesLength({ context }: Exchange): boolean {
  return ["ssi", "sub_filter", "add_before_body", "add_after_body"].some((name) => {
    const written = effective(context, name).statements.at(-1)?.args[0];
    return written !== undefined && written !== "" && written !== "off";
  });
}

const CONDITIONS = ["if-unmodified-since", "if-match", "if-modified-since", "if-none-match"] as const;

/** `last_modified_time` of the empty GIF (`ngx_http_empty_gif_handler`). */
const GIF_DATE = 23_349_600;

function entityOf(exchange: Exchange, { kind, by, target }: Outcome): Entity | "unknown" {
  if (kind === "return") {
    return { modified: by?.name === "empty_gif" ? GIF_DATE : null, etag: null, size: null };
  }
  if (by?.name === "autoindex" || target === null) return { modified: null, etag: null, size: null };
  const details = exchange.options.details?.(target);
  if (details === undefined) return "unknown";
  const { size, modified } = details;
  const etag = exchange.flag("etag", true) ? `"${modified.toString(16)}-${size.toString(16)}"` : null;
  return { modified, etag, size };
}

/** Without the file at hand: whether its date, its ETag or its size fit is a question. */
function askInstead(exchange: Exchange, outcome: Outcome, conditions: readonly string[]): Outcome | Signal {
  const { target, by } = outcome;
  for (const name of conditions) {
    const isRefusal = name === "if-match" || name === "if-unmodified-since";
    const other = isRefusal ? "412" : "304";
    const answer = exchange.ask({
      key: `${name} ${target}`,
      kind: "freshness",
      text: `what ${exchange.header(name)} in ${TITLES[name] ?? name} makes of ${target}`,
      statement: by,
      answers: ["200", other],
    });
    if (answer === "304") return answered(exchange, outcome, 304);
    if (answer === "412") {
      return refused(exchange, outcome, `\`${TITLES[name] ?? name}\` does not hold`);
    }
  }
  const range = exchange.header("range");
  if (range === null || !isByteRange(range) || mostRanges(exchange) === 0) return outcome;
  const answer = exchange.ask({
    key: `range ${target}`,
    kind: "freshness",
    text: `what ${range} in Range makes of ${target}`,
    statement: by,
    answers: ["206", "416", "200"],
  });
  if (answer === "416") return { finalize: 416 };
  return answer === "206" ? answered(exchange, outcome, 206) : outcome;
}

/** Also in place of the status that `error_page … =200` gave the answer. */
function answered(exchange: Exchange, outcome: Outcome, status: 206 | 304): Outcome {
  exchange.errorStatus = 0;
  return { ...outcome, status };
}

/** The headers that were put together are thrown away (`ngx_http_filter_finalize_request`). */
function refused(exchange: Exchange, { by }: Outcome, text: string): Signal {
  exchange.cause = { kind: "error", statement: by, text };
  exchange.carried.length = 0;
  exchange.challenges.length = 0;
  exchange.redirectTo = null;
  return { finalize: 412 };
}

const TITLES: Readonly<Record<string, string>> = {
  "if-match": "If-Match",
  "if-modified-since": "If-Modified-Since",
  "if-none-match": "If-None-Match",
  "if-unmodified-since": "If-Unmodified-Since",
};

/** `ngx_http_not_modified_header_filter`. */
function conditionStatus(exchange: Exchange, entity: Entity): 200 | 304 | 412 {
  const [unmodified, match, modified, noneMatch] = CONDITIONS.map((name) => exchange.header(name));
  if (unmodified != null && !isUnmodified(unmodified, entity)) return 412;
  if (match != null && !isMatch(match, entity, false)) return 412;
  if (modified == null && noneMatch == null) return 200;
  if (modified != null && isModified(exchange, modified, entity)) return 200;
  return noneMatch != null && !isMatch(noneMatch, entity, true) ? 200 : 304;
}

function isUnmodified(header: string, { modified }: Entity): boolean {
  const time = readHttpTime(header);
  return modified !== null && time !== null && time >= modified;
}

function isModified(exchange: Exchange, header: string, { modified }: Entity): boolean {
  const mode = effective(exchange.context, "if_modified_since").statements.at(-1)?.args[0] ?? "exact";
  if (modified === null || mode === "off") return true;
  const time = readHttpTime(header) ?? -1;
  if (time === modified) return false;
  return mode === "exact" || time < modified;
}

/** `ngx_http_test_if_match`: the list may hold anything between its commas. */
function isMatch(header: string, { etag }: Entity, weak: boolean): boolean {
  if (header === "*") return true;
  if (etag === null) return false;
  return header
    .split(",")
    .map((entry) => entry.trim())
    .some((entry) => (weak ? entry.replace(/^W\//, "") : entry) === etag);
}

/** Seconds since 1970; null for what is no date. */
function readHttpTime(text: string): number | null {
  if (!/^[A-Z][a-z]+,? /.test(text)) return null;
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : Math.floor(time / 1000);
}

function isByteRange(header: string): boolean {
  return header.length >= 7 && /^bytes=/i.test(header);
}

function mostRanges(exchange: Exchange): number {
  const written = effective(exchange.context, "max_ranges").statements.at(-1)?.args[0];
  const number = parseNumber(written ?? "");
  return number.ok ? number.value : Number.POSITIVE_INFINITY;
}

/** `ngx_http_range_header_filter`. */
function applyRange(exchange: Exchange, outcome: Outcome, entity: Entity, size: number): Outcome | Signal {
  const range = exchange.header("range");
  const most = mostRanges(exchange);
  if (range === null || most === 0 || !isByteRange(range)) return outcome;
  const condition = exchange.header("if-range");
  if (condition !== null && !isSameEntity(condition, entity)) return outcome;
  const parts = readRanges(range.slice("bytes=".length), size, most);
  if (parts === "whole") return outcome;
  if (parts === "wrong") {
    exchange.note("response", `416: ${range} is no part of ${size} bytes`);
    exchange.cause = { kind: "error", statement: outcome.by, text: "a range that the file does not have" };
    // Until 1.23.1 an earlier one stayed, too.
    if (exchange.contentRange !== null && isSince(exchange.options.version ?? null, "1.23.1") === false)
      exchange.carried.push(contentRange(exchange.contentRange));
    exchange.contentRange = `bytes */${size}`;
    // The filters before this one have had the answer: what they added stays.
    addHeaders(exchange, exchange.carried, 200);
    return { finalize: 416 };
  }
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) {
    exchange.contentRange = `bytes ${only.start}-${only.end - 1}/${size}`;
  } else {
    exchange.contentType = "multipart/byteranges; boundary=…";
  }
  exchange.note("response", `206: ${fromBytes(range)} of ${size} bytes`);
  return answered(exchange, outcome, 206);
}

function isSameEntity(condition: string, { etag, modified }: Entity): boolean {
  if (condition.length >= 2 && condition.endsWith('"')) return condition === etag;
  return modified !== null && readHttpTime(condition) === modified;
}

function contentRange(value: string): Header {
  return { name: "Content-Range", value, written: value, statement: null };
}

interface Part {
  readonly start: number;
  /** Behind its last byte. */
  readonly end: number;
}

/** `ngx_http_range_parse`. */
function readRanges(text: string, size: number, most: number): readonly Part[] | "whole" | "wrong" {
  const parts: Part[] = [];
  let total = 0;
  for (const each of text.split(",")) {
    const match = /^ *(?:(\d+) *-(?: *(\d+))?|-(\d+)) *$/.exec(each);
    if (match === null) return "wrong";
    const [, first, last, suffix] = match;
    const start = first === undefined ? Math.max(0, size - Number(suffix)) : Number(first);
    const isOpen = first === undefined || last === undefined || Number(last) >= size;
    const end = isOpen ? size : Number(last) + 1;
    if (start < end) {
      parts.push({ start, end });
      total += end - start;
      if (parts.length > most) return "whole";
    } else if (start === 0) return "whole";
  }
  if (parts.length === 0) return "wrong";
  if (parts.length === 1) return parts;
  if (total > size) return "whole";
  return most === Number.POSITIVE_INFINITY && total + parts.length * 256 > size + 4096 ? "whole" : parts;
}
