/** What both sides say of a request, in the same words. */
import { readFileSync } from "node:fs";
import type { Simulation } from "../../../src/semantics/index.ts";
import type { Echoed } from "../requests/echo.ts";
import type { Answer } from "../requests/nginx.ts";
import type { CornerRequest } from "./request.ts";

export interface Seen {
  readonly status: number | null;
  readonly headers: readonly string[];
  /** The text of a `return`, the file, or what the upstream received; null where nothing is to be told. */
  readonly body: string | null;
}

const IGNORED =
  /^(date|server|content-length|connection|last-modified|etag|accept-ranges|transfer-encoding|keep-alive):/i;

function tidied(headers: readonly (readonly [name: string, value: string])[]): readonly string[] {
  return (
    headers
      .map(([name, value]) => `${name}: ${name === "Expires" ? "…" : value}`)
      .map((header) => header.replace(/^(Set-Cookie: (?:u|uid|srv)=)[^;]+/, "$1…"))
      .map((header) => header.replace(/boundary=\S+/, "boundary=…"))
      // What is picked at random has a type and a size that nobody foresees.
      .map((header) => header.replace("Content-Type: $content_type", "Content-Type: text/plain"))
      .filter((header) => !IGNORED.test(header))
      .sort()
  );
}

/** The model says itself where it does not follow nginx; nothing is compared there. */
export function isFollowed({ trace }: Simulation): boolean {
  return trace.every(({ kind }) => kind !== "unmodelled");
}

export function seenOf(answer: Answer, { request }: CornerRequest): Seen {
  const isHead = request.method === "HEAD";
  return {
    status: answer.status,
    headers: tidied(answer.headers),
    body: isHead || answer.status === 206 || answer.status === null ? null : bodyOf(answer),
  };
}

function bodyOf({ body, headers }: Answer): string | null {
  if (headers.some(([name]) => name === "Content-Encoding")) return null;
  if (/^<\?xml|^\[\r\n(?:\]|\{ "name")/.test(body)) return "listing";
  if (body.startsWith("{")) {
    const { method, uri, headers } = JSON.parse(body) as Echoed;
    return [`${method} ${uri}`, ...headers.map(([name, value]) => `${name}: ${value}`)].join("\n");
  }
  if (body.startsWith("[[")) {
    return (JSON.parse(body) as [string, string][]).map(([name, value]) => `${name}: ${value}`).join("\n");
  }
  if (body.startsWith("GIF89a")) return "gif";
  if (body.startsWith("Active connections")) return "status";
  if (/^<html>\r?\n<head><title>Index of /.test(body)) return "listing";
  if (/^<html>\r\n<head><title>/.test(body)) return "page";
  return body;
}

export function expectedOf(simulation: Simulation, { request }: CornerRequest): Seen {
  const { outcome, responseHeaders } = simulation;
  const isHead = request.method === "HEAD";
  return {
    status: outcome.status,
    headers: tidied(responseHeaders.map(({ name, value }) => [name, latin1(value)])),
    body: isHead || outcome.status === 206 || outcome.status === null ? null : expectedBody(simulation),
  };
}

function latin1(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

function expectedBody({ outcome, requestHeaders, responseHeaders }: Simulation): string | null {
  if (responseHeaders.some(({ name }) => name === "Content-Encoding")) return null;
  if (outcome.status === 204 || outcome.status === 304) return "";
  // nginx has no page for some statuses.
  const page = responseHeaders.some(({ name }) => name === "Content-Type") ? "page" : "";
  switch (outcome.kind) {
    case "return":
      if (outcome.by?.name === "empty_gif") return "gif";
      if (outcome.by?.name === "stub_status") return "status";
      return outcome.body === undefined ? page : latin1(outcome.body);
    case "static":
      if (outcome.by?.name === "autoindex") return "listing";
      return outcome.by?.name === "random_index"
        ? "file only/one.txt"
        : readFileSync(outcome.target ?? "", "utf8");
    case "proxy":
      if (requestHeaders.some(({ name }) => name === ":authority")) return http2Body(outcome, requestHeaders);
      return [`${outcome.method} ${latin1(outcome.uri ?? "")}`, ...sent(requestHeaders)].join("\n");
    case "grpc":
      return http2Body(outcome, requestHeaders);
    case "fastcgi":
    case "scgi":
    case "uwsgi":
      return sent(requestHeaders).join("\n");
    case "memcached":
      return "value";
    default:
      return page;
  }
}

function sent(headers: Simulation["requestHeaders"]): readonly string[] {
  return headers.map(({ name, value }) => `${name}: ${latin1(value)}`);
}

function http2Body({ method, uri }: Simulation["outcome"], headers: Simulation["requestHeaders"]): string {
  const pseudo = [`:method: ${method}`, ":scheme: http", `:path: ${latin1(uri ?? "")}`];
  return [
    ...pseudo,
    ...sent(headers).map((line) => line.replace(/^:?[^:]+/, (name) => name.toLowerCase())),
  ].join("\n");
}
