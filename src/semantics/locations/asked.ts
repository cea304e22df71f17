/** What a stranger gets who asks a server for a file that lies there. */
import type { Configuration } from "../configuration.ts";
import { type FileState, type Simulation, simulate } from "../request/index.ts";
import type { Server } from "../server.ts";
import type { Statement } from "../tree.ts";

export interface ServedFile {
  readonly uri: string;
  /** The path on disk. */
  readonly path: string;
  /** The `root` or `alias` that leads there. */
  readonly by: Statement;
  readonly simulation: Simulation;
}

/**
 * Asks for `uri`, of which a file ending in `tail` is taken to exist. Null where the answer is certain, but no file;
 * where it depends on more than files; and where an include on the way could not be read.
 */
export function askForFile(
  configuration: Configuration,
  server: Server,
  uri: string,
  tail: string,
): ServedFile | null {
  const simulation = askServer(configuration, server, uri, (path) =>
    path.endsWith(tail) ? "file" : undefined,
  );
  if (simulation === null) return null;
  const { kind, status, target, by } = simulation.outcome;
  if (kind !== "static" || status !== 200 || target === null || by === null) return null;
  return target.endsWith(tail) && !target.includes("$") ? { uri, path: target, by, simulation } : null;
}

/** The answer to a GET of a stranger, or of somebody who is let in; null where it depends on what no file can tell. */
export function askServer(
  configuration: Configuration,
  server: Server,
  uri: string,
  files: (path: string) => FileState | undefined,
  isLetIn = false,
): Simulation | null {
  if (server.context.incomplete) return null;
  const simulation = simulate(
    { uri, host: hostOf(server), scheme: server.listens.some(({ tls }) => tls) ? "https" : "http" },
    { configuration, server, files, answers: CERTIFIED, isLetIn },
  );
  if (simulation.outcome.kind === "unknown") return null;
  if (simulation.assumptions.some(({ question: { kind } }) => kind !== "file" && kind !== "certificate"))
    return null;
  for (let at = simulation.location; at !== null; at = at.outer) if (at.context.incomplete) return null;
  return simulation;
}

/** Where clients are verified, users have a certificate. */
const CERTIFIED: ReadonlyMap<string, string> = new Map([["certificate", "yes"]]);

/** A host that the server answers to. */
export function hostOf({ names }: Server): string {
  for (const name of names) {
    if (name.kind === "exact" && /^[a-z0-9.-]+$/.test(name.text)) return name.text;
    if (name.kind === "suffix") return `www${name.suffix}`;
    if (name.kind === "prefix") return `${name.prefix}com`;
  }
  return "localhost";
}

/** A disk on which just these files lie, by their paths; names that end with a slash are directories. */
export function diskOf(isFile: (path: string) => boolean): (path: string) => FileState {
  return (path) => (isFile(path) ? "file" : path.endsWith("/") ? "directory" : "missing");
}

/** The file that is sent with 200; null for every other answer, and for one that is not known. */
export function fileSent(simulation: Simulation | null): string | null {
  if (simulation === null) return null;
  const { kind, status, target } = simulation.outcome;
  return kind === "static" && status === 200 ? target : null;
}
