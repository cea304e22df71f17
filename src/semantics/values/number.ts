/** Whole numbers as nginx reads them (`ngx_atoi`): digits only, no sign, at most 2^63 - 1. */
import { accept, type Parsed, refuse } from "./parsed.ts";

const LARGEST = 2n ** 63n - 1n;

/** The digits as a number; null where `ngx_atoi` answers NGX_ERROR. */
export function digits(text: string): bigint | null {
  if (!/^[0-9]+$/.test(text)) return null;
  const value = BigInt(text);
  return value > LARGEST ? null : value;
}

export function parseNumber(text: string): Parsed<number> {
  const value = digits(text);
  return value === null ? refuse("invalid number") : accept(Number(value));
}

/** A number within bounds (`ngx_conf_check_num_bounds`); null means no bound. */
export function parseBoundedNumber(text: string, min: number | null, max: number | null): Parsed<number> {
  const parsed = parseNumber(text);
  if (!parsed.ok) return parsed;
  const tooSmall = min !== null && parsed.value < min;
  if (max === null || max < 0) {
    return tooSmall ? refuse(`value must be equal to or greater than ${min}`) : parsed;
  }
  const tooLarge = parsed.value > max;
  return tooSmall || tooLarge ? refuse(`value must be between ${min ?? 0} and ${max}`) : parsed;
}

/** `on` or `off`, in any case (`ngx_conf_set_flag_slot`). */
export function parseFlag(text: string): Parsed<boolean> {
  const lower = text.toLowerCase();
  if (lower === "on") return accept(true);
  if (lower === "off") return accept(false);
  return refuse('it must be "on" or "off"');
}

/** A status that `return` accepts (`ngx_http_rewrite_return`): 0 to 999. */
export function parseReturnCode(text: string): Parsed<number> {
  const value = digits(text);
  return value === null || value > 999n ? refuse("invalid return code") : accept(Number(value));
}

/** A code to the left of `=` in `error_page` (`ngx_http_core_error_page`): 300 to 599, but not 499. */
export function parseErrorPageCode(text: string): Parsed<number> {
  const value = digits(text);
  if (value === null || value === 499n) return refuse("invalid value");
  if (value < 300n || value > 599n) return refuse("value must be between 300 and 599");
  return accept(Number(value));
}

/** A code of `proxy_cache_valid` and its siblings: 100 to 599. */
export function parseCacheValidCode(text: string): Parsed<number> {
  const value = digits(text);
  return value === null || value < 100n || value > 599n ? refuse("invalid status") : accept(Number(value));
}

/** A last argument `=code` of `try_files`: 0 to 999. */
export function parseTryFilesCode(text: string): Parsed<number> {
  const value = digits(text);
  return value === null || value > 999n ? refuse("invalid code") : accept(Number(value));
}

/** `rate=` of `limit_req_zone`, without the name: `10r/s`, `30r/m`, or a bare number. Requests a second. */
export function parseRate(text: string): Parsed<number> {
  const unit = text.slice(-3);
  const scale = unit === "r/m" ? 60 : 1;
  const value = digits(unit === "r/s" || unit === "r/m" ? text.slice(0, -3) : text);
  return value === null || value === 0n ? refuse("invalid rate") : accept(Number(value) / scale);
}
