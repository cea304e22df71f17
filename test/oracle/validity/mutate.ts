/** Mistakes people make, made on purpose: one in a configuration that is right, the same ones for the same seed. */

export interface Mutant {
  readonly kind: string;
  readonly text: string;
  /** What was changed, for people. */
  readonly change: string;
}

interface Piece {
  readonly text: string;
  readonly start: number;
}

/** Random numbers that are the same for the same seed (mulberry32). */
export class Dice {
  #state: number;
  constructor(seed: number) {
    this.#state = seed;
  }
  /** From 0 to `bound` - 1. */
  roll(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * bound);
  }
  pick<T>(from: readonly T[]): T {
    const picked = from[this.roll(from.length)];
    if (picked === undefined) throw new RangeError("nothing to pick from");
    return picked;
  }
}

const VALUES = [
  ..."on off 0 1 -1 99999999999 10 10k 10m 10x 1.5 1s 5m 1y 10ms abc $uri $nosuch $ \"\" 'a b' 80 70000 127.0.0.1 10.0.0.0/33 ::1 [::1]:80 unix:/x http://a https://b/ /a @a ~( ^a$ a=b =404 444 999 1h30m 5r/s zone=x:1m shared:X:1m always default_server ssl last permanent all none auto".split(
    " ",
  ),
];

/** How a mistake of each kind is made; null where the text gives no opportunity. */
const MISTAKES: Readonly<Record<string, (text: string, dice: Dice) => [string, string] | null>> = {
  "drop ;": (text, dice) => replaceOne(text, dice, /;/g, ""),
  "double ;": (text, dice) => replaceOne(text, dice, /;/g, ";;"),
  "add ;": (text, dice) => replaceOne(text, dice, /[ \n]/g, ";"),
  "drop {": (text, dice) => replaceOne(text, dice, /\{/g, ""),
  "drop }": (text, dice) => replaceOne(text, dice, /\}/g, ""),
  "double {": (text, dice) => replaceOne(text, dice, /\{/g, "{{"),
  "double }": (text, dice) => replaceOne(text, dice, /\}/g, "}}"),
  "; for {": (text, dice) => replaceOne(text, dice, /\{/g, ";"),
  "{ for ;": (text, dice) => replaceOne(text, dice, /;/g, "{"),
  "drop quote": (text, dice) => replaceOne(text, dice, /["']/g, ""),
  "add quote": (text, dice) => replaceOne(text, dice, /(?<=[ \n])(?=[^ \n])/g, '"'),
  "drop argument": (text, dice) => replaceOne(text, dice, /[ ]+[^\s;{}"']+(?=[ ;])/g, ""),
  "double argument": (text, dice) => replaceOne(text, dice, /[ ]+[^\s;{}"']+(?=[ ;])/g, "$&$&"),
  "swap arguments": (text, dice) =>
    replaceOne(text, dice, /(?<= )([^\s;{}"']+) ([^\s;{}"']+)(?=[ ;])/g, "$2 $1"),
  "wrong value": (text, dice) =>
    replaceOne(text, dice, /(?<= )[^\s;{}"']+(?=[ ;])/g, dice.pick(VALUES).replaceAll("$", "$$$$")),
  "one more value": (text, dice) =>
    replaceOne(text, dice, /(?=;)/g, ` ${dice.pick(VALUES).replaceAll("$", "$$$$")}`),
  "misspelt name": (text, dice) => misspell(text, dice, /(?<=^ *)[a-z_]{3,}(?=[ ;])/gm),
  "misspelt argument": (text, dice) => misspell(text, dice, /(?<= )[^\s;{}"']{2,}(?=[ ;])/g),
  "move line": moveLine,
  "double line": (text, dice) => replaceOne(text, dice, /^.*;\n/gm, "$&$&"),
  "drop line": (text, dice) => replaceOne(text, dice, /^.*\S.*\n/gm, ""),
  "drop block": dropBlock,
  "double block": (text, dice) => replaceOne(text, dice, /^( +)[^\n]*\{\n(?:\1 +.*\n|\n)*\1\}\n/gm, "$&$&"),
  "drop letter": (text, dice) => replaceOne(text, dice, /[^\s]/g, ""),
  "add sign": (text, dice) =>
    replaceOne(text, dice, /(?=[^\n])/g, dice.pick(["$$", "\\", "#", "'", "=", "@", "/", ":", ",", " "])),
  "comment out": (text, dice) => replaceOne(text, dice, /^ *(?=\S)/gm, "$&# "),
};

export const KINDS = Object.keys(MISTAKES);

export function mutate(text: string, kind: string, dice: Dice): Mutant | null {
  const made = MISTAKES[kind]?.(text, dice);
  return made && made[0] !== text ? { kind, text: made[0], change: made[1] } : null;
}

function replaceOne(text: string, dice: Dice, pattern: RegExp, by: string): [string, string] | null {
  const pieces: Piece[] = [...text.matchAll(pattern)].map((match) => ({
    text: match[0],
    start: match.index,
  }));
  if (pieces.length === 0) return null;
  const { start } = dice.pick(pieces);
  let found = false;
  const changed = text.replace(pattern, (...found_) => {
    const offset = found_.find((part) => typeof part === "number");
    if (offset !== start || found) return found_[0];
    found = true;
    return expand(by, found_);
  });
  return [changed, lineAt(text, start)];
}

/** `$1`, `$&` and `$$` as in `String.prototype.replace`. */
function expand(by: string, match: readonly unknown[]): string {
  return by.replace(/\$([$&\d])/g, (_, sign: string) =>
    sign === "$" ? "$" : String(match[sign === "&" ? 0 : Number(sign)]),
  );
}

function misspell(text: string, dice: Dice, pattern: RegExp): [string, string] | null {
  const words = [...text.matchAll(pattern)];
  if (words.length === 0) return null;
  const { 0: word, index } = dice.pick(words);
  const at = dice.roll(word.length);
  const wrong = dice.pick([
    word.slice(0, at) + word.slice(at + 1),
    word.slice(0, at) + (word[at + 1] ?? "") + (word[at] ?? "") + word.slice(at + 2),
    word.slice(0, at) + (word[at] ?? "") + word.slice(at),
    word.slice(0, at) + dice.pick([..."esx_-1"]) + word.slice(at + 1),
  ]);
  return [text.slice(0, index) + wrong + text.slice(index + word.length), `${word} -> ${wrong}`];
}

function moveLine(text: string, dice: Dice): [string, string] | null {
  const lines = text.split("\n");
  const movable = lines.flatMap((line, index) => (/;$/.test(line) ? [index] : []));
  if (movable.length === 0) return null;
  const [line = ""] = lines.splice(dice.pick(movable), 1);
  const at = dice.roll(lines.length);
  lines.splice(at, 0, line);
  return [lines.join("\n"), `${line.trim()} to line ${at + 1}`];
}

function dropBlock(text: string, dice: Dice): [string, string] | null {
  return replaceOne(text, dice, /^( *)[^\n]*\{\n(?:\1 +.*\n|\n)*\1\}\n/gm, "");
}

function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset);
  return text.slice(start, end < 0 ? undefined : end).trim();
}
