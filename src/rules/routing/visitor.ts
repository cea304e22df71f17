/** Asks servers for pages as their visitors do, on a disk of which only the question's own files are known. */
import {
  type Configuration,
  fromBytes,
  type Header,
  type Server,
  type Simulation,
  simulate,
  type Version,
} from "../../semantics/index.ts";
import { Front } from "../front.ts";
import type { RuleContext } from "../rule.ts";

export class Visitor {
  readonly #configuration: Configuration;
  readonly #version: Version | null;
  readonly #front: Front;

  constructor({ configuration, version, assume }: RuleContext) {
    this.#configuration = configuration;
    this.#version = version;
    this.#front = new Front(configuration, assume);
  }

  /**
   * What a GET of `uri` gets, by HTTPS where the server speaks it. `isFile` tells what lies on the disk; names that end
   * with a slash are directories, and nothing else is there.
   */
  get(server: Server, uri: string, isFile: (path: string) => boolean): Simulation {
    const name = server.names.find(({ kind, text }) => kind === "exact" && text !== "" && text !== "_");
    const port = server.listens.find((listen) => listen.port !== null)?.port ?? undefined;
    return simulate(
      {
        uri,
        scheme: this.#front.speaksTls(server) ? "https" : "http",
        host: name?.text ?? "example.com",
        ...(port === undefined ? {} : { local: { port } }),
      },
      {
        configuration: this.#configuration,
        server,
        version: this.#version,
        files: (path) => (isFile(path) ? "file" : path.endsWith("/") ? "directory" : "missing"),
      },
    );
  }
}

/** The file that is sent with 200; null for every other answer. */
export function fileSent({ outcome }: Simulation): string | null {
  const { kind, status, target } = outcome;
  return kind === "static" && status === 200 ? target : null;
}

/** How long browsers keep an answer without asking again. */
export type Freshness =
  | { readonly kind: "seconds"; readonly seconds: number; readonly header: Header }
  /** Nothing says it. */
  | { readonly kind: "unsaid" }
  /** A variable decides. */
  | { readonly kind: "unknown" };

/** Of several values the strictest holds (RFC 9111, 4.2.1). */
export function freshnessOf(headers: readonly Header[]): Freshness {
  const caching = headers.filter(({ name }) => /^cache-control$/i.test(name));
  if (caching.some(({ value }) => value.includes("$"))) return { kind: "unknown" };
  let found: Freshness = { kind: "unsaid" };
  for (const header of caching) {
    const value = fromBytes(header.value);
    const age = /(?:^|[\s,])max-age\s*=\s*"?(\d+)/i.exec(value)?.[1];
    const isRefused = /(?:^|[\s,])no-(?:store|cache)(?![\w=])/i.test(value);
    if (!isRefused && age === undefined) continue;
    const seconds = isRefused ? 0 : Number(age);
    if (found.kind !== "seconds" || seconds < found.seconds) found = { kind: "seconds", seconds, header };
  }
  if (found.kind === "unsaid" && headers.some(({ name }) => /^expires$/i.test(name)))
    return { kind: "unknown" };
  return found;
}

/** For people: `1 year`, `30 days`, `2 hours`. */
export function durationOf(seconds: number): string {
  const units = [
    [31_536_000, "year"],
    [86_400, "day"],
    [3600, "hour"],
    [60, "minute"],
  ] as const;
  const [size, name] = units.find(([size]) => seconds >= size) ?? [1, "second"];
  const count = Math.round(seconds / size);
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}
