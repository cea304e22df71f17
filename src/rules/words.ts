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
    const parts = name.toLowerCase().split(/[-_.]/);
    for (const [index, part] of parts.entries()) {
      if (this.#words.has(part) || this.#words.has(part.replace(/\d+$/, ""))) return true;
      if (index > 0 && this.#words.has(`${parts[index - 1]}${part}`)) return true;
    }
    return false;
  }
}
