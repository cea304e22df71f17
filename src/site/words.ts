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
    const lower = name.toLowerCase();
    if (!SEPARATOR.test(lower)) return this.#has(lower);
    const parts = lower.split(SEPARATOR);
    return parts.some((part, index) => this.#has(part) || (index > 0 && this.#has(parts[index - 1] + part)));
  }

  #has(word: string): boolean {
    this.#words ??= new Set(this.#text.split(" "));
    return this.#words.has(word) || (NUMBER.test(word) && this.#words.has(word.replace(NUMBER, "")));
  }
}

const SEPARATOR = /[-_.]/;
const NUMBER = /\d+$/;
