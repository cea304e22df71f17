/**
 * Remembers what a function answered to the last keys it was asked for. A tree of a thousand sites writes the same few
 * patterns a thousand times.
 */
export class Memo<Value> {
  readonly #limit: number;
  readonly #known = new Map<string, Value>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  forget(): void {
    this.#known.clear();
  }

  get(key: string, make: () => Value): Value {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const value = make();
    // The oldest goes first: a map keeps the order of insertion.
    const [oldest] = this.#known.size >= this.#limit ? this.#known.keys() : [];
    if (oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(key, value);
    return value;
  }
}
