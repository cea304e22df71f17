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
    // The lists are asked one after the other for the same name.
    if (name !== asked) {
      parts = name.toLowerCase().split(SEPARATOR);
      asked = name;
    }
    for (let index = 0; index < parts.length; index++) {
      const part = parts[index] ?? "";
      if (this.#has(part) || (index > 0 && this.#has(parts[index - 1] + part))) return true;
    }
    return false;
  }

  #has(word: string): boolean {
    this.#words ??= new Set(this.#text.split(" "));
    return this.#words.has(word) || (NUMBER.test(word) && this.#words.has(word.replace(NUMBER, "")));
  }
}

const SEPARATOR = /[-_.]/;

/** The name that was asked for last, and its parts. */
let asked = "";
let parts: readonly string[] = [""];
const NUMBER = /\d+$/;
