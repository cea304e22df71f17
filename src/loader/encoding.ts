import { isUtf8 } from "node:buffer";

/** How the bytes of a file became text; a fix is written back the same way. */
export type Encoding = "utf8" | "latin1";

export interface Decoded {
  readonly text: string;
  readonly encoding: Encoding;
}

/**
 * nginx reads bytes, so every file has a reading: UTF-8, or else one character a byte (Latin-1). A byte order mark
 * stays, since nginx takes it for a part of the first word.
 *
 * Returns what is wrong instead where people would not call it text.
 */
export function decode(bytes: Uint8Array): Decoded | string {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return "is UTF-16, which nginx cannot read; save it as UTF-8";
  }
  if (isBinary(bytes)) return "is not a text file";
  const encoding = isUtf8(bytes) ? "utf8" : "latin1";
  return { text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(encoding), encoding };
}

/** Whether a text read as UTF-8 is surely what its bytes say; otherwise {@link decode} them. */
export function isPlainText(text: string): boolean {
  return !DOUBTFUL.test(text);
}

/** Control characters, and what stands for bytes that are no UTF-8. */
const DOUBTFUL = /[\0-\x07\x0e-\x1a\x1c-\x1f\ufffd]/;

/** More than one byte of twenty in the beginning is a control character. A single NUL in a text is no reason. */
function isBinary(bytes: Uint8Array): boolean {
  const looked = Math.min(bytes.length, 8192);
  let controls = 0;
  for (let at = 0; at < looked; at++) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x20 && (byte < 0x08 || byte > 0x0d) && byte !== 0x1b) controls++;
  }
  return controls * 20 > looked;
}
