/** Spans of time (`ngx_parse_time`): `30`, `1m30s`, `1d 12h`. Units go from large to small, each at most once. */
import { accept, type Parsed, refuse } from "./parsed.ts";

const LARGEST = 2n ** 63n - 1n;

/** Units in the order in which they may follow each other, in seconds; `ms` stands apart. */
const SECONDS: readonly (readonly [unit: string, seconds: bigint])[] = [
  ["y", 31_536_000n],
  ["M", 2_592_000n],
  ["w", 604_800n],
  ["d", 86_400n],
  ["h", 3_600n],
  ["m", 60n],
  ["s", 1n],
];

/** A time that nginx keeps in milliseconds (`ngx_conf_set_msec_slot`): no `y` or `M`, but `ms`. Milliseconds. */
export function parseMilliseconds(text: string): Parsed<number> {
  return read(text, 1000n);
}

/** A time that nginx keeps in seconds (`ngx_conf_set_sec_slot`): `y` and `M` too, but no `ms`. Seconds. */
export function parseSeconds(text: string): Parsed<number> {
  return read(text, 1n);
}

function read(text: string, scale: bigint): Parsed<number> {
  const invalid = refuse("invalid value");
  const milliseconds = scale === 1000n;
  // A bare number counts as seconds and closes the list, like `s`; a space after a number does the same.
  let position = milliseconds ? 1 : -1;
  let total = 0n;
  let pending = "";
  let sawDigits = false;
  for (let index = 0; index < text.length; ) {
    const char = text.charAt(index++);
    if (char >= "0" && char <= "9") {
      pending += char;
      sawDigits = true;
      continue;
    }
    const unit = char === "m" && text[index] === "s" ? "ms" : char;
    if (unit === "ms") index++;
    const place = placeOf(unit);
    if (place === undefined || (unit === "ms" && !milliseconds)) return invalid;
    // `step >= st_x` in nginx; only the year compares with `>`, since nothing comes before it.
    if (unit === " " ? position >= SECOND : position >= place) return invalid;
    position = place;
    const factor = unit === "ms" ? 1n : (SECONDS[place]?.[1] ?? 1n) * scale;
    total += BigInt(pending || "0") * factor;
    if (total > LARGEST) return invalid;
    pending = "";
    while (text[index] === " ") index++;
  }
  if (!sawDigits) return invalid;
  total += BigInt(pending || "0") * scale;
  return total > LARGEST ? invalid : accept(Number(total));
}

const SECOND = SECONDS.length - 1;

/** The order of a unit; `ms` and the closing space come after the second. */
function placeOf(unit: string): number | undefined {
  if (unit === "ms") return SECOND + 1;
  if (unit === " ") return SECOND + 2;
  const index = SECONDS.findIndex(([name]) => name === unit);
  return index < 0 ? undefined : index;
}
