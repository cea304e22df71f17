/** What nginx refuses while it reads a request, before any location: `ngx_http_process_request_line` to `_request_header`. */
import { effective } from "../effective.ts";
import type { Server } from "../server.ts";
import type { Context, Statement } from "../tree.ts";
import { parseNumber, parseSize } from "../values/index.ts";
import type { Exchange } from "./exchange.ts";
import type { Request } from "./outcome.ts";

/** Why a request is refused, and with which status. */
export interface Refused {
  readonly status: number;
  readonly reason: string;
  readonly statement: Statement | null;
}

/** What the request line alone says, asked of the server that nginx has then. */
export function refuseLine(request: Request, { context }: Server): Refused | null {
  const line = lineOf(request);
  if (!/^[A-Z_-]+$/.test(request.method ?? "GET")) {
    return { status: 400, reason: "methods are written in capital letters", statement: null };
  }
  const first = firstBuffer(context);
  const { size, statement } = largeBuffers(context);
  if (line > first && line > size) {
    return { status: 414, reason: `the request line has ${line} bytes, a buffer ${size}`, statement };
  }
  return null;
}

/** What the headers say, in nginx's order of looking at them. */
export function refuseHeaders(exchange: Exchange, handshake: Server): Refused | null {
  return tooLarge(exchange, handshake) ?? twice(exchange) ?? wrongLength(exchange) ?? wrongMethod(exchange);
}

/** With its line end. */
function lineOf({ method = "GET", uri }: Request): number {
  return method.length + uri.length + " HTTP/1.1".length + 3;
}

function firstBuffer(context: Context): number {
  return sizeOf(effective(context, "client_header_buffer_size").statements.at(-1)?.args[0], 1024);
}

function largeBuffers(context: Context): { count: number; size: number; statement: Statement | null } {
  const statement = effective(context, "large_client_header_buffers").statements.at(-1) ?? null;
  const count = parseNumber(statement?.args[0] ?? "4");
  return { count: count.ok ? count.value : 4, size: sizeOf(statement?.args[1], 8192), statement };
}

function sizeOf(text: string | undefined, fallback: number): number {
  const size = parseSize(text ?? "");
  return size.ok ? size.value : fallback;
}

/** Lines that do not fit the buffers (`ngx_http_alloc_large_header_buffer`), or too many of them. */
function tooLarge(exchange: Exchange, handshake: Server): Refused | null {
  const { server, request } = exchange;
  const limit = effective(server.context, "max_headers").statements.at(-1) ?? null;
  const most = parseNumber(limit?.args[0] ?? "1000");
  const lines = headerLines(request);
  let current = firstBuffer(handshake.context);
  let used = lineOf(request);
  let busy = 0;
  if (used > current) {
    current = largeBuffers(handshake.context).size;
    busy = 1;
  }
  const { count, size, statement } = largeBuffers(server.context);
  for (const [index, [name, length]] of lines.entries()) {
    if (used + length <= current) used += length;
    else {
      if (current - used >= size || length > size) {
        return {
          status: 494,
          reason: `the header ${name} is longer than a buffer of ${size} bytes`,
          statement,
        };
      }
      if (busy >= count) {
        return { status: 494, reason: `the headers fill all ${count} buffers of ${size} bytes`, statement };
      }
      busy++;
      current = size;
      used = length;
    }
    // Without the directive only nginx since 1.29.8 counts, and it counts far.
    if (most.ok && index >= most.value) {
      return { status: 494, reason: `there are more headers than ${most.value}`, statement: limit };
    }
  }
  return null;
}

function headerLines({ host, headers = [] }: Request): readonly (readonly [name: string, length: number])[] {
  const all = host === undefined || host === null ? headers : [["Host", host] as const, ...headers];
  return all.map(([name, value]) => [name, name.length + 2 + new TextEncoder().encode(value).length + 2]);
}

/** Headers that nginx takes once (`ngx_http_process_unique_header_line`). */
const UNIQUE: ReadonlySet<string> = new Set([
  "host",
  "if-modified-since",
  "if-unmodified-since",
  "if-match",
  "if-none-match",
  "content-length",
  "content-range",
  "if-range",
  "transfer-encoding",
  "expect",
  "authorization",
]);

function twice({ headers }: Exchange): Refused | null {
  const seen = new Set<string>();
  for (const { key, name } of headers) {
    if (seen.has(key)) return { status: 400, reason: `the header ${name} is given twice`, statement: null };
    if (UNIQUE.has(key)) seen.add(key);
  }
  return null;
}

function wrongLength(exchange: Exchange): Refused | null {
  const length = exchange.header("content-length");
  const encoding = exchange.header("transfer-encoding");
  if (length !== null && !/^\d{1,18}$/.test(length)) {
    return { status: 400, reason: `Content-Length is not a number: ${length}`, statement: null };
  }
  if (encoding === null) return null;
  if (encoding.toLowerCase() !== "chunked") {
    return {
      status: 501,
      reason: `nginx supports no Transfer-Encoding but chunked: ${encoding}`,
      statement: null,
    };
  }
  return length === null
    ? null
    : { status: 400, reason: "Content-Length and Transfer-Encoding are both given", statement: null };
}

function wrongMethod({ method, server }: Exchange): Refused | null {
  if (method === "TRACE") return { status: 405, reason: "nginx refuses TRACE", statement: null };
  if (method !== "CONNECT" || takesConnect(server)) return null;
  return { status: 405, reason: "nginx refuses CONNECT here", statement: null };
}

/** `tunnel_pass` anywhere in a server lets it take CONNECT. */
function takesConnect({ context }: Server): boolean {
  return [...context.below].some(({ name }) => name === "tunnel_pass");
}
