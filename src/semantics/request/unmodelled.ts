/** Directives that change an answer in a way that nobody follows here; the trace says so. */
import { effective } from "../effective.ts";
import type { Exchange } from "./exchange.ts";
import type { Outcome, OutcomeKind } from "./outcome.ts";

interface Change {
  readonly directive: string;
  /** The words that switch it on; absent: any but `off`. */
  readonly isOn?: (args: readonly string[]) => boolean;
  readonly text: string;
}

const CHANGES: readonly Change[] = [
  { directive: "ssi", text: "`ssi` includes other answers, and drops ETag and Last-Modified" },
  {
    directive: "add_before_body",
    isOn: ([uri]) => uri !== "",
    text: "`add_before_body` puts another answer in front",
  },
  {
    directive: "add_after_body",
    isOn: ([uri]) => uri !== "",
    text: "`add_after_body` puts another answer behind",
  },
  { directive: "image_filter", text: "`image_filter` makes another image, or answers 415" },
  { directive: "xslt_stylesheet", text: "`xslt_stylesheet` makes another document" },
  {
    directive: "sub_filter",
    isOn: () => true,
    text: "`sub_filter` changes the text, and drops ETag and Last-Modified",
  },
  { directive: "header_filter_by_lua_block", isOn: () => true, text: "Lua may change the headers" },
  { directive: "header_filter_by_lua_file", isOn: () => true, text: "Lua may change the headers" },
  { directive: "body_filter_by_lua_block", isOn: () => true, text: "Lua may change the text" },
  { directive: "js_header_filter", isOn: () => true, text: "JavaScript may change the headers" },
  { directive: "more_set_headers", isOn: () => true, text: "`more_set_headers` sets headers" },
  { directive: "more_clear_headers", isOn: () => true, text: "`more_clear_headers` drops headers" },
];

/** Ranges and conditions of a cache's answer. */
const CACHES = ["proxy_cache", "fastcgi_cache", "uwsgi_cache", "scgi_cache", "slice"] as const;

const FOLLOWED: ReadonlySet<OutcomeKind> = new Set<OutcomeKind>([
  "return",
  "static",
  "proxy",
  "fastcgi",
  "uwsgi",
  "scgi",
  "grpc",
  "memcached",
]);

/** Notes what stands in force where the answer is made. */
export function noteUnmodelled(exchange: Exchange, { kind, status }: Outcome): void {
  // nginx's own pages hold nothing that could be changed.
  if (status === 204 || status === 304 || !FOLLOWED.has(kind)) return;
  exchange.phase = "response";
  for (const { directive, isOn, text } of CHANGES) {
    const statement = effective(exchange.context, directive).statements.at(-1);
    if (statement === undefined) continue;
    if (isOn === undefined ? statement.args[0] !== "off" : isOn(statement.args))
      exchange.noteUnmodelled(text, statement);
  }
  if (exchange.header("accept-encoding") !== null) {
    for (const directive of ["gzip_static", "brotli", "brotli_static", "zstd", "zstd_static", "gunzip"]) {
      const statement = effective(exchange.context, directive).statements.at(-1);
      if (statement !== undefined && statement.args[0] !== "off")
        exchange.noteUnmodelled(`\`${directive}\` may send another coding`, statement);
    }
  }
  const isConditional = [
    "range",
    "if-none-match",
    "if-modified-since",
    "if-match",
    "if-unmodified-since",
  ].some((name) => exchange.header(name) !== null);
  if (isConditional && kind === "memcached")
    exchange.noteUnmodelled("ranges and conditions of what memcached has", null);
  for (const directive of isConditional && kind !== "static" && kind !== "return" ? CACHES : []) {
    const statement = effective(exchange.context, directive).statements.at(-1);
    if (statement === undefined || statement.args[0] === "off" || statement.args[0] === "0") continue;
    exchange.noteUnmodelled(`\`${directive}\` may answer ranges and conditions itself`, statement);
  }
}
