/** Names that are too long for the buckets of nginx's hashes (`ngx_hash_init`, `ngx_hash_wildcard_init`). */

import type { Refusal } from "../anchor.ts";
import type { Configuration } from "../configuration.ts";
import type { ServerName } from "../server-name.ts";
import { listenSockets } from "../tls.ts";
import type { Context, Statement } from "../tree.ts";
import { parseNumber, parseSize } from "../values/index.ts";
import { isOpen } from "./arguments/index.ts";

/** Buckets are as long as a line of the processor's cache, or a multiple of it: 64 bytes on most machines. */
const LINE = 64;
/** A pointer, on machines of 64 bits. */
const WORD = 8;

/** One refusal for each hash that nginx could not build. */
export function* namesThatDoNotFit(configuration: Configuration): Generator<Refusal> {
  const { http, fragment, root } = configuration;
  if (fragment || root.incomplete) return;
  if (http?.incomplete === false) {
    yield* longServerNames(configuration, http);
    yield* longMapKeys(http);
  }
  const stream = root.last("stream")?.block;
  if (stream?.incomplete === false) yield* longMapKeys(stream);
}

/** Room for a key: a pointer to its value, its length and its letters, and the pointer that ends the bucket. */
function fits(length: number, bucket: number): boolean {
  return WORD + Math.ceil((length + 2) / WORD) * WORD + WORD <= bucket;
}

function bucketOf(top: Context, directive: string): number | null {
  const written = top.last(directive)?.args[0];
  if (written === undefined) return LINE;
  const number = parseNumber(written);
  const size = number.ok ? number : parseSize(written);
  return size.ok ? Math.ceil(size.value / LINE) * LINE : null;
}

/** Only where servers share an address does nginx look for their names (`ngx_http_optimize_servers`). */
function* longServerNames(configuration: Configuration, http: Context): Generator<Refusal> {
  const bucket = bucketOf(http, "server_names_hash_bucket_size");
  if (bucket === null) return;
  for (const { members } of listenSockets(configuration)) {
    const servers = new Set(members.map(({ server }) => server));
    if (servers.size < 2) continue;
    for (const { names, context } of servers) {
      const long = names.find(
        (name) => !isOpen(name.text) && keysOf(name).some((key) => !fits(key.length, bucket)),
      );
      const at = long === undefined ? undefined : statementOf(context, long);
      if (at === undefined) continue;
      yield refusal(at, "server_names_hash", bucket);
      return;
    }
  }
}

/** Names with a wildcard are kept label by label. */
function keysOf(name: ServerName): readonly string[] {
  switch (name.kind) {
    case "exact":
      return [name.text];
    case "suffix":
      return name.suffix.split(".");
    case "prefix":
      return name.prefix.split(".");
    default:
      return [];
  }
}

function statementOf(server: Context, { text }: ServerName): Statement | undefined {
  return server.all("server_name").find(({ args }) => args.some((word) => word.toLowerCase() === text));
}

function* longMapKeys(top: Context): Generator<Refusal> {
  const bucket = bucketOf(top, "map_hash_bucket_size");
  if (bucket === null) return;
  for (const { block } of top.all("map")) {
    if (block === null || block.incomplete) continue;
    const hasWildcards = block.has("hostnames");
    for (const entry of block.statements) {
      const { name, args } = entry;
      if (args.length !== 1 || name === "default" || name.startsWith("~") || isOpen(name)) continue;
      const key = name.replace(/^\\/, "");
      const parts = hasWildcards && /^\.|^\*\.|\.\*$/.test(key) ? key.split(".") : [key];
      if (parts.every((part) => fits(new TextEncoder().encode(part).length, bucket))) continue;
      yield refusal(entry, "map_hash", bucket);
      return;
    }
  }
}

function refusal(at: Statement, hash: string, bucket: number): Refusal {
  return {
    at,
    message: `could not build ${hash}, you should increase ${hash}_bucket_size: ${bucket}: nginx does not start.`,
    help: `write \`${hash}_bucket_size ${bucket * 2};\` in \`${at.context.kind === "map" && at.context.parent?.kind === "stream" ? "stream" : "http"}\``,
  };
}
