import { Memo } from "../semantics/index.ts";

/** Words that say what a host, a container, an upstream or a folder is for. */
export class Words {
  readonly #text: string;
  #words: ReadonlySet<string> | undefined;

  /** @param text the words, in small letters, with a space between */
  constructor(text: string) {
    this.#text = text;
  }

  /**
   * Whether one of them stands in a name: between `-`, `_` and `.`, in any case, with or without a number behind it
   * (`web2`), a compound written together or apart (`web-app`).
   */
  areIn(name: string): boolean {
    this.#words ??= new Set(this.#text.split(" "));
    for (const word of known.get(name, () => readWords(name))) if (this.#words.has(word)) return true;
    return false;
  }
}

/** The words of the names that were asked for last: one list is asked after the other for the same few. */
const known = new Memo<readonly string[]>(20);

/** The words that a name may hold. */
function readWords(name: string): readonly string[] {
  const words: string[] = [];
  let before = "";
  for (const part of name.toLowerCase().split(SEPARATOR)) {
    addWord(part, words);
    if (before !== "") addWord(before + part, words);
    before = part;
  }
  return words;
}

function addWord(word: string, words: string[]): void {
  words.push(word);
  if (NUMBER.test(word)) words.push(word.replace(NUMBER, ""));
}

const SEPARATOR = /[-_.]/;
const NUMBER = /(?<!\d)\d+$/;
