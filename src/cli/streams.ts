/** The ways out of the process: the only writer of standard output, standard error and files. */
import { chmodSync, chownSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { UsageError } from "./usage-error.ts";

export interface Terminal {
  readonly color: boolean;
  readonly width: number;
}

/** What standard output can show. `NO_COLOR` and `FORCE_COLOR` count, the option more. */
export function terminal(color: boolean | undefined, toFile: boolean): Terminal {
  const { env, stdout } = process;
  const onTerminal = stdout.isTTY === true && !toFile;
  const width = onTerminal ? (stdout.columns ?? 80) : 80;
  if (color !== undefined) return { color, width };
  const forced = env.FORCE_COLOR;
  if (forced !== undefined && forced !== "") return { color: forced !== "0" && forced !== "false", width };
  const refused = env.NO_COLOR !== undefined && env.NO_COLOR !== "";
  return { color: onTerminal && !refused && env.TERM !== "dumb", width };
}

/** Writes all of a text to a stream and waits until it is out; a reader that went away (`| head`) is no error. */
export function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null) => {
      if (error === undefined || error === null || ("code" in error && error.code === "EPIPE")) resolve();
      else reject(error);
    };
    stream.once("error", done);
    stream.write(text, done);
  });
}

/**
 * Writes a file as a whole or not at all. A file that is there keeps its mode and owner, and stays behind the links
 * that lead to it. Throws `UsageError` where that cannot be.
 */
export function writeFileAtomically(file: string, content: string | Uint8Array): void {
  // Nobody else's, which is enough: it is opened as a new file. `node:crypto` would take 5 ms to load.
  const draft = `${file}.${process.pid}-${Date.now().toString(36)}.tmp`;
  let written = draft;
  try {
    const old = statSync(file, { throwIfNoEntry: false });
    const target = old === undefined ? file : realpathSync(file);
    written = `${target}${draft.slice(file.length)}`;
    writeFileSync(written, content, { flag: "wx" });
    if (old !== undefined) {
      chmodSync(written, old.mode);
      if (process.getuid?.() === 0) chownSync(written, old.uid, old.gid);
    }
    renameSync(written, target);
  } catch (error) {
    rmSync(written, { force: true });
    const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new UsageError(`cannot write ${file}: ${reason}`);
  }
}
