/** Strings of which some parts may be known to nginx only at run time. */

/** A variable whose value no configuration and no request tells. */
export interface Outside {
  readonly variable: string;
  /** It is no variable but what a template fills in, and this is how that is written. */
  readonly isFilled?: boolean;
}

/** For people; with a dollar sign in any case, by which what is not known is told from what is. */
export function showOutside({ variable, isFilled = false }: Outside): string {
  return isFilled && variable.includes("$") ? variable : `$${variable}`;
}

export interface SymbolicValue {
  /** Byte strings, and what stands between them; at least one part is from outside. */
  readonly parts: readonly (string | Outside)[];
}

/** A byte string that is known, or one with parts from outside. */
export type Value = string | SymbolicValue;

export function isKnown(value: Value): value is string {
  return typeof value === "string";
}

export function outside(variable: string): SymbolicValue {
  return { parts: [{ variable }] };
}

/**
 * The longest value that is followed, in bytes: what `large_client_header_buffers` holds of a request by default (4 of 8k).
 * nginx itself takes a variable's bytes from the pool of the request, so that `set $b "$a$a";` a few dozen times is gigabytes.
 */
const LONGEST = 32_768;
/** Bytes and variables between them. */
const MOST_PARTS = 1_000;

/** Longer than is followed. */
const TOO_LONG: SymbolicValue = outside("…");

export function concatenate(values: readonly Value[]): Value {
  const parts: (string | Outside)[] = [];
  let length = 0;
  for (const value of values) {
    if (isKnown(value)) length += value.length;
    else for (const part of value.parts) if (typeof part === "string") length += part.length;
  }
  if (length > LONGEST) return TOO_LONG;
  for (const value of values) {
    for (const part of isKnown(value) ? [value] : value.parts) {
      const last = parts.at(-1);
      if (typeof part === "string" && typeof last === "string") parts[parts.length - 1] = last + part;
      else if (part !== "") parts.push(part);
    }
  }
  if (parts.length > MOST_PARTS) return TOO_LONG;
  const [first = ""] = parts;
  return parts.length <= 1 && typeof first === "string" ? first : { parts };
}

/** Whether the value is the empty string; null where that depends on the outside. */
export function isEmptyValue(value: Value): boolean | null {
  if (isKnown(value)) return value === "";
  return value.parts.some((part) => typeof part === "string" && part !== "") ? false : null;
}

/** Whether two values are the same bytes; null where that depends on the outside. */
export function areEqual(a: Value, b: Value): boolean | null {
  if (isKnown(a) && isKnown(b)) return a === b;
  if (isKnown(a)) return canBe(b, a) ? null : false;
  if (isKnown(b)) return canBe(a, b) ? null : false;
  return null;
}

/** Whether the known start and end of a value fit a text. */
function canBe(value: Value, text: string): boolean {
  if (isKnown(value)) return value === text;
  const first = value.parts[0];
  const last = value.parts.at(-1);
  const start = typeof first === "string" ? first : "";
  const end = typeof last === "string" ? last : "";
  return start.length + end.length <= text.length && text.startsWith(start) && text.endsWith(end);
}

/** Applies a function to the known parts. */
export function mapKnown(value: Value, change: (bytes: string) => string): Value {
  if (isKnown(value)) return change(value);
  return concatenate(
    value.parts.map((part) => (typeof part === "string" ? change(part) : { parts: [part] })),
  );
}
