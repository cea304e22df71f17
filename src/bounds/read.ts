/** Reads what may be hostile: no device, no pipe that nobody writes to, nothing without end. */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from "node:fs";

/** A file that is there and is not read. The message is for people, without the name: `is not a regular file`. */
export class Unreadable extends Error {
  override readonly name = "Unreadable";
}

/**
 * The bytes of a regular file.
 * @param most bytes.
 * @throws {Unreadable} for what is no regular file, or larger; and what the system throws.
 */
export function readRegularFile(path: string, most: number): Uint8Array {
  const descriptor = openRegularFile(path);
  try {
    if (fstatSync(descriptor).size > most) throw new Unreadable(`is larger than ${sizeText(most)}`);
    return readAtMost(descriptor, most);
  } finally {
    closeSync(descriptor);
  }
}

function openRegularFile(path: string): number {
  // Asked before opening, since that alone wakes some devices; and again of what was opened.
  refuseIrregular(statSync(path));
  // Opening a pipe would wait for its writer for ever.
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    refuseIrregular(fstatSync(descriptor));
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function refuseIrregular(stats: Stats): void {
  if (stats.isDirectory()) throw new Unreadable("is a folder");
  if (!stats.isFile()) throw new Unreadable("is not a regular file");
}

/**
 * The first bytes of a regular file.
 * @throws {Unreadable} for what is no regular file; and what the system throws.
 */
export function readBeginning(path: string, most: number): Uint8Array {
  const descriptor = openRegularFile(path);
  try {
    const bytes = Buffer.allocUnsafe(most);
    return bytes.subarray(0, readSync(descriptor, bytes));
  } finally {
    closeSync(descriptor);
  }
}

/**
 * All of standard input.
 * @param most bytes.
 * @throws {Unreadable} where there is more; and what the system throws.
 */
export function readStandardInput(most: number): Uint8Array {
  return readAtMost(0, most);
}

const CHUNK = 64 * 1024;

function readAtMost(descriptor: number, most: number): Uint8Array {
  const chunks: Uint8Array[] = [];
  for (let total = 0; ; ) {
    const chunk = Buffer.allocUnsafe(CHUNK);
    const count = readWaiting(descriptor, chunk);
    if (count === 0) return Buffer.concat(chunks, total);
    total += count;
    if (total > most) throw new Unreadable(`is larger than ${sizeText(most)}`);
    chunks.push(chunk.subarray(0, count));
  }
}

function readWaiting(descriptor: number, chunk: Uint8Array): number {
  for (;;) {
    try {
      return readSync(descriptor, chunk);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code === "EOF") return 0;
      if (code !== "EAGAIN") throw error;
      // A pipe that lets no reader wait, as Node and some runners make them.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

function sizeText(bytes: number): string {
  return bytes < 1024 * 1024 ? `${bytes / 1024} KiB` : `${bytes / (1024 * 1024)} MiB`;
}
