/** The ways out of the process: the only writer of standard output, standard error and files. */
import {
  chmodSync,
  chownSync,
  fstatSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { devNull } from "node:os";
import { UsageError } from "./usage-error.ts";

export interface Terminal {
  readonly color: boolean;
  readonly width: number;
}

/** What standard output can show. `NO_COLOR` and `FORCE_COLOR` count, the option more. */
export function terminal(color: boolean | undefined, toFile: boolean): Terminal {
  const { env } = process;
  const onTerminal = !toFile && mayBeTerminal("stdout") && process.stdout.isTTY === true;
  const width = onTerminal ? (process.stdout.columns ?? 80) : 80;
  if (color !== undefined) return { color, width };
  const forced = env.FORCE_COLOR;
  if (forced !== undefined && forced !== "") return { color: forced !== "0" && forced !== "false", width };
  const refused = env.NO_COLOR !== undefined && env.NO_COLOR !== "";
  return { color: onTerminal && !refused && env.TERM !== "dumb", width };
}

type StreamName = "stdout" | "stderr";
const DESCRIPTORS: Record<StreamName, number> = { stdout: 1, stderr: 2 };

/**
 * Writes all of a text and waits until it is out; a reader that went away (`| head`) is no error. Node's streams take
 * longer to load than a small tree takes to lint, so a file or a pipe is written to without them.
 */
export async function write(name: StreamName, text: string): Promise<void> {
  const rest = mayBeTerminal(name) ? text : writeDirectly(DESCRIPTORS[name], text);
  if (rest.length > 0) await writeToStream(process[name], rest);
}

/** What is a terminal; or something else that Node knows better. */
function mayBeTerminal(name: StreamName): boolean {
  try {
    const device = fstatSync(DESCRIPTORS[name]);
    if (device.isFile() || device.isFIFO()) return false;
    return !device.isCharacterDevice() || device.rdev !== statSync(devNull).rdev;
  } catch {
    return true;
  }
}

/**
 * Returns what did not go out: the rest for a slow reader that does not let its writers wait. Throws `UsageError` where
 * standard output takes no more, as on a full disk.
 */
function writeDirectly(descriptor: number, text: string): Uint8Array {
  let rest: Uint8Array = Buffer.from(text);
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
    return rest;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EAGAIN") return rest;
    // Where errors cannot be told, there is nobody to tell that.
    if (code === "EPIPE" || descriptor === DESCRIPTORS.stderr) return rest.subarray(rest.length);
    throw new UsageError(`cannot write to standard output: ${code ?? String(error)}`);
  }
}

function writeToStream(stream: NodeJS.WriteStream, content: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null) => {
      if (error === undefined || error === null || ("code" in error && error.code === "EPIPE")) resolve();
      else reject(error);
    };
    stream.once("error", done);
    stream.write(content, done);
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
