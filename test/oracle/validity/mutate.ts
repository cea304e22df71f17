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

const UNITS = ["kb", "MB", "b", "sec", "min", "ms", "G", "M", "x", " m", "%", "k", "s", "y", "w"];
const NUMBERS = ["0", "-$&", "$&.5", "$&000000", "1e3", "one", "0$&", "$&,000", "+$&"];
const FLAGS = ["true", "no", "On", "OFF", "1", "enabled", '"on"', "", "none", "always"];
const VALUE = /(?<= )[^\s;{}"']+(?=[ ;])/g;
/** On lines of their own, and inside another. */
const BLOCK = /^([ \t]+)[^\n]*\{\n(?:\1[ \t].*\n|\n)*\1\}\n/gm;

/** A text made wrong, and what was done; null where the text gives no opportunity. `others` is there to copy from. */
type Mistake = (text: string, dice: Dice, others: string) => [string, string] | null;

/** How a mistake of each kind is made. */
const MISTAKES: Readonly<Record<string, Mistake>> = {
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
  "other quote": (text, dice) =>
    replaceOne(text, dice, /["']/g, dice.pick(["'", '"', "`", "\u201c", "\u2019"])),
  "drop argument": (text, dice) => replaceOne(text, dice, /[ ]+[^\s;{}"']+(?=[ ;])/g, ""),
  "drop arguments": (text, dice) => replaceOne(text, dice, /(?<=^[ \t]*[a-z_]+) .*(?=[;{]$)/gm, ""),
  "double argument": (text, dice) => replaceOne(text, dice, /[ ]+[^\s;{}"']+(?=[ ;])/g, "$&$&"),
  "swap arguments": (text, dice) =>
    replaceOne(text, dice, /(?<= )([^\s;{}"']+) ([^\s;{}"']+)(?=[ ;])/g, "$2 $1"),
  "wrong value": (text, dice) => replaceOne(text, dice, VALUE, literally(dice.pick(VALUES))),
  "wrong unit": (text, dice) => replaceOne(text, dice, /(?<=\d)[kmgshdwyKMG]\b/g, dice.pick(UNITS)),
  "wrong number": (text, dice) => replaceOne(text, dice, /\b\d+\b/g, dice.pick(NUMBERS)),
  "wrong flag": (text, dice) => replaceOne(text, dice, /\b(?:on|off)(?=;)/g, dice.pick(FLAGS)),
  "wrong reference": (text, dice) =>
    replaceOne(
      text,
      dice,
      /(?<=zone=|_pass \w*:\/\/|_pass |_cache |@|shared:)\w+/g,
      dice.pick(["backend", "$&2", "one"]),
    ),
  "unknown variable": (text, dice) =>
    replaceOne(text, dice, /(?<=\$)[a-z_]{2,}/g, dice.pick(["$&s", "my_$&", "nosuch"])),
  "variable for value": (text, dice) =>
    replaceOne(text, dice, VALUE, literally(dice.pick(["$host", "${uri}", "$http_x", "$nosuch", "$arg_"]))),
  "one more value": (text, dice) => replaceOne(text, dice, /(?=;)/g, ` ${literally(dice.pick(VALUES))}`),
  "misspelt name": (text, dice) => misspell(text, dice, /(?<=^[ \t]*)[a-z_]{3,}(?=[ ;])/gm),
  "misspelt argument": (text, dice) => misspell(text, dice, /(?<= )[^\s;{}"']{2,}(?=[ ;])/g),
  "capital letter": (text, dice) => {
    const letter = dice.pick([...text.matchAll(/(?<=[ \t\n])[a-z](?=[a-z_]+[ ;])/g)]);
    const { index } = letter;
    return [text.slice(0, index) + letter[0].toUpperCase() + text.slice(index + 1), lineAt(text, index)];
  },
  "other name": (text, dice) => {
    const name = dice.pick([...text.matchAll(/(?<=^[ \t]*)[a-z_]{3,}(?=[ ;])/gm)])[0];
    return replaceOne(text, dice, /(?<=^[ \t]*)[a-z_]{3,}(?=[ ;])/gm, name);
  },
  "drop space": (text, dice) => replaceOne(text, dice, /(?<=\S) +(?=\S)/g, ""),
  "other space": (text, dice) =>
    replaceOne(text, dice, /(?<=\S) +(?=\S)/g, dice.pick(["\u00a0", "\t", "\r\n", "=", ": "])),
  "move line": moveLine,
  "double line": (text, dice) => replaceOne(text, dice, /^.*;\n/gm, "$&$&"),
  "drop line": (text, dice) => replaceOne(text, dice, /^.*\S.*\n/gm, ""),
  "drop lines": dropLines,
  "line of another": (text, dice, others) => {
    const line = dice.pick(others.match(/^.*;$/gm) ?? [""]);
    return replaceOne(text, dice, /^(?=.)/gm, literally(`${line}\n`));
  },
  "drop block": dropBlock,
  "double block": (text, dice) => replaceOne(text, dice, BLOCK, "$&$&"),
  "move block": moveBlock,
  "block of another": (text, dice, others) => {
    const block = dice.pick([...others.matchAll(BLOCK)])[0];
    return replaceOne(text, dice, /^(?=.)/gm, literally(block));
  },
  "drop letter": (text, dice) => replaceOne(text, dice, /[^\s]/g, ""),
  "add sign": (text, dice) =>
    replaceOne(text, dice, /(?=[^\n])/g, dice.pick(["$$", "\\", "#", "'", "=", "@", "/", ":", ",", " "])),
  "comment out": (text, dice) => replaceOne(text, dice, /^[ \t]*(?=\S)/gm, "$&# "),
  "comment out the end": (text, dice) => replaceOne(text, dice, / (?=\S+ ?[;{}]\s)|(?=[;{}])/g, " # "),
};

export const KINDS = Object.keys(MISTAKES);

/** @param others texts to copy from, if there are any */
export function mutate(text: string, kind: string, dice: Dice, others = ""): Mutant | null {
  const made = MISTAKES[kind]?.(text, dice, others);
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

/** A few that follow each other, as one does with a selection that is too long. */
function dropLines(text: string, dice: Dice): [string, string] | null {
  const lines = text.split("\n");
  const [first = ""] = lines.splice(dice.roll(lines.length), 2 + dice.roll(4));
  return [lines.join("\n"), `${first.trim()} …`];
}

function dropBlock(text: string, dice: Dice): [string, string] | null {
  return replaceOne(text, dice, BLOCK, "");
}

function moveBlock(text: string, dice: Dice): [string, string] | null {
  const blocks = [...text.matchAll(BLOCK)];
  if (blocks.length === 0) return null;
  const { 0: block, index } = dice.pick(blocks);
  const rest = text.slice(0, index) + text.slice(index + block.length);
  const moved = replaceOne(rest, dice, /^(?=.)/gm, literally(block));
  return moved && [moved[0], `${lineAt(block, 0)} before ${moved[1]}`];
}

/** Text for `expand` to leave as it is. */
function literally(text: string): string {
  return text.replaceAll("$", "$$$$");
}

function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset);
  return text.slice(start, end < 0 ? undefined : end).trim();
}
