/**
 * Byte strings and byte sets.
 *
 * nginx matches bytes: a URI is decoded to bytes and PCRE runs without UTF mode. A *byte string* here is a JavaScript
 * string whose every character is one byte (U+0000 to U+00FF), so that `é` is the two characters `Ã©`.
 */

/** The UTF-8 bytes of `text` as a byte string. */
export function toBytes(text: string): string {
  if (isAscii(text)) return text;
  let bytes = "";
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return bytes;
}

/** The text that a byte string encodes; bytes that are not UTF-8 become U+FFFD. */
export function fromBytes(bytes: string): string {
  if (isAscii(bytes)) return bytes;
  return new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
}

const NOT_ASCII = /[^\0-\x7f]/;

function isAscii(text: string): boolean {
  return !NOT_ASCII.test(text);
}

/** A set of bytes as 256 bits. */
export type ByteSet = Uint32Array;

export function emptySet(): ByteSet {
  return new Uint32Array(8);
}

/** The set of the bytes from `low` to `high` for each pair given. */
export function setOf(...ranges: readonly (readonly [low: number, high: number])[]): ByteSet {
  const set = emptySet();
  for (const [low, high] of ranges) addRange(set, low, high);
  return set;
}

export function addRange(set: ByteSet, low: number, high: number): void {
  for (let word = low >> 5; word <= high >> 5; word++) {
    const first = Math.max(low - 32 * word, 0);
    const last = Math.min(high - 32 * word, 31);
    set[word] = (set[word] ?? 0) | ((-1 >>> (31 - last + first)) << first);
  }
}

export function addByte(set: ByteSet, byte: number): void {
  set[byte >> 5] = (set[byte >> 5] ?? 0) | (1 << (byte & 31));
}

export function addSet(set: ByteSet, other: ByteSet): void {
  for (let word = 0; word < 8; word++) set[word] = (set[word] ?? 0) | (other[word] ?? 0);
}

export function hasByte(set: ByteSet, byte: number): boolean {
  return (((set[byte >> 5] ?? 0) >>> (byte & 31)) & 1) === 1;
}

export function complement(set: ByteSet): ByteSet {
  return set.map((word) => ~word);
}

/** Whether no byte is in both sets. */
export function areDisjoint(a: ByteSet, b: ByteSet): boolean {
  return a.every((word, at) => (word & (b[at] ?? 0)) === 0);
}

/** The set with both cases of each ASCII letter in it; PCRE folds no other byte outside UTF mode. */
export function foldCase(set: ByteSet): ByteSet {
  const folded = set.slice();
  for (let upper = 0x41; upper <= 0x5a; upper++) {
    if (hasByte(set, upper) || hasByte(set, upper + 0x20)) {
      addByte(folded, upper);
      addByte(folded, upper + 0x20);
    }
  }
  return folded;
}

/** The runs of consecutive bytes in the set, ascending. */
export function rangesOf(set: ByteSet): [low: number, high: number][] {
  const ranges: [number, number][] = [];
  for (let low = nextByte(set, 0, true); low < 256; ) {
    const end = nextByte(set, low, false);
    ranges.push([low, end - 1]);
    low = nextByte(set, end, true);
  }
  return ranges;
}

/** The first byte from `from` on that is in the set, or that is not; 256 where there is none. */
function nextByte(set: ByteSet, from: number, inside: boolean): number {
  let skipped = from & 31;
  for (let word = from >> 5; word < 8; word++) {
    const bits = set[word] ?? 0;
    const wanted = ((inside ? bits : ~bits) >>> skipped) << skipped;
    if (wanted !== 0) return 32 * word + 31 - Math.clz32(wanted & -wanted);
    skipped = 0;
  }
  return 256;
}
