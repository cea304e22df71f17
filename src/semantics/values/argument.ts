/** One argument against its pattern in the directive table. */
import type { ArgumentPattern } from "../directives/argument-pattern.ts";
import { parseCidr } from "./address.ts";
import { parseBoundedNumber, parseFlag, parseNumber } from "./number.ts";
import type { Parsed } from "./parsed.ts";
import { parseOffset, parseSize } from "./size.ts";
import { parseMilliseconds, parseSeconds } from "./time.ts";

/** The methods of `limit_except` (`ngx_methods_names`), in any case. */
export const METHODS = [
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "DELETE",
  "MKCOL",
  "COPY",
  "MOVE",
  "OPTIONS",
  "PROPFIND",
  "PROPPATCH",
  "LOCK",
  "UNLOCK",
  "PATCH",
] as const;

/** Why nginx refuses an argument, in its words; null where it does not, or where the pattern cannot tell. */
export function argumentProblem(pattern: ArgumentPattern, text: string): string | null {
  // Enumerations compare without case (ngx_strcasecmp), the words that setters know besides their kind do not.
  if (pattern.kind === "enum") return isOneOf(pattern.literals, text) ? null : "invalid value";
  if (pattern.literals.includes(text)) return null;
  switch (pattern.kind) {
    case "literal":
      return "invalid parameter";
    case "flag":
      return reasonOf(parseFlag(text));
    case "msec":
      return reasonOf(parseMilliseconds(text));
    case "sec":
      return reasonOf(parseSeconds(text));
    case "size":
      return sizeProblem(pattern, parseSize(text));
    case "size-choice":
      return choiceProblem(pattern, parseSize(text));
    case "pool-size":
      return poolSizeProblem(parseSize(text));
    case "power-of-two":
      return powerOfTwoProblem(parseNumber(text));
    case "offset":
      return reasonOf(parseOffset(text));
    case "size-or-variable":
      return text.includes("$") ? null : reasonOf(parseSize(text));
    case "number":
      return reasonOf(parseBoundedNumber(text, pattern.min, pattern.max));
    case "integer":
      return reasonOf(parseBoundedNumber(text.replace(/^-/, ""), null, null));
    case "count":
      return parseBoundedNumber(text, 1, null).ok ? null : "invalid value";
    case "access":
      return /^(user|group|all):(rw|r)$/.test(text) ? null : "invalid value";
    case "cidr":
      return reasonOf(parseCidr(text));
    case "method":
      return isOneOf(METHODS, text) ? null : "invalid method";
    case "variable":
      return /^\$./s.test(text) ? null : "invalid variable name";
    case "prefix":
      return pattern.literals.some((literal) => literal.startsWith(text.toLowerCase()))
        ? null
        : "invalid value";
    case "decimal":
      if (!/^(?:\d+(?:\.\d*)?|\.\d+)$/.test(text)) return "invalid value";
      return pattern.max !== null && Number(text) >= pattern.max ? "value is too large" : null;
    case "decimal-size":
      return /^(?:\d+(?:\.\d*)?|\.\d+)[kmg]?$/i.test(text) ? null : "invalid value";
    case "word":
      return text === "" ? "invalid value" : null;
    case "regex":
    case "path":
    case "text":
      return null;
  }
}

function sizeProblem({ min, max }: ArgumentPattern, size: Parsed<number>): string | null {
  if (!size.ok) return size.reason;
  if (min !== null && size.value < min) return min === 1 ? "invalid value" : "value is too small";
  return max !== null && size.value > max ? "value is too large" : null;
}

function choiceProblem({ literals }: ArgumentPattern, size: Parsed<number>): string | null {
  if (!size.ok) return size.reason;
  const isChoice = literals.some((literal) => {
    const choice = parseSize(literal);
    return choice.ok && choice.value === size.value;
  });
  return isChoice ? null : `must be ${literals.slice(0, -1).join(", ")}, or ${literals.at(-1)}`;
}

function poolSizeProblem(size: Parsed<number>): string | null {
  if (!size.ok) return size.reason;
  if (size.value < 112) return "the pool size must be no less than 112";
  return size.value % 16 === 0 ? null : "the pool size must be a multiple of 16";
}

function powerOfTwoProblem(number: Parsed<number>): string | null {
  if (!number.ok) return number.reason;
  return number.value > 0 && Number.isInteger(Math.log2(number.value)) ? null : "must be a power of two";
}

function reasonOf(parsed: Parsed<unknown>): string | null {
  return parsed.ok ? null : parsed.reason;
}

function isOneOf(members: readonly string[], text: string): boolean {
  const lower = text.toLowerCase();
  return members.some((member) => member.toLowerCase() === lower);
}
