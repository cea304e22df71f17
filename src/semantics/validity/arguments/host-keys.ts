/** The keys of a hash of names (`ngx_hash_add_key`): exact ones, and those with an asterisk at either end. */
export class HostKeys {
  /** From here on names may hold asterisks. */
  wildcards: boolean;
  readonly #exact = new Set<string>();
  readonly #head = new Set<string>();
  readonly #tail = new Set<string>();

  constructor(wildcards: boolean) {
    this.wildcards = wildcards;
  }

  /** Why nginx refuses the key; null where it does not. */
  add(key: string): "invalid" | "conflict" | null {
    const lower = key.toLowerCase();
    if (!this.wildcards) return put(this.#exact, lower);
    if ((lower.match(/\*/g)?.length ?? 0) > 1 || lower.includes("..")) return "invalid";
    if (lower.length > 1 && lower.startsWith(".")) {
      return put(this.#exact, lower.slice(1)) ?? put(this.#head, lower.slice(1));
    }
    if (lower.length > 2 && lower.startsWith("*.")) return put(this.#head, lower.slice(2));
    if (lower.length > 2 && lower.endsWith(".*")) return put(this.#tail, lower.slice(0, -2));
    return lower.includes("*") ? "invalid" : put(this.#exact, lower);
  }
}

function put(keys: Set<string>, key: string): "conflict" | null {
  if (keys.has(key)) return "conflict";
  keys.add(key);
  return null;
}
