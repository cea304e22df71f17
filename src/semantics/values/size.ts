/** Sizes in bytes: `k` and `m` everywhere, `g` only where nginx reads an offset. */
import { digits } from "./number.ts";
import { accept, type Parsed, refuse } from "./parsed.ts";

const LARGEST = 2n ** 63n - 1n;

/** `ngx_parse_size`: buffers, zones, `client_body_buffer_size`. `1g` is refused. */
export function parseSize(text: string): Parsed<number> {
  return read(text, { k: 1024n, m: 1024n ** 2n });
}

/** `ngx_parse_offset`: `client_max_body_size`, `directio`, `limit_rate_after`, `max_size`. */
export function parseOffset(text: string): Parsed<number> {
  return read(text, { k: 1024n, m: 1024n ** 2n, g: 1024n ** 3n });
}

function read(text: string, units: Readonly<Record<string, bigint>>): Parsed<number> {
  const unit = text.slice(-1).toLowerCase();
  const scale = /^[a-z]$/.test(unit) ? units[unit] : undefined;
  const value = digits(scale === undefined ? text : text.slice(0, -1));
  if (value === null || value > LARGEST / (scale ?? 1n)) return refuse("invalid value");
  return accept(Number(value * (scale ?? 1n)));
}
