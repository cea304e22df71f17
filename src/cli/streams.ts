/** The ways into and out of the process: standard input, and the only writer of standard output, standard error and files. */
import {
  accessSync,
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { devNull } from "node:os";
import { resolve } from "node:path";
import { type Bounds, isKernels, readStandardInput, realPathOf, Unreadable } from "../bounds/index.ts";
import { UsageError } from "./usage-error.ts";

export interface Terminal {
  readonly color: boolean;
  readonly links: boolean;
  readonly width: number;
}

/** Terminals that show hyperlinks, by what they say of themselves. Multiplexers pass some on and some not. */
function showsLinks({
  TERM = "",
  TERM_PROGRAM = "",
  VTE_VERSION,
  WT_SESSION,
  KONSOLE_VERSION,
}: NodeJS.ProcessEnv) {
  if (/^(?:screen|tmux|dumb)/.test(TERM) || TERM_PROGRAM === "tmux") return false;
  return (
    /^(?:iTerm\.app|WezTerm|vscode|ghostty|Hyper|rio)$/.test(TERM_PROGRAM) ||
    /^(?:xterm-kitty|xterm-ghostty|alacritty|foot|contour|wezterm)/.test(TERM) ||
    // From 0.50.1 on.
    Number(VTE_VERSION) > 5000 ||
    Boolean(WT_SESSION) ||
    Number(KONSOLE_VERSION) >= 201200
  );
}

/** What standard output can show. `NO_COLOR` and `FORCE_COLOR` count, the option more. */
export function terminal(color: boolean | undefined, toFile: boolean): Terminal {
  const { env } = process;
  const onTerminal = !toFile && mayBeTerminal("stdout") && process.stdout.isTTY === true;
  const width = onTerminal ? (process.stdout.columns ?? 80) : 80;
  const links = onTerminal && showsLinks(env);
  if (color !== undefined) return { color, links: links && color, width };
  const forced = env.FORCE_COLOR;
  if (forced !== undefined && forced !== "") {
    const wanted = forced !== "0" && forced !== "false";
    return { color: wanted, links: links && wanted, width };
  }
  const refused = env.NO_COLOR !== undefined && env.NO_COLOR !== "";
  const shows = onTerminal && !refused && env.TERM !== "dumb";
  return { color: shows, links: links && shows, width };
}

type StreamName = "stdout" | "stderr";
const DESCRIPTORS: Record<StreamName, number> = { stdout: 1, stderr: 2 };

/**
 * Writes all of a text, or of its bytes, and waits until it is out; a reader that went away (`| head`) is no error. Node's streams take
 * longer to load than a small tree takes to lint, so a file or a pipe is written to without them.
 */
export async function write(name: StreamName, text: string | Uint8Array): Promise<void> {
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
function writeDirectly(descriptor: number, text: string | Uint8Array): Uint8Array {
  let rest: Uint8Array = typeof text === "string" ? Buffer.from(text) : text;
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
    return rest;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EAGAIN") return rest;
    // Where errors cannot be told, there is nobody to tell that.
    if (code === "EPIPE" || descriptor === DESCRIPTORS.stderr) return rest.subarray(rest.length);
    throw refusedOutput(error);
  }
}

function writeToStream(stream: NodeJS.WriteStream, content: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null) => {
      if (error === undefined || error === null || ("code" in error && error.code === "EPIPE")) resolve();
      else reject(stream === process.stdout ? refusedOutput(error) : error);
    };
    stream.once("error", done);
    stream.write(content, done);
  });
}

function refusedOutput(error: unknown): UsageError {
  return new UsageError(`cannot write to standard output: ${reasonOf(error)}`);
}

/** What nobody pipes by intent: a dump of 10,000 sites has less. In bytes. */
const MOST_INPUT = 64 * 1024 * 1024;

/** All of standard input. Throws `UsageError` where there is more than anybody's configuration has. */
export function readInput(): Uint8Array {
  try {
    return readStandardInput(MOST_INPUT);
  } catch (error) {
    const reason = error instanceof Unreadable ? error.message : `cannot be read: ${codeOf(error)}`;
    throw new UsageError(`standard input ${reason}`);
  }
}

/**
 * Writes a file that the user named. What is no regular file (a device, a pipe, a socket) is written to; everything else is
 * written as a whole or not at all.
 * @param prepare is called when it is certain that the file may be written, with its path without links.
 * @throws {UsageError} where that cannot be, or where a link in the tree leads out of it.
 */
export async function writeOutput(
  bounds: Bounds,
  file: string,
  content: string,
  prepare: (real: string) => void = () => {},
): Promise<void> {
  const descriptor = descriptorNamed(file);
  // Nothing but this path is looked at: the system would take `link/../file` for another one.
  const path = resolve(file);
  const special = descriptor === null && isSpecial(path);
  // The device that the user names, and not one that a link in the tree leads to.
  const isDevice = special && isKernels(path) && realPathOf(path) === path;
  const isJudged = descriptor === null && !isDevice;
  const { real, refusal } = isJudged ? bounds.outputAt(path) : { real: path, refusal: null };
  if (refusal !== null) throw new UsageError(`cannot write ${file}: it ${refusal}`);
  try {
    if (descriptor !== null) writeAll(descriptor, content);
    else if (special && statSync(real).isSocket()) await sendTo(real, content);
    else if (special) writeInto(real, content);
    else {
      prepare(real);
      replaceFile(real, content);
    }
  } catch (error) {
    throw new UsageError(`cannot write ${file}: ${reasonOf(error)}`);
  }
}

/** `/dev/stdout` and the like: what is open already, whatever it is. */
function descriptorNamed(file: string): number | null {
  const [, name, number] = /^\/dev\/(?:(stdin|stdout|stderr)|fd\/(\d+))$/.exec(file) ?? [];
  if (name !== undefined) return ["stdin", "stdout", "stderr"].indexOf(name);
  return number === undefined ? null : Number(number);
}

function isSpecial(file: string): boolean {
  try {
    const stats = statSync(file);
    return !stats.isFile() && !stats.isDirectory();
  } catch {
    // Nothing is there, or nothing can be; whoever writes learns it.
    return false;
  }
}

/** How long somebody who opens a pipe waits for its reader to come, and then for a reader that reads nothing. In milliseconds. */
const PATIENCE = { ENXIO: 1_000, EAGAIN: 10_000 };
const PAUSE = 20;

function writeInto(file: string, content: string): void {
  const descriptor = patiently("ENXIO", () =>
    openSync(file, constants.O_WRONLY | (constants.O_NONBLOCK ?? 0)),
  );
  try {
    writeAll(descriptor, content);
  } finally {
    closeSync(descriptor);
  }
}

/** A socket cannot be opened: somebody has to listen. */
function sendTo(socket: string, content: string): Promise<void> {
  const { connect } = process.getBuiltinModule("node:net");
  return new Promise((resolve, reject) => {
    const connection = connect(socket);
    connection.once("error", reject);
    connection.setTimeout(PATIENCE.EAGAIN, () => connection.destroy(new UsageError("nobody reads from it")));
    // Whatever is answered is of no interest.
    connection.end(content, () => {
      connection.destroy();
      resolve();
    });
  });
}

function writeAll(descriptor: number, content: string): void {
  let rest: Uint8Array = Buffer.from(content);
  try {
    while (rest.length > 0) {
      const part = rest;
      rest = part.subarray(patiently("EAGAIN", () => writeSync(descriptor, part)));
    }
  } catch (error) {
    // A reader that went away (`>(head -1)`) is no error.
    if (codeOf(error) !== "EPIPE") throw error;
  }
}

/** Tries again for a while where the system says that nobody is ready. */
function patiently<T>(code: keyof typeof PATIENCE, attempt: () => T): T {
  for (let waited = 0; ; waited += PAUSE) {
    try {
      return attempt();
    } catch (error) {
      if (codeOf(error) !== code) throw error;
      if (waited >= PATIENCE[code]) throw new UsageError("nobody reads from it");
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
    }
  }
}

/** What the system answers to somebody who writes. */
const REFUSALS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  ECONNREFUSED: "nobody reads from it",
  EDQUOT: "the quota is used up",
  EEXIST: "something of that name is there",
  EISDIR: "it is a directory",
  ELOOP: "it is a symbolic link that leads back to itself",
  ENAMETOOLONG: "its name is too long",
  ENOENT: "its folder does not exist",
  ENOSPC: "no space left on the device",
  ENOTDIR: "a part of its path is a file",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
};

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  return REFUSALS[code] ?? code;
}

function codeOf(error: unknown): string {
  if (error instanceof UsageError) return error.message;
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

/**
 * Writes what is at a path, and not what a link there leads to, as a whole or not at all. A file that is there keeps its
 * mode and owner. Throws what the system throws.
 */
function replaceFile(target: string, content: string | Uint8Array): void {
  // Nobody else's, which is enough: it is opened as a new file. `node:crypto` would take 5 ms to load.
  const draft = `${target}.${process.pid}-${Date.now().toString(36)}.tmp`;
  try {
    const old = lstatSync(target, { throwIfNoEntry: false });
    writeFileSync(draft, content, { flag: "wx" });
    if (old?.isFile()) {
      chmodSync(draft, old.mode);
      if (process.getuid?.() === 0) chownSync(draft, old.uid, old.gid);
    }
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** Whether nobody may write a file, or this user may not; root may, and heeds the mode all the same. */
export function isReadOnly(path: string): boolean {
  try {
    if ((statSync(path).mode & 0o222) === 0) return true;
    accessSync(path, constants.W_OK);
    return false;
  } catch {
    return true;
  }
}

/** Writes a file that is not there yet, as a whole or not at all. Throws `UsageError` where that cannot be. */
export function writeNew(path: string, content: string): void {
  writeBack({ path, real: path }, content);
}

/**
 * Writes a file that was read at this path without links, as a whole or not at all: what has become a link since then
 * leads nowhere else. Throws `UsageError` where that cannot be.
 */
export function writeBack(
  { path, real }: { path: string; real: string },
  content: string | Uint8Array,
): void {
  try {
    replaceFile(real, content);
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${reasonOf(error)}`);
  }
}
