/** How the arguments of a directive are read: one pattern each, in the notation of the generated table. */

/** The parsers of nginx behind the slot functions; see `../values`. An `enum` is compared without case, a `literal` with. */
export type ArgumentKind =
  | "flag"
  | "msec"
  | "sec"
  | "size"
  | "offset"
  | "number"
  | "integer"
  | "count"
  | "enum"
  | "literal"
  | "access"
  | "cidr"
  | "method"
  | "regex"
  | "variable"
  | "path"
  | "size-or-variable"
  /** A size equal to one of the literals. */
  | "size-choice"
  /** Of a memory pool: at least 112 bytes and a multiple of 16. */
  | "pool-size"
  | "power-of-two"
  /** How one of the literals begins, in any case (`nchan_strmatch`). */
  | "prefix"
  /** With digits and one point, below `max`. */
  | "decimal"
  /** A size that may have a point: `1.5g`. */
  | "decimal-size"
  /** Not empty. */
  | "word"
  | "text";

export interface ArgumentPattern {
  readonly kind: ArgumentKind;
  /** For numbers (nginx's `ngx_conf_num_bounds_t`) and sizes, in bytes. */
  readonly min: number | null;
  readonly max: number | null;
  /** The members of an enumeration, or what is accepted besides the kind (`off`, `auto`, `all`). */
  readonly literals: readonly string[];
  /** Holds for all arguments from here on. */
  readonly rest: boolean;
}

/**
 * Reads `number:1:65535=auto text*`. An argument of nothing but literals (`=always`) is a `literal`. Null for `custom`:
 * the directive reads its arguments by rules of its own.
 */
export function parseArgumentPatterns(notation: string): readonly ArgumentPattern[] | null {
  if (notation === "custom") return null;
  return notation.split(" ").map((word) => {
    const rest = word.endsWith("*");
    const [head = "", literals] = split(rest ? word.slice(0, -1) : word);
    const [kind = "", min, max] = head.split(":");
    return {
      kind: (kind || "literal") as ArgumentKind,
      min: min ? Number(min) : null,
      max: max ? Number(max) : null,
      literals: literals === undefined ? [] : literals.split("|"),
      rest,
    };
  });
}

function split(word: string): [string, string | undefined] {
  const equals = word.indexOf("=");
  return equals < 0 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)];
}

/** The pattern of the argument at an index; undefined past the last. */
export function patternAt(patterns: readonly ArgumentPattern[], index: number): ArgumentPattern | undefined {
  if (index < patterns.length) return patterns[index];
  const last = patterns.at(-1);
  return last?.rest ? last : undefined;
}
